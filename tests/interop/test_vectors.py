"""All vectors of tests/vectors, each asked of the library. What they mean stands in tests/vectors/README.md; every disagreement is reported."""

import hashlib
import json
import os

from common import TOP
from tally import bundle, canon, crypto, evidence as evidences, identity, invite, link, log, noise, partner, proof, record, roster
from tally import verdict as verdicts
from tally.canon import Refused
from tally.session import summary

FOLDER = os.path.join(TOP, "tests", "vectors")
hexed = bytes.fromhex


def accepted(function, *arguments):
    """{"accepted": ...}, and what the function gave."""
    try:
        return True, function(*arguments)
    except (Refused, noise.HandshakeFailed, link.LinkEnded):
        return False, None


# ---- one function a file: what the library says to an input, as far as `expected` asks ----
def msgpack(given, wanted):
    data = hexed(given["bytes"]) + hexed(given.get("then", "")) * given.get("times", 0)
    ok, _ = accepted(canon.scan, data)
    return {"accepted": ok and canon.encode(canon.decode(data)) == data}


def hashes(given, wanted):
    parts = [hexed(part) for part in given["parts"]]
    key = given.get("key")
    return {"hash": (crypto.K2b(hexed(key), given["person"], *parts) if key else crypto.B2b(given["person"], *parts)).hex()}


def signatures(given, wanted):
    context, payload, pk, signature = given["context"], hexed(given["payload"]), hexed(given["pk"]), hexed(given["signature"])
    said = {"accepted": crypto.verifies(pk, context, payload, signature)}
    if "seed" in given:
        public, secret = crypto.ed25519(hexed(given["seed"]))
        said["accepted"] &= (public, crypto.sign(secret, context, payload)) == (pk, signature)
        said["pae"] = crypto.pae(context, payload).hex()
    return said


def keys(given, wanted):
    return {"accepted": {"ed25519": crypto.is_signing_key, "x25519": crypto.is_exchange_key}[given["type"]](hexed(given["pk"]))}


def merkle(given, wanted):
    if "path" in given:
        path = hexed(given["path"])
        siblings = [path[at:at + 32] for at in range(0, len(path), 32)]
        return {"accepted": log.included(hexed(given["id"]), given["index"], given["count"], siblings, hexed(given["root"]))}
    ids = [crypto.B2b("tally.rec.v1", crypto.u64(place)) for place in range(given["count"])]
    top, paths = log.top(ids), [log.path(ids, place) for place in range(len(ids))]
    good = all(log.included(ids[place], place, len(ids), paths[place], top) for place in range(len(ids)))
    return {"first_id": ids[0].hex() if good else None, "root": top.hex(),
            "paths": [{"index": one["index"], "path": b"".join(paths[one["index"]]).hex()} for one in wanted["paths"]],
            "all_paths_sha256": hashlib.sha256(b"".join(map(b"".join, paths))).hexdigest()}


def statements(given, wanted):
    ok, chain = accepted(identity.chain, [tuple(hexed(one[part]) for part in ("payload", "root_sig", "sign_sig")) for one in given["statements"]])
    if not ok:
        return {"accepted": False}
    return {"accepted": True, "org": chain[0].org.hex(), "words": identity.words(chain[0].org), "hashes": [one.hash.hex() for one in chain],
            "sign_pk": chain[-1].sign_pk.hex()}


def invitations(given, wanted):
    ok, one = accepted(invite.read, given["text"])
    if not ok:
        return {"accepted": False}
    return {"accepted": given["now"] < one.expires, "org": one.org.hex(), "link_pk": one.link_pk.hex(), "statement": one.statement.hex(),
            "secret": one.secret.hex(), "addresses": one.addresses, "expires": one.expires, "name": one.name}


def selectors(given, wanted):
    mode, secret = given["mode"], hexed(given["secret"])
    return {"psk": link.psk_of(mode, secret).hex(), "selector": link.selector_of(mode, secret).hex()}


class Stream:
    """A stream that gives what it was made with, and keeps what is sent."""

    def __init__(self, incoming=b""):
        self.incoming, self.sent, self.open = incoming, b"", True

    def sendall(self, data):
        self.sent += data

    def recv(self, size):
        data, self.incoming = self.incoming[:size], self.incoming[size:]
        return data

    def settimeout(self, seconds):
        pass

    def close(self):
        self.open = False


class Keys:
    """The responder's side of an identity, as far as accept() needs it."""

    def __init__(self, org, link_secret):
        self.org, self.link_secret = org, link_secret


def both(given):
    """The two sides of a handshake with fixed keys, and the three messages as on the wire."""
    mode, secret, org = given["mode"], hexed(given["secret"]), hexed(given["responder"])
    statics = [hexed(given[side + "_static"]) for side in ("initiator", "responder")]
    ephemerals = [hexed(given[side + "_ephemeral"]) for side in ("initiator", "responder")]
    a = noise.Handshake(link.PROLOGUE + org, statics[0], crypto.x25519_public(statics[1]), True, ephemerals[0])
    b = noise.Handshake(link.PROLOGUE + org, statics[1], None, False, ephemerals[1])
    psk = link.psk_of(mode, secret)
    first = a.write_1(link.first_payload(mode, secret))
    b.read_1(first)
    second = b.write_2()
    a.read_2(second)
    third = a.write_3(link.third_payload(canon.decode(hexed(given["map"]))), psk)
    b.read_3(third, psk)
    return link.Link(Stream(), a, mode, secret), link.Link(Stream(), b, mode, secret), (first, second, third)


