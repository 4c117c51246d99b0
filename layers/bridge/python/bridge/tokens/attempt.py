"""A login at Fortnox under way: begun by a ticket, redeemed by a state, bound to the browser that began it.

Ticket, state and cookie are secrets of 256 bits; only their hashes are kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.problem import Problem
from bridge.tokens.capability import Capability
from bridge.tokens.connection import Mode

ATTEMPT_LIFE = timedelta(minutes=10)
"""How long a login may take, from the ticket to the way back; the code Fortnox gives lives as long."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class Destination(StrEnum):
    """Where the browser ends: places by name, never an address."""

    OVERVIEW = "overview"
    IMPORT = "import"
    PAYMENTS = "payments"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login: who for, what is asked for, where it leads, and when it is too late.

    Without an `engagement` one of that `purpose` and `kind` is made from the company. `years` are those of an import to
    start at once (none named: the newest), None for no import. `link` is the activation link it was begun by.
    `cookie` names the browser, by hash.
    """

    tenant: str
    engagement: str
    user: str
    mode: Mode
    expires: datetime
    purpose: str
    capabilities: tuple[Capability, ...]
    destination: Destination = Destination.OVERVIEW
    kind: str = ""
    years: tuple[str, ...] | None = None
    link: str = ""
    cookie: str = ""
    used: bool = False


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a state was good for: the attempt, or the problem. A replay from the right browser still tells the attempt."""

    attempt: Attempt | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """An engagement's latest login: under way until `expires`, or ended with a problem. One that succeeded leaves none."""

    mode: Mode
    capabilities: tuple[Capability, ...]
    expires: datetime
    problem: Problem | None = None
    ended_at: datetime | None = None

    def under_way(self, now: datetime) -> bool:
        """Tell whether somebody may be at Fortnox right now."""
        return self.problem is None and now < self.expires


class Offer(StrEnum):
    """What can be done about a login that failed, besides reading why."""

    RETRY = "retry"
    PERSONAL = "personal"
    FEWER = "fewer"
    INVITE = "invite"


OFFERS: Mapping[str, tuple[Offer, ...]] = {
    "not-administrator": (Offer.PERSONAL, Offer.INVITE),
    "service-account-refused": (Offer.PERSONAL,),
    "consent-denied": (Offer.RETRY, Offer.INVITE),
    "licence-missing": (Offer.FEWER, Offer.INVITE),
    "scope-refused": (Offer.FEWER,),
}
"""Problem of a login -> what to offer, the nearest first; anything else is tried again."""


def offers(login: Login) -> tuple[Offer, ...]:
    """List what to offer after a login that failed. Fewer parts are offered only where more than one was asked for."""
    if login.problem is None:
        return ()
    found = OFFERS.get(login.problem.code, (Offer.RETRY,))
    return tuple(each for each in found if each is not Offer.FEWER or len(login.capabilities) > 1)


def fingerprint(secret: str) -> str:
    """Name a secret without telling it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(text: str) -> bool:
    """Tell whether a text has the form of our secrets; a browser may send anything."""
    return bool(_SECRET.fullmatch(text))


def judge(attempt: Attempt | None, cookie: str, now: datetime) -> Redeemed:
    """Judge a way back by the browser it comes from: nothing is told to another browser than the one that left."""
    if attempt is None:
        return Redeemed(None, "authorization-expired")
    if attempt.cookie != fingerprint(cookie):
        return Redeemed(None, "authorization-elsewhere")
    if attempt.used:
        return Redeemed(attempt, "authorization-used")
    if attempt.expires <= now:
        return Redeemed(attempt, "authorization-expired")
    return Redeemed(attempt)
