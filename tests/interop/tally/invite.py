"""Section 11: the line of text that invites a partner."""

import base64
import binascii

from . import canon
from .canon import Refused
from .crypto import B2b
from .tables import check, table

FORM = table([
    (0, "org", "organisation", True, ""),
    (1, "link_pk", "id", True, ""),
    (2, "statement", "id", True, ""),
    (3, "secret", "id", True, ""),
    (4, "addresses", "list of line", True, "79 bytes, 4 items"),
    (5, "expires", "time", True, ""),
    (6, "name", "line", True, "200 bytes"),
])
PREFIX, MOST = "tally1", 1024


class Invitation:
    def __init__(self, org, link_pk, statement, secret, addresses, expires, name):
        self.org, self.link_pk, self.statement, self.secret = org, link_pk, statement, secret
        self.addresses, self.expires, self.name = addresses, expires, name


def _checksum(data):
    return B2b("tally.itok.v1", data)[:4]


def make(invitation):
    data = canon.encode({0: invitation.org, 1: invitation.link_pk, 2: invitation.statement, 3: invitation.secret,
                         4: invitation.addresses, 5: invitation.expires, 6: invitation.name})
    return PREFIX + base64.b32encode(data + _checksum(data)).decode().lower().rstrip("=")


def read(token):
    token = "".join(ch for ch in token if ch not in " \t\r\n").lower()
    if len(token) > MOST or not token.startswith(PREFIX):
        raise Refused("no invitation, or one of a newer form")
    text = token[len(PREFIX):].upper()
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        raise Refused("not base32") from None
    if base64.b32encode(raw).decode().rstrip("=") != text:
        raise Refused("bits behind the last byte")
    data, checksum = raw[:-4], raw[-4:]
    if _checksum(data) != checksum:
        raise Refused("mistyped: the checksum differs")
    value = canon.decode(data)
    check(value, FORM)
    return Invitation(*(value[key] for key in range(7)))
