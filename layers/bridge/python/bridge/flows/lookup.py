"""What most flows read first: the caller's engagement, and its live connection."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.engagements.engagement import Engagement
from bridge.jobs.job import Job, JobKey, Work
from bridge.ports import Fortnox, World
from bridge.ports.budget import BULK
from bridge.problem import refuse
from bridge.tokens import lease
from bridge.tokens.connection import Connection, Ended


def engagement(world: World, tenant: str, engagement_id: str) -> Engagement:
    """Read the tenant's engagement; another tenant's is not found."""
    found = world.engagements.get(tenant, engagement_id)
    if found is None:
        raise refuse("not-found")
    return found


def connection(world: World, engagement: Engagement) -> Connection:
    """Read the engagement's connection, which must work now: not ended, and inside its lease."""
    found = live(world, engagement.tenant, engagement.id)
    ends = lease.ends(engagement.purpose, found.renewed_at)
    if ends and ends <= world.clock.now():
        raise refuse("connection-expired", expiredAt=ends.isoformat())
    return found


def live(world: World, tenant: str, engagement_id: str) -> Connection:
    """Read a connection that has not ended. Its lease is judged when a job starts, and not again while it runs."""
    found = world.connections.get(tenant, engagement_id)
    if found is None or found.ended is Ended.DISCONNECTED:
        raise refuse("not-connected")
    if found.ended is Ended.REVOKED:
        raise refuse("connection-revoked")
    if found.ended is Ended.EXPIRED:
        raise refuse("connection-expired", expiredAt=(found.ended_at or world.clock.now()).isoformat())
    return found


def sharing(world: World, connection: Connection) -> Sequence[Engagement]:
    """List the firm's other engagements that are connected to the same Fortnox company; other firms' are nobody's business."""
    holders = world.grants.list(connection.fortnox_tenant)
    ours = [each.engagement for each in holders if each.tenant == connection.tenant]
    found = [world.engagements.get(connection.tenant, each) for each in ours if each != connection.engagement]
    return [each for each in found if each]


def idle(world: World, engagement: Engagement) -> None:
    """Refuse while a job runs: it works for the company it was started for."""
    for work in Work:
        if world.jobs.running(engagement.tenant, engagement.id, work):
            raise refuse(f"{work}-running")


def job(world: World, key: JobKey, work: Work | None = None) -> Job:
    """Read a job of the engagement; one of another kind than asked for is not found."""
    found = world.jobs.get(key)
    if found is None or found.work is not (work or found.work):
        raise refuse("not-found")
    return found


def fortnox(world: World, key: JobKey, *, calls: int = BULK) -> Fortnox:
    """Give a client for a job under way: of the company the job was started for, and no other.

    A step that makes only so many `calls` says so, and takes no more of the company's budget than that.
    The lease was judged when the job started; one that runs out meanwhile does not stop it half way.
    """
    found = live(world, key.tenant, key.engagement)
    if found.fortnox_tenant != job(world, key).scope["company"]:
        raise refuse("company-changed")
    return world.fortnox(found, calls=calls)
