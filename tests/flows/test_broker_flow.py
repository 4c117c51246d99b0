from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import broker, connect
from bridge.problem import BridgeError, Refused
from bridge.tokens.connection import Mode
from tests.stand_ins.fortnox import FakeTokens, GrantInvalid
from tests.stand_ins.world import FakeWorld

FX = 1000001


@pytest.fixture
def personal(world: FakeWorld, caller: Caller, engagement: str) -> str:
    connect.start(world, caller, engagement, Mode.PERSONAL)
    state = next(iter(world.connections.attempts))
    connect.finish(world, {"state": state, "code": "once"})
    return engagement


def test_a_living_access_token_is_handed_out_again_without_a_call(world: FakeWorld, connected: str) -> None:
    assert connected
    calls = len(world.oauth.calls)
    assert broker.access_token(world, FX) == broker.access_token(world, FX)
    assert len(world.oauth.calls) == calls


def test_a_service_token_that_is_about_to_end_is_asked_for_anew(world: FakeWorld, connected: str) -> None:
    assert connected
    world.clock.move(minutes=56)
    broker.access_token(world, FX)
    assert world.oauth.calls[-1] == f"client_credentials {FX}"


def test_a_refused_token_is_replaced_at_once(world: FakeWorld, connected: str) -> None:
    assert connected
    before = broker.access_token(world, FX)
    assert broker.access_token(world, FX, fresh=True) != before


def test_a_personal_token_is_rotated_and_the_new_refresh_token_kept(world: FakeWorld, personal: str) -> None:
    assert personal
    world.clock.move(hours=2)
    broker.access_token(world, FX)
    assert world.consents.kept[FX].refresh_token == world.oauth.live


def test_a_refresh_that_lost_the_race_reads_what_the_winner_saved(world: FakeWorld, personal: str) -> None:
    assert personal
    world.clock.move(hours=2)
    winner = replace(world.consents.kept[FX], access_token="winner", refresh_token="newer")

    def first() -> None:
        world.oauth.live = "newer"
        world.consents.put(winner)

    world.oauth.before_refresh = first
    assert broker.access_token(world, FX) == "winner"


def test_an_invalid_grant_is_remembered_and_not_asked_for_again(world: FakeWorld, personal: str) -> None:
    assert personal
    world.oauth.live = "revoked at Fortnox"
    world.clock.move(hours=2)
    with pytest.raises(BridgeError):
        broker.access_token(world, FX)
    calls = len(world.oauth.calls)
    with pytest.raises(Refused) as refused:
        broker.access_token(world, FX)
    assert refused.value.problem.code == "connection-revoked"
    assert len(world.oauth.calls) == calls
    broker.renew(world, FX)


def test_fortnox_being_down_loses_nothing(world: FakeWorld, personal: str) -> None:
    assert personal
    world.oauth.down = True
    world.clock.move(hours=2)
    with pytest.raises(BridgeError):
        broker.access_token(world, FX)
    world.oauth.down = False
    assert broker.access_token(world, FX)


def test_a_refresh_token_is_renewed_at_half_its_life_and_not_before(world: FakeWorld, personal: str) -> None:
    assert personal
    world.clock.move(days=19)
    broker.renew(world, FX)
    assert "refresh" not in world.oauth.calls
    world.clock.move(days=1)
    broker.renew(world, FX)
    assert world.oauth.calls[-1] == "refresh"
    broker.renew(world, 404)


def test_forgetting_revokes_the_last_grants_token_only(world: FakeWorld, caller: Caller, personal: str) -> None:
    broker.forget(world, FX)
    assert FX in world.consents.kept
    connect.disconnect(world, caller, personal)
    assert world.oauth.calls[-1].startswith("revoke")
    assert world.consents.kept == {}
    broker.forget(world, FX)


def test_another_consent_that_gives_less_does_not_replace_one_that_is_in_use(world: FakeWorld, connected: str) -> None:
    assert connected
    before = world.consents.kept[FX]
    broker.exchange(world, "other", Mode.PERSONAL)
    world.oauth.scopes = ("bookkeeping",)
    broker.exchange(world, "third", Mode.SERVICE)
    assert world.consents.kept[FX] is before


def test_a_service_account_removed_at_fortnox_ends_every_connection_on_it(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    def refused(_tenant_id: int) -> FakeTokens:
        raise GrantInvalid

    world.oauth.client_credentials = refused  # type: ignore[method-assign,assignment] # removed at Fortnox
    with pytest.raises(BridgeError):
        broker.access_token(world, FX, fresh=True)
    assert connect.status(world, caller, connected).status == "revoked"


def test_a_consent_that_nobody_holds_a_grant_on_is_forgotten(world: FakeWorld, caller: Caller, connected: str) -> None:
    kept = world.consents.kept[FX]
    connect.disconnect(world, caller, connected)
    world.consents.put(kept)
    broker.renew(world, FX)
    assert world.consents.kept == {}
    world.consents.put(kept)
    connect.disconnect(world, caller, connected)
    assert world.consents.kept == {}
