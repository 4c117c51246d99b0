"""What is to be looked at when its time has come: a lease, or a refresh token. A timer only says when; the truth is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeaseTimer:
    """Due when an engagement's owner is to be told that the lease ends soon, and when it ends."""

    tenant: str
    engagement: str


@dataclass(frozen=True, slots=True)
class TokenTimer:
    """Due when the refresh token of a Fortnox company is to be renewed, or its loss has to be dealt with."""

    fortnox_tenant: int


Timer = LeaseTimer | TokenTimer
