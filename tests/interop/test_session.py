"""Sections 4, 9 and 10 from the outside: which messages end a session and with what number, who replaces whom, gaps, new keys."""

import os
import socket

from common import expect, same
from nodes import Folder, paired
from tally import canon, identity, link, log, noise, pairing, record
from tally.crypto import ZERO, now, sign, u16
from tally.link import LinkEnded
from tally.session import FULL, KEYS, PENDING, SessionEnded

ID = os.urandom(32)
ENDED = "ENDED"
STOPPING, REPLACED = 1, 2


def lives(session):
    try:
        session.settle()
        return True
    except SessionEnded:
        return False


def full(partner):
    session = pairing.dial(partner)
    session.run(lambda: session.phase == FULL, what="FULL")
    return session


def said(partner):
    return record.make(partner.identity.org, "retract", {0: os.urandom(32), 1: "x"}, record.GREEN)


# ---- messages: what the node does about each; an ERROR where there is a number ----
def messages(partner):
    org, own_key = partner.identity.org, partner.identity.statements[0].as_map()
    [theirs] = partner.held.values()
    newest = theirs.entries[-1][0]

    def receipt(**over):
        value = {0: 1, 1: theirs.id, 2: org, 3: 0, 4: 0, 5: newest.n, 6: newest.hash, 7: now()}
        value.update({int(key[1:]): content for key, content in over.items()})
        payload = canon.encode(value)
        return {0: payload, 1: sign(partner.identity.sign_secret, log.RECEIPT_CONTEXT, payload)}

    low, high = sorted([ID, os.urandom(32)])
    stranger = identity.Identity("Stranger").statements[0].as_map()
    for number in (0, 9, 31, 35, 127, 128, 255, 256, -1):
        yield "message %d" % number, False, None, [number, {}]
    for name, message in (
            ("no array", {0: 1}), ("three parts", [32, {0: 1, 1: False}, 1]), ("one part", [32]),
            ("a number in text", ["32", {}]), ("no map", [32, None]),
            ("a second HELLO", [1, {0: 1, 1: org, 2: 0, 3: ID, 4: "x", 5: 0}]),
            ("PING without answer", [32, {0: 1}]), ("PING with key 2", [32, {0: 1, 1: False, 2: 1}]), ("PING below 0", [32, {0: -1, 1: False}]),
            ("KEYS of the receiver", [2, {0: partner.org}]), ("KEYS of a stranger", [2, {0: ID}]),
            ("a stranger's statement", [2, {0: org, 1: [stranger]}]),
            ("a statement of no form", [2, {0: org, 1: [{**own_key, 0: b"x"}]}]),
            ("a short root_sig", [2, {0: org, 1: [{**own_key, 1: bytes(63)}]}]),
            ("five addresses", [2, {0: org, 2: ["a:1"] * 5}]), ("an address of 80", [2, {0: org, 2: ["a" * 78 + ":1"]}]),
            ("CONFIRM without session", [3, {}]), ("no entries", [7, {0: []}]), ("no receipts", [8, {0: []}]), ("CLOSE", [33, {0: 1}])):
        yield name, False, None, message
    for name, message in (
            ("PING with key 64", [32, {0: 1, 1: False, 64: [1]}]), ("an answer nobody asked for", [32, {0: 5, 1: True}]),
            ("KEYS without statements", [2, {0: org}]), ("KEYS with an empty list", [2, {0: org, 1: []}]),
            ("the statement held", [2, {0: org, 1: [own_key]}]), ("the same, other signatures", [2, {0: org, 1: [{**own_key, 1: bytes(64)}]}]),
            ("CONFIRM again", [3, {0: ID}]), ("SUMMARY of another scope", [4, {0: ID, 1: ID}]), ("HEADS of another scope", [5, {0: ID}]),
            ("HEADS of nothing", [5, {0: ZERO}]), ("HEADS of an unknown log", [5, {0: ZERO, 1: [{0: ID, 1: 5}]}]),
            ("HEADS descending", [5, {0: ZERO, 1: [{0: high, 1: 1}, {0: low, 1: 1}]}]),
            ("HEADS with a log twice", [5, {0: ZERO, 1: [{0: low, 1: 1}] * 2}]),
            ("HEADS beyond the log", [5, {0: ZERO, 1: [{0: theirs.id, 1: 100}]}]),
            ("WANT of an unknown log", [6, {0: ID, 1: 1}]), ("WANT from 0", [6, {0: theirs.id, 1: 0}]),
            ("WANT beyond the log", [6, {0: theirs.id, 1: 100}]),
            ("an ERROR", [34, {0: 9999, 1: ID, 2: 1}])):
        yield name, True, None, message
    for name, alive, number, over in (
            ("good", True, None, {}), ("older", True, None, {"_5": 1, "_6": theirs.entries[0][0].hash}), ("beyond the log", True, None, {"_5": 50}),
            ("under an unknown key", True, None, {"_3": 1}), ("from n", False, 32, {"_4": newest.n}), ("of version 2", False, 32, {"_0": 2}),
            ("with no exceptions in the list", False, 32, {"_8": []}), ("with code 63", False, 32, {"_8": [[1, 0, 63]]}),
            ("of somebody else", False, 35, {"_2": ID}), ("over an unknown log", True, None, {"_1": ID}),
            ("for another entry", True, None, {"_6": ID})):
        yield "a receipt " + name, alive, number, [8, {0: [receipt(**over)]}]
    yield "a receipt wrongly signed", False, 33, [8, {0: [{**receipt(), 1: bytes(64)}]}]


