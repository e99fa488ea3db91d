"""Section 14: evidence that an organisation contradicts itself, judged from the file alone."""

from . import canon, log
from .canon import Refused
from .crypto import B2b
from .identity import Statement
from .proof import INVALID, STATEMENT, UNDECIDED, VALID
from .tables import check, table

MOST = 768 * 1024
ENTRIES, STATEMENTS, RECEIPTS = 1, 2, 3
SIDE = table([(0, "payload", "bytes", True, "65536 bytes"), (1, "signature", "bytes", True, "64 bytes"), (2, "root_sig", "bytes", False, "64 bytes")])
FILE = table([
    (0, "format", "line", True, ""),
    (1, "version", "number", True, ""),
    (2, "kind", "number", True, ""),
    (3, "sides", "list of group", True, "2 items", []),
    (4, "statements", "list of group", True, "256 items", []),
])


class Evidence:
    def __init__(self, data, value):
        self.id, self.kind = B2b("tally.evd.v1", data), value[2]
        check(value, FILE)
        if set(value) != {0, 1, 2, 3, 4} or value[1] != 1 or not ENTRIES <= self.kind <= RECEIPTS or len(value[3]) != 2 or not value[4]:
            raise Refused("a file of another form")
        for group, form in ((value[3], SIDE), (value[4], STATEMENT)):
            for item in group:
                check(item, form)
                if set(item) - {0, 1, 2}:
                    raise Refused("slack")
        if value[3][0][0] >= value[3][1][0] or any((2 in side) != (self.kind == STATEMENTS) for side in value[3]):
            raise Refused("the two are not in order, or not of this kind")
        self.chain = []
        for item in value[4]:
            self.chain.append(Statement(item[0], item[1], item[2], self.chain[-1] if self.chain else None))
        self.org, self.n = self.chain[0].org, 0
        self._judge([(side[0], side[1], side.get(2)) for side in value[3]])

    def _judge(self, sides):
        if self.kind == STATEMENTS:
            two = [Statement(payload, root, signature, self.chain[-1]) for payload, signature, root in sides]
            self.kseq = two[0].kseq
            return
        two = [(log.Entry if self.kind == ENTRIES else log.Receipt)(payload, signature) for payload, signature, _ in sides]
        self.kseq, self.n = max(one.kseq for one in two), two[0].n
        for one in two:
            signer = one.author if self.kind == ENTRIES else one.receiver
            if signer != self.org or one.kseq >= len(self.chain) or not one.verified(self.chain[one.kseq].sign_pk):
                raise Refused("one of the two does not verify")
        if two[0].log != two[1].log or two[0].n != two[1].n or self.kseq != len(self.chain) - 1:
            raise Refused("not at one place, or more than it needs")
        if self.kind == RECEIPTS and two[0].entry == two[1].entry:
            raise Refused("both can be true")


def verify(data):
    """(VALID, Evidence), (UNDECIDED, None) or (INVALID, why)."""
    try:
        if len(data) > MOST:
            raise Refused("a file too large")
        value = canon.decode(data)
        if not isinstance(value, dict) or value.get(0) != "tally evidence":
            raise Refused("no evidence")
        version, kind = value.get(1), value.get(2)
        if type(version) is int and (version > 1 or (version == 1 and type(kind) is int and kind > RECEIPTS)):
            return UNDECIDED, None
        return VALID, Evidence(data, value)
    except Refused as why:
        return INVALID, str(why)
