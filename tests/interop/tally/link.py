"""Section 4, second half: the handshake on a stream, frames, and messages in them."""

import os
import socket

from . import canon
from .crypto import B2b, K2b, u16
from .noise import Handshake, HandshakeFailed

LINK, INVITE = 0, 1
PROLOGUE = b"tally/link/1\0"
FRAME_DATA = 65277
FRAME_PLAIN = 65280
MESSAGE = 1024 * 1024 + 64 * 1024
HANDSHAKE_SECONDS = 5


class LinkEnded(Exception):
    """The other side hung up, or broke the rules of the link."""


def psk_of(mode, secret):
    return secret if mode == LINK else K2b(secret, "tally.ipsk.v1")


def selector_of(mode, secret):
    return (B2b("tally.sel.v1", secret) if mode == LINK else K2b(secret, "tally.isel.v1"))[:16]


def first_payload(mode, secret):
    return bytes([mode]) + bytes(7) + selector_of(mode, secret)


def third_payload(claim):
    data = canon.encode(claim)
    return u16(len(data)) + data + bytes(254 - len(data))


def read_third_payload(payload):
    size = int.from_bytes(payload[:2], "big")
    if size > 254 or any(payload[2 + size:]):
        raise LinkEnded("message 3 is padded with something")
    claim = canon.decode(payload[2:2 + size])
    form = {0: bytes, 1: int, 2: bytes, 3: list}
    if not isinstance(claim, dict) or any(not isinstance(claim.get(key), kind) for key, kind in form.items()):
        raise LinkEnded("message 3 does not say who it is")
    return claim


class Link:
    """An encrypted stream of messages. `secret` is the one it was opened with, `pair_secret` what its handshake gave for
    the next; `h` names the session."""

    def __init__(self, stream, handshake, mode, secret):
        self.stream, self.mode, self.secret, self.initiator = stream, mode, secret, handshake.initiator
        self.out, self.into = handshake.split()
        self.remote_static = handshake.remote
        self.h = handshake.h[:32]
        self.pair_secret = K2b(handshake.ck[:32], "tally.pair.v1", self.h)
        self.buffer = self.partial = b""
        self.claim = None  # of the initiator, for the responder

    def send(self, message):
        frames = []
        while True:
            data, message = message[:FRAME_DATA], message[FRAME_DATA:]
            plain = u16(len(data)) + bytes([0 if message else 1]) + data
            sealed = self.out.encrypt(plain + bytes(-len(plain) % 256))
            frames.append(u16(len(sealed)) + sealed)
            if not message:
                break
        try:
            self.stream.sendall(b"".join(frames))
        except OSError as error:
            raise LinkEnded(str(error)) from None

    def receive(self, seconds):
        """The next message, or None when none is complete after so many seconds; what came of it is kept."""
        while True:
            frame = self._frame(seconds)
            if frame is None:
                return None
            data, last = self._open(frame)
            self.partial += data
            if len(self.partial) > MESSAGE:
                raise LinkEnded("a message without end")
            if last:
                message, self.partial = self.partial, b""
                return message

    def _frame(self, seconds):
        self.stream.settimeout(max(seconds, 0.001))
        while True:
            if len(self.buffer) >= 2:
                end = 2 + int.from_bytes(self.buffer[:2], "big")
                if len(self.buffer) >= end:
                    frame, self.buffer = self.buffer[2:end], self.buffer[end:]
                    return frame
            try:
                more = self.stream.recv(1 << 16)
            except socket.timeout:
                return None
            except OSError as error:
                raise LinkEnded(str(error)) from None
            if not more:
                raise LinkEnded("end of stream")
            self.buffer += more

    def _open(self, frame):
        try:
            plain = self.into.decrypt(frame)
        except HandshakeFailed:
            raise LinkEnded("a frame does not decrypt") from None
        if not plain or len(plain) % 256 or len(plain) > FRAME_PLAIN:
            raise LinkEnded("a frame of another size")
        size, flag = int.from_bytes(plain[:2], "big"), plain[2]
        if size > len(plain) - 3 or flag > 1 or any(plain[3 + size:]) or (size == 0 and flag == 0):
            raise LinkEnded("a frame of another form")
        return plain[3:3 + size], flag == 1

    def close(self):
        self.stream.close()


def _read(stream, size):
    data = b""
    while len(data) < size:
        try:
            more = stream.recv(size - len(data))
        except OSError as error:
            raise LinkEnded(str(error)) from None
        if not more:
            raise LinkEnded("end of stream")
        data += more
    return data


def _read_message(stream, size):
    if int.from_bytes(_read(stream, 2), "big") != size:
        raise LinkEnded("a handshake message of another length")
    return _read(stream, size)


def dial(address, identity, org, link_pk, mode, secret, ephemeral=None):
    """Calls `org`, whose X25519 key is link_pk. `secret` is the pair secret, or that of the invitation."""
    host, _, port = address.rpartition(":")
    stream = socket.create_connection((host, int(port)), HANDSHAKE_SECONDS)
    try:
        noise = Handshake(PROLOGUE + org, identity.link_secret, link_pk, True, ephemeral or os.urandom(32))
        message = noise.write_1(first_payload(mode, secret))
        stream.sendall(u16(len(message)) + message)
        if noise.read_2(_read_message(stream, 48)):
            raise LinkEnded("message 2 carries something")
        newest = identity.statements[-1]
        claim = {0: identity.org, 1: newest.kseq, 2: newest.hash, 3: [1]}
        message = noise.write_3(third_payload(claim), psk_of(mode, secret))
        stream.sendall(u16(len(message)) + message)
        return Link(stream, noise, mode, secret)
    except (HandshakeFailed, LinkEnded, OSError) as error:
        stream.close()
        raise LinkEnded(str(error)) from None


def accept(stream, identity, secret_of):
    """Answers a call. secret_of(mode, selector) gives the secret that the selector belongs to, or None."""
    stream.settimeout(HANDSHAKE_SECONDS)
    try:
        noise = Handshake(PROLOGUE + identity.org, identity.link_secret, None, False)
        opening = noise.read_1(_read_message(stream, 72))
        mode, zeros, selector = opening[0], opening[1:8], opening[8:]
        secret = None if any(zeros) else secret_of(mode, selector)
        if secret is None:
            raise LinkEnded("an unknown selector")
        message = noise.write_2()
        stream.sendall(u16(len(message)) + message)
        claim = read_third_payload(noise.read_3(_read_message(stream, 320), psk_of(mode, secret)))
        link = Link(stream, noise, mode, secret)
        link.claim = claim
        return link
    except (HandshakeFailed, LinkEnded, canon.Refused, OSError) as error:
        stream.close()
        raise LinkEnded(str(error)) from None