def each_message(partner):
    count = 0
    for name, alive, number, message in messages(partner):
        session = full(partner)
        session.link.send(canon.encode(message))
        same(lives(session), alive, "the session lives on: " + name)
        same([error[0] for error in session.errors], [] if number is None else [number], "ERROR: " + name)
        session.end()
        count += 1
    return count


# ---- the first message, frames, and message 3 ----
def comes_to(opened, *more):
    """How far the node comes after these bytes: FULL, shown by its SUMMARY; KEYS, where it answers a PING and nothing more; ENDED."""
    try:
        for data in more:
            opened.stream.sendall(data)
        opened.send(canon.encode([32, {0: 1, 1: False}]))
        ponged = False
        while True:
            message = opened.receive(0.2 if ponged else 10)
            if message is None:
                return KEYS if ponged else "SILENT"
            number = canon.decode(message)[0]
            if number == 4:
                return FULL
            ponged = ponged or number == 32
    except (LinkEnded, OSError):
        return ENDED
    finally:
        opened.close()


def dialled(partner, identity_of=None):
    return link.dial(partner.addresses[0], identity_of or partner.identity, partner.org, partner.link_pk, link.LINK, partner.secrets[0][1])


def hello(partner):
    good = {0: 1, 1: partner.identity.org, 2: 0, 3: partner.identity.statements[0].hash, 4: "x", 5: 0, 6: 0}
    for name, wanted, over in (
            ("version 0", ENDED, {0: 0}), ("version 2", FULL, {0: 2}), ("somebody else", ENDED, {1: ID}), ("kseq 1", KEYS, {2: 1}),
            ("another statement", KEYS, {3: ID}), ("software of 64", FULL, {4: "x" * 64}), ("software of 65", ENDED, {4: "x" * 65}),
            ("blank software", ENDED, {4: ""}), ("features", FULL, {5: 1}), ("held 5", FULL, {6: 5}), ("key 7", ENDED, {7: 1}),
            ("key 64", FULL, {64: 1})):
        opened = dialled(partner)
        opened.send(canon.encode([1, {**good, **over}]))
        same(comes_to(opened), wanted, "HELLO, " + name)

    def frame(data, flag, padding=None):
        plain = u16(len(data)) + bytes([flag]) + data
        return plain + bytes(-len(plain) % 256 if padding is None else padding)

    message = canon.encode([1, good])
    for name, wanted, plains in (
            ("whole", FULL, [frame(message, 1)]), ("in pieces", FULL, [frame(bytes([byte]), 0) for byte in message] + [frame(b"", 1)]),
            ("more padding", FULL, [frame(message, 1) + bytes(65024)]), ("no multiple of 256", ENDED, [frame(message, 1, 0)]),
            ("flag 2", ENDED, [frame(message, 2)]), ("padding not zero", ENDED, [frame(message, 1)[:-1] + b"\1"]),
            ("nothing, and more", ENDED, [frame(b"", 0), frame(message, 1)]),
            ("length beyond it", ENDED, [u16(300) + b"\1" + bytes(253)]), ("an empty plaintext", ENDED, [b""])):
        opened = dialled(partner)
        sealed = [opened.out.encrypt(plain) for plain in plains]
        same(comes_to(opened, b"".join(u16(len(one)) + one for one in sealed)), wanted, "a frame, " + name)

    impostor = identity.Identity("Impostor")
    impostor.org, impostor.statements = partner.identity.org, partner.identity.statements
    opened = dialled(partner, impostor)
    opened.send(message)
    same(comes_to(opened), ENDED, "the pair secret with another static key")


