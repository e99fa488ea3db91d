"""Section 14: the proof file, made and verified without anybody's help."""

from . import canon, log, record
from .canon import Refused
from .identity import COMPROMISE, Statement
from .tables import check, table

MOST = 16 * 1024 * 1024
MOST_COVERED = 16384
VALID, UNDECIDED, INVALID = "valid", "undecided", "invalid"

STATEMENT = table([(0, "payload", "bytes", True, "2048 bytes"), (1, "root_sig", "bytes", True, "64 bytes"),
                   (2, "sign_sig", "bytes", True, "64 bytes")])
ENTRY = table([(0, "payload", "bytes", True, "1024 bytes"), (1, "signature", "bytes", True, "64 bytes")])
RECORD = table([(0, "entry", "number", True, ""), (1, "index", "number", True, ""), (2, "path", "list of id", False, "8 items"),
                (3, "payload", "bytes", True, "589824 bytes")])
RECEIPT = table([(0, "payload", "bytes", True, "65536 bytes"), (1, "signature", "bytes", True, "64 bytes")])
FILE = table([
    (0, "format", "line", True, ""),
    (1, "version", "number", True, ""),
    (2, "statements", "list of group", True, "4096 items", []),
    (3, "entries", "list of group", True, "4096 items", []),
    (4, "records", "list of group", True, "4096 items", []),
    (5, "receipts", "list of group", False, "1024 items", []),
])
INNER = {2: STATEMENT, 3: ENTRY, 4: RECORD, 5: RECEIPT}
MOST_ORGS = 16


class Proof:
    """A verified proof. Refused, with the first link that fails, when it is invalid."""

    def __init__(self, data):
        if len(data) > MOST:
            raise Refused("a file too large")
        value = canon.decode(data)
        _check_form(value)
        self.chains = _chains(value[2])
        self.entries = [log.Entry(item[0], item[1]) for item in value[3]]
        self._check_entries()
        self.records = []  # (position of the entry, index, Record)
        for item in value[4]:
            self._add_record(item[0], item[1], item.get(2, []), item[3])
        self.receipts = [log.Receipt(item[0], item[1]) for item in value.get(5, [])]
        self._check_receipts()
        self._check_use()
        self.verdict = UNDECIDED if self._replaced() else VALID

    def _statement(self, org, kseq):
        chain = self.chains.get(org, [])
        if kseq >= len(chain):
            raise Refused("signed under a statement that is not in the file")
        return chain[kseq]

    def _check_entries(self):
        _ascending([(entry.log, entry.n) for entry in self.entries], "entries")
        before = None
        for entry in self.entries:
            if not entry.verified(self._statement(entry.author, entry.kseq).sign_pk):
                raise Refused("an entry does not verify")
            if entry.n == 1 and entry.prev != entry.log:
                raise Refused("entry 1 does not begin its log")
            if before and before.log == entry.log and before.n + 1 == entry.n and entry.prev != before.hash:
                raise Refused("an entry does not follow the one before it")
            before = entry

    def _add_record(self, position, index, path, payload):
        if position >= len(self.entries):
            raise Refused("a record of no entry")
        entry, one = self.entries[position], record.Record(payload)
        if self.records and (position, index) <= self.records[-1][:2]:
            raise Refused("records out of order")
        if not log.included(one.id, index, entry.count, path, entry.root):
            raise Refused("a record is not included in its entry")
        if one.author != entry.author:
            raise Refused("a record of another author")
        if any(at == position and other.id == one.id for at, _, other in self.records):
            raise Refused("a record twice in one entry")
        self.records.append((position, index, one))

    def _check_receipts(self):
        _ascending([(receipt.log, receipt.n, receipt.receiver) for receipt in self.receipts], "receipts")
        covered = 0
        for receipt in self.receipts:
            if not receipt.verified(self._statement(receipt.receiver, receipt.kseq).sign_pk):
                raise Refused("a receipt does not verify")
            of_log = [entry for entry in self.entries if entry.log == receipt.log]
            if of_log and of_log[0].audience_type == log.DIRECT and of_log[0].target != receipt.receiver:
                raise Refused("a receipt by somebody else than the target")
            if any(entry.n == receipt.n and entry.hash != receipt.entry for entry in of_log):
                raise Refused("a receipt for another entry")
            covers = len(self.covered(receipt))
            if not covers:
                raise Refused("a receipt for nothing in the file")
            covered += covers
        if covered > MOST_COVERED:
            raise Refused("receipts cover too much")

    def covered(self, receipt):
        """(Record, code of the exception or 0) of every record of the file that a receipt is about."""
        found = []
        for position, index, one in self.records:
            entry = self.entries[position]
            if entry.log == receipt.log and receipt.begin < entry.n <= receipt.n:
                found.append((one, receipt.exception(entry.n, index)))
        return found

    def _check_use(self):
        if {position for position, _, _ in self.records} != set(range(len(self.entries))):
            raise Refused("an entry without a record")
        used = {entry.author for entry in self.entries} | {receipt.receiver for receipt in self.receipts}
        used |= {entry.target for entry in self.entries if entry.audience_type == log.DIRECT}
        if not set(self.chains) <= used:
            raise Refused("a chain of nobody concerned")

    def _replaced(self):
        """A key that signed here was replaced: for compromise, or under a receipt for any reason."""
        for entry in self.entries:
            if any(later.reason == COMPROMISE for later in self.chains[entry.author][entry.kseq + 1:]):
                return True
        return any(self.chains[receipt.receiver][receipt.kseq + 1:] for receipt in self.receipts)


