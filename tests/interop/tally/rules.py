"""What the kinds ask for beyond their tables (section 5 of the page). Presence counts, not content: an empty text is there."""

from . import log
from .canon import Refused

DAY = 86400000
CORRECTION, FINAL = 5, 4
# Fields of incident.notice that each stage needs: aware, malicious, cross_border, contact; severity, determination; root_cause.
STAGE_NEEDS = {1: (6, 9, 10, 24), 2: (6, 7, 8, 9, 10, 24), 3: (6, 7, 8, 9, 10, 24), 4: (6, 7, 8, 9, 10, 11, 24), 5: ()}
GRANTED_SHORTER = 5
WITH_EXCEPTION, DECLINED, NOT_APPLICABLE = 2, 4, 5
PARTIAL, UNANSWERED, NOT_PASSED = 2, 7, 8
STANDING = 3  # an offer of assistance
PROPOSAL = 4
INJECT = 2
# Of what became of an item, each outcome needs: date; method and date; to and date; basis and until; nothing.
OUTCOME_NEEDS = {1: (4,), 2: (2, 4), 3: (4, 6), 4: (7, 8), 5: ()}
ELSEWHERE = 3  # evidence at an url


def _need(body, *keys):
    for key in keys:
        if key not in body:
            raise Refused("key %d is missing here" % key)


def _distinct(items, key, what):
    names = [item[key] for item in items]
    if len(set(names)) != len(names):
        raise Refused("the same %s twice" % what)


def _log_open(body, author, created):
    _distinct(body.get(2, []), 0, "log")


def _pair(body, author, created):
    if body[1] == author:
        raise Refused("a pair of one")


def _reply(body, author, created):
    if body[1] == GRANTED_SHORTER and 3 not in body and 5 not in body:
        raise Refused("shorter, and no date")


def _vouch(body, author, created):
    if body[0] == author:
        raise Refused("for itself")
    if not body[2] < body[3] <= created // DAY + 731:
        raise Refused("over before it began, or too late")


def _notice(body, author, created):
    _need(body, *STAGE_NEEDS[body[1]])
    _distinct(body.get(23, []), 0, "action")


def _answer(body, author, created):
    asked, answered, affected = (body.get(key) for key in (6, 7, 8))
    if answered is not None and (asked is None or answered > asked):
        raise Refused("more answered than were asked")
    if affected is not None and (answered is None or affected > answered):
        raise Refused("more affected than have answered")
    last = 1
    for row in body.get(9, []):
        if row[0] <= last or row[2] > row[1] or row[3] > row[2]:
            raise Refused("no ascending ranks, or counts that do not fit")
        last = row[0]
    _distinct(body.get(4, []), 0, "action")


def _set(body, author, created):
    _distinct(body[4], 0, "requirement")
    _distinct(body.get(3, []), 0, "level")
    known = {requirement[0] for requirement in body[4]}
    if any(not set(level[2]) <= known for level in body.get(3, [])):
        raise Refused("a level of unknown requirements")


def _ack(body, author, created):
    _distinct(body[2], 0, "requirement")
    for answer in body[2]:
        if answer[1] in (WITH_EXCEPTION, DECLINED, NOT_APPLICABLE) and 2 not in answer and 7 not in answer:
            raise Refused("no reason is given")
        if answer[1] == WITH_EXCEPTION:
            _need(answer, 8)


def _review(body, author, created):
    _distinct(body[1], 0, "requirement")


def _exception(body, author, created):
    if body[5] < created // DAY:
        raise Refused("over before it was asked for")


def _not_past(body, key, created):
    if key in body and body[key] < created // DAY:
        raise Refused("over before it was said")


def _challenge(body, author, created):
    if 1 not in body and 2 not in body:
        raise Refused("neither rid nor clause")
    _not_past(body, 5, created)


def _equivalence(body, author, created):
    _distinct(body[2], 0, "requirement")
    for cover in body[2]:
        if cover[1] == PARTIAL:
            _need(cover, 3)
    _not_past(body, 6, created)


def _guidance(body, author, created):
    if 3 not in body and 4 not in body:
        raise Refused("neither text nor link")


def _matrix(body, author, created):
    _distinct(body[3], 0, "control")


def _flowdown(body, author, created):
    rows, leaves = body[2], body.get(4, [])
    _distinct(rows, 0, "requirement")
    _distinct(leaves, 0, "answer")
    if any(len(leaf[1]) != len(rows) for leaf in leaves):
        raise Refused("not one answer for each row")
    for at, row in enumerate(rows):
        answers = [leaf[1][at] for leaf in leaves if leaf[1][at] not in (UNANSWERED, NOT_PASSED)]
        if row[2] != len(answers) or row[3] != answers.count(WITH_EXCEPTION) or row[1] < row[2]:
            raise Refused("not what the leaves give")
    if (3 in body) != bool(leaves) or leaves and body[3] != log.top([leaf[0] for leaf in leaves]):
        raise Refused("not the top over the leaves")