def not_one_byte(partner):
    """Who knows nothing gets nothing."""
    host, _, port = partner.addresses[0].rpartition(":")
    stranger = noise.Handshake(link.PROLOGUE + partner.org, os.urandom(32), partner.link_pk, True)
    message = stranger.write_1(link.first_payload(link.LINK, ID))
    reserved = noise.Handshake(link.PROLOGUE + partner.org, os.urandom(32), partner.link_pk, True)
    mode_2 = reserved.write_1(b"\2" + link.first_payload(link.LINK, partner.secrets[0][1])[1:])
    for name, data in (("an unknown selector", u16(72) + message), ("mode 2", u16(72) + mode_2), ("garbage", u16(72) + os.urandom(72)),
                       ("another length", u16(71) + bytes(71)), ("HTTP", b"GET / HTTP/1.1\r\nHost: node\r\n\r\n" + bytes(60))):
        with socket.create_connection((host, int(port)), 5) as stream:
            stream.sendall(data)
            stream.settimeout(6)
            try:
                got = stream.recv(1)
            except ConnectionResetError:
                got = b""
            same(got, b"", "bytes in answer to " + name)


# ---- order ----
def order(node, partner):
    older = full(partner)
    session = full(partner)
    expect(not lives(older) and lives(session), "of two sessions that one side dialled the newer stays")
    same(older.closed, REPLACED, "the reason that the older was given")

    sent, wanted = [], []
    [theirs] = partner.held
    session.on_entries = lambda value: sent.append([log.Entry(item[0], item[1]).n for item in value[0]])
    session.on_want = lambda value: wanted.append((value[0], value[1]))
    session.send("WANT", {0: theirs, 1: 1})
    session.run(lambda: sum(map(len, sent)) >= 2, what="what was wanted")
    same([n for part in sent for n in part][:2], [1, 2], "entries sent again from the first place wanted on")

    session.silent = True
    first, second, third = (partner.say(said(partner)) for _ in range(3))
    for entry in (second, third, first):
        payloads = partner.own.entries[entry.n - 1][1]
        session.send("ENTRIES", {0: [[entry.payload, entry.signature, payloads]]})
        session.settle()
        if entry is not first:
            same(wanted[-1:], [(partner.own.id, first.n)], "WANT for the first place that is missing")
    session.run(lambda: partner.own.receipted(third), what="the receipt over what was parked")
    session.end()


def missing_bytes(partner):
    """[id] stands for a record whose bytes are gone: an exception, until they come."""
    session = full(partner)
    session.silent = True
    entry = partner.say(said(partner), said(partner))
    payloads = partner.own.entries[entry.n - 1][1]
    session.send("ENTRIES", {0: [[entry.payload, entry.signature, [payloads[0], [record.identify(payloads[1])]]]]})
    session.run(lambda: partner.own.receipted(entry), what="the receipt")
    same(partner.own.receipt.exceptions, [(entry.n, 1, 69)], "exceptions while the bytes are missing")
    session.send("ENTRIES", {0: [[entry.payload, entry.signature, payloads]]})
    session.run(lambda: not partner.own.receipt.exceptions, what="a receipt without the exception")
    session.end()


