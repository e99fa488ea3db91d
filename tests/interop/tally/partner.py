"""What is kept of one partner between sessions: keys, secrets, the own log to it and the logs it wrote to us."""

from . import log, record
from .canon import Refused
from .crypto import now
from .identity import chain
from .verdict import (AHEAD, AHEAD_MS, AUDIENCE, CHAIN, ENTRY_SHAPE, FORK, FROZEN, GAP, GOOD, KNOWN, MISMATCH, NOT_PARTNER, OPENING, SIGNATURE,
                      UNKNOWN_KEY)

FIRST, ROTATION, RESTORE = 1, 2, 3  # reasons of a log.open


class Partner:
    def __init__(self, identity, org, link_pk, addresses=()):
        self.identity, self.org, self.link_pk, self.addresses = identity, org, link_pk, list(addresses)
        self.statements = []      # verified
        self.invitation = None    # its secret, until the pair is proven
        self.first_hash = None    # of the statement that the invitation names
        self.secrets = []         # (h, pair secret) of each mode 1 handshake, newest first, at most four
        self.compared = False     # our operator compared the words
        self.confirmed = False    # theirs said so
        self.proven = False
        self.logs = [OwnLog(identity, org)]  # our own to the partner; the last is written
        self.alarms = []          # what a person should look at
        self.held = {}            # logs the partner wrote to us, by log id

    @property
    def own(self):
        return self.logs[-1]

    def say(self, *payloads):
        """One entry around these records; under a new statement a new log begins."""
        if self.own.entries and self.own.entries[-1][0].kseq != self.identity.kseq:
            self.begin_log()
        return self.own.say(*payloads)

    def begin_log(self):
        """A log under our newest statement; it closes those before."""
        self.logs.append(OwnLog(self.identity, self.org, self.logs[:]))

    def stop(self, own, why):
        """The partner holds of our log what we have not: we were put back to an earlier state, and must not write there again."""
        self.alarms.append(why)
        if own:
            own.stopped = True

    @property
    def active(self):
        return self.compared and self.confirmed

    def learn(self, triples):
        """Statements from the partner: one that is held already is passed over, one that does not follow those is refused."""
        for triple in triples:
            if any(held.triple[0] == triple[0] for held in self.statements):
                continue
            statements = chain([triple], self.statements)
            if statements[0].org != self.org:
                raise Refused("a statement of somebody else")
            if self.first_hash and len(statements) == 1 and statements[0].hash != self.first_hash:
                raise Refused("not the statement that the invitation names")
            self.statements = statements

    def key(self, kseq):
        return self.statements[kseq].sign_pk if kseq < len(self.statements) else None

    def new_secret(self, link):
        self.secrets = [(link.h, link.pair_secret)] + self.secrets[:3]

    def paired(self, secret):
        """The first FULL session with this pair secret: every other secret is dropped. True when it was the first."""
        first, self.proven = not self.proven, True
        self.secrets = [pair for pair in self.secrets if pair[1] == secret]
        self.invitation = None
        return first

    def heads(self):
        """(log id, n, receipted, frozen) of every log of the scope, ascending."""
        heads = [(held.id, len(held.entries), held.receipt.n if held.receipt else 0, held.frozen) for held in self.held.values()]
        heads += [(own.id, len(own.entries), own.receipted_to, False) for own in self.logs if own.entries]
        return sorted(heads)

    # ---- what arrives ----
    def take(self, item):
        """Judges an entry from the partner's link, [payload, signature, contents], and stores it when it is good: the
        verdict, and the Entry when it is one."""
        try:
            payload, signature, contents = _three(item)
            entry = log.Entry(payload, signature)
            _check_contents(contents)
        except Refused:
            return ENTRY_SHAPE, None
        if entry.audience_type == log.CONSORTIUM or entry.author == self.identity.org:
            return AUDIENCE, entry
        if entry.audience_type == log.DIRECT and entry.target != self.identity.org:
            return AUDIENCE, entry
        if entry.author != self.org:
            return (NOT_PARTNER if entry.audience_type == log.DIRECT else AUDIENCE), entry
        key = self.key(entry.kseq)
        if key and not entry.verified(key):
            return SIGNATURE, entry
        ids = [content[0] if isinstance(content, list) else record.identify(content) for content in contents]
        if len(ids) != entry.count or len(set(ids)) != len(ids) or log.top(ids) != entry.root:
            return MISMATCH, entry
        if not key:
            return UNKNOWN_KEY, entry
        return self._place(entry, contents), entry

    def _place(self, entry, contents):
        held = self.held.get(entry.log) or HeldLog(entry.log)
        if entry.n <= len(held.entries):
            if held.entries[entry.n - 1][0].payload == entry.payload:
                held.fill(entry, contents, self.identity.org)
                return KNOWN
            held.frozen = True
            return FORK
        if held.frozen:
            return FROZEN
        if entry.n > len(held.entries) + 1:
            return GAP
        if entry.prev != (held.entries[-1][0].hash if held.entries else entry.log):
            return CHAIN
        if entry.n == 1 and not _opens(entry, contents):
            return OPENING
        held.append(entry, contents, self.identity.org)
        self.held[entry.log] = held
        return AHEAD if entry.time > now() + AHEAD_MS else GOOD

    def forget_newest(self):
        """As if we had been killed before the newest entry was stored."""
        for held in self.held.values():
            n = len(held.entries)
            del held.entries[-1]
            held.exceptions = [one for one in held.exceptions if one[0] < n]
            held.sign_receipt(self.identity)

    def records(self, kind=None):
        """The records held that count, in the order of their logs."""
        for held in self.held.values():
            for entry, contents in held.entries:
                for index, content in enumerate(contents):
                    if held.counts(entry.n, index):
                        one = record.Record(content)
                        if kind is None or one.name == kind:
                            yield one

    def take_receipt(self, payload, signature):
        """Judges a receipt from the partner; the newest is kept. GOOD also for one that is passed over."""
        try:
            receipt = log.Receipt(payload, signature)
        except Refused:
            return ENTRY_SHAPE
        if receipt.receiver != self.org:
            return AUDIENCE
        key = self.key(receipt.kseq)
        if key is None:
            return GOOD  # it comes again when the statement is there
        if not receipt.verified(key):
            return SIGNATURE
        own = next((own for own in self.logs if own.id == receipt.log), None)
        if own is None or receipt.n > len(own.entries) or own.entries[receipt.n - 1][0].hash != receipt.entry:
            self.stop(own, "a receipt for what we did not write")
            return GOOD
        before = own.receipt
        if before and before.n == receipt.n and not set(receipt.exceptions) <= set(before.exceptions):
            self.alarms.append("a receipt takes back what an earlier one said")
        elif before is None or receipt.n >= before.n:
            own.receipt = receipt
        return GOOD


