"""Every row of docs/kinds.md at its limit and one above, and the header: the same verdicts here and from a node."""

import os

from bodies import FULL, ID, YEAR_10000, Cases
from common import expect
from nodes import Folder, paired
from tally import canon
from tally.crypto import now
from tally.tables import KINDS, LINE, TEXT, WORDS
from tally.verdict import AUTHOR, DATED, GOOD, LIMIT, NOT_NAMED, SHAPE
from verdicts import tried

DISTINCT = {("log.open", 2), ("incident.notice", 23), ("incident.answer", 4), ("requirement.set", 3), ("requirement.set", 4),
            ("requirement.ack", 2), ("requirement.review", 1), ("posture.attestation", 6), ("equivalence", 2), ("responsibility.matrix", 3),
            ("tender", 4), ("improvement", 1), ("incident.answer", 9), ("exercise.plan", 6), ("asset.held", 3), ("disposition", 1)}
NEEDED_BY_RULE = {("incident.answer", 6), ("incident.answer", 7), ("evidence", 3), ("evidence", 4)}  # others of the full body lean on them
BOUND_BY_RULE = {"suppliers_asked", "suppliers_answered", "suppliers_affected", "as_of", "valid_until", "kseq", "issued", "expires", "created",
                 "start", "date", "since"}


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
            if kind in ("challenge", "equivalence", "org.vouch") and field.kind == "date" and wanted == GOOD:
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


with Folder() as folder:
    count = 0
    for part, name in enumerate("ABC"):  # one log holds at most 1,024 records that could not be taken
        node, partner, session = paired(folder, name)
        cases = Cases(partner.identity.org, partner.org)
        all_tables(cases)
        header(cases)
        count += tried(session, cases.list[part::3])
        session.end()
    print("%d records judged the same here and by the node" % count)
