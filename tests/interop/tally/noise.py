"""Section 4, first half: Noise_XKpsk3_25519_ChaChaPoly_BLAKE2b (Noise Protocol Framework, revision 34)."""

import hashlib
import hmac
import os

from nacl import bindings, exceptions

from .crypto import x25519, x25519_public

NAME = b"Noise_XKpsk3_25519_ChaChaPoly_BLAKE2b"


class HandshakeFailed(Exception):
    pass


def _hmac(key, data):
    return hmac.new(key, data, hashlib.blake2b).digest()  # BLAKE2b-512, block of 128 bytes


def hkdf(chaining_key, material, outputs):
    key = _hmac(chaining_key, material)
    out = [_hmac(key, b"\x01")]
    while len(out) < outputs:
        out.append(_hmac(key, out[-1] + bytes([len(out) + 1])))
    return out


class Cipher:
    """Noise's CipherState."""

    def __init__(self, key):
        self.key, self.n = key, 0

    def _nonce(self):
        nonce = bytes(4) + self.n.to_bytes(8, "little")
        self.n += 1
        return nonce

    def encrypt(self, plain, ad=b""):
        return bindings.crypto_aead_chacha20poly1305_ietf_encrypt(plain, ad, self._nonce(), self.key)

    def decrypt(self, sealed, ad=b""):
        try:
            return bindings.crypto_aead_chacha20poly1305_ietf_decrypt(sealed, ad, self._nonce(), self.key)
        except exceptions.CryptoError:
            raise HandshakeFailed("does not decrypt") from None


class Handshake:
    """One side of it. The messages of the table in section 4 in order: write and read them alternately."""

    def __init__(self, prologue, static, remote_static, initiator, ephemeral=None):
        """`static` is the own secret key. `remote_static` is known to the initiator; the responder learns it."""
        self.initiator = initiator
        self.static, self.remote = static, remote_static
        self.ephemeral = ephemeral or os.urandom(32)
        self.remote_ephemeral = None
        self.h = self.ck = NAME + bytes(64 - len(NAME))
        self.cipher = None
        self._mix_hash(prologue)
        self._mix_hash(remote_static if initiator else x25519_public(static))

    # ---- SymmetricState ----
    def _mix_hash(self, data):
        self.h = hashlib.blake2b(self.h + data).digest()

    def _mix_key(self, material):
        self.ck, key = hkdf(self.ck, material, 2)
        self.cipher = Cipher(key[:32])

    def _mix_key_and_hash(self, material):
        self.ck, middle, key = hkdf(self.ck, material, 3)
        self._mix_hash(middle)
        self.cipher = Cipher(key[:32])

    def _encrypt(self, plain):
        sealed = self.cipher.encrypt(plain, self.h)
        self._mix_hash(sealed)
        return sealed

    def _decrypt(self, sealed):
        plain = self.cipher.decrypt(sealed, self.h)
        self._mix_hash(sealed)
        return plain

    # ---- tokens ----
    def _e_out(self):
        public = x25519_public(self.ephemeral)
        self._mix_hash(public)
        self._mix_key(public)  # in a handshake with a pre-shared key an ephemeral key is mixed in twice
        return public

    def _e_in(self, public):
        self.remote_ephemeral = public
        self._mix_hash(public)
        self._mix_key(public)

    def _dh(self, secret, public):
        try:
            self._mix_key(x25519(secret, public))
        except (RuntimeError, exceptions.CryptoError):
            raise HandshakeFailed("a product of zeros") from None

    # ---- the initiator ----
    def write_1(self, payload):
        public = self._e_out()
        self._dh(self.ephemeral, self.remote)
        return public + self._encrypt(payload)

    def read_2(self, message):
        self._e_in(message[:32])
        self._dh(self.ephemeral, self.remote_ephemeral)
        return self._decrypt(message[32:])

    def write_3(self, payload, psk):
        sealed = self._encrypt(x25519_public(self.static))
        self._dh(self.static, self.remote_ephemeral)
        self._mix_key_and_hash(psk)
        return sealed + self._encrypt(payload)

    # ---- the responder ----
    def read_1(self, message):
        self._e_in(message[:32])
        self._dh(self.static, self.remote_ephemeral)
        return self._decrypt(message[32:])

    def write_2(self):
        public = self._e_out()
        self._dh(self.ephemeral, self.remote_ephemeral)
        return public + self._encrypt(b"")

    def read_3(self, message, psk):
        self.remote = self._decrypt(message[:48])
        self._dh(self.ephemeral, self.remote)
        self._mix_key_and_hash(psk)
        return self._decrypt(message[48:])

    # ---- afterwards ----
    def split(self):
        """The ciphers for what this side sends and for what it receives."""
        first, second = (Cipher(key[:32]) for key in hkdf(self.ck, b"", 2))
        return (first, second) if self.initiator else (second, first)
