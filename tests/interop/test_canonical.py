"""What section 2 lets pass and what it refuses, asked of the scan here and, inside records, of a running node."""

import os

from common import same
from nodes import Folder, paired
from tally import canon
from tally.crypto import now
from tally.verdict import GOOD, LIMIT, SHAPE
from verdicts import tried

# Name, hex. Each stands alone for the scan, and as the value of key 64 in a record for the node.
GOOD_VALUES = {
    "nil": "c0", "no": "c2", "yes": "c3", "0": "00", "127": "7f", "128": "cc80", "256": "cd0100", "65536": "ce00010000",
    "2^32": "cf0000000100000000", "2^63 - 1": "cf7fffffffffffffff", "-1": "ff", "-32": "e0", "-33": "d0df", "-128": "d080", "-129": "d1ff7f",
    "-32769": "d2ffff7fff", "-2^31 - 1": "d3ffffffff7fffffff", "-2^63": "d38000000000000000",
    "empty str": "a0", "str of 31": "bf" + "61" * 31, "str of 32": "d920" + "61" * 32, "str of 256": "da0100" + "61" * 256,
    "str of 65536": "db00010000" + "61" * 65536, "line feed": "a10a", "tab": "a109", "two bytes": "a2c3a9", "U+10FFFF": "a4f48fbfbf",
    "U+FFFE": "a3efbfbe", "U+0080": "a2c280", "delete": "a17f", "byte order mark": "a3efbbbf",
    "empty bin": "c400", "bin of 256": "c50100" + "00" * 256, "bin of 65536": "c600010000" + "00" * 65536,
    "array of 16": "dc0010" + "00" * 16, "map of 16": "de0010" + "".join("%02x00" % key for key in range(16)), "empty map": "80",
    "keys 0, 1": "8200000100", "keys 127, 128": "827f00cc8000", "keys 255, 256": "82ccff00cd010000", "keys 0, -1": "820000ff00",
    "keys 0, a": "820000a16100", "keys b, aa": "82a16200a2616100", "key nil": "81c000", "key array": "819000", "key map": "818000",
    "keys 0, no": "820000c200",
}
BAD_VALUES = {
    "nothing": "", "never used": "c1", "float 32": "ca00000000", "float 64": "cb0000000000000000", "extension": "d40100",
    "timestamp": "d6ff00000000", "extension 8": "c70001", "extension 32": "c90000000001",
    "127 long": "cc7f", "255 long": "cd00ff", "65535 long": "ce0000ffff", "2^32 - 1 long": "cf00000000ffffffff", "2^63": "cf8000000000000000",
    "5 signed": "d005", "-32 long": "d0e0", "-128 long": "d1ff80", "-32768 long": "d2ffff8000", "-2^31 long": "d3ffffffff80000000",
    "200 signed": "d100c8", "str of 31 long": "d91f" + "61" * 31, "str of 255 long": "da00ff" + "61" * 255, "empty str long": "d900",
    "bin of 255 long": "c500ff" + "00" * 255, "array of 15 long": "dc000f" + "00" * 15, "array of 16 longer": "dd00000010" + "00" * 16,
    "map of 15 long": "de000f" + "".join("%02x00" % key for key in range(15)), "empty map long": "de0000",
    "NUL": "a100", "bell": "a107", "carriage return": "a10d", "unit separator": "a11f", "overlong 0": "a2c080", "overlong, 3 bytes": "a3e08080",
    "overlong, 4 bytes": "a4f0808080", "surrogate": "a3eda080", "above U+10FFFF": "a4f4908080", "lone continuation": "a180", "cut short": "a1c3",
    "keys 1, 0": "8201000000", "key 0 twice": "8200000000", "keys 128, 127": "82cc80007f00", "keys -1, 0": "82ff000000",
    "keys a, 0": "82a161000000", "keys aa, b": "82a2616100a16200",
    "2 of 1 item": "9200", "array announces 2^32 - 1": "ddffffffff", "map announces 2^32 - 1": "dfffffffff", "bin announces 2^32 - 1": "c6ffffffff",
    "str announces 2^32 - 1": "dbffffffff", "int cut short": "cd01",
}


def scanned(name, wanted, data):
    """A value of its own."""
    try:
        canon.scan(data)
        verdict = GOOD
    except canon.TooMuch:
        verdict = LIMIT
    except canon.Refused:
        verdict = SHAPE
    same(verdict, wanted, name)
    if wanted == GOOD:
        canon.decode(data)


def in_record(org, value, behind=b""):
    """A record of a kind nobody knows, with the raw value under key 64, which is kept and never looked at."""
    header = canon.encode({0: 1, 1: 999, 2: org, 3: now(), 4: 2, 5: os.urandom(16), 6: {}})
    return bytes([header[0] + 1]) + header[1:] + b"\x40" + value + behind


def nested(levels, inside=b"\xc0"):
    return b"\x91" * levels + inside


def array(count):
    return (b"\xdc" + count.to_bytes(2, "big") if count < 65536 else b"\xdd" + count.to_bytes(4, "big")) + bytes(count)


def alone():
    for name, text in GOOD_VALUES.items():
        scanned(name, GOOD, bytes.fromhex(text))
        scanned(name + " and a byte", SHAPE, bytes.fromhex(text) + b"\0")
        for cut in range(len(text) // 2 if len(text) < 200 else 0):
            scanned("%s cut to %d" % (name, cut), SHAPE, bytes.fromhex(text)[:cut])
    for name, text in BAD_VALUES.items():
        scanned(name, SHAPE, bytes.fromhex(text))
    scanned("8 levels", GOOD, nested(8))
    scanned("8 levels, the innermost empty", GOOD, nested(7, b"\x90"))
    scanned("9 levels", LIMIT, nested(9))
    scanned("65,536 objects", GOOD, array(65535))
    scanned("65,537 objects", LIMIT, array(65536))
    for value in (0, -1, 2**63 - 1, -2**63, "é", b"", [], {}, {1: [None, True], 0: "x"}, {255: 0, 256: 0, 1: 0}, list(range(20)), {"b": 1, "aa": 2}):
        same(canon.encode(canon.decode(canon.encode(value))), canon.encode(value), "again: %r" % (value,))


def asked(session):
    org = session.partner.identity.org
    cases = [(name, GOOD, in_record(org, bytes.fromhex(text))) for name, text in GOOD_VALUES.items()]
    cases += [(name, SHAPE, in_record(org, bytes.fromhex(text))) for name, text in BAD_VALUES.items()]
    # The record is a level of its own, and 17 objects beside the value.
    cases += [
        ("7 levels in the record", GOOD, in_record(org, nested(7))),
        ("8 levels in the record", LIMIT, in_record(org, nested(8))),
        ("65,536 objects in all", GOOD, in_record(org, array(65536 - 17))),
        ("65,537 objects in all", LIMIT, in_record(org, array(65537 - 17))),
        ("a byte behind the record", SHAPE, in_record(org, b"\0", b"\0")),
        ("no map", SHAPE, b"\x90"),
        ("an empty map", SHAPE, b"\x80"),
    ]
    return tried(session, cases)


alone()
with Folder() as folder:
    node, partner, session = paired(folder, "A")
    print("%d values asked of the node" % asked(session))
    session.end()
