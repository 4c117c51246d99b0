"""Who is connected to which Fortnox company, and the consent behind it. Tokens themselves are opaque here and never shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.tokens.capability import Known

REFRESH_LIFE = timedelta(days=45)
"""Life of an unused refresh token at Fortnox (it was 31 days until 2025)."""

REFRESH_AFTER = timedelta(days=20)
"""Age at which an unused refresh token is renewed: half its life, so that weeks of trouble lose no connection."""

SPARE = timedelta(minutes=5)
"""An access token closer to its end than this is not handed out."""

HELD = timedelta(seconds=310)
"""How long one may take to renew tokens: longer than the broker's Lambda lives, so that two never use one refresh token."""

CLAIM = timedelta(hours=1)
"""How long a new consent waits for a connection before it is looked at whether one came of it."""

GRACE = timedelta(seconds=240)
"""How long a refused refresh token is in doubt when somebody else may have used it: a frozen worker may still save."""


class Mode(StrEnum):
    """How the consent was given: for the whole company by an administrator (service account), or as one person."""

    SERVICE = "service"
    PERSONAL = "personal"


class Ended(StrEnum):
    """Why a connection no longer works."""

    NOT = ""
    DISCONNECTED = "disconnected"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Connection:
    """An engagement's grant to use a Fortnox company. The lease is counted from `renewed_at` (see `bridge.tokens.lease`).

    `seal` is a MAC over tenant, engagement, Fortnox company and organisation number: no token is given without it.
    `noticed` is the last notice given of this lease's end, in days before it; `capabilities` is what is known of each part
    of the work.
    """

    tenant: str
    engagement: str
    fortnox_tenant: int
    company: str
    org_number: str
    mode: Mode
    scopes: tuple[str, ...]
    connected_by: str
    connected_at: datetime
    renewed_at: datetime
    ended: Ended = Ended.NOT
    ended_at: datetime | None = None
    noticed: int | None = None
    capabilities: tuple[Known, ...] = ()
    seal: str = ""

    def end(self, why: Ended, now: datetime) -> Connection:
        """Give the connection as it is after it ended; a connection that ended before stays as it was."""
        return self if self.ended else replace(self, ended=why, ended_at=now)


@dataclass(frozen=True, slots=True)
class Consent:
    """The tokens of one Fortnox company, shared by its engagements. `repr` never shows them; they rest encrypted.

    A service consent keeps no refresh token: any access token can be had again with the client's own secret.

    `tries` counts who took these tokens up to renew them: the first one to do so knows that nobody else has used the
    refresh token. The holder has until `held_until`; that spares Fortnox needless calls and guards nothing. In doubt
    since `doubted_at` are tokens that Fortnox refused while somebody else may have renewed them and not saved yet. Since
    `unclaimed_at` it has not been seen that a connection came of the consent, or stayed.
    """

    fortnox_tenant: int
    mode: Mode
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)
    access_expires: datetime
    refresh_token: str = field(default="", repr=False)
    refresh_issued: datetime | None = None
    tries: int = 0
    holder: str = ""
    held_until: datetime | None = None
    doubted_at: datetime | None = None
    lost_at: datetime | None = None
    unclaimed_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Name the tokens without showing them: by what is consumed to renew them, or by the access token alone."""
        return fingerprint(self.refresh_token or self.access_token)

    @property
    def lost(self) -> bool:
        """Tell whether the consent is gone at Fortnox."""
        return self.lost_at is not None

    def serves(self, now: datetime, rejected: str = "") -> bool:
        """Tell whether the access token can be handed out: it lives long enough, and is not the one that was rejected."""
        return self.access_expires - now > SPARE and fingerprint(self.access_token) != rejected

    def held(self, now: datetime) -> bool:
        """Tell whether somebody is renewing the tokens."""
        return self.held_until is not None and self.held_until > now

    def doubted(self, now: datetime) -> bool:
        """Tell whether a renewal that somebody else began may still be saved."""
        return self.doubted_at is not None and now < self.doubted_at + GRACE

    def claimable(self, now: datetime) -> bool:
        """Tell whether a login may still be making a connection of it."""
        return self.unclaimed_at is not None and now < self.unclaimed_at + CLAIM

    def take(self, holder: str, now: datetime) -> Consent:
        """Give the consent as it is while the holder renews its tokens."""
        return replace(self, tries=self.tries + 1, holder=holder, held_until=now + HELD)

    def due(self) -> datetime | None:
        """When somebody has to look: to renew an unused refresh token, to settle a doubt, to end what was lost or came to nothing."""
        if self.lost_at or self.doubted_at:
            return self.lost_at or (self.doubted_at and self.doubted_at + GRACE)
        if self.unclaimed_at:
            return self.unclaimed_at + CLAIM
        return self.refresh_issued + REFRESH_AFTER if self.refresh_issued and self.refresh_token else None


def fingerprint(token: str) -> str:
    """Name a token without showing it."""
    return hashlib.sha256(token.encode()).hexdigest()
