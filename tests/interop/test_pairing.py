"""Pairs with a running node both ways: by its invitation, and by one of ours; then both dial."""

import socket

from common import expect, refused, same
from nodes import Folder, free_port
from tally import identity, link, pairing
from tally.link import LinkEnded
from tally.session import FULL, PENDING, SessionEnded


def both_compare(node, name, partner, session):
    node("partner", "verify", name, "--words", identity.words(partner.identity.org))
    session.confirm()
    session.run(lambda: partner.active, what="CONFIRM of the node")


def pair_record(node, name, partner):
    """Both sides state the pair, with the same session."""
    [said] = partner.records("pair")
    same(said.body[0], partner.secrets[0][0], "session in the node's pair record")
    same(said.body[1], partner.identity.org, "partner in the node's pair record")
    expect('"active"' in node("partner", "show", name, "--json"), "the node shows the partner as active")


def both_dial(partner, theirs):
    """The node dialled, and so do we: the session of the initiator with the smaller organisation id stays."""
    same(len(partner.addresses), 1, "addresses that the node told in KEYS")
    ours = pairing.dial(partner)
    try:
        ours.run(lambda: ours.phase == FULL, what="FULL")
        ours.settle()
        ours_stays = True
    except SessionEnded:
        ours_stays = False
    same(ours_stays, partner.identity.org < partner.org, "our session stays")
    same(lives(theirs), not ours_stays, "theirs stays")
    ours.end()
    theirs.end()


def lives(session):
    try:
        session.settle()
        return True
    except SessionEnded:
        return False


def as_guest(folder):
    node = folder.node("host", "Harbour Foods", listen=True)
    partner, session = pairing.join(identity.Identity("Guest Ltd"), node("partner", "invite", "--name", "guest"))
    session.run(lambda: session.phase == PENDING, what="the host's KEYS")
    same(partner.org, node.org, "organisation of the host")
    same(identity.words(partner.org), node("card", "show", "--words"), "ten words of the host")
    node("partner", "verify", "guest", "--words", identity.words(b"\0" * 32), code=6)
    both_compare(node, "guest", partner, session)
    session.end()
    secret = partner.invitation

    session = pairing.dial(partner)
    session.run(lambda: partner.own.receipt and list(partner.records("pair")), what="receipt and pair record")
    same(session.phase, FULL, "phase")
    pair_record(node, "guest", partner)
    session.end()

    refused("an invitation that is used up", LinkEnded, link.dial, partner.addresses[0], partner.identity, partner.org, partner.link_pk,
            link.INVITE, secret)
    refused("an unknown pair secret", LinkEnded, link.dial, partner.addresses[0], partner.identity, partner.org, partner.link_pk,
            link.LINK, b"\x55" * 32)


def as_host(node, name, ours_is_smaller):
    mine = identity.Identity("Host Ltd")
    while (mine.org < node.org) != ours_is_smaller:
        mine = identity.Identity("Host Ltd")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", free_port()))
        listener.listen()
        listener.settimeout(20)
        host = pairing.Host(mine, "127.0.0.1:%d" % listener.getsockname()[1])
        node.begin("partner", "join", host.token, "--name", name)
        session = host.answer(listener.accept()[0])
        session.run(lambda: session.phase == PENDING, what="the guest's KEYS")
        node.finished()
        partner = host.partner
        same(partner.org, node.org, "organisation of the guest")
        both_compare(node, name, partner, session)
        # The guest ends this session by itself and dials in mode 0.
        session = host.answer(listener.accept()[0])
        same(session.link.mode, link.LINK, "mode of the second call")
        session.run(lambda: partner.own.receipt and list(partner.records("pair")), what="receipt and pair record")
        pair_record(node, name, partner)
        both_dial(partner, session)


with Folder() as folder:
    as_guest(folder)
    guest = folder.node("guest", "Brackwater Logistics", listen=True)
    as_host(guest, "smaller", True)
    as_host(guest, "larger", False)
