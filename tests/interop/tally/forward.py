"""Section 12: TLP, and whether a forward holds."""

from . import identity, log
from .canon import Refused
from .verdict import AHEAD_MS, DATED, SHAPE, TLP

CLEAR, GREEN, AMBER, STRICT, RED = 1, 2, 3, 4, 5
CUSTOMER, SUPPLIER, OTHER = 1, 2, 3


def allowed(tlp, onward, relation):
    """May a record of another author go on to somebody who is this to the forwarder?"""
    if tlp <= GREEN:
        return True
    return tlp == AMBER and (relation == CUSTOMER or (relation == SUPPLIER and onward == 1))


def judge(outer, read_record):
    """0, or the number of the exception. read_record(payload) gives (the inner Record, 0), or (None, its verdict)."""
    body = outer.body
    inner, verdict = read_record(body[0])
    if verdict:
        return verdict
    if inner.kind == outer.kind:
        return SHAPE
    try:
        entry = log.Entry(body[1], body[2])
        chain = identity.chain([(item[0], item[1], item[2]) for item in body[7]])
    except Refused:
        return SHAPE
    if entry.author != inner.author or chain[0].org != inner.author or entry.audience_type == log.CONSORTIUM:
        return SHAPE
    if entry.audience_type == log.DIRECT and entry.target != outer.author:
        return SHAPE
    if entry.kseq >= len(chain) or not entry.verified(chain[entry.kseq].sign_pk):
        return SHAPE
    if not log.included(inner.id, body[3], entry.count, body.get(4, []), entry.root):
        return SHAPE
    if inner.created > entry.time + AHEAD_MS:
        return DATED
    if entry.audience_type == log.PARTNERS and inner.tlp > GREEN:
        return TLP
    if min(outer.tlp, RED) < min(inner.tlp, RED) or not allowed(inner.tlp, inner.header.get(12), body[6]):
        return TLP
    return 0
