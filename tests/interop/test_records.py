"""Every row of docs/kinds.md at its limit and one above, the header, and the rules of the kinds: the same verdicts here and from a node."""

import os

from common import expect
from nodes import Folder, paired
from tally import canon, log, record
from tally.crypto import now
from tally.tables import BLANK, KINDS, LINE, TEXT, WORDS
from tally.verdict import AUTHOR, DATED, GOOD, LIMIT, NOT_NAMED, SHAPE
from verdicts import tried

ID = os.urandom(32)
YEAR_10000 = 253402300800000

# A body of each kind in which every field stands and the rules of the kind hold.
FULL = {
    "log.open": {0: 0, 1: 1, 2: [{0: ID, 1: 1, 2: ID}]},
    "pair": {0: ID, 1: ID, 2: 1},
    "reply": {0: ID, 1: 1, 2: "x", 3: 1, 4: "x", 5: 1, 6: [ID], 7: 1, 8: [{0: "R", 1: "x"}]},
    "retract": {0: ID, 1: "x"},
    "incident.notice": {
        0: "t", 1: 5, 2: "i", 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 1, 12: "x", 13: ["x"], 14: ["x"], 15: ["x"], 16: "x", 17: 1,
        18: 1, 19: 1, 20: 1, 21: 1, 22: [{0: 1, 1: "x", 2: 1, 3: "x"}], 23: [{0: "a", 1: "x", 2: 1, 3: "x"}], 24: "x", 25: "x", 26: 1,
        27: ["CVE-2026-1"], 28: "x", 29: ["DE"], 30: 1, 31: 1, 32: ["nis2"]},
    "incident.answer": {0: ID, 1: 1, 2: 1, 3: "x", 4: [{0: "a", 1: 1, 2: "x"}], 5: "x", 6: 3, 7: 2, 8: 1,
                        9: [{0: 2, 1: 2**63 - 1, 2: 2**63 - 1, 3: 0}], 10: 1, 11: ["x"]},
    "impact.query": {0: "t", 1: 1, 2: ["x"], 3: ["x"], 4: ["x"], 5: ID, 6: "x", 7: "x", 8: True, 9: "x"},
    "assistance": {0: 1, 1: "t", 2: [1], 3: "x", 4: "x", 5: 1, 6: YEAR_10000 - 1, 7: ID, 8: "x", 9: "x", 10: ["DE"]},
    "requirement.set": {
        0: "t", 1: "1", 2: "x", 3: [{0: "l", 1: "x", 2: ["R"]}], 5: "x",
        4: [{0: "R", 1: "x", 2: "x", 3: "x", 4: "x", 5: "x", 6: ["x"], 7: ["x"], 8: 1, 9: [{0: "s", 1: "c"}], 10: 1, 11: "x", 12: "x"}]},
    "requirement.assign": {0: ID, 1: "l", 2: "x", 3: "x", 4: 1, 5: "x", 6: 1, 7: "x", 8: ID},
    "requirement.ack": {0: ID, 1: ID, 2: [{0: "R", 1: 1, 2: "x", 3: 1, 4: ["x"], 5: "x", 6: "x", 7: "x", 8: 1, 9: "x"}], 3: "x", 4: "x"},
    "requirement.review": {0: ID, 1: [{0: "R", 1: 1, 2: "x", 3: 1}], 2: "x"},
    "exception.request": {0: ID, 1: "R", 2: "x", 3: "x", 4: "x", 5: 2932896},
    "challenge": {0: ID, 1: "R", 2: "x", 3: 1, 4: "x", 5: 2932896},
    "equivalence": {0: ID, 1: "x", 2: [{0: "R", 1: 1, 2: ["x"], 3: "x"}], 3: "x", 4: 1, 5: True, 6: 2932896},
    "guidance": {0: ID, 1: ["R"], 2: "x", 3: "x", 4: "x", 5: "en", 6: "1"},
    "subcontractor.disclosure": {0: ID, 1: "x", 2: 20000, 3: True, 4: [{0: "n", 1: ID, 2: "x", 3: 2, 4: "x", 5: True, 6: ["x"], 7: ["x"], 8: 1}], 5: "x"},
    "subcontracting.request": {0: ID, 1: "x", 2: "n", 3: "x", 4: 2, 5: "x", 6: True, 7: ["x"], 8: ["x"], 9: 1, 10: "x", 11: "x", 12: 1},
    "support.statement": {0: "p", 1: ["1"], 2: ["x"], 3: 1, 4: "x", 5: 1, 6: 1, 7: 1, 8: "x", 9: "x", 10: "x"},
    "responsibility.matrix": {0: ID, 1: "C", 2: ID, 3: [{0: "R", 1: "x", 2: 1, 3: "x", 4: "x"}], 4: "x"},
    "flowdown": {0: ID, 1: 20000, 2: [{0: "R", 1: 1, 2: 1, 3: 0, 4: 1, 5: 1}], 3: log.top([ID]), 4: [{0: ID, 1: [1]}]},
    "tender": {0: "t", 1: "x", 2: "x", 3: ID, 4: [{0: 1, 1: 20000, 2: "l", 3: ["x"], 4: "x"}], 5: "x"},
    "certification": {0: "x", 1: "x", 2: "x", 3: "x", 4: "x", 5: "x", 6: ["x"], 7: ["x"], 8: 20000, 9: 20100, 10: 1, 11: "x", 12: False, 13: "x"},
    "evidence": {0: "x", 1: 1, 2: 1, 3: ID, 4: 1, 5: "x", 6: "x", 7: 20000, 8: 20100, 9: "x", 10: ID, 11: ["R"], 12: "x"},
    "finding": {0: ID, 1: "R", 2: 1, 3: "x", 4: 1, 5: 1, 6: "x"},
    "improvement": {0: ID, 1: [{0: "a", 1: "x", 2: "x", 3: 1, 4: 1}], 2: 1, 3: "x", 4: "x"},
    "contract": {  # 1, the customer, is its author
        0: "C", 1: None, 2: ID, 3: 1, 4: "x", 5: {0: "x", 1: ID, 2: "x", 3: 1}, 6: 20000, 7: 20100, 8: 1, 9: ["x"], 10: ["x"], 11: ["x"], 12: ["DE"],
        13: {0: "x", 1: [{0: 1, 1: 1}], 2: "x", 3: "x", 4: 1, 5: "x", 6: "x", 7: 1, 8: "x", 9: "x"}, 14: ID, 15: 1, 16: "x"},
    "concern": {0: "t", 1: 1, 2: 1, 3: "x", 4: "x", 5: ID, 6: "R", 7: "x", 8: 1},
    "issue": {0: "t", 1: 1, 2: "x", 3: "x", 4: ["x"], 5: ["x"], 6: 1, 7: ID, 8: "R"},
    "exercise.plan": {0: "t", 1: ["x"], 2: [ID], 3: 1, 4: YEAR_10000 - 1, 5: "x", 6: [{0: "i", 1: 1, 2: ID, 3: "x", 4: "x"}], 7: "x", 8: "x"},
    "exercise.report": {0: ID, 1: 1, 2: "x", 3: "x", 4: ["x"], 5: ["x"], 6: ["x"]},
    "asset.held": {0: 1, 1: "C", 2: ID, 3: [{0: "i", 1: 1, 2: "x", 3: ["x"], 4: ["x"], 5: ["x"], 6: 1}], 4: True, 5: "x"},
    "termination": {0: "x", 1: 1, 2: "C", 3: ID, 4: "x", 5: "x"},
    "disposition": {  # not held: nothing else is needed
        0: ID, 1: [{0: "i", 1: 5, 2: 1, 3: "x", 4: 1, 5: "x", 6: "x", 7: "x", 8: 1, 9: 1, 10: "x"}], 2: {0: 1000000, 1: 0, 2: 0, 3: 1}, 3: "x", 4: "x",
        5: "x"},
    "posture.attestation": {
        0: "t", 1: {0: ["u"], 1: ["s"], 2: ["c"], 3: ["l"], 4: ["e"]}, 2: "f", 3: "x", 4: 20000, 5: 20100, 7: "x", 8: "x", 9: False,
        6: [{0: "c", 1: 1, 2: "x", 3: 1, 4: ["x"], 5: 1, 6: 1, 7: 1}]},
}
DISTINCT = {("log.open", 2), ("incident.notice", 23), ("incident.answer", 4), ("requirement.set", 3), ("requirement.set", 4),
            ("requirement.ack", 2), ("requirement.review", 1), ("posture.attestation", 6), ("equivalence", 2), ("responsibility.matrix", 3), ("tender", 4), ("improvement", 1),
            ("incident.answer", 9), ("exercise.plan", 6), ("asset.held", 3), ("disposition", 1)}