def handshakes(given, wanted):
    if "wire" in given:
        def secret_of(mode, selector):
            known = hexed(given["secret"])
            if given["name"] == "an unknown selector":
                return None
            return known if mode == given["mode"] and link.selector_of(mode, known) == selector else None
        stream = Stream(b"".join(map(hexed, given["wire"])))
        ok, _ = accepted(link.accept, stream, Keys(hexed(given["responder"]), hexed(given["responder_static"])), secret_of)
        return {"accepted": ok, "after_message": 3 if stream.sent else 1, "written": len(stream.sent)}
    a, b, messages = both(given)
    said = {"accepted": True, "wire": [(crypto.u16(len(one)) + one).hex() for one in messages], "h": a.h.hex(),
            "pair_secret": a.pair_secret.hex(), "pair_selector": link.selector_of(link.LINK, a.pair_secret).hex()}
    for name, side in (("first_frame_of_initiator", a), ("first_frame_of_responder", b)):
        side.send(hexed(wanted[name]["message"]))
        said[name] = {"message": wanted[name]["message"], "wire": side.stream.sent.hex()}
    return said


def frames(given, wanted):
    a, b, _ = both(MODE_LINK)
    if "message_length" in given:
        a.send(b"m" * given["message_length"])
        wire = a.stream.sent
        b.stream.incoming = wire
        ok, message = accepted(b.receive, 1)
        return {"accepted": ok and message == b"m" * given["message_length"], "wire_length": len(wire),
                "wire_sha256": hashlib.sha256(wire).hexdigest()}
    wire = hexed("".join(given["wire"]))
    sealed = a.out.encrypt(hexed(given["plaintext"]))
    b.stream.incoming = wire
    ok, message = accepted(b.receive, 1)
    ok = ok and message is not None and crypto.u16(len(sealed)) + sealed == wire
    return {"accepted": ok, "message": message.hex()} if ok else {"accepted": False}


def records(given, wanted):
    payload = hexed(given["payload"])
    one, verdict = record.read(payload)
    if verdict:
        return {"accepted": False, "verdict": verdict}
    said = {"accepted": True, "id": one.id.hex(), "kind": one.kind, "kind_name": one.name if one.kind in record.KINDS else "", "tlp": one.tlp}
    if "body" in wanted:
        said["body"] = one.fields()
    return said


def judgements(given, wanted):
    entry = log.Entry(hexed(given["entry"]), bytes(64))
    verdict = record.judge(hexed(given["record"]), entry, hexed(given["receiver"]))
    return {"verdict": verdict or (verdicts.AHEAD if entry.time > given["now"] + verdicts.AHEAD_MS else 0)}


def logs(given, wanted):
    return {"log": log.log_id(hexed(given["author"]), given["kseq"], given["audience_type"], hexed(given["target"]), given["incarnation"]).hex()}


class Reader(partner.Partner):
    """Holds just what a vector says: the author's sign key, and the hash of the entry before."""

    def __init__(self, entry, sign_pk, before):
        super().__init__(Keys(entry.target, None), entry.author, None)
        self.sign_pk = sign_pk
        if before:
            held = self.held[entry.log] = partner.HeldLog(entry.log)
            held.entries = [(Before(before), [])] * (entry.n - 1)

    def key(self, kseq):
        return self.sign_pk


class Before:
    def __init__(self, hash_before):
        self.hash = hash_before


def entries(given, wanted):
    payload, signature = hexed(given["payload"]), hexed(given["signature"])
    ok, entry = accepted(log.Entry, payload, signature)
    if not ok:
        return {"verdict": verdicts.ENTRY_SHAPE}
    reader = Reader(entry, hexed(given["sign_pk"]), given["before"] and hexed(given["before"]))
    contents = [hexed(one) for one in given["records"]]
    verdict, _ = reader.take([payload, signature, contents])
    if verdict:
        return {"verdict": verdict}
    return {"verdict": 0, "hash": entry.hash.hex(), "log": entry.log.hex(), "n": entry.n, "root": entry.root.hex(),
            "ids": [record.identify(content).hex() for content in contents]}


def receipts(given, wanted):
    ok, one = accepted(log.Receipt, hexed(given["payload"]), hexed(given["signature"]))
    if not ok:
        return {"accepted": False}
    covers = []
    for place in wanted.get("covers", []):
        code = one.exception(place["n"], place["index"])
        covers.append({"n": place["n"], "index": place["index"], "held": one.begin < place["n"] <= one.n and not code, "code": code})
    return {"accepted": one.verified(hexed(given["sign_pk"])), "covers": covers}


