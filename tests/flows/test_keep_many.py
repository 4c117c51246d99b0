"""A thousand connections that are due at one moment, brought by sweep and stream in turns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import keep
from bridge.tokens.connection import Mode
from bridge.tokens.timer import TokenTimer
from tests.stand_ins.fortnox import FakeTokens, GrantInvalid
from tests.stand_ins.logins import log_in
from tests.stand_ins.world import FakeWorld

COUNT = 1000
MANY = range(2_000_000, 2_000_000 + COUNT)
DAY = timedelta(days=1)


@dataclass
class ManyGrants:
    """A token endpoint for many companies: a refresh token `refresh-<company>-<number>` works once."""

    used: Counter[str] = field(default_factory=Counter)

    def refresh(self, refresh_token: str) -> FakeTokens:
        self.used[refresh_token] += 1
        if self.used[refresh_token] > 1:
            raise GrantInvalid
        _, company, number = refresh_token.split("-")
        return FakeTokens("access", f"refresh-{company}-{int(number) + 1}", int(company))


@pytest.fixture
def grants(world: FakeWorld, caller: Caller, engagement: str) -> ManyGrants:
    """Personal consents of many companies, each with an engagement of its own, all given at one moment."""
    assert log_in(world, caller, engagement, Mode.PERSONAL) == ""
    like, held = world.engagements.kept["T1", engagement], world.connections.kept["T1", engagement]
    consent = world.consents.kept[held.fortnox_tenant]
    for company in MANY:
        name = f"eng_{company}"
        world.engagements.put(replace(like, id=name))
        world.connections.put(replace(held, engagement=name, fortnox_tenant=company))
        world.consents.put(replace(consent, fortnox_tenant=company, refresh_token=f"refresh-{company}-0"))
    made = ManyGrants()
    world.oauth = made  # type: ignore[assignment] # only refreshes are asked for here
    world.timers.set(TokenTimer(held.fortnox_tenant), None)
    return made


@pytest.mark.parametrize("brought", ["sweep", "stream", "both"])
def test_a_thousand_refresh_tokens_that_are_due_are_renewed_once_each(
    world: FakeWorld, grants: ManyGrants, brought: str
) -> None:
    leases = {key: each.renewed_at for key, each in world.connections.kept.items()}
    world.clock.move(days=21)
    chance = Random(1)  # noqa: S311 - the order in which things happen to come
    until = world.clock.now() + DAY
    due = list(world.timers.due(world.clock.now()))
    chance.shuffle(due)
    if brought != "sweep":
        for timer in due:
            late = brought == "both" and chance.random() < 0.5  # the sweep is there before the TTL
            assert late or world.timers.kept.pop(timer)
            keep.removed(world, [timer], until)
            if brought == "both":
                keep.look(world, chance.choice(due))
    keep.sweep(world, until)
    assert grants.used == {f"refresh-{company}-0": 1 for company in MANY}
    assert {key: each.renewed_at for key, each in world.connections.kept.items()} == leases
    assert keep.sweep(world, until) == {}


def test_a_thousand_leases_that_end_are_ended_once_each_over_as_many_sweeps_as_it_takes(
    world: FakeWorld, grants: ManyGrants
) -> None:
    del grants
    world.clock.move(days=31)
    ended = 0
    looked = world.broker.forget

    def slow(fortnox_tenant: int) -> None:
        world.clock.move(seconds=1)
        looked(fortnox_tenant)

    def revoke(refresh_token: str) -> None:
        """Say yes to any, which is not what is counted."""

    world.broker.forget = slow  # type: ignore[method-assign] # an end takes its time
    world.oauth.revoke = revoke  # type: ignore[method-assign] # not what is counted
    for sweeps in range(1, 10):  # noqa: B007 - asked for after the loop
        done = keep.sweep(world, world.clock.now() + timedelta(seconds=300))
        ended += done.get("ended", 0)
        if not done:
            break
    assert (ended, sweeps) == (COUNT + 1, 5)
    codes = Counter(line.code for line in world.jobs.lines)
    assert codes["connection-ended"] == COUNT + 1
    assert {each.ended for each in world.connections.kept.values()} == {"expired"}
