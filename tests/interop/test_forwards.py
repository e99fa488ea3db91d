"""Section 12: what may be passed on, and whether it is really the author's; the same verdicts here and from a node."""

import os

from nodes import Folder, paired
from tally import canon, identity, log, record
from tally.crypto import ZERO, now, sign
from tally.verdict import DATED, GOOD, LIMIT, NOT_NAMED, SHAPE, TLP
from verdicts import tried

CUSTOMER, SUPPLIER, OTHER = 1, 2, 3
ID = os.urandom(32)
AUTHOR = identity.Identity("The author")
STRANGER = identity.Identity("A stranger")
MINUTE = 60000


def statements(who):
    return [statement.as_map() for statement in who.statements]


def inner(tlp=record.GREEN, body=None, who=AUTHOR, **header):
    return record.make(who.org, "retract", body or {0: ID, 1: "x"}, tlp, **header)


class Cases:
    def __init__(self, forwarder, recipient):
        self.forwarder, self.recipient, self.list = forwarder, recipient, []

    def add(self, name, wanted, payload, tlp=record.STRICT, relation=CUSTOMER, beside=0, header=(), **over):
        """A forward of `payload`, which stands in the middle of `beside` others; what is not as it should be by name."""
        payloads = [inner() for _ in range(beside)]
        index = beside // 2
        payloads.insert(index, payload)
        ids = [record.identify(one) for one in payloads]
        audience = over.pop("audience", log.DIRECT)
        target = over.pop("target", self.forwarder) if audience == log.DIRECT else ZERO
        entry = canon.encode({0: 1, 1: AUTHOR.org, 2: 0, 3: audience, 4: target, 5: 1, 6: over.pop("n", 2), 7: ID, 8: len(ids),
                              9: log.top(ids), 10: over.pop("time", now())})
        signer = over.pop("signer", AUTHOR)
        body = {0: payload, 1: entry, 2: sign(signer.sign_secret, log.ENTRY_CONTEXT, entry), 3: index, 5: "contract", 6: relation,
                7: statements(AUTHOR)}
        path = log.path(ids, index)
        if path:
            body[4] = path
        body.update({int(key[1:]): value for key, value in over.items()})
        body = {key: value for key, value in body.items() if value is not None}
        self.list.append((name, wanted, record.make(self.forwarder, "forward", body, tlp, **dict(header))))


def by_tlp(cases):
    """The whole table of section 12."""
    for tlp in (1, 2, 3, 4, 5, 7):
        for onward in (0, 1) if tlp == 3 else (0,):
            for relation in (CUSTOMER, SUPPLIER, OTHER):
                allowed = tlp <= 2 or tlp == 3 and (relation == CUSTOMER or relation == SUPPLIER and onward)
                header = {"named": [cases.forwarder]} if tlp >= 5 else {"onward": 1} if onward else {}
                payload = inner(tlp, **header)
                for outer in (1, 2, 3, 4, 5, 7):
                    name = "tlp %d%s, relation %d, forwarded at %d" % (tlp, " onward" if onward else "", relation, outer)
                    wanted = GOOD if allowed and outer >= min(tlp, record.RED) else TLP
                    cases.add(name, wanted, payload, outer, relation, header={"named": [cases.recipient]} if outer >= 5 else {})
    cases.add("at red, somebody else named", NOT_NAMED, inner(), 5, header={"named": [ID]})
    cases.add("relation 4", SHAPE, inner(), relation=4)


def by_proof(cases):
    for beside in (0, 1, 2, 4, 254, 255):
        cases.add("one of %d" % (beside + 1), GOOD, inner(), beside=beside)
    cases.add("another index", SHAPE, inner(), beside=2, _3=0)
    cases.add("an index behind the last", SHAPE, inner(), beside=2, _3=3)
    cases.add("index 256", LIMIT, inner(), _3=256)
    cases.add("no path", SHAPE, inner(), beside=1, _4=None)
    cases.add("a path too many", SHAPE, inner(), _4=[ID])
    cases.add("an empty path", GOOD, inner(), _4=[])
    cases.add("a log to somebody else", SHAPE, inner(), target=cases.recipient)
    cases.add("a partners log", GOOD, inner(), audience=log.PARTNERS)
    cases.add("a partners log with amber", TLP, inner(3), audience=log.PARTNERS)
    cases.add("signed by a stranger", SHAPE, inner(), signer=STRANGER)
    cases.add("statements of a stranger", SHAPE, inner(), _7=statements(STRANGER))
    cases.add("a statement twice", SHAPE, inner(), _7=statements(AUTHOR) * 2)
    cases.add("no statements", SHAPE, inner(), _7=[])
    cases.add("no signature", SHAPE, inner(), _2=bytes(64))
    cases.add("a short signature", SHAPE, inner(), _2=bytes(63))
    cases.add("a long signature", LIMIT, inner(), _2=bytes(65))
    cases.add("no entry", SHAPE, inner(), _1=b"\x80")
    cases.add("an entry too long", LIMIT, inner(), _1=bytes(1025))


def by_record(cases):
    for name, who in (("a stranger", STRANGER.org), ("the recipient", cases.recipient), ("the forwarder", cases.forwarder)):
        cases.add("by " + name, SHAPE, record.make(who, "retract", {0: ID, 1: "x"}, record.GREEN))
    cases.add("dated", DATED, inner(created=now() + 11 * MINUTE))
    cases.add("dated, like its entry", GOOD, inner(created=now() + 11 * MINUTE), time=now() + 11 * MINUTE)
    cases.add("dated, and the signature wrong", SHAPE, inner(created=now() + 11 * MINUTE), _2=bytes(64))
    cases.add("dated, and TLP forbids it", DATED, inner(4, created=now() + 11 * MINUTE))
    cases.add("forwarded too low, and dated", DATED, inner(4, created=now() + 11 * MINUTE), 1)
    cases.add("a body of another form", SHAPE, inner(body={0: b"x", 1: "x"}))
    cases.add("a body over a limit", LIMIT, inner(body={0: ID, 1: "x" * 16385}))
    cases.add("not canonical", SHAPE, b"\xc1")
    cases.add("empty", SHAPE, b"")

    def plain(**over):
        value = {0: 1, 1: 99, 2: AUTHOR.org, 3: now(), 4: 2, 5: bytes(16), 6: {}}
        value.update({int(key[1:]): content for key, content in over.items()})
        return canon.encode(value)

    cases.add("of an unknown kind", GOOD, plain())
    cases.add("of a newer form", SHAPE, plain(_0=2))
    cases.add("over its limit", LIMIT, plain(_6={64: bytes(524288)}))
    cases.add("17 parents", LIMIT, plain(_8=[os.urandom(32) for _ in range(17)]))
    cases.add("a log.open", GOOD, record.make(AUTHOR.org, "log.open", {0: 0, 1: 1}, record.CLEAR), n=1)
    held = record.Record(cases.list[0][2])
    cases.add("a forward", SHAPE, record.make(AUTHOR.org, "forward", held.body, record.STRICT))


with Folder() as folder:
    node, partner, session = paired(folder, "A")
    cases = Cases(partner.identity.org, partner.org)
    by_tlp(cases)
    by_proof(cases)
    by_record(cases)
    print("%d forwards judged the same here and by the node" % tried(session, cases.list))
    session.end()
