"""The one rule for every end of a connection: drop this engagement's grant; the consent goes with the last grant."""

from __future__ import annotations

from bridge.ports import World
from bridge.tokens.connection import Connection, Ended


def end(world: World, connection: Connection, why: Ended) -> bool:
    """End a connection; False when it was renewed at that moment. The broker keeps the company's consent as long as another engagement holds a grant on it."""
    ended = world.connections.end(connection.end(why, world.clock.now()))
    if ended:
        world.broker.forget(connection.fortnox_tenant)
    return ended
