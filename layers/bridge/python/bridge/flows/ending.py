"""The one rule for every end of a connection: drop this engagement's grant; the consent goes with the last grant."""

from __future__ import annotations

from bridge.ports import World
from bridge.tokens.connection import Connection, Ended


def end(world: World, connection: Connection, why: Ended) -> None:
    """End a connection. The broker keeps the company's consent as long as another engagement holds a grant on it."""
    world.connections.end(connection.end(why, world.clock.now()))
    world.broker.forget(connection.fortnox_tenant)
