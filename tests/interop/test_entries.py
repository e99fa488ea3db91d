"""Section 8, entries: each verdict of the table that a partner can bring about, with its ERROR and its end of the session or not."""

import os

from common import same
from nodes import Folder, paired
from tally import canon, log, pairing, record
from tally.crypto import ZERO, now, sign
from tally.partner import Partner
from tally.proof import VALID
from tally.session import FULL, SessionEnded

ID = os.urandom(32)
STORED, GAP, PARKED = (0, 1, 2), 16, 17
PEER = (32, 33, 34, 35, 36)  # the peer is to blame: the session ends


class Mirror:
    """The organisation of the node, as far as a Partner needs it to judge what we send."""

    def __init__(self, org):
        self.org = org


class Sender:
    """Makes entries behind the newest of our log, as they should be but for what is asked."""

    def __init__(self, partner):
        self.partner, self.identity = partner, partner.identity

    def record(self, **header):
        return record.make(self.identity.org, "retract", {0: os.urandom(32), 1: "x"}, record.GREEN, **header)

    def entry(self, contents, payload=None, signature=None, **over):
        ids = [content[0] if isinstance(content, list) else record.identify(content) for content in contents]
        own = self.partner.own
        value = {0: 1, 1: self.identity.org, 2: 0, 3: log.DIRECT, 4: self.partner.org, 5: own.incarnation, 6: len(own.entries) + 1,
                 7: own.entries[-1][0].hash, 8: len(ids), 9: log.top(ids) if ids else ID, 10: now()}
        value.update({int(key[1:]): content for key, content in over.items()})
        if payload is None:
            payload = canon.encode({key: content for key, content in value.items() if content is not None})
        return [payload, signature or sign(self.identity.sign_secret, log.ENTRY_CONTEXT, payload), contents]

    def opening(self, contents=None, **over):
        contents = contents or [record.make(self.identity.org, "log.open", {0: 0, 1: 1}, record.CLEAR)]
        audience, target = over.get("_3", log.DIRECT), over.get("_4", self.partner.org)
        incarnation = int.from_bytes(os.urandom(5), "big")
        name = log.log_id(self.identity.org, 0, audience, target, incarnation)
        return self.entry(contents, **{"_5": incarnation, "_6": 1, "_7": name, **over})

    def open_with(self, body, **header):
        return self.opening([record.make(self.identity.org, "log.open", body, record.CLEAR, **header)])

    def own(self, n, **over):
        entry, payloads = self.partner.own.entries[n - 1]
        return [over.get("payload", entry.payload), over.get("signature", entry.signature), over.get("contents", payloads)]


