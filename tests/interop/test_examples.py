"""The worked examples of docs/protocol.md section 19, read from the page itself and made again by the library."""

import os
import re

from common import TOP, expect, refused, same
from tally import canon, identity, invite, link, log, noise, record
from tally.crypto import K2b, pae, u16, x25519_public
from tally.session import summary

SECTIONS = {}


def blocks(section):
    """The indented blocks of a section of the page, in order."""
    text = SECTIONS[section]
    found = re.findall(r"(?:^    \S.*\n)+", text, re.M)
    return [block.splitlines() for block in found]


def raw(block):
    return bytes.fromhex("".join(block).replace(" ", ""))


def figure(section, label, occurrence=0):
    """The hex, or the words, behind a label at the beginning of an indented line."""
    found = re.findall(r"^    " + re.escape(label) + r"  +(.+)$|^    " + re.escape(label) + r" ([0-9a-f]{8,})$", SECTIONS[section], re.M)
    text = "".join(found[occurrence])
    return bytes.fromhex(text) if re.fullmatch("[0-9a-f]+", text) else text


def read_page():
    with open(os.path.join(TOP, "docs", "protocol.md"), encoding="utf-8") as page:
        text = page.read()
    examples = text[text.index("## 19. Worked examples"):]
    for title, content in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", examples, re.S | re.M):
        SECTIONS[title] = content


def seeds(first):
    return [bytes([first + place]) * 32 for place in range(5)]


ISSUED, STALE = 1767225600000, 1830297600000
A = identity.Identity("Example Ltd", seeds(0x01), ISSUED, STALE)
B = identity.Identity("Other plc", seeds(0x11), ISSUED, STALE)
SECRET = bytes(range(32))


def statements():
    section = "Key statement, organisation id, ten words"
    payload, root_sig, sign_sig = A.statements[0].triple
    same(payload, raw(blocks(section)[0]), "key statement of A")
    same(root_sig, figure(section, "root_sig"), "root_sig")
    same(sign_sig, figure(section, "sign_sig"), "sign_sig")
    same(A.org, figure(section, "org id of A"), "org id of A")
    same(A.statements[0].hash, figure(section, "hash"), "hash of the statement")
    same(B.org, figure(section, "org id of B"), "org id of B")
    same(identity.words(A.org), figure(section, "words of A"), "words of A")
    same(identity.words(B.org), figure(section, "words of B"), "words of B")
    for place in range(64):
        bad = bytearray(root_sig)
        bad[place] ^= 1
        refused("a root_sig with byte %d changed" % place, canon.Refused, identity.chain, [(payload, bytes(bad), sign_sig)])


def three_records():
    made = [
        record.make(A.org, "log.open", {0: 0, 1: 1}, record.CLEAR, created=ISSUED, nonce=b"\xa0" * 16),
        record.make(A.org, "reply", {0: b"\x77" * 32, 1: 1, 2: "Seen, thank you."}, record.STRICT, created=ISSUED, nonce=b"\xa1" * 16,
                    thread=b"\x77" * 32),
        record.make(A.org, "retract", {0: b"\x78" * 32, 1: "Sent in error."}, record.GREEN, created=ISSUED, nonce=b"\xa2" * 16),
    ]
    section = "Three records"
    payloads = [raw(block) for block in blocks(section) if not block[0].startswith("    id")]
    for place, payload in enumerate(made):
        same(payload, payloads[place], "record %d" % place)
        same(record.identify(payload), figure(section, "id", place), "id of record %d" % place)
        record.Record(payload)
    return made


def entries_and_receipt(records):
    section = "A log of two entries"
    ids = [record.identify(payload) for payload in records]
    name = log.log_id(A.org, 0, log.DIRECT, B.org, ISSUED)
    first = log.make_entry(A, log.DIRECT, B.org, ISSUED, 1, name, ids[:1], ISSUED)
    second = log.make_entry(A, log.DIRECT, B.org, ISSUED, 2, first.hash, ids[1:], ISSUED + 1000)
    same(name, figure(section, "log id"), "log id")
    same(first.root, figure(section, "root 1"), "root 1")
    same(first.hash, figure(section, "entry hash 1"), "entry hash 1")
    same(second.payload, raw(blocks(section)[1]), "payload of entry 2")
    same(log.leaf(ids[1]), figure(section, "leaf of the reply"), "leaf of the reply")
    same(log.leaf(ids[2]), figure(section, "leaf of the retract"), "leaf of the retract")
    same(second.root, figure(section, "root 2"), "root 2")
    same(second.hash, figure(section, "entry hash 2"), "entry hash 2")
    same(second.signature, figure(section, "signature 2"), "signature 2")
    same(pae(log.ENTRY_CONTEXT, second.payload), raw(blocks(section)[3]), "what is signed")
    same(log.path(ids[1:], 0), [log.leaf(ids[2])], "path of the reply")
    expect(log.included(ids[1], 0, 2, log.path(ids[1:], 0), second.root), "the reply is included")
    expect(not log.included(ids[1], 1, 2, log.path(ids[1:], 0), second.root), "the reply stands at 0 only")

    section = "Receipt, summary"
    receipt = log.make_receipt(B, name, 2, second.hash, ISSUED + 2000)
    same(receipt.payload, raw(blocks(section)[0]), "receipt")
    same(receipt.signature, figure(section, "signature"), "signature of the receipt")
    expect(receipt.verified(B.sign_pk) and not receipt.verified(A.sign_pk), "the receipt verifies, under B's key alone")
    same(summary([(name, 2, 2)]), figure(section, "summary of this one log, n 2, r 2"), "summary")
    same(summary([(name, 2, 0)]), figure(section, "the same before the receipt, r 0"), "summary before the receipt")