def _three(item):
    if not isinstance(item, list) or [type(part) for part in item] != [bytes, bytes, list]:
        raise Refused("not the three parts of an entry")
    return item


def _check_contents(contents):
    size = 0
    for content in contents:
        if isinstance(content, list):
            if len(content) != 1 or not isinstance(content[0], bytes) or len(content[0]) != 32:
                raise Refused("neither a record nor an id")
        elif not isinstance(content, bytes) or not 1 <= len(content) <= record.MOST_FORWARD:
            raise Refused("neither a record nor an id")
        else:
            size += len(content)
    if not 1 <= len(contents) <= log.RECORDS or size > log.ENTRY_BYTES:
        raise Refused("records beyond their limits")


def _opens(entry, contents):
    if len(contents) != 1 or isinstance(contents[0], list):
        return False
    one, verdict = record.read(contents[0])
    return not verdict and one.kind == record.LOG_OPEN and one.author == entry.author and one.body.get(0) == entry.kseq


class OwnLog:
    """A direct log to the partner; it opens itself with the first record."""

    def __init__(self, identity, target, earlier=()):
        self.identity, self.target, self.earlier = identity, target, earlier
        self.entries = []         # (Entry, payloads of its records)
        self.receipt = None       # the newest of the partner
        self.id = None
        self.stopped = False      # nothing is written there any more

    def _append(self, payloads):
        ids = [record.identify(payload) for payload in payloads]
        prev = self.entries[-1][0].hash if self.entries else self.id
        entry = log.make_entry(self.identity, log.DIRECT, self.target, self.incarnation, len(self.entries) + 1, prev, ids, now())
        self.entries.append((entry, payloads))
        return entry

    def say(self, *payloads):
        """One entry around these records."""
        if self.stopped:
            raise Refused("this log has stopped: begin another")
        if not self.entries:
            self._open()
        return self._append(list(payloads))

    def _open(self):
        self.incarnation = max([now()] + [before.incarnation + 1 for before in self.earlier])
        self.id = log.log_id(self.identity.org, self.identity.kseq, log.DIRECT, self.target, self.incarnation)
        reason = RESTORE if any(before.stopped for before in self.earlier) else ROTATION if self.earlier else FIRST
        body = {0: self.identity.kseq, 1: reason}
        if self.earlier:
            body[2] = [{0: before.id, 1: len(before.entries), 2: before.entries[-1][0].hash} for before in self.earlier]
        self._append([record.make(self.identity.org, "log.open", body, record.CLEAR)])

    @property
    def receipted_to(self):
        return self.receipt.n if self.receipt else 0

    def receipted(self, entry):
        return self.receipted_to >= entry.n


class HeldLog:
    """A log that the partner wrote to us: its entries with their records, what does not count, and our receipt over it."""

    def __init__(self, log_id):
        self.id, self.entries, self.exceptions, self.receipt, self.frozen = log_id, [], [], None, False

    def append(self, entry, contents, receiver):
        self.entries.append((entry, list(contents)))
        self._judge(entry, range(len(contents)), receiver)

    def fill(self, entry, contents, receiver):
        """The entry came again: bytes that were missing are judged now."""
        held = self.entries[entry.n - 1][1]
        came = [index for index, content in enumerate(contents) if isinstance(held[index], list) and not isinstance(content, list)]
        for index in came:
            held[index] = contents[index]
        self.exceptions = [one for one in self.exceptions if one[0] != entry.n or one[1] not in came]
        self._judge(entry, came, receiver)

    def _judge(self, entry, indexes, receiver):
        for index in indexes:
            code = record.judge(self.entries[entry.n - 1][1][index], entry, receiver)
            if code:
                self.exceptions.append((entry.n, index, code))
        self.exceptions.sort()

    def counts(self, n, index):
        return not any((place, at) == (n, index) for place, at, _ in self.exceptions)

    def sign_receipt(self, identity):
        newest = self.entries[-1][0]
        self.receipt = log.make_receipt(identity, self.id, newest.n, newest.hash, now(), self.exceptions)
        return self.receipt
