"""A company's consent and the engagements on it, without a login."""

from __future__ import annotations

from dataclasses import replace

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.flows import broker
from bridge.tokens.connection import Connection, Consent, Ended, Mode
from tests.conftest import Y25
from tests.stand_ins.fortnox import FakeTokens
from tests.stand_ins.world import FakeWorld

FX = 1000001


def engage(world: FakeWorld, name: str, tenant: str = "T1") -> Connection:
    """Connect an engagement to the company, without asking Fortnox."""
    period = Period(Y25.first, Y25.last)
    made = Engagement(tenant, name, "Nordvik", "5566778899", Kind.YEAR_END, Purpose.YEAR_END, (Year(period),), period)
    world.engagements.put(made)
    now = world.clock.now()
    mode, scopes = Mode.PERSONAL, FakeTokens.scopes
    fresh = Connection(tenant, name, FX, "Nordvik", "5566778899", mode, scopes, "ada", now, now)
    sealed = replace(fresh, seal=broker.seal(world, fresh))
    world.connections.put(sealed)
    return sealed


def token(world: FakeWorld, rejected: str = "") -> str:
    return broker.access_token(world, "T1", "e1", rejected=rejected).token


def kept(world: FakeWorld) -> Consent:
    return world.consents.kept[FX]


def change(world: FakeWorld, **changes: object) -> None:
    world.consents.set(replace(kept(world), **changes))  # type: ignore[arg-type] # whatever the test says


def ended(world: FakeWorld, engagement: str = "e1") -> Ended:
    return world.connections.kept["T1", engagement].ended
