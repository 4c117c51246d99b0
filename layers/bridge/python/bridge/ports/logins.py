"""Logins at Fortnox under way, and the invitations to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.tokens.activation import Link
from bridge.tokens.attempt import Attempt, Login, Redeemed


class Attempts(Protocol):
    """Logins under way (connections table). Tickets and states are kept as their hashes."""

    def put_ticket(self, ticket: str, attempt: Attempt) -> None:
        """Remember a login that a browser may begin with the ticket."""
        ...

    def take_ticket(self, ticket: str, now: datetime) -> Attempt | None:
        """Redeem a ticket, once: None when unknown, used or too late."""
        ...

    def put(self, state: str, attempt: Attempt) -> None:
        """Remember a login that a browser has begun."""
        ...

    def redeem(self, state: str, cookie: str, now: datetime) -> Redeemed:
        """Redeem a state, once, from the browser that has the cookie; another browser uses nothing up."""
        ...


class Logins(Protocol):
    """What became of each engagement's latest login (connections table)."""

    def note(self, tenant: str, engagement: str, login: Login) -> None:
        """Keep the engagement's latest login to be seen."""
        ...

    def latest(self, tenant: str, engagement: str) -> Login | None:
        """Read the engagement's latest login; None also when it succeeded."""
        ...

    def forget(self, tenant: str, engagement: str) -> None:
        """Forget the engagement's latest login."""
        ...


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where an activation link is."""

    tenant: str
    engagement: str
    id: str


class LinkTokens(Protocol):
    """What leads from an activation link's token to the link (connections table). Tokens are kept as their hashes."""

    def put(self, token: str, link: Link) -> None:
        """Remember where a link will be; before the link itself is saved, this leads nowhere."""
        ...

    def find(self, token: str) -> LinkPlace | None:
        """Find where the link of a token is, whatever has become of it."""
        ...


class Links(Protocol):
    """Activation links (connections table)."""

    def put(self, link: Link) -> None:
        """Save a new link."""
        ...

    def list(self, tenant: str, engagement: str) -> Sequence[Link]:
        """Read the engagement's links, newest first."""
        ...

    def get(self, tenant: str, engagement: str, link: str) -> Link | None:
        """Read one."""
        ...

    def open(self, link: Link, now: datetime) -> None:
        """Remember that its page was looked at, the first time."""
        ...

    def use(self, link: Link, now: datetime) -> bool:
        """Use it up; of any number at once exactly one does, and none that was revoked."""
        ...

    def revoke(self, link: Link, now: datetime) -> bool:
        """Call it back; False when it was used before."""
        ...
