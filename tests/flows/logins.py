"""Logins of a flow's test: with a wish of their own, and for a second engagement about the same company."""

from __future__ import annotations

from bridge.engagements.caller import Caller
from bridge.engagements.validation import Draft
from bridge.flows import connect, engagements
from tests.conftest import Y24, Y25
from tests.stand_ins.logins import Tab
from tests.stand_ins.world import FakeWorld


def tab(world: FakeWorld, caller: Caller, engagement: str, cookie: str = "", **wish: object) -> Tab:
    """Start a login and follow its address."""
    begun = connect.start(world, caller, engagement, connect.Wish(**wish))  # type: ignore[arg-type]  # as the test names them
    return Tab(world, begun.url, cookie)


def another(world: FakeWorld, caller: Caller, purpose: str = "year-end") -> str:
    """Create one more engagement about the same company."""
    draft = Draft("Nordvik igen", "556677-8899", "year-end", purpose, (Y24, Y25), Y25)
    return engagements.create(world, caller, draft).id
