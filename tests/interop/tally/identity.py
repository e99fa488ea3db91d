"""Section 3: key statements, organisations, ten words."""

import os

from . import canon
from .canon import Refused
from .crypto import B2b, ZERO, ed25519, is_exchange_key, is_signing_key, now, sign, verifies, x25519_public
from .tables import DOCS, check, table

CONTEXT = "tally/key/v1"
MOST = 2048
ROUTINE, COMPROMISE, LOST = 1, 2, 3

FORM = table([
    (0, "version", "number", True, "up to 1"),
    (1, "org", "organisation", False, ""),
    (2, "kseq", "number", True, "up to 255"),
    (3, "prev", "id", True, ""),
    (4, "root_pk", "id", True, ""),
    (5, "next_root", "id", True, ""),
    (6, "sign_pk", "id", True, ""),
    (7, "link_pk", "id", True, ""),
    (8, "seal_pk", "id", True, ""),
    (9, "reason", "key_reason", True, ""),
    (10, "issued", "time", True, ""),
    (11, "stale_after", "time", True, ""),
    (12, "name", "line", True, "200 bytes"),
])


class Statement:
    """A verified statement; `triple` is what travels."""

    def __init__(self, payload, root_sig, sign_sig, before):
        if len(payload) > MOST:
            raise Refused("a statement too large")
        value = canon.decode(payload)
        check(value, FORM)
        self.triple = payload, root_sig, sign_sig
        self.hash = B2b("tally.stmt.v1", payload)
        self.kseq, self.reason, self.name = value[2], value[9], value[12]
        self.root_pk, self.next_root, self.sign_pk, self.link_pk = value[4], value[5], value[6], value[7]
        self.org = value.get(1) or B2b("tally.org.v1", payload)
        if value[0] != 1 or (1 in value) != (self.kseq > 0) or (value[3] == ZERO) != (self.kseq == 0):
            raise Refused("a statement of another form")
        if self.kseq == 0 and self.reason != ROUTINE:
            raise Refused("a first statement that replaces something")
        self._follows(value, before)
        if not (is_signing_key(self.root_pk) and is_signing_key(self.sign_pk) and is_exchange_key(self.link_pk) and is_exchange_key(value[8])):
            raise Refused("a statement with a weak key")
        if not verifies(self.root_pk, CONTEXT, payload, root_sig) or not verifies(self.sign_pk, CONTEXT, payload, sign_sig):
            raise Refused("a statement that does not verify")

    def _follows(self, value, before):
        if before is None:
            if self.kseq != 0:
                raise Refused("a statement without the one before it")
        elif (self.kseq != before.kseq + 1 or self.org != before.org or value[3] != before.hash
              or B2b("tally.root.v1", self.root_pk) != before.next_root):
            raise Refused("a statement that does not follow the one before it")

    def as_map(self):
        return dict(enumerate(self.triple))


def chain(triples, held=()):
    """Verifies the triples one after the other, behind those held; gives all."""
    statements = list(held)
    for triple in triples:
        statements.append(Statement(*triple, statements[-1] if statements else None))
    return statements


class Identity:
    """An organisation of our own: its secret keys and its statements. Seeds as in section 19; random without them."""

    def __init__(self, name, seeds=None, issued=None, stale_after=None):
        self.name, self.statements = name, []
        root, self.next_root, signing, link, seal = seeds or [os.urandom(32) for _ in range(5)]
        self._state(root, signing, link, seal, ROUTINE, issued or now(), stale_after)

    def rotate(self, reason=ROUTINE, keep_link=False):
        """A new statement: the root key that rested signs it, and all keys are new."""
        root, self.next_root = self.next_root, os.urandom(32)
        link = self.link_secret if keep_link else os.urandom(32)
        self._state(root, os.urandom(32), link, os.urandom(32), reason, now(), None)

    def _state(self, root, signing, link, seal, reason, issued, stale_after):
        root_pk, root_secret = ed25519(root)
        self.sign_pk, self.sign_secret = ed25519(signing)
        self.link_secret, self.link_pk = link, x25519_public(link)
        value = {
            0: 1, 2: len(self.statements), 3: ZERO, 4: root_pk, 5: B2b("tally.root.v1", ed25519(self.next_root)[0]), 6: self.sign_pk,
            7: self.link_pk, 8: x25519_public(seal), 9: reason, 10: issued, 11: stale_after or issued + 730 * 86400000, 12: self.name,
        }
        if self.statements:
            value[1], value[3] = self.org, self.statements[-1].hash
        payload = canon.encode(value)
        triple = payload, sign(root_secret, CONTEXT, payload), sign(self.sign_secret, CONTEXT, payload)
        self.statements = chain([triple], self.statements)
        self.org = self.statements[0].org

    @property
    def kseq(self):
        return self.statements[-1].kseq


def words(org):
    with open(os.path.join(DOCS, "words.txt"), encoding="ascii") as page:
        listed = page.read().split()
    bits = int.from_bytes(B2b("tally.words.v1", org), "big") >> (256 - 110)
    return " ".join(listed[bits >> 11 * (9 - place) & 2047] for place in range(10))
