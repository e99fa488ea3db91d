"""What the kinds ask beyond their tables, each rule kept and broken: the same verdicts here and from a node."""

import os

from bodies import FULL, ID, Cases
from nodes import Folder, paired
from tally import log
from tally.crypto import now
from tally.tables import BLANK
from tally.verdict import GOOD, SHAPE
from verdicts import tried

day = now() // 86400000
morning = day * 86400000 + 1


def case(kind, name, wanted, created=None, **over):
    """A full body with some keys changed, or left out where None is said."""
    body = {**FULL[kind], **{int(key[1:]): content for key, content in over.items()}}
    header = {} if created is None else {"created": created}
    cases.add("%s: %s" % (kind, name), wanted, kind, {key: content for key, content in body.items() if content is not None}, **header)


def texts():
    for ch in BLANK:
        case("retract", "only U+%04X" % ord(ch), SHAPE, _1=ch)
    for ch in "\u007f\u0080\u009f\ufeff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        case("retract", "with U+%04X" % ord(ch), SHAPE, _1="a%sb" % ch)
    for ch in "\u00a0\u00ad\u200b\u200d\u2060\u206a\ufffe\U0010ffff":
        case("retract", "with U+%04X" % ord(ch), GOOD, _1="a%sb" % ch)
    for ch in "\u00a0\u2000\u200a\u202f\u205f\u3000":
        case("requirement.set", "ending in U+%04X" % ord(ch), SHAPE, _0="a" + ch)


def replies():
    case("pair", "with itself", SHAPE, _1=cases.org)
    for decision in range(1, 14):
        case("reply", "decision %d without a date" % decision, SHAPE if decision == 5 else GOOD, _1=decision, _3=None, _5=None)
        case("reply", "decision %d with due" % decision, GOOD, _1=decision, _5=None)
        case("reply", "decision %d with until" % decision, GOOD, _1=decision, _3=None)


def incidents():
    needed = {1: (6, 9, 10, 24), 2: (6, 7, 8, 9, 10, 24), 3: (6, 7, 8, 9, 10, 24), 4: (6, 7, 8, 9, 10, 11, 24), 5: ()}
    for stage, keys in needed.items():
        for key in range(2, 33):
            case("incident.notice", "stage %d without %d" % (stage, key), SHAPE if key in keys else GOOD, **{"_1": stage, "_%d" % key: None})
    for asked, answered, affected, wanted in ((3, 3, 3, GOOD), (0, 0, 0, GOOD), (1, 2, 0, SHAPE), (3, 1, 2, SHAPE), (None, 1, None, SHAPE),
                                              (3, None, 1, SHAPE), (3, None, None, GOOD), (3, 1, None, GOOD), (None, None, None, GOOD),
                                              (None, 0, None, SHAPE), (3, None, 0, SHAPE)):
        case("incident.answer", "%s asked, %s answered, %s affected" % (asked, answered, affected), wanted, _6=asked, _7=answered, _8=affected)
    case("assistance", "a standing offer without an end", SHAPE, _0=3, _6=None)
    case("assistance", "over when it starts", SHAPE, _6=1)
    case("impact.query", "about nothing", SHAPE, _2=None, _3=None, _4=None, _5=None)
    for rows, wanted in (([1, 1, 1, 1], SHAPE), ([2, 1, 2, 1], SHAPE), ([2, 2, 1, 2], SHAPE), ([2, 2, 1, 1], GOOD), ([2, 1, 1, 1, 3, 1, 1, 1], GOOD),
                         ([3, 1, 1, 1, 2, 1, 1, 1], SHAPE)):
        case("incident.answer", "below %s" % rows, wanted, _9=[dict(enumerate(rows[at:at + 4])) for at in range(0, len(rows), 4)])
    case("assistance", "an offer without an end", GOOD, _0=2, _6=None)
    case("assistance", "over a moment later", GOOD, _6=2)
    for key in (2, 3, 4, 5):
        case("impact.query", "about %d alone" % key, GOOD, **{"_%d" % at: None for at in (2, 3, 4, 5) if at != key})


