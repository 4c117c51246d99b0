"""Who is connected to which Fortnox company, and the consent behind it. Tokens themselves are opaque here and never shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

ATTEMPT_LIFE = timedelta(minutes=10)
"""How long a login at Fortnox may take; the code it gives lives as long."""

REFRESH_LIFE = timedelta(days=45)
"""Life of an unused refresh token at Fortnox (it was 31 days until 2025)."""

REFRESH_AFTER = timedelta(days=20)
"""Age at which an unused refresh token is renewed: half its life, so that weeks of trouble lose no connection."""

SPARE = timedelta(minutes=5)
"""An access token closer to its end than this is not handed out."""


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
class Attempt:
    """A login at Fortnox that was started: who for, and when it is too late."""

    tenant: str
    engagement: str
    user: str
    mode: Mode
    expires: datetime


@dataclass(frozen=True, slots=True)
class Connection:
    """An engagement's grant to use a Fortnox company. The lease is counted from `renewed_at` (see `bridge.tokens.lease`)."""

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

    def end(self, why: Ended, now: datetime) -> Connection:
        """Give the connection as it is after it ended; a connection that ended before stays as it was."""
        return self if self.ended else replace(self, ended=why, ended_at=now)


@dataclass(frozen=True, slots=True)
class Consent:
    """The tokens of one Fortnox company, shared by its engagements. `repr` never shows them; they rest encrypted.

    A service consent keeps no refresh token: any access token can be had again with the client's own secret.
    """

    fortnox_tenant: int
    mode: Mode
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)
    access_expires: datetime
    refresh_token: str = field(default="", repr=False)
    refresh_issued: datetime | None = None
    lost: bool = False

    @property
    def fingerprint(self) -> str:
        """Name the refresh token without showing it; a save is conditional on the one that was consumed."""
        return hashlib.sha256(self.refresh_token.encode()).hexdigest()

    def usable(self, now: datetime) -> bool:
        """Tell whether the access token lives long enough to be handed out."""
        return self.access_expires - now > SPARE

    def due(self) -> datetime | None:
        """When an unused refresh token is to be renewed; None where there is none."""
        return self.refresh_issued + REFRESH_AFTER if self.refresh_issued and self.refresh_token else None
