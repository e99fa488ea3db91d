"""Sections 9 and 10: one session with a partner, from HELLO to the exchange of entries and receipts."""

import time

from . import canon, evidence, link as links
from .canon import Refused
from .crypto import B2b, ZERO, u64
from .link import LinkEnded
from .record import STRICT, make
from .tables import MESSAGE_NUMBER, MESSAGES, WORDS, check
from .verdict import AHEAD, GAP, GOOD, KNOWN, UNKNOWN_KEY

HELLO, KEYS, PENDING, FULL = "HELLO", "KEYS", "PENDING", "FULL"
ALWAYS = ("KEYS", "PING", "CLOSE")
ALLOWED = {HELLO: ("HELLO",), KEYS: ALWAYS, PENDING: ALWAYS + ("CONFIRM", "ERROR"),
           FULL: ALWAYS + ("CONFIRM", "ERROR", "SUMMARY", "HEADS", "WANT", "ENTRIES", "RECEIPTS", "FILE_WANT", "FILE_CHUNK", "EVIDENCE")}
SOFTWARE = "tally-py 1"
MOST_EARLY = 64 * 1024
WINDOW_MESSAGES, WINDOW_BYTES = 64, 4 * 1024 * 1024


def summary(heads):
    total = ZERO
    for log_id, n, receipted in sorted(heads):
        total = B2b("tally.sum.v1", total, log_id, u64(n), u64(receipted))
    return total


class SessionEnded(Exception):
    """The session is over: what the other side, or this one, found wrong."""


