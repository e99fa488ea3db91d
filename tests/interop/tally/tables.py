"""Tables of fields: those of docs/kinds.md and docs/messages.md, read from the pages themselves, and a check against them."""

import os
import re

from .canon import Refused, TooMuch

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs")
TIME_MAX = 253402300799999  # the last millisecond of the year 9999
DATE_MAX = 2932896
LINE, TEXT, BYTES, ITEMS = 200, 16384, 4096, 64  # unless the row says otherwise
OPEN = 64  # keys from here up are kept and never looked at
BLANK = " \n\t\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200b)))
EXACT = ("nonce", "signature", "root_sig", "sign_sig")  # have just so many bytes; other rows name the most
DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class Field:
    def __init__(self, key, name, kind, required, limit=""):
        self.key, self.name, self.required = key, name, required
        self.listed = kind.startswith("list of ")
        self.kind = kind[len("list of "):] if self.listed else kind
        self.bytes = _figure(limit, r"(\d+) bytes")
        self.items = _figure(limit, r"(\d+) items") or ITEMS
        self.most = _figure(limit, r"up to (\d+)")
        self.group = []


def _figure(limit, pattern):
    match = re.search(pattern, limit)
    return int(match.group(1)) if match else None


def table(rows):
    """Fields from rows (key, name, kind, required, limit), a list of rows as the sixth where the kind is a group."""
    fields = []
    for key, name, kind, required, limit, *group in rows:
        field = Field(key, name, kind, required, limit)
        field.group = table(group[0]) if group else []
        fields.append(field)
    return fields


# ---- the pages ----
def _page(name):
    with open(os.path.join(DOCS, name), encoding="utf-8") as page:
        return page.read()


def _fields_of(text):
    """The rows of a section's table, nested by their indentation."""
    levels = [[]]
    for line in text.splitlines():
        match = re.match(r"\| ((?:&nbsp;)*)(\d+) \| `(\w+)` \| ([^|]+) \| ([^|]*) \| ([^|]*) \|", line)
        if match:
            depth = len(match.group(1)) // len("&nbsp;&nbsp;")
            field = Field(int(match.group(2)), match.group(3), match.group(4).strip(), match.group(5).strip() == "yes", match.group(6))
            del levels[depth + 1:]
            levels[depth].append(field)
            levels.append(field.group)
    return levels[0]


class Kind:
    def __init__(self, name, number, fields):
        self.name, self.number, self.fields = name, number, fields


def _kinds(page):
    kinds, header, words = {}, None, {}
    for title, text in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", page, re.S | re.M):
        number = re.search(r"^Kind (\d+)\.", text, re.M)
        if number:
            kinds[int(number.group(1))] = Kind(title, int(number.group(1)), _fields_of(text))
        elif title.startswith("The header"):
            header = _fields_of(text)
        elif title == "Vocabularies":
            words = {name: listed.split(", ") for name, listed in re.findall(r"^\| (\w+) \| ([^|]+) \|$", text, re.M) if name != "vocabulary"}
    return kinds, header, words


def _messages(page):
    found = re.findall(r"^### (\d+) (\w+)\n(.*?)(?=^### |\Z)", page, re.S | re.M)
    return {int(number): (name, int(re.search(r"At most (\d+) bytes", text).group(1)), _fields_of(text)) for number, name, text in found}


KINDS, HEADER, WORDS = _kinds(_page("kinds.md"))
MESSAGES = _messages(_page("messages.md"))
KIND_NUMBER = {kind.name: kind.number for kind in KINDS.values()}
MESSAGE_NUMBER = {name: number for number, (name, _, _) in MESSAGES.items()}


# ---- the check ----
def check(value, fields):
    """Refuses a map that its table does not allow."""
    if not isinstance(value, dict):
        raise Refused("not a map")
    known = {field.key: field for field in fields}
    for key in value:
        if type(key) is not int or key < 0:
            raise Refused("a key that is no number")
        if key < OPEN and key not in known:
            raise Refused("key %d is not known" % key)
    for field in fields:
        if field.key not in value:
            if field.required:
                raise Refused("%s is missing" % field.name)
        elif field.listed:
            _check_list(value[field.key], field)
        else:
            _check_one(value[field.key], field, field.required)


def _check_list(value, field):
    if not isinstance(value, list):
        raise Refused("%s is no list" % field.name)
    if not value and field.required:
        raise Refused("%s is empty" % field.name)
    if len(value) > field.items:
        raise TooMuch("%s has too many items" % field.name)
    for item in value:
        _check_one(item, field, True)


def _check_one(value, field, required):
    kind, name = field.kind, field.name
    if kind in ("line", "text"):
        _check_text(value, field, required)
    elif kind in ("id", "organisation"):
        if not isinstance(value, bytes) or len(value) != 32:
            raise Refused("%s is not 32 bytes" % name)
    elif kind == "bytes":
        if not isinstance(value, bytes):
            raise Refused("%s is not bytes" % name)
        if len(value) > (field.bytes or BYTES):
            raise TooMuch("%s is too long" % name)
        if name in EXACT and len(value) != field.bytes:
            raise Refused("%s is not of %d bytes" % (name, field.bytes))
    elif kind == "yes/no":
        if not isinstance(value, bool):
            raise Refused("%s is neither yes nor no" % name)
    elif kind == "group" and not field.group:  # the body, whose table the kind gives
        if not isinstance(value, dict):
            raise Refused("%s is no map" % name)
    elif kind == "group":
        check(value, field.group)
    elif kind != "value":
        _check_number(value, field)


def _check_number(value, field):
    if type(value) is not int or value < 0:
        raise Refused("%s is no number from 0" % field.name)
    if field.most is not None and value > field.most:
        raise TooMuch("%s is too large" % field.name)
    if value > {"time": TIME_MAX, "date": DATE_MAX}.get(field.kind, value):
        raise Refused("%s is beyond the year 9999" % field.name)
    if field.kind in WORDS and field.kind != "tlp" and not 1 <= value <= len(WORDS[field.kind]):
        raise Refused("%s is no word of its vocabulary" % field.name)


def _check_text(value, field, required):
    if not isinstance(value, str):
        raise Refused("%s is no text" % field.name)
    if len(value.encode()) > (field.bytes or (LINE if field.kind == "line" else TEXT)):
        raise TooMuch("%s is too long" % field.name)
    if any("\x7f" <= ch <= "\x9f" or ch == "\ufeff" or ch in DIRECTION for ch in value):
        raise Refused("%s holds a character that is not allowed" % field.name)
    if field.kind == "line" and (any(ch in "\n\t\u2028\u2029" for ch in value) or value != value.strip(BLANK)):
        raise Refused("%s is not one line" % field.name)
    if not value.strip(BLANK):
        raise Refused("%s is blank" % field.name)
