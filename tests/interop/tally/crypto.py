"""Section 1: hashes and signatures."""

import hashlib
import time

from nacl import bindings, exceptions

ZERO = bytes(32)


def B2b(person, *parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32, person=person.encode()).digest()


def K2b(key, person, *parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32, key=key, person=person.encode()).digest()


def u8(value):
    return value.to_bytes(1, "big")


def u16(value):
    return value.to_bytes(2, "big")


def u64(value):
    return value.to_bytes(8, "big")


def now():
    return int(time.time() * 1000)


def pae(context, payload):
    """DSSE's pre-authentication encoding: what is signed."""
    return b"DSSEv1 %d %s %d %s" % (len(context), context.encode(), len(payload), payload)


def ed25519(seed):
    """Public key of a seed, and the secret key that sign() takes."""
    return bindings.crypto_sign_seed_keypair(seed)


def sign(secret, context, payload):
    return bindings.crypto_sign(pae(context, payload), secret)[:64]


def verifies(public, context, payload, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        bindings.crypto_sign_open(signature + pae(context, payload), public)
    except exceptions.BadSignatureError:
        return False
    return True


def is_signing_key(public):
    return bool(bindings.crypto_core_ed25519_is_valid_point(public))


def x25519(secret, public):
    """The product; RuntimeError when it is zero."""
    return bindings.crypto_scalarmult(secret, public)


def x25519_public(secret):
    return bindings.crypto_scalarmult_base(secret)


def is_exchange_key(public):
    try:
        x25519(b"\x01" * 32, public)
    except (RuntimeError, exceptions.CryptoError):
        return False
    return True