def requirements():
    case("requirement.set", "a level of an unknown requirement", SHAPE, _3=[{0: "l", 2: ["Q"]}])
    case("requirement.set", "rids that differ by case", GOOD, _4=[{0: "R", 2: "x"}, {0: "r", 2: "x"}])
    case("requirement.set", "a rid twice in a level", GOOD, _3=[{0: "l", 2: ["R", "R"]}])
    for answer, keys, wanted in (
            (1, (), GOOD), (2, (), SHAPE), (2, (7,), SHAPE), (2, (8,), SHAPE), (2, (7, 8), GOOD), (2, (2, 8), GOOD), (3, (), GOOD), (4, (), SHAPE),
            (4, (2,), GOOD), (4, (7,), GOOD), (4, (9,), SHAPE), (5, (), SHAPE), (5, (2,), GOOD), (5, (7,), GOOD), (6, (), GOOD)):
        given = {key: FULL["requirement.ack"][2][0][key] for key in keys}
        case("requirement.ack", "answer %d with %s" % (answer, keys), wanted, _2=[{0: "R", 1: answer, **given}])
    for days, wanted in ((-1, SHAPE), (0, GOOD), (1, GOOD)):
        for kind, key in (("exception.request", 5), ("challenge", 5), ("equivalence", 6)):
            case(kind, "until %+d days" % days, wanted, created=morning, **{"_%d" % key: day + days})
    case("challenge", "neither rid nor clause", SHAPE, _1=None, _2=None)
    case("challenge", "a clause alone", GOOD, _1=None)
    case("challenge", "a rid alone", GOOD, _2=None)
    case("equivalence", "a part, and nothing remains", SHAPE, _2=[{0: "R", 1: 2}])
    case("equivalence", "a part, and what remains", GOOD, _2=[{0: "R", 1: 2, 3: "x"}])
    case("equivalence", "a rid twice", SHAPE, _2=[{0: "R", 1: 1}, {0: "R", 1: 2, 3: "x"}])
    case("requirement.review", "a rid twice", SHAPE, _1=[{0: "R", 1: 1}, {0: "R", 1: 2}])
    case("responsibility.matrix", "a control twice", SHAPE, _3=FULL["responsibility.matrix"][3] * 2)
    case("guidance", "neither text nor link", SHAPE, _3=None, _4=None)
    case("guidance", "a link alone", GOOD, _3=None)
    case("guidance", "text alone", GOOD, _4=None)


def flowdowns():
    other = os.urandom(32)
    for name, wanted, counts, leaves, top in (
            ("nobody answered", GOOD, [(2, 0, 0)], [], None),
            ("a top over nothing", SHAPE, [(2, 0, 0)], [], log.top([ID])),
            ("no top over leaves", SHAPE, [(1, 1, 0)], [(ID, [1])], None),
            ("another top", SHAPE, [(1, 1, 0)], [(ID, [1])], log.top([other])),
            ("two rows, two leaves", GOOD, [(2, 2, 1), (3, 0, 0)], [(ID, [1, 7]), (other, [2, 8])], log.top([ID, other])),
            ("leaves turned round", SHAPE, [(2, 2, 1)], [(ID, [1]), (other, [2])], log.top([other, ID])),
            ("a leaf twice", SHAPE, [(2, 2, 0)], [(ID, [1]), (ID, [1])], log.top([ID, ID])),
            ("an answer too few", SHAPE, [(1, 1, 0), (1, 0, 0)], [(ID, [1])], log.top([ID])),
            ("an answer too many", SHAPE, [(1, 1, 0)], [(ID, [1, 7])], log.top([ID])),
            ("more acknowledged", SHAPE, [(2, 2, 0)], [(ID, [1])], log.top([ID])),
            ("fewer acknowledged", SHAPE, [(2, 0, 0)], [(ID, [6])], log.top([ID])),
            ("unanswered counted", SHAPE, [(2, 1, 0)], [(ID, [7])], log.top([ID])),
            ("fewer exceptions", SHAPE, [(2, 1, 0)], [(ID, [2])], log.top([ID])),
            ("more exceptions", SHAPE, [(2, 1, 1)], [(ID, [1])], log.top([ID])),
            ("fewer passed", SHAPE, [(0, 1, 0)], [(ID, [1])], log.top([ID]))):
        rows = [{0: "R%d" % at, 1: passed, 2: answered, 3: exceptions} for at, (passed, answered, exceptions) in enumerate(counts)]
        case("flowdown", name, wanted, _2=rows, _3=top, _4=[{0: ack, 1: answers} for ack, answers in leaves])
    case("flowdown", "a rid twice", SHAPE, _2=[{0: "R", 1: 1, 2: 1, 3: 0}] * 2, _4=[{0: ID, 1: [1, 1]}])