def _check_form(value):
    check(value, FILE)
    if set(value) - set(range(6)) or value[0] != "tally proof" or value[1] != 1:
        raise Refused("not a proof of this version")
    for key, fields in INNER.items():
        for item in value.get(key, []):
            check(item, fields)
            if any(name >= 64 for name in item):
                raise Refused("something that is not in the table")
    if value.get(5) == [] or any(item.get(2) == [] for item in value[4]):
        raise Refused("an empty list that should have been left out")


def _ascending(keys, what):
    if any(second <= first for first, second in zip(keys, keys[1:])):
        raise Refused(what + " out of order")


def _chains(items):
    chains, held = {}, []
    for item in items:
        triple = item[0], item[1], item[2]
        if held and canon.decode(item[0]).get(2) == 0:
            held = []
        held = held + [Statement(*triple, held[-1] if held else None)]
        org = held[0].org
        if len(held) == 1 and org in chains:
            raise Refused("an organisation twice")
        chains[org] = held
    _ascending(list(chains), "organisations")
    if len(chains) > MOST_ORGS:
        raise Refused("too many organisations")
    return chains


def verify(data):
    """(verdict, the Proof or what is wrong with it)"""
    try:
        proof = Proof(data)
    except Refused as error:
        return INVALID, str(error)
    return proof.verdict, proof


def make(chains, records, receipts):
    """A proof file: chains of statements, (Entry, its payloads, indexes of those to prove), receipts."""
    records = sorted(records, key=lambda item: (item[0].log, item[0].n))
    chains = sorted(chains, key=lambda chain: chain[0].org)
    value = {0: "tally proof", 1: 1,
             2: [statement.as_map() for chain in chains for statement in chain],
             3: [{0: entry.payload, 1: entry.signature} for entry, _, _ in records],
             4: []}
    for position, (_, payloads, indexes) in enumerate(records):
        ids = [record.identify(payload) for payload in payloads]
        for index in sorted(indexes):
            path = log.path(ids, index)
            value[4].append({0: position, 1: index, 3: payloads[index], **({2: path} if path else {})})
    if receipts:
        ordered = sorted(receipts, key=lambda receipt: (receipt.log, receipt.n, receipt.receiver))
        value[5] = [{0: receipt.payload, 1: receipt.signature} for receipt in ordered]
    return canon.encode(value)
