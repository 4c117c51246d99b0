"""Keep alive: leases that ended are ended, refresh tokens that are due are renewed. Run by schedule and by timers; harmless to repeat."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.flows import ending, journal
from bridge.ports import World
from bridge.problem import BridgeError
from bridge.tokens import lease
from bridge.tokens.connection import Connection, Ended


def sweep(world: World) -> Mapping[str, int]:
    """Look at everything that is due. One that fails does not keep the others waiting; the next sweep sees it again."""
    now = world.clock.now()
    ended = sum(_ended(world, connection) for connection in world.connections.leases(now))
    renewed = sum(renew(world, company) for company in world.consents.due(now))
    return {"ended": ended, "renewed": renewed}


def _ended(world: World, connection: Connection) -> bool:
    try:
        return end_if_over(world, connection)
    except BridgeError:
        return False


def end_if_over(world: World, connection: Connection) -> bool:
    """End a connection whose lease is over. A renewal since the timer was set leaves it alone."""
    engagement = world.engagements.get(connection.tenant, connection.engagement)
    if connection.ended or engagement is None:
        return False
    if lease.state(engagement.purpose, connection.renewed_at, world.clock.now()) is not lease.State.EXPIRED:
        return False
    if not ending.end(world, connection, Ended.EXPIRED):
        return False
    journal.write(world, connection.tenant, connection.engagement, "", "connection-ended", company=connection.company)
    return True


def lease_timer(world: World, tenant: str, engagement: str) -> None:
    """Answer the removal of a lease's timer."""
    connection = world.connections.get(tenant, engagement)
    if connection:
        end_if_over(world, connection)


def renew(world: World, fortnox_tenant: int) -> bool:
    """Have the broker renew a company's refresh token if it is due; tells whether it answered."""
    try:
        world.broker.renew(fortnox_tenant)
    except BridgeError:
        return False
    return True