NEEDED_BY_RULE = {("incident.answer", 6), ("incident.answer", 7), ("evidence", 3), ("evidence", 4)}  # others of the full body lean on them
BOUND_BY_RULE = {"suppliers_asked", "suppliers_answered", "suppliers_affected", "as_of", "valid_until", "kseq", "issued", "expires", "created", "start", "date"}


class Cases:
    def __init__(self, org, other):
        self.org, self.other, self.list = org, other, []

    def add(self, name, wanted, kind, body, tlp=record.AMBER, **header):
        self.list.append((name, wanted, record.make(self.org, kind, body, tlp, **header)))

    def raw(self, name, wanted, header):
        self.list.append((name, wanted, canon.encode(header)))


# ---- the tables ----
def variants(field):
    """(what, verdict, value) of one field, alone or as an item of its list."""
    yield "of another type", SHAPE, None
    if field.kind in ("line", "text"):
        most = field.bytes or (LINE if field.kind == "line" else TEXT)
        yield "at its limit", GOOD, "x" * most
        yield "over its limit", LIMIT, "x" * (most + 1)
        yield "turned round", SHAPE, "a\u202eb"
        for ch in "\n\t\u2028":
            yield "with U+%04X" % ord(ch), SHAPE if field.kind == "line" else GOOD, "a%sb" % ch
        for ch in " \u1680":
            yield "ending in U+%04X" % ord(ch), SHAPE if field.kind == "line" else GOOD, "a" + ch
        blank = SHAPE
        yield "empty", blank, ""
    elif field.kind in WORDS:
        yield "its last word", GOOD, len(WORDS[field.kind])
        yield "no word", SHAPE, len(WORDS[field.kind]) + 1
        yield "word 0", SHAPE, 0
    elif field.kind in ("id", "organisation"):
        yield "of 31 bytes", SHAPE, bytes(31)
        yield "of 33 bytes", SHAPE, bytes(33)
    elif field.kind == "time":
        yield "of the year 9999", GOOD, YEAR_10000 - 1
        yield "of the year 10000", SHAPE, YEAR_10000
    elif field.kind in ("number", "date"):
        yield "below 0", SHAPE, -1
        if field.kind == "date" and field.name not in BOUND_BY_RULE:
            yield "of the year 9999", GOOD, 2932896
        if field.kind == "date":
            yield "of the year 10000", SHAPE, 2932897
        if field.most is not None:
            yield "at its limit", GOOD, field.most
            yield "over its limit", LIMIT, field.most + 1
        elif field.kind == "number" and field.name not in BOUND_BY_RULE:
            yield "the largest", GOOD, 2**63 - 1


