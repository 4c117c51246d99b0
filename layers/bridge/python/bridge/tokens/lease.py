"""The lease: for how long a connection may be used without its owner using it, as a policy of the connection's purpose.

It is the product's own term and has nothing to do with how long Fortnox's tokens live. It belongs to no clock: times
are arguments, aware of their zone. The purposes are those of `bridge.engagements.engagement.Purpose`, by value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(days=30)
DAY = timedelta(days=1)

NOTICES = (7, 3, 1)
"""Days before the end when the owner is told."""

LONGEST_JOB = DAY
"""How long the end of a lease waits for a job that was started inside it; no workflow runs longer."""


class Event(StrEnum):
    """How a job ended that a user started, as `<work>-<status>`. Whatever else happens to a connection renews no lease."""

    IMPORT_SUCCEEDED = "import-succeeded"
    IMPORT_PARTLY = "import-partly-succeeded"
    IMPORT_FAILED = "import-failed"
    EXPORT_SUCCEEDED = "export-succeeded"
    EXPORT_PARTLY = "export-partly-succeeded"
    EXPORT_FAILED = "export-failed"


class State(StrEnum):
    """Where in its lease a connection is; the last week is `expiring`. One without an end is always active."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Policy:
    """One row of the table: how long a lease is (None: until disconnected or revoked) and what besides a consent begins it anew."""

    length: timedelta | None
    renewed_by: frozenset[Event] = frozenset()


POLICIES: Mapping[str, Policy] = {
    "year-end": Policy(
        LEASE,
        frozenset(
            {
                Event.IMPORT_SUCCEEDED,
                Event.IMPORT_PARTLY,
                Event.EXPORT_SUCCEEDED,
                Event.EXPORT_PARTLY,
            }
        ),
    ),
    "audit": Policy(None),
    "billing": Policy(None),
}


def ends(purpose: str, renewed_at: datetime) -> datetime | None:
    """When a lease last renewed at that time ends; None when it does not end by itself."""
    length = POLICIES[purpose].length
    return renewed_at + length if length else None


def renewed(purpose: str, renewed_at: datetime, event: Event, at: datetime) -> datetime:
    """When the lease was last renewed, after an event; never moves back when events come out of order.

    A lease that has ended begins anew by consent only: its grant is gone, so no job can bring it back.
    """
    renews = event in POLICIES[purpose].renewed_by and state(purpose, renewed_at, at) is not State.EXPIRED
    return max(renewed_at, at) if renews else renewed_at


def state(purpose: str, renewed_at: datetime, now: datetime) -> State:
    """Tell where in the lease a moment is; the very moment of the end is after it."""
    days = days_left(purpose, renewed_at, now)
    if days is None or days > max(NOTICES):
        return State.ACTIVE
    return State.EXPIRING if days else State.EXPIRED


def days_left(purpose: str, renewed_at: datetime, now: datetime) -> int | None:
    """Begun days left: 30 just after a renewal, 1 in the last 24 hours, 0 when ended; None without an end."""
    end = ends(purpose, renewed_at)
    return None if end is None else max(-((now - end) // DAY), 0)


def notice(purpose: str, renewed_at: datetime, now: datetime) -> int | None:
    """Which of the notices (7, 3 or 1 days) is the latest one due by now; None before the first and after the end."""
    days = days_left(purpose, renewed_at, now)
    return min((each for each in NOTICES if days and days <= each), default=None)


def next_look(purpose: str, renewed_at: datetime, noticed: int | None) -> datetime | None:
    """When the lease is to be looked at next: at the first notice not given yet, or at its end; None without an end."""
    end = ends(purpose, renewed_at)
    left = next((each for each in NOTICES if noticed is None or each < noticed), 0)
    return end and end - left * DAY
