"""Sections 6 and 7: Merkle tops and paths, entries, receipts."""

from . import canon
from .canon import Refused
from .crypto import B2b, ZERO, sign, u8, u64, verifies
from .tables import check, table

ENTRY_CONTEXT, RECEIPT_CONTEXT = "tally/entry/v1", "tally/receipt/v1"
DIRECT, CONSORTIUM, PARTNERS = 0, 1, 2
RECORDS, ENTRY_BYTES, ENTRY_PAYLOAD, RECEIPT_PAYLOAD = 256, 1024 * 1024, 1024, 65536


# ---- Merkle ----
def leaf(record_id):
    return B2b("tally.leaf.v1", record_id)


def node(left, right):
    return B2b("tally.node.v1", left, right)


def _split(count):
    """The largest power of two below count."""
    return 1 << (count - 1).bit_length() - 1


def top(ids):
    if len(ids) == 1:
        return leaf(ids[0])
    half = _split(len(ids))
    return node(top(ids[:half]), top(ids[half:]))


def path(ids, index):
    """The siblings of ids[index], from the leaf upward."""
    if len(ids) == 1:
        return []
    half = _split(len(ids))
    if index < half:
        return path(ids[:half], index) + [top(ids[half:])]
    return path(ids[half:], index - half) + [top(ids[:half])]


def included(record_id, index, count, siblings, root):
    """RFC 9162 section 2.1.3.2."""
    if index >= count:
        return False
    at, last, value = index, count - 1, leaf(record_id)
    for sibling in siblings:
        if last == 0:
            return False
        if at & 1 or at == last:
            value = node(sibling, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = node(value, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and value == root


# ---- entries ----
def log_id(author, kseq, audience_type, target, incarnation):
    return B2b("tally.log.v1", author, u64(kseq), u8(audience_type), target, u64(incarnation))


ENTRY = table([
    (0, "version", "number", True, "up to 1"),
    (1, "author", "organisation", True, ""),
    (2, "kseq", "number", True, ""),
    (3, "audience_type", "number", True, "up to 2"),
    (4, "target", "organisation", True, ""),
    (5, "incarnation", "number", True, ""),
    (6, "n", "number", True, ""),
    (7, "prev", "id", True, ""),
    (8, "count", "number", True, "up to 256"),
    (9, "root", "id", True, ""),
    (10, "time", "time", True, ""),
    (11, "roster", "id", False, ""),
])


class Entry:
    """An entry as it stands in its signed payload; verified() says whether the signature is right."""

    def __init__(self, payload, signature):
        if len(payload) > ENTRY_PAYLOAD or len(signature) != 64:
            raise Refused("an entry of another size")
        value = canon.decode(payload)
        check(value, ENTRY)
        self.payload, self.signature, self.hash = payload, signature, B2b("tally.ent.v1", payload)
        (version, self.author, self.kseq, self.audience_type, self.target, self.incarnation,
         self.n, self.prev, self.count, self.root, self.time) = (value[key] for key in range(11))
        if version != 1 or self.n < 1 or self.count < 1 or (11 in value) != (self.audience_type == CONSORTIUM):
            raise Refused("an entry of another form")
        if (self.audience_type == DIRECT and self.target == ZERO) or (self.audience_type == PARTNERS and self.target != ZERO):
            raise Refused("an entry to nobody")
        self.log = log_id(self.author, self.kseq, self.audience_type, self.target, self.incarnation)

    def verified(self, sign_pk):
        return verifies(sign_pk, ENTRY_CONTEXT, self.payload, self.signature)


def make_entry(identity, audience_type, target, incarnation, n, prev, ids, time):
    payload = canon.encode({0: 1, 1: identity.org, 2: identity.kseq, 3: audience_type, 4: target, 5: incarnation,
                            6: n, 7: prev, 8: len(ids), 9: top(ids), 10: time})
    return Entry(payload, sign(identity.sign_secret, ENTRY_CONTEXT, payload))


# ---- receipts ----
RECEIPT = table([
    (0, "version", "number", True, "up to 1"),
    (1, "log", "id", True, ""),
    (2, "receiver", "organisation", True, ""),
    (3, "kseq", "number", True, ""),
    (4, "from", "number", True, ""),
    (5, "n", "number", True, ""),
    (6, "entry", "id", True, ""),
    (7, "time", "time", True, ""),
    (8, "exceptions", "list of value", False, "1024 items"),
])


class Receipt:
    def __init__(self, payload, signature):
        if len(payload) > RECEIPT_PAYLOAD or len(signature) != 64:
            raise Refused("a receipt of another size")
        value = canon.decode(payload)
        check(value, RECEIPT)
        self.payload, self.signature = payload, signature
        version, self.log, self.receiver, self.kseq, self.begin, self.n, self.entry, self.time = (value[key] for key in range(8))
        self.exceptions = [tuple(item) if isinstance(item, list) else () for item in value.get(8, [])]
        if version != 1 or self.n <= self.begin or value.get(8) == []:
            raise Refused("a receipt of another form")
        self._check_exceptions()

    def _check_exceptions(self):
        before = (0, 0)
        for item in self.exceptions:
            if len(item) != 3 or any(type(part) is not int for part in (item[0], item[2])):
                raise Refused("an exception of another form")
            n, index, code = item
            if index is not None and (type(index) is not int or not 0 <= index < RECORDS):
                raise Refused("an exception of another form")
            place = (n, RECORDS if index is None else index)
            if not self.begin < n <= self.n or not 64 <= code <= 255 or place <= before:
                raise Refused("exceptions out of order or out of range")
            before = place

    def verified(self, sign_pk):
        return verifies(sign_pk, RECEIPT_CONTEXT, self.payload, self.signature)

    def exception(self, n, index):
        """The code under which a record did not count, or 0."""
        codes = {(place, at): code for place, at, code in self.exceptions}
        return codes.get((n, index)) or codes.get((n, None)) or 0


def make_receipt(identity, log, n, entry_hash, time, exceptions=()):
    value = {0: 1, 1: log, 2: identity.org, 3: identity.kseq, 4: 0, 5: n, 6: entry_hash, 7: time}
    if exceptions:
        value[8] = [list(item) for item in exceptions]
    payload = canon.encode(value)
    return Receipt(payload, sign(identity.sign_secret, RECEIPT_CONTEXT, payload))
