"""What a connection can be used for, found out by asking Fortnox for one row of each thing."""

from __future__ import annotations

from bridge.ports import Fortnox, World
from bridge.tokens import capability
from bridge.tokens.capability import Answer, Known
from bridge.tokens.connection import Connection


def probe(client: Fortnox, granted: tuple[str, ...]) -> tuple[Known, ...]:
    """Ask about every scope that was granted and that some part of the work needs; no further once Fortnox gives no answer."""
    needed = dict.fromkeys(scope for scopes in capability.SCOPES.values() for scope in scopes if scope in granted)
    answers: dict[str, Answer] = {}
    for scope in needed:
        answers[scope] = client.probe(scope)
        if answers[scope] is Answer.UNKNOWN:
            break
    return capability.judge(granted, answers)


def refresh(world: World, connection: Connection, client: Fortnox) -> None:
    """Ask again where something that was granted did not work; where all of it does, nothing is asked."""
    lacking = {known.answer for known in connection.capabilities} - {Answer.YES, Answer.NO_SCOPE}
    if lacking:
        world.connections.learn(connection, probe(client, connection.scopes))
