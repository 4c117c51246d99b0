"""Keep alive: what a timer is about is looked at when its time has come, whoever noticed it.

The sweep finds timers that are due in the index, the stream brings those that DynamoDB's TTL removed. Both come here, may
come at once, and may come again: the look finds out what is really due, does it once, and sets the next timer. No look
ever renews a lease.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from bridge.engagements.engagement import Engagement
from bridge.flows import ending, journal
from bridge.jobs.job import Work
from bridge.ports import Shared, World
from bridge.problem import BridgeError
from bridge.tokens import lease
from bridge.tokens.connection import Connection, Ended
from bridge.tokens.timer import LeaseTimer, Timer, TokenTimer

AGAIN = timedelta(hours=1)
"""When to look again at what failed, or could not end yet."""


def sweep(shared: Shared, until: datetime, part: int = 0, parts: int = 1) -> Mapping[str, int]:
    """Look at what is due, the longest overdue first, until the time is up; the next sweep goes on there.

    Several sweeps share the work when each takes another one of so many `parts`.
    """
    return _looks(shared, shared.timers.due(shared.clock.now(), part, parts), until)


def removed(shared: Shared, timers: Sequence[Timer], until: datetime) -> Mapping[str, int]:
    """Look at what the removed timers were about. They are put back first, so that a sweep finds those that are not reached."""
    for timer in timers:
        _put(shared, timer, shared.clock.now())
    return _looks(shared, timers, until)


def _looks(shared: Shared, timers: Iterable[Timer], until: datetime) -> Mapping[str, int]:
    """Count what the looks did; `early` is what needed nothing yet."""
    in_time = takewhile(lambda _: shared.clock.now() < until, timers)
    return Counter(look(shared, timer) for timer in in_time)


def look(shared: Shared, timer: Timer) -> str:
    """Do what is due and tell what it was. What fails is put back, so that it comes again and keeps nothing else waiting."""
    try:
        return _token(shared, timer) if isinstance(timer, TokenTimer) else _lease(shared.of(timer.tenant), timer)
    except BridgeError:
        _put(shared, timer, shared.clock.now() + AGAIN)
        return "failed"


def _put(shared: Shared, timer: Timer, at: datetime) -> None:
    """Have it looked at then: a lease by its tenant's own rights."""
    if isinstance(timer, TokenTimer):
        shared.timers.put(timer, at)
    else:
        shared.of(timer.tenant).timers.put(timer, at)


def _token(shared: Shared, timer: TokenTimer) -> str:
    """Have a refresh token renewed, which moves its timer; where there is none any more, the timer goes."""
    shared.broker.renew(timer.fortnox_tenant)
    shared.timers.delete(timer, shared.clock.now())
    return "renewed"


def _lease(world: World, timer: LeaseTimer) -> str:
    connection = world.connections.get(timer.tenant, timer.engagement)
    engagement = world.engagements.get(timer.tenant, timer.engagement)
    if connection is None or engagement is None:
        return _set(world, timer, None)
    if connection.ended:  # whoever ended it was interrupted before the consent was forgotten
        ending.forget(world, connection)
        return "forgotten"
    now = world.clock.now()
    if lease.state(engagement.purpose, connection.renewed_at, now) is lease.State.EXPIRED:
        return _over(world, engagement, connection)
    days = lease.notice(engagement.purpose, connection.renewed_at, now)
    if days and (connection.noticed is None or days < connection.noticed):
        return _announced(world, connection, days)
    return _set(world, timer, lease.next_look(engagement.purpose, connection.renewed_at, connection.noticed))


def _over(world: World, engagement: Engagement, connection: Connection) -> str:
    """End a connection whose lease is over, by the one rule. A job that was started inside it is let finish first."""
    now = world.clock.now()
    if _works(world, engagement, now):
        return _set(world, LeaseTimer(engagement.tenant, engagement.id), now + AGAIN)
    return "ended" if ending.end(world, connection, Ended.EXPIRED) else "early"


def _works(world: World, engagement: Engagement, now: datetime) -> bool:
    """Tell whether a job runs. One that is older than any workflow lives counts no more."""
    jobs = (world.jobs.running(engagement.tenant, engagement.id, work) for work in Work)
    return any(job and now < job.created_at + lease.LONGEST_JOB for job in jobs)


def _announced(world: World, connection: Connection, days: int) -> str:
    """Tell once that the end is near: of any number who find it due, one saves the notice, and that one tells."""
    if not world.connections.notice(connection, days):
        return "early"
    tenant, engagement = connection.tenant, connection.engagement
    journal.write(world, tenant, engagement, "", "connection-expiring", company=connection.company, count=days)
    world.events.put("ConnectionExpiring", tenant, engagement, days=days)
    return "noticed"


def _set(world: World, timer: LeaseTimer, at: datetime | None) -> str:
    """Look again then, or never."""
    if at:
        world.timers.put(timer, at)
    else:
        world.timers.delete(timer, world.clock.now())
    return "early"