def put(body, path, value):
    """A copy of the body with one place replaced; a path leads through maps and, with 0, into the first item of lists."""
    if not path:
        return value
    if isinstance(body, list):
        return [put(body[0], path, value)] + body[1:]
    copy = dict(body)
    if value is Ellipsis and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = put(body[path[0]], path[1:], value)
    return copy


def rows(cases, kind, full, fields, before=()):
    for field in fields:
        at = before + (field.key,)
        name = "%s %s" % (kind, field.name)

        def case(what, wanted, body):
            if kind == "flowdown" and wanted == GOOD and not what.startswith("with key"):
                return  # counts, answers and top lean on each other
            cases.add("%s %s" % (name, what), wanted, kind, body)

        leant_on = field.required or (kind, field.key) in NEEDED_BY_RULE and not before
        case("left out", SHAPE if leant_on else GOOD, put(full, at, Ellipsis))
        if field.listed:
            held = first(full, at)
            case("empty", SHAPE if field.required else GOOD, put(full, at, []))
            case("no list", SHAPE, put(full, at, 1))
            again = SHAPE if (kind, field.key) in DISTINCT and not before or (kind, field.name) == ("contract", "clocks") else GOOD
            case("twice the same", again, put(full, at, held * 2))
            if not again:
                case("at its items", GOOD, put(full, at, held * field.items))
                case("over its items", LIMIT, put(full, at, held * (field.items + 1)))
        wrap = (lambda value: [value]) if field.listed else (lambda value: value)
        if field.group:
            case("no map", SHAPE, put(full, at, wrap(1)))
            rows(cases, kind, full, field.group, at)
            for key, wanted in ((63, SHAPE), (64, GOOD)):
                inner = first(full, at)
                inner = dict(inner[0] if field.listed else inner)
                inner[key] = 1
                case("with key %d" % key, wanted, put(full, at, wrap(inner)))
            continue
        for what, wanted, value in variants(field):
            if kind in ("challenge", "equivalence") and field.kind == "date" and wanted == GOOD:
                continue
            if field.name in ("from", "starts") and wanted == GOOD:
                continue  # the end must be later
            if field.name == "rank" and wanted == GOOD:
                continue  # a high one needs a parent of the rank above
            if kind == "requirement.set" and field.name in ("rid", "requirements") and wanted == GOOD:
                continue  # the rule that levels name known requirements would refuse it
            case(what, wanted, put(full, at, wrap(value)))


