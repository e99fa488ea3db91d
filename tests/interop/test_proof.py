"""Proof files both ways: one of the node's is verified here and refused after any change of a byte; ours, good and bad, get the same
verdict here and from `tally proof verify`."""

import copy
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

from common import expect, same
from nodes import Folder, early_warning, paired, run
from tally import canon, identity, log, proof, record
from tally.crypto import ZERO, now, sign
from tally.proof import INVALID, UNDECIDED, VALID

EXIT = {VALID: 0, INVALID: 10, UNDECIDED: 11}
ID = os.urandom(32)
STATEMENTS, ENTRIES, RECORDS, RECEIPTS = 2, 3, 4, 5


def every_byte(data):
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        same(proof.verify(bytes(changed))[0], INVALID, "byte %d changed" % place)
    for size in range(len(data)):
        same(proof.verify(data[:size])[0], INVALID, "cut to %d bytes" % size)
    same(proof.verify(data + b"\0")[0], INVALID, "a byte behind it")


def of_the_node(folder, node, partner, session):
    org = partner.identity.org
    payloads = [early_warning(org, "notice %d" % number) for number in range(3)]
    entry = session.say(*payloads)
    session.run(lambda: partner.own.receipted(entry), what="the receipt")
    for index, payload in enumerate(payloads):
        name = folder.file("theirs-%d" % index)
        node("proof", "export", record.identify(payload).hex(), "-o", name)
        with open(name, "rb") as file:
            data = file.read()
        verdict, found = proof.verify(data)
        expect(verdict == VALID, found)
        [(position, at, one)] = found.records
        same((one.payload, at, found.entries[position].hash), (payload, index, entry.hash), "what it proves")
        same([receipt.receiver for receipt in found.receipts], [partner.org], "who stored it")
    every_byte(data)
    ours = proof.make([partner.identity.statements, partner.statements], [(entry, payloads, (0, 2))], [partner.own.receipt])
    same(verified(folder, ours), 0, "our proof of what the node holds")


def verified(folder, data):
    """The exit code of the program over these bytes."""
    with tempfile.NamedTemporaryFile(dir=folder.path) as file:
        file.write(data)
        file.flush()
        return run("proof", "verify", file.name, code=None)


class Log:
    """A log of any author to anybody, that nobody holds."""

    def __init__(self, author, target, audience=log.DIRECT):
        self.author, self.audience, self.target, self.incarnation = author, audience, target, now()
        self.id = log.log_id(author.org, author.kseq, audience, target, self.incarnation)
        self.entries = []

    def add(self, *payloads, prev=None):
        before = self.entries[-1][0].hash if self.entries else self.id
        entry = log.make_entry(self.author, self.audience, self.target, self.incarnation, len(self.entries) + 1, prev or before,
                               [record.identify(payload) for payload in payloads], now())
        self.entries.append((entry, payloads))
        return self

    def item(self, n):
        entry, payloads = self.entries[n - 1]
        return entry, payloads, range(len(payloads))

    def receipt(self, who, n, exceptions=()):
        return log.make_receipt(who, self.id, n, self.entries[n - 1][0].hash, now(), exceptions)


def said(who, tlp=record.GREEN, **header):
    return record.make(who.org, "retract", {0: os.urandom(32), 1: "x"}, tlp, **header)


def opened(author, target, audience=log.DIRECT):
    return Log(author, target, audience).add(record.make(author.org, "log.open", {0: author.kseq, 1: 1}, record.CLEAR))


class Cases:
    def __init__(self):
        self.list = []
        self.a, self.b, self.c = (identity.Identity(name) for name in ("A Ltd", "B Ltd", "C Ltd"))
        self.log = opened(self.a, self.b.org).add(said(self.a), said(self.a), said(self.a)).add(said(self.a)).add(said(self.a))

    def add(self, name, wanted, chains, items, receipts=(), change=None):
        value = canon.decode(proof.make([who.statements for who in chains], items, list(receipts)))
        if change:
            change(value)
        self.list.append((name, wanted, canon.encode(value)))

    def changed(self, name, wanted, change):
        self.add(name, wanted, [self.a, self.b], [self.log.item(2)], [self.log.receipt(self.b, 3)], change)