def tenders():
    for stages, wanted in (([(1, 9), (2, 9)], GOOD), ([(1, 9), (8, 10)], GOOD), ([(2, 9), (1, 9)], SHAPE), ([(1, 9), (1, 10)], SHAPE),
                           ([(1, 9), (2, 8)], SHAPE)):
        case("tender", "stages %s" % stages, wanted, _4=[{0: stage, 1: deadline} for stage, deadline in stages])


def assurance():
    for days, wanted in ((-1, SHAPE), (0, SHAPE), (1, GOOD), (366, GOOD), (367, SHAPE)):
        case("posture.attestation", "valid %d days" % days, wanted, _5=20000 + days)
    for scope, wanted in (({}, SHAPE), ({4: ["x"]}, SHAPE), ({64: 1}, SHAPE), ({0: []}, SHAPE), ({0: ["x"]}, GOOD), ({3: ["x"]}, GOOD),
                          ({0: [], 1: ["x"]}, GOOD)):
        case("posture.attestation", "scope %s" % scope, wanted, _1=scope)
    for days, wanted in ((-1, SHAPE), (0, SHAPE), (1, GOOD)):
        case("certification", "over %+d days after its issue" % days, wanted, _9=20000 + days)
    file = {"_3": None, "_4": None}
    for availability in (1, 2, 3):
        case("evidence", "availability %d, no url" % availability, SHAPE if availability == 3 else GOOD, _2=availability, _6=None)
        case("evidence", "availability %d, no file" % availability, GOOD if availability == 3 else SHAPE, _2=availability, **file)
        case("evidence", "availability %d, no size" % availability, GOOD if availability == 3 else SHAPE, _2=availability, _4=None)
        case("evidence", "availability %d, size 0" % availability, GOOD if availability == 3 else SHAPE, _2=availability, _4=0)
        case("evidence", "availability %d, hash of 31" % availability, GOOD if availability == 3 else SHAPE, _2=availability, _3=ID[1:])
        for days, wanted in ((-1, SHAPE), (0, GOOD)):
            case("evidence", "availability %d, over in %+d days" % (availability, days), wanted, _2=availability, _8=20000 + days)
    case("evidence", "over, and of no day", GOOD, _7=None, _8=0)
    case("improvement", "an action twice", SHAPE, _1=[{0: "a", 1: "x", 3: 1}, {0: "a", 1: "y", 3: 2}])


def contracts():
    us = cases.org
    for customer, supplier, wanted in ((us, ID, GOOD), (ID, us, GOOD), (us, us, SHAPE), (ID, cases.other, SHAPE)):
        case("contract", "between %s and %s" % (customer.hex(), supplier.hex()), wanted, _1=customer, _2=supplier)
    for days, wanted in ((-1, SHAPE), (0, GOOD), (1, GOOD)):
        case("contract", "over in %+d days" % days, wanted, _1=us, _7=20000 + days)
    case("contract", "over, and of no start", GOOD, _1=us, _6=None, _7=0)
    for size in (0, 31):
        case("contract", "terms with a hash of %d" % size, SHAPE, _1=us, _5={0: "x", 1: bytes(size)})
    case("contract", "terms without a hash", GOOD, _1=us, _5={0: "x"})
    case("contract", "a stage twice", SHAPE, _1=us, _13={1: [{0: 1, 1: 1}, {0: 1, 1: 2}]})
    case("contract", "two stages", GOOD, _1=us, _13={1: [{0: 2, 1: 1}, {0: 1, 1: 2}]})