def first(body, path):
    for key in path:
        body = (body[0] if isinstance(body, list) else body)[key]
    return body


def all_tables(cases):
    same_kinds = {kind.name for kind in KINDS.values()} - {"forward"}
    expect(same_kinds == set(FULL), "a body for every kind")
    for kind in KINDS.values():
        if kind.name in ("forward", "log.open"):
            continue  # test_forwards.py; a log.open stands in entry 1 alone
        full = FULL[kind.name]
        if kind.name == "contract":
            full = {**full, 1: cases.org}
        cases.add(kind.name, GOOD, kind.name, full)
        rows(cases, kind.name, full, kind.fields)
        cases.add(kind.name + " with key 63", SHAPE, kind.name, {**full, 63: 1})
        cases.add(kind.name + " with key 64", GOOD, kind.name, {**full, 64: [1]})


# ---- the header ----
def header(cases):
    org, other = cases.org, cases.other

    def case(name, wanted, **over):
        value = {0: 1, 1: 4, 2: org, 3: now(), 4: 2, 5: os.urandom(16), 6: {0: ID, 1: "x"}}
        value.update({int(key[1:]): content for key, content in over.items()})
        cases.raw("header: " + name, wanted, {key: content for key, content in value.items() if content is not None})

    for key in range(7):
        case("key %d left out" % key, SHAPE, **{"_%d" % key: None})
    for version in (0, 2):
        case("version %d" % version, SHAPE, _0=version)
    for kind, wanted in ((0, SHAPE), (99, GOOD), (65535, GOOD), (65536, LIMIT)):
        case("kind %d" % kind, wanted, _1=kind)
    case("another author", AUTHOR, _2=other)
    case("created 9 minutes ahead", GOOD, _3=now() + 9 * 60000)
    case("created 11 minutes ahead", DATED, _3=now() + 11 * 60000)
    case("created in 1970", GOOD, _3=0)
    case("created in the year 10000", SHAPE, _3=YEAR_10000)
    for tlp, wanted in ((0, SHAPE), (1, GOOD), (4, GOOD), (5, SHAPE), (6, SHAPE), (256, SHAPE)):
        case("tlp %d, nobody named" % tlp, wanted, _4=tlp)
    for tlp, wanted in ((4, SHAPE), (5, GOOD), (6, GOOD), (255, GOOD), (256, SHAPE)):
        case("tlp %d, the receiver named" % tlp, wanted, _4=tlp, _11=[other])
    case("red, somebody else named", NOT_NAMED, _4=5, _11=[ID])
    case("8 named", GOOD, _4=5, _11=[other] + [os.urandom(32) for _ in range(7)])
    case("9 named", LIMIT, _4=5, _11=[other] + [os.urandom(32) for _ in range(8)])
    case("one named twice", SHAPE, _4=5, _11=[other, other])
    case("none named", SHAPE, _4=5, _11=[])
    case("16 parents", GOOD, _8=[os.urandom(32) for _ in range(16)])
    case("17 parents", LIMIT, _8=[os.urandom(32) for _ in range(17)])
    case("a parent twice", SHAPE, _8=[ID, ID])
    case("no parents in the list", SHAPE, _8=[])
    for size in (15, 17):
        case("nonce of %d" % size, SHAPE if size < 16 else LIMIT, _5=bytes(size))
    for tlp, onward, wanted in ((3, 1, GOOD), (3, 0, SHAPE), (3, 2, LIMIT), (2, 1, SHAPE), (4, 1, SHAPE)):
        case("onward %d at tlp %d" % (onward, tlp), wanted, _4=tlp, _12=onward)
    for key in (7, 9, 10):
        case("key %d" % key, GOOD, **{"_%d" % key: ID})
        case("key %d of 31 bytes" % key, SHAPE, **{"_%d" % key: ID[1:]})
    for key, wanted in ((13, SHAPE), (63, SHAPE), (64, GOOD), (1 << 40, GOOD)):
        case("key %d" % key, wanted, **{"_%d" % key: 1})
    case("a log.open behind entry 1", SHAPE, _1=1, _6={0: 0, 1: 1})
    case("an unknown kind with any body", GOOD, _1=99, _6={"a": -1, 0: [None], -1: "\u202e"})
    case("an unknown kind without a map", SHAPE, _1=99, _6=[])
    for key in ("a", b"a", -1, None):
        cases.raw("header: key %r" % (key,), SHAPE,
                  {0: 1, 1: 99, 2: org, 3: now(), 4: 2, 5: bytes(16), 6: {}, key: 1})
        cases.raw("body: key %r" % (key,), SHAPE,
                  {0: 1, 1: 4, 2: org, 3: now(), 4: 2, 5: bytes(16), 6: {0: ID, 1: "x", key: 1}})
    for total, wanted in ((524288, GOOD), (524289, LIMIT)):
        filling = {0: 1, 1: 99, 2: org, 3: now(), 4: 2, 5: os.urandom(16), 6: {64: bytes(total)}}
        filling[6][64] = bytes(2 * total - len(canon.encode(filling)))
        cases.raw("a record of %d" % total, wanted, filling)


