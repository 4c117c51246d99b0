from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import connect, exports, imports, keep
from bridge.problem import Refused
from bridge.tokens.connection import Ended, Mode
from tests.stand_ins.fortnox import Unavailable
from tests.stand_ins.world import FakeWorld


def test_a_lease_that_is_over_is_ended_once_and_its_consent_goes(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(days=31)
    assert keep.sweep(world) == {"ended": 1, "renewed": 0}
    assert keep.sweep(world) == {"ended": 0, "renewed": 0}
    assert connect.status(world, caller, connected).status == "expired"
    assert world.consents.kept == {}


def test_a_timer_that_fires_after_a_renewal_ends_nothing(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.clock.move(days=20)
    world.connections.renew(world.connections.kept["T1", connected], world.clock.now())
    world.clock.move(days=11)
    keep.lease_timer(world, "T1", connected)
    keep.lease_timer(world, "T1", "unknown")
    assert connect.status(world, caller, connected).status == "connected"


def test_a_timer_ends_the_lease_it_was_set_for(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.clock.move(days=30)
    keep.lease_timer(world, "T1", connected)
    keep.lease_timer(world, "T1", connected)
    assert connect.status(world, caller, connected).status == "expired"
    assert [line.code for line in world.jobs.lines].count("connection-ended") == 1


def test_a_renewal_at_the_same_moment_wins_over_the_end(world: FakeWorld, caller: Caller, connected: str) -> None:
    held = world.connections.kept["T1", connected]
    world.clock.move(days=31)
    world.connections.put(replace(held, renewed_at=world.clock.now()))
    assert not keep.end_if_over(world, held)
    assert connect.status(world, caller, connected).status == "connected"


def test_one_lease_that_cannot_be_ended_keeps_no_other_waiting(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    def down(_company: int) -> None:
        raise Unavailable

    world.clock.move(days=31)
    world.broker.forget = down  # type: ignore[method-assign,assignment] # the broker is out of reach
    assert keep.sweep(world) == {"ended": 0, "renewed": 0}
    assert connect.status(world, caller, connected).status == "expired"


def test_due_refresh_tokens_are_renewed_and_one_failure_stops_no_other(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    connect.start(world, caller, engagement, Mode.PERSONAL)
    connect.finish(world, {"state": next(iter(world.connections.attempts)), "code": "once"})
    world.clock.move(days=21)
    world.oauth.down = True
    assert keep.sweep(world) == {"ended": 0, "renewed": 0}
    world.oauth.down = False
    assert keep.sweep(world) == {"ended": 0, "renewed": 1}


def test_after_the_lease_nothing_starts_and_a_new_consent_repairs_it(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(days=31)
    with pytest.raises(Refused) as importing:
        imports.start(world, caller, connected, [], "")
    with pytest.raises(Refused) as exporting:
        exports.start(world, caller, connected, ["e"], {"V": "A"}, "key")
    assert {importing.value.problem.code, exporting.value.problem.code} == {"connection-expired"}
    connect.start(world, caller, connected, Mode.SERVICE)
    connect.finish(world, {"state": next(iter(world.connections.attempts)), "code": "again"})
    assert imports.start(world, caller, connected, [], "").key.id


def test_a_disconnected_and_a_revoked_connection_say_what_they_are(
    world: FakeWorld, caller: Caller, connected: str, engagement: str
) -> None:
    world.consents.kept.clear()
    with pytest.raises(Refused) as refused:
        world.fortnox(world.connections.kept["T1", connected])
    assert refused.value.problem.code == "connection-revoked"
    held = world.connections.kept["T1", connected]
    world.connections.put(held.end(Ended.REVOKED, world.clock.now()))
    with pytest.raises(Refused) as revoked:
        imports.start(world, caller, connected, [], "")
    assert revoked.value.problem.code == "connection-revoked"
    world.connections.put(held)
    connect.disconnect(world, caller, engagement)
    with pytest.raises(Refused) as gone:
        imports.start(world, caller, connected, [], "")
    assert gone.value.problem.code == "not-connected"
