"""Section 11: pairing, on either side, and the dialling afterwards."""

import os

from . import invite, link as links
from .canon import Refused
from .crypto import now
from .link import LinkEnded
from .partner import Partner
from .session import Session

DAY = 86400000


def join(identity, token):
    """The guest: a session in mode 1 with whoever made the invitation."""
    invitation = invite.read(token)
    if invitation.expires <= now() or invitation.org == identity.org:
        raise Refused("an invitation that has expired, or our own")
    partner = Partner(identity, invitation.org, invitation.link_pk, invitation.addresses)
    partner.first_hash, partner.invitation = invitation.statement, invitation.secret
    return partner, dial_invitation(partner)


def dial_invitation(partner):
    link = links.dial(partner.addresses[0], partner.identity, partner.org, partner.link_pk, links.INVITE, partner.invitation)
    partner.new_secret(link)
    return Session(partner, link)


def dial(partner):
    """A session in mode 0: the pair secrets are tried in turn, the newest first."""
    for _, secret in partner.secrets:
        try:
            link = links.dial(partner.addresses[0], partner.identity, partner.org, partner.link_pk, links.LINK, secret)
        except LinkEnded:
            continue
        return Session(partner, link)
    raise LinkEnded("no pair secret is answered")


class Host:
    """Who invites: one invitation, and the partner that comes of it."""

    def __init__(self, identity, address):
        self.identity, self.secret, self.partner = identity, os.urandom(32), None
        newest = identity.statements[-1]
        self.token = invite.make(invite.Invitation(identity.org, identity.link_pk, newest.hash, self.secret, [address],
                                                   now() + DAY, identity.name))

    def _secret_of(self, mode, selector):
        if mode == links.INVITE and not (self.partner and self.partner.proven):
            candidates = [self.secret]
        elif mode == links.LINK and self.partner:
            candidates = [secret for _, secret in self.partner.secrets]
        else:
            candidates = []
        for secret in candidates:
            if links.selector_of(mode, secret) == selector:
                return secret
        return None

    def answer(self, stream):
        """A session over a stream that somebody opened to us."""
        link = links.accept(stream, self.identity, self._secret_of)
        org, static = link.claim[0], link.remote_static
        if org == self.identity.org:
            stream.close()
            raise LinkEnded("ourselves")
        if self.partner is None:
            self.partner = Partner(self.identity, org, static)  # the invitation belongs to them now
        if (org, static) != (self.partner.org, self.partner.link_pk):
            stream.close()
            raise LinkEnded("the invitation belongs to somebody else")
        return Session(self.partner, link)