def new_keys(partner):
    """An entry under a statement that is not held waits for it; then both keys are new and the pair secret still opens."""
    session = full(partner)
    partner.identity.rotate(keep_link=True)
    entry = session.say(said(partner))
    expect(lives(session) and partner.own.receipt is None, "an entry under an unknown key is parked, without ERROR or receipt")
    session.send_keys(1)
    session.run(lambda: partner.own.receipted(entry), what="the receipt, once the statement is there")
    session.end()
    partner.identity.rotate()
    session = full(partner)
    expect(session.hello[6] == 1 and lives(session), "a new link key is known from the statements sent in this session")
    session.end()


def stopped(node, partner):
    """Heads and receipts beyond the node's log, as above, stop it: it begins another when its operator says so."""
    node("incident", "report", "--to", "python", "--stage", "correction", "--title", "Said after the restore")
    session = full(partner)
    expect(lives(session) and not list(partner.records("incident.notice")), "what is said waits")
    node("partner", "reopen", "python", "--yes")
    session.run(lambda: list(partner.records("incident.notice")), what="what waited")
    same([one.body[1] for one in partner.records("log.open")], [1, 3], "reasons of the two logs")
    session.end()


def restored(node, partner):
    """The same with us: the node holds an entry that we lost. What it held says the record again, and it counts once."""
    session = full(partner)
    payload = record.make(partner.identity.org, "incident.notice", {0: "Said twice", 1: 5}, record.AMBER)
    entry = session.say(payload)
    session.run(lambda: partner.own.receipted(entry), what="the receipt")
    session.end()
    own = partner.own
    del own.entries[-1]
    own.receipt = None
    session = full(partner)
    session.run(lambda: own.stopped, what="the stop of our log")
    expect(partner.alarms and lives(session), "the session goes on")
    partner.begin_log()
    entry = session.say(payload)
    session.run(lambda: partner.own.receipted(entry), what="the receipt of the new log")
    same(node("inbox").count("Said twice"), 1, "times that the inbox shows it")
    session.end()


def suspended(node, partner):
    node("partner", "suspend", "python")
    session = pairing.dial(partner)
    expect(not lives(session), "a suspended partner is hung up on")
    same([error[0] for error in session.errors], [18], "and told so")
    node("partner", "resume", "python")
    session = full(partner)
    node("partner", "remove", "python", "--yes")
    expect(not lives(session), "a removed partner is hung up on")
    try:
        pairing.dial(partner)
    except LinkEnded:
        return
    raise AssertionError("a removed partner's secret opens nothing")


def before_full(folder):
    """PENDING: a later stream replaces the earlier, nothing but a few messages is taken, and 64 KiB of them."""
    node = folder.node("B", "Harbour Foods", listen=True)
    partner, first = pairing.join(identity.Identity("Pending Ltd"), node("partner", "invite", "--name", "python"))
    first.run(lambda: first.phase == PENDING, what="the host's KEYS")
    second = pairing.dial_invitation(partner)
    second.run(lambda: second.phase == PENDING, what="the host's KEYS, again")
    expect(not lives(first) and lives(second), "of two streams in PENDING the later stays")
    second.send("SUMMARY", {0: ZERO, 1: ZERO})
    expect(not lives(second), "SUMMARY is out of place in PENDING")
    for size, wanted in ((63 * 1024, True), (64 * 1024, False)):
        session = pairing.dial(partner)
        session.run(lambda: session.phase == PENDING, what="PENDING in mode 0")
        session.send("PING", {0: 0, 1: False, 64: bytes(size // 2)})
        session.send("PING", {0: 0, 1: False, 64: bytes(size // 2)})
        same(lives(session), wanted, "after %d bytes" % size)
    thief = identity.Identity("Thief")
    opened = link.dial(partner.addresses[0], thief, partner.org, partner.link_pk, link.INVITE, partner.invitation)
    same(comes_to(opened), ENDED, "the invitation of the first who used it")


with Folder() as folder:
    node, partner, session = paired(folder, "A")
    session.settle()
    session.end()
    print("%d messages did what the page says" % each_message(partner))
    hello(partner)
    not_one_byte(partner)
    order(node, partner)
    missing_bytes(partner)
    new_keys(partner)
    stopped(node, partner)
    restored(node, partner)
    suspended(node, partner)
    before_full(folder)