# ---- the rules of the kinds ----
def rules(cases):
    def case(kind, name, wanted, **over):
        body = {**FULL[kind], **{int(key[1:]): content for key, content in over.items()}}
        cases.add("%s: %s" % (kind, name), wanted, kind, {key: content for key, content in body.items() if content is not None})

    for ch in BLANK:
        case("retract", "only U+%04X" % ord(ch), SHAPE, _1=ch)
    for ch in "\u007f\u0080\u009f\ufeff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        case("retract", "with U+%04X" % ord(ch), SHAPE, _1="a%sb" % ch)
    for ch in "\u00a0\u00ad\u200b\u200d\u2060\u206a\ufffe\U0010ffff":
        case("retract", "with U+%04X" % ord(ch), GOOD, _1="a%sb" % ch)
    for ch in "\u00a0\u2000\u200a\u202f\u205f\u3000":
        case("requirement.set", "ending in U+%04X" % ord(ch), SHAPE, _0="a" + ch)
    case("pair", "with itself", SHAPE, _1=cases.org)
    for decision in range(1, 14):
        case("reply", "decision %d without a date" % decision, SHAPE if decision == 5 else GOOD, _1=decision, _3=None, _5=None)
        case("reply", "decision %d with due" % decision, GOOD, _1=decision, _5=None)
        case("reply", "decision %d with until" % decision, GOOD, _1=decision, _3=None)
    needed = {1: (6, 9, 10, 24), 2: (6, 7, 8, 9, 10, 24), 3: (6, 7, 8, 9, 10, 24), 4: (6, 7, 8, 9, 10, 11, 24), 5: ()}
    for stage, keys in needed.items():
        for key in range(2, 31):
            case("incident.notice", "stage %d without %d" % (stage, key), SHAPE if key in keys else GOOD, **{"_1": stage, "_%d" % key: None})
    for asked, answered, affected, wanted in ((3, 3, 3, GOOD), (0, 0, 0, GOOD), (1, 2, 0, SHAPE), (3, 1, 2, SHAPE), (None, 1, None, SHAPE),
                                              (3, None, 1, SHAPE), (3, None, None, GOOD), (3, 1, None, GOOD), (None, None, None, GOOD)):
        case("incident.answer", "%s asked, %s answered, %s affected" % (asked, answered, affected), wanted, _6=asked, _7=answered, _8=affected)
    case("requirement.set", "a level of an unknown requirement", SHAPE, _3=[{0: "l", 2: ["Q"]}])
    case("requirement.set", "rids that differ by case", GOOD, _4=[{0: "R", 2: "x"}, {0: "r", 2: "x"}])
    case("requirement.set", "a rid twice in a level", GOOD, _3=[{0: "l", 2: ["R", "R"]}])
    for answer, keys, wanted in (
            (1, (), GOOD), (2, (), SHAPE), (2, (7,), SHAPE), (2, (8,), SHAPE), (2, (7, 8), GOOD), (2, (2, 8), GOOD), (3, (), GOOD), (4, (), SHAPE),
            (4, (2,), GOOD), (4, (7,), GOOD), (4, (9,), SHAPE), (5, (), SHAPE), (5, (2,), GOOD), (5, (7,), GOOD), (6, (), GOOD)):
        given = {key: FULL["requirement.ack"][2][0][key] for key in keys}
        case("requirement.ack", "answer %d with %s" % (answer, keys), wanted, _2=[{0: "R", 1: answer, **given}])
    day = now() // 86400000
    for days, wanted in ((-1, SHAPE), (0, GOOD), (1, GOOD)):
        cases.add("exception.request until %+d days" % days, wanted, "exception.request", {0: ID, 1: "R", 2: "x", 5: day + days},
                  created=day * 86400000 + 1)
    for days, wanted in ((-1, SHAPE), (0, SHAPE), (1, GOOD), (366, GOOD), (367, SHAPE)):
        case("posture.attestation", "valid %d days" % days, wanted, _5=20000 + days)
    ended = {0: "i", 1: 1, 2: 1, 3: "x", 4: 1, 6: "x", 7: "x", 8: 1}
    for outcome, keys in ((1, (4,)), (2, (2, 4)), (3, (4, 6)), (4, (7, 8)), (5, ())):
        for key in (2, 3, 4, 6, 7, 8):
            item = {**ended, 1: outcome}
            del item[key]
            case("disposition", "outcome %d without %d" % (outcome, key), SHAPE if key in keys else GOOD, _1=[item])
    for days, wanted in ((0, GOOD), (1, GOOD), (2, SHAPE)):
        cases.add("disposition done in %d days" % days, wanted, "disposition", {0: ID, 1: [{0: "i", 1: 1, 4: day + days}]}, created=day * 86400000 + 1)
    for below, wanted in (({0: 2, 1: 1, 2: 1, 3: 1}, GOOD), ({0: 2, 1: 1, 2: 2, 3: 1}, SHAPE), ({0: 2, 2: 1}, SHAPE), ({0: 2, 1: 2}, GOOD)):
        case("disposition", "below %s" % below, wanted, _2=below)
    case("asset.held", "held by its author", SHAPE, _2=cases.org)
    case("asset.held", "nothing, and not complete", SHAPE, _3=None, _4=None)
    case("asset.held", "nothing, and complete", GOOD, _3=None)
    case("issue", "a proposal without one", SHAPE, _1=4, _3=None)
    case("exercise.report", "an inject without text", SHAPE, _1=2, _2=None)
    case("exercise.plan", "over when it starts", SHAPE, _4=1)
    case("assistance", "a standing offer without an end", SHAPE, _0=3, _6=None)
    case("assistance", "over when it starts", SHAPE, _6=1)
    case("impact.query", "about nothing", SHAPE, _2=None, _3=None, _4=None, _5=None)
    for row, wanted in (({0: 1, 1: 1, 2: 1, 3: 1}, SHAPE), ({0: 2, 1: 1, 2: 2, 3: 1}, SHAPE), ({0: 2, 1: 2, 2: 1, 3: 2}, SHAPE), ({0: 2, 1: 2, 2: 1, 3: 1}, GOOD)):
        case("incident.answer", "below %s" % row, wanted, _9=[row])
    for scope, wanted in (({}, SHAPE), ({4: ["x"]}, SHAPE), ({64: 1}, SHAPE), ({0: []}, SHAPE), ({0: ["x"]}, GOOD), ({3: ["x"]}, GOOD),
                          ({0: [], 1: ["x"]}, GOOD)):
        case("posture.attestation", "scope %s" % scope, wanted, _1=scope)


with Folder() as folder:
    count = 0
    for part, name in enumerate("ABC"):  # one log holds at most 1,024 records that could not be taken
        node, partner, session = paired(folder, name)
        cases = Cases(partner.identity.org, partner.org)
        all_tables(cases)
        header(cases)
        rules(cases)
        count += tried(session, cases.list[part::3])
        session.end()
    print("%d records judged the same here and by the node" % count)