def selectors():
    lines = dict(re.findall(r"^    (mode 1   psk|         selector|mode 0 .*?selector) +([0-9a-f]+)$", SECTIONS["Selectors"], re.M))
    found = re.findall(r"selector ([0-9a-f]{32})", SECTIONS["Selectors"])
    same([link.selector_of(mode, SECRET).hex() for mode in (link.LINK, link.INVITE)], found, "selectors")
    same(link.psk_of(link.INVITE, SECRET).hex(), lines["mode 1   psk"], "psk of mode 1")
    same(link.psk_of(link.LINK, SECRET), SECRET, "psk of mode 0")


def invitation():
    token = "".join(line.strip() for line in blocks("An invitation")[0])
    made = invite.make(invite.Invitation(B.org, B.link_pk, B.statements[0].hash, SECRET, ["node.other.example:7707"], 1767312000000, B.name))
    same(made, token, "invitation")
    read = invite.read("  " + token.upper()[:40] + " \n" + token[40:] + "\t")
    same((read.org, read.secret, read.name), (B.org, SECRET, B.name), "what it says")
    for place in range(len(token)):
        other = "a" if token[place] != "a" else "b"
        refused("character %d changed" % place, canon.Refused, invite.read, token[:place] + other + token[place + 1:])


def handshake():
    section = "A handshake and a frame"
    shown = [raw(block) for block in blocks(section) if re.fullmatch("[0-9a-f ]+", "".join(block))]
    same(B.link_pk.hex(), re.search("`([0-9a-f]{64})`", SECTIONS[section]).group(1), "link key of B")
    prologue = link.PROLOGUE + B.org
    a = noise.Handshake(prologue, A.link_secret, B.link_pk, True, b"\x21" * 32)
    b = noise.Handshake(prologue, B.link_secret, None, False, b"\x22" * 32)
    psk = link.psk_of(link.INVITE, SECRET)
    claim = {0: A.org, 1: 0, 2: A.statements[0].hash, 3: [1]}
    same(canon.encode(claim), shown[0], "map in message 3")

    first = a.write_1(link.first_payload(link.INVITE, SECRET))
    same(b.read_1(first), link.first_payload(link.INVITE, SECRET), "payload of message 1")
    second = b.write_2()
    same(a.read_2(second), b"", "payload of message 2")
    third = a.write_3(link.third_payload(claim), psk)
    same(link.read_third_payload(b.read_3(third, psk)), claim, "payload of message 3")
    for place, message in enumerate((first, second, third)):
        same(u16(len(message)) + message, shown[1 + place], "message %d" % (place + 1))
    same(b.remote, x25519_public(A.link_secret), "static key of A")

    secret = K2b(a.ck[:32], "tally.pair.v1", a.h[:32])
    same(a.h[:32], figure(section, "h"), "h")
    same(secret, figure(section, "pair secret"), "pair secret")
    same(link.selector_of(link.LINK, secret), figure(section, "its selector, mode 0"), "its selector")

    stream = Stream()
    link.Link(stream, a, link.INVITE, SECRET).send(canon.encode([32, {0: 7, 1: False}]))
    same(stream.sent, shown[4], "the first frame")
    other = link.Link(Stream(stream.sent), b, link.INVITE, SECRET)
    same(canon.decode(other.receive(1)), [32, {0: 7, 1: False}], "what it carries")


class Stream:
    """A stream that keeps what is sent, and gives what it was made with."""

    def __init__(self, incoming=b""):
        self.sent, self.incoming = b"", incoming

    def sendall(self, data):
        self.sent += data

    def recv(self, size):
        data, self.incoming = self.incoming[:size], self.incoming[size:]
        return data

    def settimeout(self, seconds):
        pass


read_page()
statements()
entries_and_receipt(three_records())
selectors()
invitation()
handshake()
