"""How an engagement stands with Fortnox, as a user sees it; read from what is kept here, without asking Fortnox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.exports.entry import EntryStatus
from bridge.flows import lookup
from bridge.jobs.job import Job, Work
from bridge.ports import World
from bridge.tokens import lease, standing
from bridge.tokens.attempt import Login
from bridge.tokens.connection import Connection, Ended
from bridge.tokens.standing import Hindrance, Status


@dataclass(frozen=True, slots=True)
class Standing:
    """An engagement's connection as a user sees it, and its latest login where that did not succeed.

    `sharing` are the firm's other engagements on the same company; `unreachable_since` when Fortnox last gave no answer.
    """

    status: Status
    connection: Connection | None
    expires: datetime | None
    days_left: int | None
    login: Login | None
    sharing: Sequence[Engagement]
    unreachable_since: datetime | None
    hindrance: Hindrance


def read(world: World, caller: Caller, engagement_id: str) -> Standing:
    """Read how the engagement stands."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    held = world.connections.get(caller.tenant, engagement.id)
    connection = held if held and held.ended is not Ended.DISCONNECTED else None
    login = world.logins.latest(caller.tenant, engagement.id)
    now = world.clock.now()
    newest = [job for work in Work if (job := world.jobs.newest(caller.tenant, engagement.id, work))]
    unreachable = _unreachable_since(connection, newest)
    live = connection is not None and not connection.ended
    return Standing(
        status=standing.status(engagement.purpose, connection, login, now, unreachable=unreachable is not None),
        connection=connection,
        expires=lease.ends(engagement.purpose, connection.renewed_at) if connection else None,
        days_left=_days_left(engagement, connection, now),
        login=login,
        sharing=lookup.sharing(world, connection) if connection and live else (),
        unreachable_since=unreachable,
        hindrance=standing.hindrance(
            engagement.purpose,
            connection,
            now,
            running=next((job.work for job in newest if not job.status.ended), ""),
            published=bool(engagement.published),
            waiting=_waiting(world, engagement),
        ),
    )


def _days_left(engagement: Engagement, connection: Connection | None, now: datetime) -> int | None:
    if connection is None:
        return None
    return 0 if connection.ended else lease.days_left(engagement.purpose, connection.renewed_at, now)


def _waiting(world: World, engagement: Engagement) -> bool:
    entries = world.entries.list(engagement.tenant, engagement.id)
    return any(entry.status is EntryStatus.PENDING for entry in entries)


def _unreachable_since(connection: Connection | None, newest: Sequence[Job]) -> datetime | None:
    """Tell since when Fortnox gives no answer, as far as our last job of this connection knows."""
    if connection is None:
        return None
    ended = [(job.ended_at, job) for job in newest if job.ended_at and job.ended_at > connection.connected_at]
    at, last = max(ended, key=lambda each: each[0], default=(None, None))
    return at if last and last.problem and last.problem.code == "fortnox-unavailable" else None