def summaries(given, wanted):
    return {"summary": summary((hexed(head["log"]), head["n"], head["receipted"]) for head in given["heads"]).hex()}


FILES = {}


def proofs(given, wanted):
    if "file" in given:
        data = hexed(given["file"])
    else:
        like = FILES[given["like"]]
        data = like[:given["first"]] + hexed(given["then"]) + (like[-given["last"]:] if given["last"] else b"")
    verdict, found = proof.verify(data)
    said = {"verdict": verdict, "exit": {proof.VALID: 0, proof.UNDECIDED: 11, proof.INVALID: 10}[verdict]}
    if verdict != proof.INVALID:
        covered = [one.id for receipt in found.receipts for one, code in found.covered(receipt) if not code]
        said["records"] = [{"id": one.id.hex(), "author": one.author.hex(), "log": found.entries[position].log.hex(), "n": found.entries[position].n,
                            "holdings": covered.count(one.id)} for position, _, one in found.records]
    return said


def cards(given, wanted):
    ok, found = accepted(bundle.read_card, hexed(given["file"]))
    if not ok:
        return {"accepted": False}
    chain, addresses = found
    return {"accepted": True, "org": chain[0].org.hex(), "kseq": chain[-1].kseq, "addresses": len(addresses)}


def evidence(given, wanted):
    verdict, found = evidences.verify(hexed(given["file"]))
    said = {"verdict": verdict, "exit": {proof.VALID: 0, proof.UNDECIDED: 11, proof.INVALID: 10}[verdict]}
    if verdict == proof.VALID:
        said.update(id=found.id.hex(), org=found.org.hex(), kind=found.kind, kseq=found.kseq, n=found.n)
    return said


SEALED = {}


def bundles(given, wanted):
    data = hexed(given["file"]) if "file" in given else SEALED[given["like"]][:given["first"]]
    SEALED[given["name"]] = data
    ok, found = accepted(bundle.Bundle, data, hexed(given["seal_secret"]))
    if not ok:
        return {"accepted": False}
    secret = hexed(given["seal_secret"])
    again = bundle.Bundle(bundle.make(found.chain, found.recipient, found.kseq, crypto.x25519_public(secret), found.time, found.entries, found.receipts,
                                      found.addresses), secret)
    return {"accepted": again.content == found.content, "from": found.sender.hex(), "to": found.recipient.hex(), "kseq": found.kseq,
            "content_length": len(found.content), "entries": len(found.entries), "receipts": len(found.receipts)}


def rosters(given, wanted):
    payload = hexed(given["payload"])
    chains = [identity.chain([tuple(hexed(one[part]) for part in ("payload", "root_sig", "sign_sig"))]) for one in given["statements"]]
    keys = {(chain[0].org, 0): chain[0].sign_pk for chain in chains}
    before = [roster.Roster(hexed(given["before"]))] if "before" in given else []
    signatures = [(hexed(one["org"]), one["kseq"], hexed(one["signature"])) for one in given["signatures"]]
    ok, _ = accepted(roster.decided, payload, signatures, before, lambda org, kseq: keys[org, kseq])
    event = roster.Roster(payload)
    return {"accepted": ok, "consortium": event.id.hex(), "hash": event.hash.hex(), "tag": event.tag.hex()}


# ---- all of them ----
PASSED_OVER = {"reason", "said", "verdict_name"}  # in words, for people: an implementation need not say the same
FUNCTIONS = (msgpack, hashes, signatures, keys, merkle, statements, invitations, selectors, handshakes, frames, records, judgements, logs, entries,
             receipts, summaries, proofs, cards, bundles, evidence, rosters)


def load(name):
    with open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as file:
        return json.load(file)["vectors"]


def disagreements(name, vectors, function):
    for vector in vectors:
        wanted = {key: value for key, value in vector["expected"].items() if key not in PASSED_OVER}
        try:
            said = function({**vector["input"], "name": vector["name"]}, wanted)
        except Exception as error:  # a vector that the library stumbles over is one more to report
            yield "%s: %s: %r" % (name, vector["name"], error)
            continue
        for key, value in wanted.items():
            if said.get(key) != value:
                yield "%s: %s: %s is %s here, and should be %s" % (name, vector["name"], key, said.get(key), value)


MODE_LINK = next(vector["input"] for vector in load("handshakes") if vector["name"] == "mode link")
FILES.update({vector["name"]: hexed(vector["input"]["file"]) for vector in load("proofs") if "file" in vector["input"]})
found = sorted(name[:-5] for name in os.listdir(FOLDER) if name.endswith(".json"))
bad = ["%s.json: nobody here reads it" % name for name in found if name not in {function.__name__ for function in FUNCTIONS}]
total = 0
for function in FUNCTIONS:
    vectors = load(function.__name__)
    total += len(vectors)
    bad += disagreements(function.__name__, vectors, function)
for line in bad:
    print(line[:400])
print("%d vectors, %d disagreements" % (total, len(bad)))
raise SystemExit(1 if bad else 0)