def form(cases):
    def setting(*path_and_value):
        *path, key, value = path_and_value

        def change(whole):
            for step in path:
                whole = whole[step]
            if value is Ellipsis:
                del whole[key]
            else:
                whole[key] = value
        return change

    cases.changed("as it should be", VALID, None)
    for name, change in (
            ("an empty list of receipts", setting(5, [])), ("key 64", setting(64, 1)), ("key 6", setting(6, 1)),
            ("another format", setting(0, "Tally proof")), ("version 2", setting(1, 2)),
            ("no statements", setting(2, [])), ("no entries", setting(3, [])), ("no records", setting(4, [])),
            ("a path left out", setting(RECORDS, 0, 2, Ellipsis)), ("another path", setting(RECORDS, 0, 2, [ID, ID])),
            ("an index behind the last", setting(RECORDS, 0, 1, 3)), ("another index", setting(RECORDS, 0, 1, 1)),
            ("a record of no entry", setting(RECORDS, 0, 0, 1)), ("another record", setting(RECORDS, 0, 3, said(cases.a)))):
        cases.changed(name, INVALID, change)
    for part in (STATEMENTS, ENTRIES, RECORDS, RECEIPTS):
        cases.changed("key 64 in an item of %d" % part, INVALID, setting(part, 0, 64, 1))
        cases.changed("an item twice in %d" % part, INVALID, lambda value, part=part: value[part].insert(0, value[part][0]))
    cases.changed("statements out of order", INVALID, lambda value: value[STATEMENTS].reverse())
    cases.changed("records out of order", INVALID, lambda value: value[RECORDS].reverse())
    one = cases.log.item(3)
    cases.add("an empty path", INVALID, [cases.a, cases.b], [one], change=setting(RECORDS, 0, 2, []))


def logs(cases):
    a, b, c, main = cases.a, cases.b, cases.c, cases.log
    cases.add("no receipts", VALID, [a, b], [main.item(2)])
    cases.add("not even the target's chain", VALID, [a], [main.item(2)])
    cases.add("a chain of nobody concerned", INVALID, [a, b, c], [main.item(2)])
    cases.add("no chain of the author", INVALID, [b], [main.item(2)])
    cases.add("two entries", VALID, [a, b], [main.item(2), main.item(3)], [main.receipt(b, 3)])
    cases.add("entries 2 and 4", VALID, [a, b], [main.item(2), main.item(4)], [main.receipt(b, 4)])
    cases.add("entry 1", VALID, [a, b], [main.item(1)], [main.receipt(b, 1)])
    cases.add("an entry 1 without log.open", VALID, [a, b], [Log(a, b.org).add(said(a)).item(1)])
    cases.add("an entry 1 with another prev", INVALID, [a, b], [Log(a, b.org).add(said(a), prev=ID).item(1)])
    broken = opened(a, b.org).add(said(a)).add(said(a), prev=ID)
    cases.add("an entry with any prev, alone", VALID, [a, b], [broken.item(3)])
    cases.add("an entry that does not follow the one before", INVALID, [a, b], [broken.item(2), broken.item(3)])
    fork = copy.copy(main)
    fork.entries = main.entries[:1]
    fork = fork.add(said(a))
    cases.add("two entries at one place", INVALID, [a, b], [main.item(2), fork.item(2)])
    open_log = opened(a, ZERO, log.PARTNERS).add(said(a))
    cases.add("a partners log", VALID, [a], [open_log.item(2)])
    cases.add("a partners log, stored by two", VALID, [a, b, c], [open_log.item(2)], [open_log.receipt(b, 2), open_log.receipt(c, 2)])
    cases.add("a partners log, a chain of nobody", INVALID, [a, b], [open_log.item(2)])
    big = opened(a, b.org).add(*[said(a) for _ in range(256)])
    cases.add("256 records", VALID, [a, b], [big.item(2)], [big.receipt(b, 2)])


def records(cases):
    a, b = cases.a, cases.b

    def case(name, wanted, payload):
        held = opened(a, b.org).add(payload)
        cases.add("a record " + name, wanted, [a, b], [held.item(2)], [held.receipt(b, 2)])

    case("without a body of its kind", VALID, record.make(a.org, "retract", {5: 1}, record.GREEN))
    case("dated", VALID, said(a, created=now() + 700000))
    case("of another author", INVALID, said(b))
    case("of an unknown kind", VALID, canon.encode({0: 1, 1: 99, 2: a.org, 3: now(), 4: 2, 5: bytes(16), 6: {}}))
    case("of kind 0", INVALID, canon.encode({0: 1, 1: 0, 2: a.org, 3: now(), 4: 2, 5: bytes(16), 6: {}}))
    case("of a newer form", INVALID, canon.encode({0: 2, 1: 99, 2: a.org, 3: now(), 4: 2, 5: bytes(16), 6: {}}))
    case("in red for somebody else", VALID, said(a, record.RED, named=[ID]))
    case("in red for nobody", INVALID, said(a, record.RED))


