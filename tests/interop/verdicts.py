"""Cases for records: each has a name, the verdict it must get, and its bytes. The library must give that verdict, and so must a node,
which says it in its receipt."""

from common import same
from tally import record

BATCH_RECORDS, BATCH_BYTES = 256, 900 * 1024


def _batches(cases):
    batch, size = [], 0
    for case in cases:
        if batch and (len(batch) == BATCH_RECORDS or size + len(case[2]) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(case)
        size += len(case[2])
    if batch:
        yield batch


def tried(session, cases):
    """Sends them all as records of the partner's log; gives how many there were."""
    partner = session.partner
    for batch in _batches(cases):
        entry = session.say(*[payload for _, _, payload in batch])
        session.run(lambda: partner.own.receipted(entry), what="the receipt over the cases")
        for index, (name, wanted, payload) in enumerate(batch):
            same(record.judge(payload, entry, partner.org), wanted, "here: " + name)
            same(partner.own.receipt.exception(entry.n, index), wanted, "the node: " + name)
    return len(cases)
