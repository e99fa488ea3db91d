"""Rosters of consortia, as section 20 has them: does an event continue those before it, and have enough convenors signed it?"""

from .canon import Refused, decode
from .crypto import B2b, verifies

CONTEXT = "tally/roster/v1"


def refuse(unless, why):
    if not unless:
        raise Refused(why)


def ascending(items):
    return all(one < two for one, two in zip(items, items[1:]))


class Roster:
    def __init__(self, payload):
        fields = decode(payload)
        refuse(isinstance(fields, dict) and fields.get(0) == 1 and all(key in fields for key in (2, 4, 5, 6, 7, 9, 10, 11, 12)), "form")
        self.rseq, self.prev = fields[2], fields.get(3, [])
        self.convenors, self.threshold = fields[5], fields[6]
        self.since = {member[0]: member[2] for member in fields[7]}
        self.removed = [one[0] for one in fields.get(8, [])]
        self.tag = fields[10]
        self.hash = B2b("tally.ros.v1", payload)
        self.id = fields.get(1) or B2b("tally.con.v1", payload)
        refuse((self.rseq == 0) == (1 not in fields) == (3 not in fields) and (self.rseq > 0 or not self.removed), "place")
        refuse(1 <= len(self.convenors) <= 16 and ascending(self.convenors) and all(one in self.since for one in self.convenors), "convenors")
        refuse(len(self.convenors) // 2 + 1 <= self.threshold <= len(self.convenors), "threshold")
        refuse(len(self.since) == len(fields[7]) <= 512 and ascending([member[0] for member in fields[7]]), "members")
        refuse(all(since <= self.rseq for since in self.since.values()), "since")
        refuse(ascending(self.removed) and not any(one in self.since for one in self.removed), "removed")
        refuse(1 <= fields[9][0] <= 4 and fields[9][1] in (1, 2), "policy")

    def continues(self, before):
        refuse(sorted(one.hash for one in before) == self.prev, "prev")
        if not before:
            return
        refuse(self.rseq == max(one.rseq for one in before) + 1 and all(one.id == self.id for one in before), "rseq")
        were = {org for one in before for org in one.since}
        for org, since in self.since.items():
            known = [one.since[org] for one in before if org in one.since]
            refuse(since == (min(known) if known else self.rseq), "since")
        refuse(self.removed == sorted(were - set(self.since)), "removed")
        kept = len(before) == 1 and not self.removed
        refuse(all((one.tag == self.tag) == kept for one in before), "tag")


def decided(payload, signatures, before, keys):
    """signatures: (org, kseq, signature) each; keys(org, kseq): a sign_pk. The event, or Refused."""
    event = Roster(payload)
    event.continues(before)
    signed = [org for org, _, _ in signatures]
    refuse(ascending(signed), "twice")
    for org, kseq, signature in signatures:
        refuse(org in event.convenors or any(org in one.convenors for one in before), "no convenor")
        refuse(verifies(keys(org, kseq), CONTEXT, payload, signature), "signature")
    for one in before:
        refuse(len(set(signed) & set(one.convenors)) >= one.threshold, "too few")
    if not before or any((one.convenors, one.threshold) != (event.convenors, event.threshold) for one in before):
        refuse(len(set(signed) & set(event.convenors)) >= event.threshold, "too few of the new")
    return event