def cases(send):
    one = send.record()
    for key in range(11):
        yield "without key %d" % key, 32, send.entry([one], **{"_%d" % key: None})
    yield "key 12", 32, send.entry([one], _12=1)
    for name, over in (
            ("version 0", {"_0": 0}), ("version 2", {"_0": 2}), ("a roster", {"_11": ID}), ("type 1 without one", {"_3": 1}), ("type 3", {"_3": 3}),
            ("type 2 with a target", {"_3": 2}), ("no target", {"_4": ZERO}), ("place 0", {"_6": 0}), ("count 0", {"_8": 0}),
            ("count 257", {"_8": 257}), ("time of the year 10000", {"_10": 253402300800000})):
        yield name, 32, send.entry([one], **over)
    yield "257 records", 32, send.entry([send.record() for _ in range(257)])
    yield "more than 1 MiB", 32, send.entry([bytes([number]) * 350000 for number in range(3)])
    yield "an empty record", 32, send.entry([b""])
    yield "a record of more than 576 KiB", 32, send.entry([bytes(589825)])
    yield "a signature of 63", 32, send.entry([one], signature=bytes(63))
    yield "no msgpack", 32, send.entry([one], payload=b"\xc1")
    yield "not canonical", 32, send.entry([one], payload=b"\xde\0\1\0\1")
    yield "four parts", 32, send.entry([one]) + [1]
    yield "two parts", 32, send.entry([one])[:2]
    yield "a record that is nil", 32, send.own(2, contents=[None])
    yield "an id of 31", 32, send.entry([[bytes(31)]])
    yield "for somebody else", 35, send.entry([one], _4=ID)
    yield "for ourselves", 35, send.entry([one], _4=send.identity.org)
    yield "by the receiver", 35, send.entry([one], _1=send.partner.org)
    yield "for a consortium", 35, send.entry([one], _3=1, _11=ID)
    yield "by somebody unknown", 34, send.entry([one], _1=ID)
    yield "a wrong signature", 33, send.entry([one], signature=bytes(64))
    yield "a wrong signature and root", 33, send.entry([one], signature=bytes(64), _9=ID)
    yield "a known one, wrongly signed", 33, send.own(2, signature=bytes(64))
    yield "another root", 36, send.entry([one], _9=ID)
    yield "count 2 of one record", 36, send.entry([one], _8=2)
    yield "a record twice", 36, send.entry([one, one])
    yield "an unknown key", PARKED, send.entry([one], _2=1)
    yield "a place left out", GAP, send.entry([one], _6=len(send.partner.own.entries) + 2)
    yield "a partners log without its opening", GAP, send.entry([one], _3=log.PARTNERS, _4=ZERO)
    yield "another prev", 37, send.entry([one], _7=ID)
    yield "an opening with another prev", 37, send.opening(_7=ID)
    yield "an opening of another kind", 40, send.opening([one])
    yield "an opening and more", 40, send.opening([record.make(send.identity.org, "log.open", {0: 0, 1: 1}, record.CLEAR), one])
    yield "an opening for another kseq", 40, send.open_with({0: 1, 1: 1})
    yield "an opening of no form", 40, send.open_with({0: 0, 1: 9})
    yield "an opening that closes a log twice", 40, send.open_with({0: 0, 1: 2, 2: [{0: ID, 1: 0, 2: ID}] * 2})
    yield "an opening without its bytes", 40, send.opening([[ID]])
    yield "key 64", 0, send.entry([one], _64=1)
    yield "256 records", 0, send.entry([send.record() for _ in range(256)])
    yield "11 minutes ahead", 2, send.entry([send.record()], _10=now() + 660000)
    yield "without its bytes", 0, send.entry([[record.identify(one)]])
    yield "again", 1, send.own(2)
    yield "a second log", 0, send.opening()
    yield "a partners log", 0, send.opening(_3=log.PARTNERS, _4=ZERO)
    yield "an opening that was made later", 0, send.open_with({0: 0, 1: 1}, created=now() + 660000)
    yield "a fork", 38, send.entry([one], _6=2, _7=send.partner.own.entries[0][0].hash)
    yield "behind a fork", 39, send.entry([one])


class Watch:
    """A session that sends one thing and sees what comes of it: an ERROR, a WANT, a receipt over the log; and whether it lives on."""

    def __init__(self, partner):
        self.answers = []
        self.session = pairing.dial(partner)
        self.session.on_want = lambda value: self.answers.append(GAP)
        self.session.on_receipts = self.receipts
        self.session.run(lambda: self.session.phase == FULL, what="FULL")
        self.session.settle()
        self.answers.clear()

    def receipts(self, value):
        self.answers += [log.Receipt(item[0], item[1]).log for item in value[0]]

    def outcome(self, item, wanted):
        """What came (`wanted`, when it is among it), and whether the session was ended."""
        self.session.send("ENTRIES", {0: [item]})
        came = lambda: self.answers + [number for number, _, _ in self.session.errors]
        try:
            if wanted is not None:
                self.session.run(lambda: wanted in came(), what="an answer")
            self.session.settle()
            ended = False
        except SessionEnded:
            ended = True
        self.session.end()
        return wanted if wanted in came() else came(), ended


with Folder() as folder:
    node, partner, session = paired(folder, "A")
    session.settle()
    session.end()
    mirror = Partner(Mirror(partner.org), partner.identity.org, partner.identity.link_pk)
    mirror.statements = partner.identity.statements
    for entry, payloads in partner.own.entries:
        mirror.take([entry.payload, entry.signature, payloads])
    tried = 0
    for name, wanted, item in cases(Sender(partner)):
        verdict, entry = mirror.take(item)
        same(verdict, wanted, "here: " + name)
        answer = entry.log if wanted in STORED else None if wanted == PARKED else wanted
        watch = Watch(partner)
        got, ended = watch.outcome(item, answer)
        same(got, answer if answer is not None else [], "the node: " + name)
        same(ended, wanted in PEER, "the session ended: " + name)
        if name == "a fork":
            same([(judged, said.org) for judged, said in watch.session.evidence], [(VALID, partner.identity.org)], "the node's evidence of it")
        if wanted in (0, 2) and entry.log == partner.own.id:
            partner.own.entries.append((entry, item[2]))
        tried += 1
    node("store", "check")
    print("%d entries judged the same here and by the node" % tried)
