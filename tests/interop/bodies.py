"""A body of each kind, and a list of cases: records with the verdict each must get."""

import os

from tally import canon, log, record

ID = os.urandom(32)
YEAR_10000 = 253402300800000

# A body of each kind in which every field stands and the rules of the kind hold.
FULL = {
    "log.open": {0: 0, 1: 1, 2: [{0: ID, 1: 1, 2: ID}]},
    "pair": {0: ID, 1: ID, 2: 1},
    "reply": {0: ID, 1: 1, 2: "x", 3: 1, 4: "x", 5: 1, 6: [ID], 7: 1, 8: [{0: "R", 1: "x"}]},
    "retract": {0: ID, 1: "x"},
    "incident.notice": {
        0: "t", 1: 5, 2: "i", 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 1, 12: "x", 13: ["x"], 14: ["x"], 15: ["x"], 16: "x", 17: 1,
        18: 1, 19: 1, 20: 1, 21: 1, 22: [{0: 1, 1: "x", 2: 1, 3: "x"}], 23: [{0: "a", 1: "x", 2: 1, 3: "x"}], 24: "x", 25: "x", 26: 1,
        27: ["CVE-2026-1"], 28: "x", 29: ["DE"], 30: 1, 31: 1, 32: ["nis2"]},
    "incident.answer": {0: ID, 1: 1, 2: 1, 3: "x", 4: [{0: "a", 1: 1, 2: "x"}], 5: "x", 6: 3, 7: 2, 8: 1,
                        9: [{0: 2, 1: 2**63 - 1, 2: 2**63 - 1, 3: 0}], 10: 1, 11: ["x"]},
    "impact.query": {0: "t", 1: 1, 2: ["x"], 3: ["x"], 4: ["x"], 5: ID, 6: "x", 7: "x", 8: True, 9: "x"},
    "assistance": {0: 1, 1: "t", 2: [1], 3: "x", 4: "x", 5: 1, 6: YEAR_10000 - 1, 7: ID, 8: "x", 9: "x", 10: ["DE"]},
    "requirement.set": {
        0: "t", 1: "1", 2: "x", 3: [{0: "l", 1: "x", 2: ["R"]}], 5: "x",
        4: [{0: "R", 1: "x", 2: "x", 3: "x", 4: "x", 5: "x", 6: ["x"], 7: ["x"], 8: 1, 9: [{0: "s", 1: "c"}], 10: 1, 11: "x", 12: "x"}]},
    "requirement.assign": {0: ID, 1: "l", 2: "x", 3: "x", 4: 1, 5: "x", 6: 1, 7: "x", 8: ID},
    "requirement.ack": {0: ID, 1: ID, 2: [{0: "R", 1: 1, 2: "x", 3: 1, 4: ["x"], 5: "x", 6: "x", 7: "x", 8: 1, 9: "x"}], 3: "x", 4: "x"},
    "requirement.review": {0: ID, 1: [{0: "R", 1: 1, 2: "x", 3: 1}], 2: "x"},
    "exception.request": {0: ID, 1: "R", 2: "x", 3: "x", 4: "x", 5: 2932896},
    "challenge": {0: ID, 1: "R", 2: "x", 3: 1, 4: "x", 5: 2932896},
    "equivalence": {0: ID, 1: "x", 2: [{0: "R", 1: 1, 2: ["x"], 3: "x"}], 3: "x", 4: 1, 5: True, 6: 2932896},
    "guidance": {0: ID, 1: ["R"], 2: "x", 3: "x", 4: "x", 5: "en", 6: "1"},
    "subcontractor.disclosure": {
        0: ID, 1: "x", 2: 20000, 3: True, 4: [{0: "n", 1: ID, 2: "x", 3: 2, 4: "x", 5: True, 6: ["x"], 7: ["x"], 8: 1}], 5: "x"},
    "subcontracting.request": {0: ID, 1: "x", 2: "n", 3: "x", 4: 2, 5: "x", 6: True, 7: ["x"], 8: ["x"], 9: 1, 10: "x", 11: "x", 12: 1},
    "support.statement": {0: "p", 1: ["1"], 2: ["x"], 3: 1, 4: "x", 5: 1, 6: 1, 7: 1, 8: "x", 9: "x", 10: "x"},
    "responsibility.matrix": {0: ID, 1: "C", 2: ID, 3: [{0: "R", 1: "x", 2: 1, 3: "x", 4: "x"}], 4: "x"},
    "flowdown": {0: ID, 1: 20000, 2: [{0: "R", 1: 1, 2: 1, 3: 0, 4: 1, 5: 1}], 3: log.top([ID]), 4: [{0: ID, 1: [1]}]},
    "tender": {0: "t", 1: "x", 2: "x", 3: ID, 4: [{0: 1, 1: 20000, 2: "l", 3: ["x"], 4: "x"}], 5: "x"},
    "certification": {0: "x", 1: "x", 2: "x", 3: "x", 4: "x", 5: "x", 6: ["x"], 7: ["x"], 8: 20000, 9: 20100, 10: 1, 11: "x", 12: False, 13: "x"},
    "evidence": {0: "x", 1: 1, 2: 1, 3: ID, 4: 1, 5: "x", 6: "x", 7: 20000, 8: 20100, 9: "x", 10: ID, 11: ["R"], 12: "x"},
    "finding": {0: ID, 1: "R", 2: 1, 3: "x", 4: 1, 5: 1, 6: "x"},
    "improvement": {0: ID, 1: [{0: "a", 1: "x", 2: "x", 3: 1, 4: 1}], 2: 1, 3: "x", 4: "x"},
    "contract": {  # 1, the customer, is its author
        0: "C", 1: None, 2: ID, 3: 1, 4: "x", 5: {0: "x", 1: ID, 2: "x", 3: 1}, 6: 20000, 7: 20100, 8: 1, 9: ["x"], 10: ["x"], 11: ["x"], 12: ["DE"],
        13: {0: "x", 1: [{0: 1, 1: 1}], 2: "x", 3: "x", 4: 1, 5: "x", 6: "x", 7: 1, 8: "x", 9: "x"}, 14: ID, 15: 1, 16: "x"},
    "concern": {0: "t", 1: 1, 2: 1, 3: "x", 4: "x", 5: ID, 6: "R", 7: "x", 8: 1},
    "org.vouch": {0: ID, 1: 1, 2: 20000, 3: 20100, 4: "x"},
    "issue": {0: "t", 1: 1, 2: "x", 3: "x", 4: ["x"], 5: ["x"], 6: 1, 7: ID, 8: "R"},
    "exercise.plan": {0: "t", 1: ["x"], 2: [ID], 3: 1, 4: YEAR_10000 - 1, 5: "x", 6: [{0: "i", 1: 1, 2: ID, 3: "x", 4: "x"}], 7: "x", 8: "x"},
    "exercise.report": {0: ID, 1: 1, 2: "x", 3: "x", 4: ["x"], 5: ["x"], 6: ["x"], 7: ID, 8: {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}},
    "asset.held": {0: 1, 1: "C", 2: ID, 3: [{0: "i", 1: 1, 2: "x", 3: ["x"], 4: ["x"], 5: ["x"], 6: 1}], 4: True, 5: "x"},
    "termination": {0: "x", 1: 1, 2: "C", 3: ID, 4: "x", 5: "x"},
    "disposition": {  # not held: nothing else is needed
        0: ID, 1: [{0: "i", 1: 5, 2: 1, 3: "x", 4: 1, 5: "x", 6: "x", 7: "x", 8: 1, 9: 1, 10: "x"}],
        2: {0: 1000000, 1: 0, 2: 0, 3: 1}, 3: "x", 4: "x", 5: "x"},
    "posture.attestation": {
        0: "t", 1: {0: ["u"], 1: ["s"], 2: ["c"], 3: ["l"], 4: ["e"]}, 2: "f", 3: "x", 4: 20000, 5: 20100, 7: "x", 8: "x", 9: False,
        6: [{0: "c", 1: 1, 2: "x", 3: 1, 4: ["x"], 5: 1, 6: 1, 7: 1}]},
}


class Cases:
    def __init__(self, org, other):
        self.org, self.other, self.list = org, other, []

    def add(self, name, wanted, kind, body, tlp=record.AMBER, **header):
        self.list.append((name, wanted, record.make(self.org, kind, body, tlp, **header)))

    def raw(self, name, wanted, header):
        self.list.append((name, wanted, canon.encode(header)))
