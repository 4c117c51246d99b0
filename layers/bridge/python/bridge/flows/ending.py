"""The one rule for every end of a connection: drop this engagement's grant; the consent goes with the last grant."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.flows import journal
from bridge.ports import World
from bridge.tokens.connection import Connection, Ended
from bridge.tokens.timer import LeaseTimer

LOGGED: Mapping[Ended, str] = {
    Ended.DISCONNECTED: "disconnected",
    Ended.EXPIRED: "connection-ended",
    Ended.REVOKED: "connection-removed",
}
"""Why a connection ended -> its line in the log."""


def end(world: World, connection: Connection, why: Ended, by: str = "") -> bool:
    """End a connection, tell of it and forget its consent; False when it was renewed or replaced at that moment."""
    if not drop(world, connection, why, by):
        return False
    forget(world, connection)
    return True


def drop(world: World, connection: Connection, why: Ended, by: str = "") -> bool:
    """End a connection and tell of it, but leave the consent to the caller; False when it was renewed or replaced."""
    if not world.connections.end(connection.end(why, world.clock.now())):
        return False
    tenant, engagement = connection.tenant, connection.engagement
    journal.write(world, tenant, engagement, by, LOGGED[why], company=connection.company)
    world.events.put("ConnectionEnded", tenant, engagement, reason=why)
    return True


def forget(world: World, connection: Connection) -> None:
    """Finish an end: the broker keeps the company's consent as long as another engagement holds a grant on it."""
    world.broker.forget(connection.fortnox_tenant)
    world.timers.delete(LeaseTimer(connection.tenant, connection.engagement), world.clock.now())