def subcontractors():
    above = {0: "n", 2: "x", 3: 2}
    for name, wanted, items in (
            ("rank 0", SHAPE, [{0: "n", 2: "x", 3: 0}]), ("rank 1", SHAPE, [{0: "n", 2: "x", 3: 1}]), ("rank 2", GOOD, [above]),
            ("no name", SHAPE, [{2: "x", 3: 2}]), ("blinded", GOOD, [{1: ID, 2: "x", 3: 2}]), ("blinded with 31", SHAPE, [{1: ID[1:], 2: "x", 3: 2}]),
            ("rank 3, no parent", SHAPE, [above, {0: "m", 2: "x", 3: 3}]), ("rank 3", GOOD, [above, {0: "m", 2: "x", 3: 3, 4: "n"}]),
            ("rank 3 first", GOOD, [{0: "m", 2: "x", 3: 3, 4: "n"}, above]), ("a parent unknown", SHAPE, [above, {0: "m", 2: "x", 3: 3, 4: "o"}]),
            ("rank 4 below rank 2", SHAPE, [above, {0: "m", 2: "x", 3: 4, 4: "n"}]), ("its own parent", SHAPE, [{0: "m", 2: "x", 3: 3, 4: "m"}])):
        case("subcontractor.disclosure", name, wanted, _4=items)
    for complete, items, wanted in ((True, [], GOOD), (True, None, GOOD), (False, [], SHAPE), (False, None, SHAPE), (False, [above], GOOD)):
        case("subcontractor.disclosure", "complete %s, %s" % (complete, items), wanted, _3=complete, _4=items)
    for rank, parent, wanted in ((0, "x", SHAPE), (1, "x", SHAPE), (2, None, GOOD), (None, None, GOOD), (3, None, SHAPE), (3, "x", GOOD)):
        case("subcontracting.request", "rank %s, parent %s" % (rank, parent), wanted, _4=rank, _5=parent)
    for support in (1, 2, 3, 4):
        case("support.statement", "support %d without an end" % support, GOOD if support == 4 else SHAPE, _3=support, _6=None, _7=None)
        for key in ("_6", "_7"):
            case("support.statement", "support %d without %s" % (support, key), GOOD, _3=support, **{key: None})


def exits():
    ended = {0: "i", 1: 1, 2: 1, 3: "x", 4: 1, 6: "x", 7: "x", 8: 1}
    for outcome, keys in ((1, (4,)), (2, (2, 4)), (3, (4, 6)), (4, (7, 8)), (5, ())):
        for key in (2, 3, 4, 6, 7, 8):
            item = {**ended, 1: outcome}
            del item[key]
            case("disposition", "outcome %d without %d" % (outcome, key), SHAPE if key in keys else GOOD, _1=[item])
    for days, wanted in ((0, GOOD), (1, GOOD), (2, SHAPE)):
        case("disposition", "done in %d days" % days, wanted, created=morning, _1=[{0: "i", 1: 1, 4: day + days}])
    for below, wanted in (({0: 2, 1: 1, 2: 1, 3: 1}, GOOD), ({0: 2, 1: 1, 2: 2, 3: 1}, SHAPE), ({0: 2, 2: 1}, SHAPE), ({0: 2, 1: 2}, GOOD)):
        case("disposition", "below %s" % below, wanted, _2=below)
    case("asset.held", "held by its author", SHAPE, _2=cases.org)
    case("asset.held", "nothing, and not complete", SHAPE, _3=None, _4=None)
    case("asset.held", "nothing, and complete", GOOD, _3=None)
    case("org.vouch", "for its author", SHAPE, _0=cases.org)
    for days, wanted in ((0, SHAPE), (1, GOOD)):
        case("org.vouch", "over %+d days after it began" % days, wanted, _3=20000 + days)
    for days, wanted in ((731, GOOD), (732, SHAPE)):
        case("org.vouch", "until %+d days" % days, wanted, created=morning, _3=day + days)
    case("issue", "a proposal without one", SHAPE, _1=4, _3=None)
    case("exercise.report", "an inject without text", SHAPE, _1=2, _2=None)
    case("issue", "no proposal, and none in it", GOOD, _1=1, _3=None)
    case("exercise.report", "a start without text", GOOD, _1=1, _2=None)
    case("exercise.plan", "over when it starts", SHAPE, _4=1)


with Folder() as folder:
    node, partner, session = paired(folder, "A")
    cases = Cases(partner.identity.org, partner.org)
    for part in (texts, replies, incidents, requirements, flowdowns, tenders, assurance, contracts, subcontractors, exits):
        part()
    print("%d records judged the same here and by the node" % tried(session, cases.list))
    session.end()