class Session:
    def __init__(self, partner, link):
        self.partner, self.identity, self.link = partner, partner.identity, link
        self.phase = HELLO
        self.hello = None          # theirs
        self.closed = None         # the reason that their CLOSE gave
        self.keys_read = self.heads_sent = self.confirm_sent = False
        self.sent = {}             # how far each of our logs is sent, or known to be held
        self.errors = []           # (number, log, n) that the partner sent
        self.evidence = []         # what evidence.verify() says of the files that it sent
        self.verdicts = []         # on each entry that came
        self.seen = []             # names of the messages that came
        self.early = 0             # bytes of messages that came before FULL
        self.pongs = 0             # the newest answer to a PING of ours
        self.silent = False        # a test's wish: send no entries by itself
        self.quiet = False         # a test's wish: vanish between storing and sending the receipt
        newest = self.identity.statements[-1]
        hello = {0: 1, 1: self.identity.org, 2: newest.kseq, 3: newest.hash, 4: SOFTWARE, 5: 0}
        if partner.statements:
            hello[6] = partner.statements[-1].kseq
        self.send("HELLO", hello)

    # ---- messages out ----
    def send(self, name, content):
        try:
            self.link.send(canon.encode([MESSAGE_NUMBER[name], content]))
        except LinkEnded:
            pass  # what the other side said before it hung up may still be read: receive() will say that it is over

    def send_keys(self, begin):
        statements = [statement.as_map() for statement in self.identity.statements[begin:]]
        content = {0: self.identity.org}
        if statements:
            content[1] = statements
        self.send("KEYS", content)

    def push(self):
        """Sends what the partner does not hold yet, as far as the window allows."""
        if self.phase == FULL and not self.silent:
            for own in self.partner.logs:
                if not own.stopped:
                    self._push(own)

    def _push(self, own):
        sent = self.sent.get(own.id, 0)
        waiting = sum(len(payload) for _, payloads in own.entries[own.receipted_to:sent] for payload in payloads)
        for entry, payloads in own.entries[sent:]:
            if entry.n - own.receipted_to > WINDOW_MESSAGES or waiting >= WINDOW_BYTES:
                break
            self.send("ENTRIES", {0: [[entry.payload, entry.signature, payloads]]})
            waiting += sum(map(len, payloads))
            self.sent[own.id] = entry.n

    def say(self, *payloads):
        entry = self.partner.say(*payloads)
        self.push()
        return entry

    def confirm(self):
        """Our operator compared the words."""
        self.partner.compared = True
        self.advance()

    # ---- messages in ----
    def run(self, until, seconds=10, what="what was expected"):
        """Reads messages until the condition holds."""
        end = time.monotonic() + seconds
        while not until():
            self.step(0.05)
            if time.monotonic() > end:
                raise SessionEnded("%s did not come within %s s; phase %s, messages %s" % (what, seconds, self.phase, self.seen))

    def settle(self):
        """Reads until the other side answered a PING: everything it sent before is here."""
        token = self.pongs + 1
        self.send("PING", {0: token, 1: False})
        self.run(lambda: self.pongs >= token, what="the answer to PING")

    def step(self, seconds):
        """Reads one message: False when none came in time."""
        message = self._receive(seconds)
        if message is None:
            return False
        try:
            self._handle(message)
            self.advance()
        except Refused as error:
            self.end()
            raise SessionEnded("refused: %s" % error) from None
        return True

    def _receive(self, seconds):
        try:
            return self.link.receive(seconds)
        except LinkEnded as error:
            raise SessionEnded("%s (phase %s, messages %s, errors %s)" % (error, self.phase, self.seen, self.errors)) from None

    def end(self):
        self.link.close()

    def _handle(self, message):
        if self.phase != FULL:
            self.early += len(message)
            if self.early > MOST_EARLY:
                raise Refused("too much before FULL")
        value = canon.decode(message)
        if not isinstance(value, list) or len(value) != 2 or value[0] not in MESSAGES:
            raise Refused("no message")
        name, most, fields = MESSAGES[value[0]]
        if len(message) > most or name not in ALLOWED[self.phase]:
            raise Refused("%s too large, or in phase %s" % (name, self.phase))
        check(value[1], fields)
        self.seen.append(name)
        getattr(self, "on_" + name.lower())(value[1])

    def advance(self):
        """Goes on to the next phase when its condition holds."""
        partner = self.partner
        if self.phase == KEYS and self._keys_known():
            self.phase = PENDING
            if self.link.mode == links.INVITE and not self.link.initiator:
                partner.new_secret(self.link)
                self.send_keys(0)  # in mode 1 they say: you are stored here
        if self.phase in (PENDING, FULL) and partner.compared and not self.confirm_sent:
            self.confirm_sent = True
            self.send("CONFIRM", {0: self.link.h})
        if self.phase == PENDING and partner.active and self.link.mode == links.LINK:
            self.phase = FULL
            self._enter_full()

    def _keys_known(self):
        held = self.partner.statements
        if not held or held[-1].kseq < self.hello[2] or (self.link.mode == links.INVITE and not self.keys_read):
            return False
        if held[self.hello[2]].hash != self.hello[3]:
            raise Refused("the statement named in HELLO is another")
        if held[-1].link_pk != self.link.remote_static:
            raise Refused("not the link key of its newest statement")
        return True

    def _enter_full(self):
        self.send("SUMMARY", {0: ZERO, 1: self._summary()})
        self.sent = {own.id: len(own.entries) for own in self.partner.logs if own.entries}  # HEADS tell when that is not so
        if self.partner.paired(self.link.secret):
            self.partner.say(make(self.identity.org, "pair", {0: self.partner.secrets[0][0], 1: self.partner.org}, STRICT))
        self.push()

    def _summary(self):
        return summary((log_id, n, receipted) for log_id, n, receipted, _ in self.partner.heads())

    def _send_heads(self):
        if self.heads_sent:
            return
        self.heads_sent = True
        heads = [dict([(0, log_id), (1, n)] + ([(2, True)] if frozen else [])) for log_id, n, _, frozen in self.partner.heads()]
        self.send("HEADS", {0: ZERO, 1: heads} if heads else {0: ZERO})
        self._send_receipts(held for held in self.partner.held.values() if held.receipt)

    def _send_receipts(self, logs):
        receipts = [{0: held.receipt.payload, 1: held.receipt.signature} for held in logs]
        if receipts:
            self.send("RECEIPTS", {0: receipts})

    # ---- one function a message ----
    def on_hello(self, value):
        if value[0] < 1 or value[1] != self.partner.org:
            raise Refused("HELLO of somebody else")
        self.hello, self.phase = value, KEYS
        if self.link.mode == links.INVITE:
            if self.link.initiator:
                self.send_keys(0)
        elif value.get(6, -1) < self.identity.kseq:
            self.send_keys(value.get(6, -1) + 1)

    def on_keys(self, value):
        if value[0] != self.partner.org:
            raise Refused("KEYS of somebody else")
        self.partner.learn([tuple(triple[key] for key in range(3)) for triple in value.get(1, [])])
        self.keys_read = True
        self.partner.addresses = value.get(2) or self.partner.addresses

    def on_confirm(self, value):
        self.partner.confirmed = True

    def on_summary(self, value):
        if value[1] != self._summary():
            self._send_heads()

    def on_heads(self, value):
        heads = {head[0]: head[1] for head in reversed(value.get(1, []))}  # of two for one log the first counts
        for own in self.partner.logs:
            self.sent[own.id] = heads.get(own.id, 0)
            if self.sent[own.id] > len(own.entries):
                self.partner.stop(own, "heads beyond ours")
        self._send_heads()
        self.push()

    def on_want(self, value):
        if value[1] >= 1 and value[0] in self.sent:
            self.sent[value[0]] = min(value[1] - 1, self.sent[value[0]])
            self.push()

    def on_entries(self, value):
        touched = {}
        for item in value[0]:
            verdict, entry = self.partner.take(item)
            self.verdicts.append(verdict)
            if verdict in (GOOD, KNOWN, AHEAD):
                touched[entry.log] = self.partner.held[entry.log]
            elif verdict == GAP:
                held = self.partner.held.get(entry.log)
                self.send("WANT", {0: entry.log, 1: len(held.entries) + 1 if held else 1})
            elif verdict != UNKNOWN_KEY:
                self.send("ERROR", {0: verdict, 1: entry.log, 2: entry.n} if entry else {0: verdict})
        for held in touched.values():
            held.sign_receipt(self.identity)  # with the entries, in one step: a summary cannot tell that one is missing
        if not self.quiet:
            self._send_receipts(touched.values())

    def on_receipts(self, value):
        for item in value[0]:
            verdict = self.partner.take_receipt(item[0], item[1])
            if verdict:
                self.send("ERROR", {0: verdict})
                raise Refused("a receipt: %d" % verdict)
        self.push()

    def on_file_want(self, value):
        self.send("FILE_CHUNK", {0: value[0], 1: value[1]})  # this client keeps no files

    def on_evidence(self, value):
        self.evidence.append(evidence.verify(value[0]))

    def on_file_chunk(self, value):
        raise Refused("a piece of a file that was not asked for")

    def on_ping(self, value):
        if value[1]:
            self.pongs = value[0]
        else:
            self.send("PING", {0: value[0], 1: True})

    def on_close(self, value):
        self.closed = value[0]
        raise Refused("closed: %s" % WORDS["close_reason"][value[0] - 1])

    def on_error(self, value):
        self.errors.append((value[0], value.get(1), value.get(2)))
