"""Section 5: records; and the judgement of one (section 8)."""

import os
from datetime import datetime, timedelta

from . import canon, forward, rules
from .canon import Refused, TooMuch
from .crypto import B2b, now
from .forward import AMBER, CLEAR, GREEN, RED, STRICT  # noqa: F401: others say record.CLEAR
from .log import DIRECT, PARTNERS
from .tables import HEADER, KIND_NUMBER, KINDS, WORDS, check
from .verdict import AHEAD_MS, AUTHOR, BODY_MISSING, DATED, LIMIT, NOT_NAMED, SHAPE, TLP

LOG_OPEN, PAIR, REPLY, RETRACT, FORWARD = 1, 2, 3, 4, 5
MOST, MOST_FORWARD = 512 * 1024, 576 * 1024
EPOCH = datetime(1970, 1, 1)


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
            listed = value.get(key)
            if listed is not None and (not listed or len(set(listed)) != len(listed)):
                raise Refused("a list of the header is empty, or names one twice")
        if (self.tlp >= RED) != (11 in value):
            raise Refused("named belongs to red, and red to named")
        if 12 in value and (value[12] != 1 or self.tlp != AMBER):
            raise Refused("onward belongs to amber")

    @property
    def name(self):
        return KINDS[self.kind].name if self.kind in KINDS else "kind %d" % self.kind

    def fields(self):
        """The body by the names of its kind and the words of its vocabularies, for people."""
        return _named(self.body, KINDS[self.kind].fields)


def _named(group, fields):
    return {field.name: _named_value(group[field.key], field) for field in fields if field.key in group}


def _named_value(value, field):
    if isinstance(value, list):
        return [_named_value(item, field) for item in value]
    if field.group:
        return _named(value, field.group)
    if field.kind in WORDS:
        return WORDS[field.kind][value - 1]
    if field.kind == "time":
        return (EPOCH + timedelta(milliseconds=value)).isoformat(timespec="milliseconds" if value % 1000 else "seconds") + "Z"
    if field.kind == "date":
        return (EPOCH + timedelta(days=value)).date().isoformat()
    return value.hex() if isinstance(value, bytes) else value


def judge(content, entry, receiver):
    """The verdict on one record of a stored entry: 0, or the number of the exception. `content` is its payload, or [id]."""
    if isinstance(content, list):
        return BODY_MISSING
    record, verdict = _read(content)
    if verdict:
        return verdict
    if record.author != entry.author:
        return AUTHOR
    if record.created > entry.time + AHEAD_MS:
        return DATED
    if record.kind == LOG_OPEN and entry.n != 1:
        return SHAPE
    verdict = _body(record)
    if verdict:
        return verdict
    if entry.audience_type == PARTNERS and record.tlp > GREEN:
        return TLP
    if entry.audience_type == DIRECT and record.tlp >= RED and receiver not in record.named:
        return NOT_NAMED
    return forward.judge(record, read) if record.kind == FORWARD else 0


def read(payload):
    """(Record, 0) when header and body hold; else (None, verdict)."""
    record, verdict = _read(payload)
    verdict = verdict or _body(record)
    return (None, verdict) if verdict else (record, 0)


def _read(payload):
    """The same for the header alone."""
    try:
        return Record(payload), 0
    except TooMuch:
        return None, LIMIT
    except Refused:
        return None, SHAPE


def _body(record):
    if record.kind not in KINDS:
        return 0
    try:
        check(record.body, KINDS[record.kind].fields)
        rules.check(record.kind, record.body, record.author, record.created)
    except TooMuch:
        return LIMIT
    except Refused:
        return SHAPE
    return 0