def _tender(body, author, created):
    for before, after in zip(body[4], body[4][1:]):
        if after[0] <= before[0] or after[1] < before[1]:
            raise Refused("stages out of order")


def _posture(body, author, created):
    if not any(body[1].get(key) for key in range(4)):
        raise Refused("a scope of nothing")
    if not body[4] < body[5] <= body[4] + 366:
        raise Refused("not valid, or for more than a year")
    _distinct(body[6], 0, "control")


def _disclosure(body, author, created):
    items = body.get(4, [])
    if not body[3] and not items:
        raise Refused("neither complete nor an item")
    for item in items:
        if 0 not in item and 1 not in item:
            raise Refused("neither name nor blinded")
        if 1 in item and len(item[1]) != 32:
            raise Refused("not 32 bytes")
        if item[3] < 2:
            raise Refused("the author itself")
        if item[3] > 2 and not any(0 in other and other[0] == item.get(4) and other[3] == item[3] - 1 for other in items):
            raise Refused("no parent of the rank above")


def _subcontracting(body, author, created):
    if body.get(4, 2) < 2:
        raise Refused("the author itself")
    if body.get(4, 2) > 2:
        _need(body, 5)


def _support(body, author, created):
    if body[3] != 4 and 6 not in body and 7 not in body:
        raise Refused("supported without an end")


def _certification(body, author, created):
    if not body[8] < body[9]:
        raise Refused("over before it was issued")


def _evidence(body, author, created):
    if body[2] == ELSEWHERE:
        _need(body, 6)
    else:
        _need(body, 3, 4)
        if len(body[3]) != 32 or body[4] == 0:
            raise Refused("no file")
    if 7 in body and 8 in body and body[8] < body[7]:
        raise Refused("over before it was made")


def _improvement(body, author, created):
    _distinct(body[1], 0, "action")


def _contract(body, author, created):
    if body[1] == body[2] or author not in (body[1], body[2]):
        raise Refused("not between its author and another")
    if 6 in body and 7 in body and body[7] < body[6]:
        raise Refused("over before it begins")
    if len(body.get(5, {}).get(1, bytes(32))) != 32:
        raise Refused("no hash")
    _distinct(body.get(13, {}).get(1, []), 0, "stage")


def _query(body, author, created):
    if not any(key in body for key in (2, 3, 4, 5)):
        raise Refused("about nothing")


def _assistance(body, author, created):
    if body[0] == STANDING:
        _need(body, 6)
    if 5 in body and 6 in body and body[6] <= body[5]:
        raise Refused("over before it begins")


def _issue(body, author, created):
    if body[1] == PROPOSAL:
        _need(body, 3)


def _exercise(body, author, created):
    if body[4] <= body[3]:
        raise Refused("over before it begins")
    _distinct(body.get(6, []), 0, "inject")


def _exercise_report(body, author, created):
    if body[1] == INJECT:
        _need(body, 2)


def _asset(body, author, created):
    _distinct(body.get(3, []), 0, "item")
    if not body.get(3) and not body.get(4):
        raise Refused("neither complete nor an item")
    if body.get(2) == author:
        raise Refused("held by its author, and said so")


def _disposition(body, author, created):
    _distinct(body[1], 0, "item")
    for item in body[1]:
        _need(item, *OUTCOME_NEEDS[item[1]])
        if item.get(4, 0) > created // DAY + 1:
            raise Refused("not done yet")
    below = body.get(2, {0: 0})
    if below.get(1, 0) + below.get(2, 0) > below[0]:
        raise Refused("more than held it")
    if below.get(2, 0):
        _need(below, 3)


RULES = {1: _log_open, 2: _pair, 3: _reply, 10: _vouch, 16: _notice, 17: _answer, 18: _query, 19: _assistance, 24: _set, 26: _ack,
         27: _review,
         28: _exception, 29: _challenge, 30: _equivalence, 31: _guidance, 32: _posture, 33: _certification, 34: _evidence,
         36: _improvement, 40: _contract, 41: _disclosure, 42: _subcontracting, 43: _support, 44: _matrix, 45: _flowdown, 46: _tender,
         49: _issue, 50: _exercise, 51: _exercise_report, 56: _asset, 58: _disposition}


def check(kind, body, author, created):
    if kind in RULES:
        RULES[kind](body, author, created)