def receipts(cases):
    a, b, c, main = cases.a, cases.b, cases.c, cases.log
    cases.add("two receipts", VALID, [a, b], [main.item(2)], [main.receipt(b, 2), main.receipt(b, 4)])
    cases.add("a receipt for what lies before", INVALID, [a, b], [main.item(3)], [main.receipt(b, 2)])
    cases.add("a receipt of somebody else", INVALID, [a, b, c], [main.item(2)], [main.receipt(c, 3)])
    cases.add("a receipt of the author", INVALID, [a, b], [main.item(2)], [main.receipt(a, 3)])

    def case(name, wanted, **over):
        value = {0: 1, 1: main.id, 2: b.org, 3: 0, 4: 0, 5: 3, 6: main.entries[2][0].hash, 7: now()}
        value.update({int(key[1:]): content for key, content in over.items()})
        payload = canon.encode(value)
        item = {0: payload, 1: sign(b.sign_secret, log.RECEIPT_CONTEXT, payload)}
        cases.changed("a receipt " + name, wanted, lambda whole: whole.update({RECEIPTS: [item]}))

    for name, wanted, over in (
            ("from 1", VALID, {"_4": 1}), ("from 2", INVALID, {"_4": 2}), ("from 3", INVALID, {"_4": 3}), ("for 0", INVALID, {"_5": 0}),
            ("for an entry that is not here", VALID, {"_6": ID}), ("for another entry", INVALID, {"_5": 2, "_6": ID}),
            ("of version 2", INVALID, {"_0": 2}), ("with key 9", INVALID, {"_9": 1}), ("with key 64", VALID, {"_64": 1}),
            ("under an unknown key", INVALID, {"_3": 1}), ("over another log", INVALID, {"_1": ID}),
            ("of the year 10000", INVALID, {"_7": 253402300800000})):
        case(name, wanted, **over)
    for exceptions, wanted in (
            ([], INVALID), ([[2, 0, 64]], VALID), ([[2, None, 64]], VALID), ([[2, 0, 63]], INVALID), ([[2, 0, 255]], VALID), ([[2, 0, 256]], INVALID),
            ([[0, 0, 64]], INVALID), ([[3, 0, 64]], VALID), ([[4, 0, 64]], INVALID), ([[2, 255, 64]], VALID), ([[2, 256, 64]], INVALID),
            ([[2, 1, 64], [2, 0, 64]], INVALID), ([[2, 0, 64], [2, None, 64]], VALID), ([[2, None, 64], [2, 0, 64]], INVALID),
            ([[2, 0, 64], [2, 0, 65]], INVALID), ([[2, 0, 64, 1]], INVALID), ([2], INVALID)):
        case("with exceptions %s" % exceptions, wanted, _8=exceptions)
    case("with an exception at from", INVALID, _4=1, _8=[[1, 0, 64]])
    for count, wanted in ((1024, VALID), (1025, INVALID)):
        case("with %d exceptions" % count, wanted, _5=2000, _6=ID, _8=[[n + 1, 0, 64] for n in range(count)])


def rotations(cases):
    """New keys, before and after something was signed. Reasons: 1 routine, 2 compromise, 3 lost."""
    for reasons in ((1,), (2,), (1, 2), (2, 1)):
        for signed_at in range(len(reasons) + 1):
            for role in ("author", "receiver"):
                author, receiver = identity.Identity("Author"), identity.Identity("Receiver")
                who = author if role == "author" else receiver
                for reason in reasons[:signed_at]:
                    who.rotate(reason)
                held = opened(author, receiver.org).add(said(author))
                receipt = held.receipt(receiver, 2)
                for reason in reasons[signed_at:]:
                    who.rotate(reason)
                later = reasons[signed_at:]
                wanted = UNDECIDED if (2 in later if role == "author" else later) else VALID
                cases.add("%s: statements %s, signed at %d" % (role, reasons, signed_at), wanted, [author, receiver], [held.item(2)], [receipt])
    author = identity.Identity("Author")
    author.rotate()
    other = copy.deepcopy(author)
    author.rotate()
    other.rotate()
    held = opened(author, cases.b.org).add(said(author))
    second = other.statements[2].as_map()
    cases.add("a statement left out", INVALID, [author], [held.item(2)], change=lambda value: value[STATEMENTS].pop(1))
    cases.add("the first statement left out", INVALID, [author], [held.item(2)], change=lambda value: value[STATEMENTS].pop(0))
    cases.add("two statements at one place", INVALID, [author], [held.item(2)], change=lambda value: value[STATEMENTS].append(second))


with Folder() as folder:
    node, partner, session = paired(folder, "A")
    of_the_node(folder, node, partner, session)
    session.end()
    cases = Cases()
    for group in (form, logs, records, receipts, rotations):
        group(cases)
    with ThreadPoolExecutor(4) as pool:
        codes = pool.map(lambda case: verified(folder, case[2]), cases.list)
        for (name, wanted, data), code in zip(cases.list, codes):
            verdict, why = proof.verify(data)
            same(verdict, wanted, "here: %s (%s)" % (name, why))
            same(code, EXIT[wanted], "the program: " + name)
    print("%d proofs of ours judged the same here and by the program" % len(cases.list))
