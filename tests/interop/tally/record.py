"""Section 5: records; and the judgement of one (section 8)."""

import os

from . import canon
from .canon import Refused, TooMuch
from .crypto import B2b, now
from .tables import HEADER, KIND_NUMBER, KINDS, check

CLEAR, GREEN, AMBER, STRICT, RED = 1, 2, 3, 4, 5
LOG_OPEN, PAIR, REPLY, RETRACT, FORWARD = 1, 2, 3, 4, 5
MOST, MOST_FORWARD = 512 * 1024, 576 * 1024
DIRECT, PARTNERS = 0, 2
AHEAD = 10 * 60 * 1000

SHAPE, LIMIT, TLP, NOT_NAMED, BODY_MISSING, AUTHOR, DATED = 64, 65, 66, 67, 69, 70, 71


def identify(payload):
    return B2b("tally.rec.v1", payload)


def make(author, kind, body, tlp, **header):
    """The payload of a record. `kind` is a name of docs/kinds.md; thread, parents and so on by name."""
    value = {0: 1, 1: KIND_NUMBER[kind], 2: author, 3: header.pop("created", now()), 4: tlp,
             5: header.pop("nonce", None) or os.urandom(16), 6: body}
    keys = {field.name: field.key for field in HEADER}
    value.update({keys[name]: content for name, content in header.items()})
    return canon.encode(value)


class Record:
    """A record whose header holds; the body is judged apart, since unknown kinds are kept too."""

    def __init__(self, payload):
        if len(payload) > MOST_FORWARD:
            raise TooMuch("a record too large")
        value = canon.decode(payload)
        check(value, HEADER)
        self.payload, self.id, self.header = payload, identify(payload), value
        self.kind, self.author, self.created, self.body = value[1], value[2], value[3], value[6]
        self.tlp = value[4]
        self.named = value.get(11)
        if value[0] != 1 or not 1 <= self.kind <= 65535 or not 1 <= self.tlp <= 255 or len(value[5]) != 16:
            raise Refused("a header of another form")
        if self.kind != FORWARD and len(payload) > MOST:
            raise TooMuch("a record too large")
        self._optional_parts(value)

    def _optional_parts(self, value):
        for key in (8, 11):
            if len(set(value.get(key, []))) != len(value.get(key, [])):
                raise Refused("an id twice in a list of the header")
        if (self.tlp >= RED) != (11 in value):
            raise Refused("named belongs to red, and red to named")
        if 12 in value and (value[12] != 1 or self.tlp != AMBER):
            raise Refused("onward belongs to amber")

    def name(self):
        return KINDS[self.kind].name if self.kind in KINDS else "kind %d" % self.kind

    def fields(self):
        """The body by the names of its kind, for people."""
        return {field.name: self.body[field.key] for field in KINDS[self.kind].fields if field.key in self.body}


def judge(content, entry, index, receiver):
    """The verdict on one record of a stored entry: 0, or the number of the exception. `content` is its payload, or [id]."""
    if isinstance(content, list):
        return BODY_MISSING
    try:
        record = Record(content)
    except TooMuch:
        return LIMIT
    except Refused:
        return SHAPE
    if record.author != entry.author:
        return AUTHOR
    if record.created > entry.time + AHEAD:
        return DATED
    if record.kind == LOG_OPEN and entry.n != 1:
        return SHAPE
    try:
        if record.kind in KINDS:
            check(record.body, KINDS[record.kind].fields)
    except TooMuch:
        return LIMIT
    except Refused:
        return SHAPE
    if entry.audience_type == PARTNERS and record.tlp > GREEN:
        return TLP
    if entry.audience_type == DIRECT and record.tlp >= RED and receiver not in record.named:
        return NOT_NAMED
    return 0
