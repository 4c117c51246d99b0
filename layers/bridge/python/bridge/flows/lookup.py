"""What most flows read first: the caller's engagement, and its live connection."""

from __future__ import annotations

from bridge.engagements.engagement import Engagement
from bridge.jobs.job import Job, JobKey
from bridge.ports import World
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
    found = world.connections.get(engagement.tenant, engagement.id)
    if found is None or found.ended is Ended.DISCONNECTED:
        raise refuse("not-connected")
    if found.ended is Ended.REVOKED:
        raise refuse("connection-revoked")
    ends = lease.ends(engagement.purpose, found.renewed_at)
    if found.ended is Ended.EXPIRED or (ends and ends <= world.clock.now()):
        raise refuse("connection-expired", expiredAt=(ends or world.clock.now()).isoformat())
    return found


def job(world: World, key: JobKey) -> Job:
    """Read a job of the engagement."""
    found = world.jobs.get(key)
    if found is None:
        raise refuse("not-found")
    return found
