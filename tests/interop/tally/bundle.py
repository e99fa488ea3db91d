"""Section 14: cards and bundles."""

import os

from nacl import bindings, exceptions

from . import canon, identity
from .canon import Refused, TooMuch
from .crypto import K2b, u64, u8, x25519, x25519_public
from .tables import check, table

STATEMENT = table([(0, "payload", "bytes", True, "2048 bytes"), (1, "root_sig", "bytes", True, "64 bytes"),
                   (2, "sign_sig", "bytes", True, "64 bytes")])
RECEIPT = table([(0, "payload", "bytes", True, "65536 bytes"), (1, "signature", "bytes", True, "64 bytes")])
CARD = table([
    (0, "format", "line", True, ""),
    (1, "version", "number", True, "up to 1"),
    (2, "statements", "list of group", True, "256 items", []),
    (3, "addresses", "list of line", False, "79 bytes, 4 items"),
])
CONTENT = table([
    (0, "format", "line", True, ""),
    (1, "version", "number", True, "up to 1"),
    (2, "statements", "list of group", True, "256 items", []),
    (3, "addresses", "list of line", False, "79 bytes, 4 items"),
    (4, "time", "time", True, ""),
    (6, "receipts", "list of group", False, "4096 items", []),
])
MAGIC, HEAD, CHUNK, TAG = b"tallybn1", 112, 65536, 16
MOST_CARD, MOST_BUNDLE, MOST_ENTRIES = 1024 * 1024, 12 * 1024 * 1024, 4096


def _card(value):
    """Statements and addresses, wherever they stand."""
    for item in value[2]:
        check(item, STATEMENT)
    return identity.chain([(item[0], item[1], item[2]) for item in value[2]]), value.get(3, [])


def read_card(data):
    if len(data) > MOST_CARD:
        raise TooMuch("a card too large")
    value = canon.decode(data)
    if not isinstance(value, dict):
        raise Refused("no card")
    check(value, CARD)
    if value[0] != "tally card" or value[1] != 1 or not value[2]:
        raise Refused("no card")
    return _card(value)


# ---- the seal ----
def _key(secret, public, head, seal_pk):
    try:
        product = x25519(secret, public)
    except (RuntimeError, exceptions.CryptoError):
        raise Refused("a key that everybody knows") from None
    return K2b(product, "tally.bun.v1", head, seal_pk)


def _nonce(index, last):
    return u64(index) + u8(1 if last else 0) + bytes(15)


def seal(head, fresh, seal_pk, content):
    key = _key(fresh, seal_pk, head, seal_pk)
    pieces = [content[at:at + CHUNK] for at in range(0, len(content), CHUNK)]
    return head + b"".join(bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(piece, None, _nonce(index, index == len(pieces) - 1), key)
                           for index, piece in enumerate(pieces))


def unseal(data, seal_secret):
    head, sealed = data[:HEAD], data[HEAD:]
    key = _key(seal_secret, head[80:], head, x25519_public(seal_secret))
    pieces = [sealed[at:at + CHUNK + TAG] for at in range(0, len(sealed), CHUNK + TAG)]
    if not pieces or len(pieces[-1]) <= TAG:
        raise Refused("cut short")
    try:
        return b"".join(bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(piece, None, _nonce(index, index == len(pieces) - 1), key)
                        for index, piece in enumerate(pieces))
    except exceptions.CryptoError:
        raise Refused("not for this key, or changed") from None


# ---- the file ----
class Bundle:
    def __init__(self, data, seal_secret):
        if len(data) > MOST_BUNDLE:
            raise TooMuch("a bundle too large")
        if len(data) <= HEAD or data[:8] != MAGIC:
            raise Refused("no bundle, or one of a newer form")
        self.sender, self.recipient, self.kseq = data[8:40], data[40:72], int.from_bytes(data[72:80], "big")
        self.content = unseal(data, seal_secret)
        value = canon.decode(self.content)
        if not isinstance(value, dict):
            raise Refused("no content of a bundle")
        self.entries = value.pop(5, [])  # as in ENTRIES: whoever takes the bundle reads them
        check(value, CONTENT)
        if value[0] != "tally bundle" or value[1] != 1 or not value[2] or not isinstance(self.entries, list) or len(self.entries) > MOST_ENTRIES:
            raise Refused("no content of a bundle")
        self.chain, self.addresses = _card(value)
        if self.chain[0].org != self.sender:
            raise Refused("the statements of somebody else")
        self.time, self.receipts = value[4], value.get(6, [])
        for item in self.receipts:
            check(item, RECEIPT)


def make(chain, recipient, kseq, seal_pk, time, entries=(), receipts=(), addresses=()):
    """A file for whom it is sealed to: entries as in ENTRIES, receipts {0 payload, 1 signature}."""
    fresh = os.urandom(32)
    head = MAGIC + chain[0].org + recipient + u64(kseq) + x25519_public(fresh)
    content = {0: "tally bundle", 1: 1, 2: [statement.as_map() for statement in chain], 4: time}
    for key, items in ((3, addresses), (5, entries), (6, receipts)):
        if items:
            content[key] = list(items)
    return seal(head, fresh, seal_pk, canon.encode(content))
