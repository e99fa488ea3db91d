"""The main job against a running node: notices, answers, requirements, receipts both ways, and nothing lost or doubled by SIGKILL."""

from common import expect, same
from nodes import Folder, early_warning, paired
from tally import pairing, record

AFFECTED, ACKNOWLEDGED, ACCEPTED = 1, 1, 1


def newest(partner, kind):
    return list(partner.records(kind))[-1]


def send(session, *payloads):
    """Says it and waits for the receipt, which must be right."""
    partner = session.partner
    entry = session.say(*payloads)
    session.run(lambda: partner.own.receipted(entry), what="the receipt")
    receipt = partner.own.receipt
    expect(receipt.verified(partner.statements[-1].sign_pk), "the receipt verifies under the node's sign key")
    same((receipt.log, receipt.receiver, receipt.n, receipt.entry), (partner.own.id, partner.org, entry.n, entry.hash), "the receipt")
    same(receipt.exceptions, [], "exceptions")
    return [record.identify(payload) for payload in payloads]


def meanwhile(node, session, *command):
    """A command of the node that waits for our receipt."""
    node.begin(*command, "--wait", "10s")
    session.run(lambda: node.running.poll() is not None, seconds=15, what="the end of tally " + command[0])
    return node.finished()


def our_notice(node, partner, session):
    org = partner.identity.org
    [notice] = send(session, early_warning(org, "Ransomware in the warehouse"))
    expect("Ransomware in the warehouse" in node("inbox"), "the node's inbox shows the notice")
    meanwhile(node, session, "incident", "answer", notice.hex(), "--impact", "affected", "--text", "Orders for Tuesday at risk")
    answer = newest(partner, "incident.answer")
    same((answer.body[0], answer.body[1], answer.body[3]), (notice, AFFECTED, "Orders for Tuesday at risk"), "the node's answer")
    same(answer.header[7], notice, "its thread")
    send(session, record.make(org, "reply", {0: answer.id, 1: ACKNOWLEDGED}, record.STRICT, thread=notice, parents=[answer.id]))
    notified = record.make(org, "incident.notice", {**record.Record(partner.own.entries[2][1][0]).body, 1: 2, 7: 4, 8: 2}, record.AMBER,
                           thread=notice, parents=[notice], supersedes=notice)
    send(session, notified)
    shown = node("incident", "show", notice.hex())
    expect("notification" in shown and "high" in shown, "the second stage supersedes the first: " + shown)


def their_notice(node, partner, session):
    meanwhile(node, session, "incident", "report", "--to", "python", "--stage", "early-warning", "--title", "Tank gauge offline",
              "--aware", "2026-11-23T09:00:00Z", "--malicious", "no", "--cross-border", "no", "--contact", "soc@harbour.example")
    notice = newest(partner, "incident.notice")
    same(notice.fields()["title"], "Tank gauge offline", "title")
    send(session, record.make(partner.identity.org, "incident.answer", {0: notice.id, 1: AFFECTED, 3: "Two lorries wait"}, record.STRICT,
                              thread=notice.id, parents=[notice.id]))
    matrix = node("incident", "matrix", notice.id.hex())
    expect("affected" in matrix and "Two lorries wait" in matrix, "the node counts our answer: " + matrix)


def requirement(folder, node, partner, session):
    with open(folder.file("set.json"), "w", encoding="utf-8") as file:
        file.write(node("requirement", "example"))
    node("requirement", "import", folder.file("set.json"), "--name", "baseline")
    meanwhile(node, session, "requirement", "assign", "baseline", "--to", "python", "--level", "standard")
    assign, asked = newest(partner, "requirement.assign"), newest(partner, "requirement.set")
    same(assign.body[0], asked.id, "the set assigned")
    [level] = [level for level in asked.body[3] if level[0] == assign.body[1]]
    answers = [{0: rid, 1: ACCEPTED} for rid in level[2]]
    send(session, record.make(partner.identity.org, "requirement.ack", {0: assign.id, 1: asked.id, 2: answers}, record.STRICT,
                              thread=assign.header.get(7, assign.id), parents=[assign.id]))
    matrix = [line for line in node("requirement", "matrix", "baseline").splitlines() if line.startswith("python")]
    expect(len(matrix) >= len(answers) and all("accepted" in line for line in matrix if line.split()[1] in level[2]), "matrix: %s" % matrix)


def reconnect(partner):
    """The pair secret alone opens a session; equal summaries send nothing."""
    session = pairing.dial(partner)
    session.run(lambda: "SUMMARY" in session.seen, what="SUMMARY")
    session.settle()
    expect("HEADS" not in session.seen and "ENTRIES" not in session.seen, "nothing to do, nothing sent: %s" % session.seen)
    return session


def ours_once(node, partner, session):
    """The node is killed with our entries in its hands; what it did not receipt goes again."""
    org, titles = partner.identity.org, []
    for turn in range(3):
        entries = []
        for number in range(4):
            titles.append("before kill %d, %d" % (turn, number))
            entries.append(session.say(early_warning(org, titles[-1])))
        if turn:
            session.run(lambda: partner.own.receipted(entries[turn]), what="the receipt")
        node.kill()
        session.end()
        node.up()
        session = pairing.dial(partner)
        session.run(lambda: partner.own.receipted(entries[-1]), what="the receipt of what was sent again")
    inbox = node("inbox")
    for title in titles:
        same(inbox.count(title), 1, "times that the inbox shows " + title)
    node("store", "check")
    return session


def theirs_once(node, partner, session):
    """We vanish with the node's entry in our hands: after it was stored, when only the receipt is due, and before."""
    for turn, title in enumerate(("Stored, not said", "Not stored")):
        node("incident", "report", "--to", "python", "--stage", "early-warning", "--title", title, "--aware", "2026-11-23T09:00:00Z",
             "--malicious", "no", "--cross-border", "no", "--contact", "soc@harbour.example")
        session.quiet = True
        session.run(lambda: session.verdicts, what="ENTRIES")
        session.end()
        if turn:
            partner.forget_newest()
        node.kill()
        node.up()
        session = pairing.dial(partner)
        session.run(lambda: title not in node("outbox", "--waiting"), what="delivery")
        same([one.fields()["title"] for one in partner.records("incident.notice")].count(title), 1, "times that we hold it")
        same(len(session.verdicts), turn, "entries that came again")
    return session


with Folder() as folder:
    node, partner, session = paired(folder, "A")
    our_notice(node, partner, session)
    their_notice(node, partner, session)
    requirement(folder, node, partner, session)
    session.end()
    session = reconnect(partner)
    session = ours_once(node, partner, session)
    session = theirs_once(node, partner, session)
    session.end()
