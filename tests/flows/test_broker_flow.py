from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.flows import broker, keep
from bridge.flows.broker import BindingBroken
from bridge.problem import Refused
from bridge.tokens.connection import Connection, Consent, Ended, Mode, fingerprint
from bridge.tokens.timer import TokenTimer
from tests.flows.consented import FX, engage, kept, token
from tests.stand_ins.fortnox import FakeTokens, Unavailable
from tests.stand_ins.world import FakeWorld


def test_a_code_gives_a_first_access_token_that_no_repr_shows(world: FakeWorld) -> None:
    granted = broker.exchange(world, "once", Mode.SERVICE)
    assert (granted.fortnox_tenant, granted.access_token) == (FX, "access-1")
    assert "access-1" not in repr(granted) + repr(kept(world))
    assert kept(world).refresh_token == ""


@pytest.mark.usefixtures("service")
def test_a_living_access_token_is_handed_out_again_without_a_call(world: FakeWorld) -> None:
    calls = len(world.oauth.calls)
    assert token(world) == token(world)
    assert len(world.oauth.calls) == calls


@pytest.mark.usefixtures("service")
def test_a_service_token_that_is_about_to_end_is_asked_for_anew(world: FakeWorld) -> None:
    world.clock.move(minutes=56)
    token(world)
    assert world.oauth.calls[-1] == f"client_credentials {FX}"


@pytest.mark.parametrize("mode", Mode)
def test_a_rejected_token_is_replaced_once_however_many_it_was_given_to(world: FakeWorld, mode: Mode) -> None:
    broker.exchange(world, "once", mode)
    engage(world, "e1")
    rejected = fingerprint(token(world))
    after = {token(world, rejected) for _ in range(3)}
    assert len(after) == 1
    assert fingerprint(after.pop()) != rejected
    assert len(world.oauth.calls) == 2


@pytest.mark.usefixtures("personal")
def test_a_personal_token_is_rotated_and_the_new_refresh_token_kept(world: FakeWorld) -> None:
    world.clock.move(hours=2)
    token(world)
    assert kept(world).refresh_token == world.oauth.live
    assert (kept(world).tries, kept(world).held_until) == (0, None)


@pytest.mark.usefixtures("personal")
def test_where_fortnox_gives_no_new_refresh_token_the_old_one_lives_on(world: FakeWorld) -> None:
    world.oauth.refresh = lambda refresh_token: FakeTokens("access-9", refresh_token and None)  # type: ignore[method-assign] # no new one
    world.clock.move(hours=2)
    assert token(world) == "access-9"
    assert kept(world).refresh_token == "refresh-0"


@pytest.mark.usefixtures("personal")
def test_another_engagements_seal_opens_nothing(world: FakeWorld) -> None:
    forged = replace(world.connections.kept["T1", "e1"], tenant="T1", engagement="e1", org_number="5599999991")
    for changed in (forged, replace(forged, org_number="5566778899", fortnox_tenant=77), replace(forged, seal="")):
        world.connections.put(changed)
        with pytest.raises(BindingBroken):
            token(world)
    assert world.metrics.counted == ["BindingBroken"] * 3


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (Ended.DISCONNECTED, "not-connected"),
        (Ended.EXPIRED, "connection-expired"),
        (Ended.REVOKED, LOST := broker.LOST),
    ],
)
def test_an_ended_connection_gets_no_token_while_another_on_the_company_does(
    world: FakeWorld, personal: Connection, why: Ended, code: str
) -> None:
    engage(world, "e2")
    world.connections.put(personal.end(why, world.clock.now()))
    with pytest.raises(Refused) as refused:
        token(world)
    assert refused.value.problem.code == code
    assert broker.access_token(world, "T1", "e2").token


def test_nobody_gets_a_token_of_another_tenants_engagement(world: FakeWorld, personal: Connection) -> None:
    for tenant in ("T", "T12", "T2", ""):
        with pytest.raises(Refused) as refused:
            broker.access_token(world, tenant, personal.engagement)
        assert refused.value.problem.code == "not-connected"


@pytest.mark.usefixtures("personal")
def test_a_refresh_token_is_renewed_at_half_its_life_and_not_before(world: FakeWorld) -> None:
    world.clock.move(days=19)
    broker.renew(world, FX)
    assert "refresh" not in world.oauth.calls
    world.clock.move(days=1)
    broker.renew(world, FX)
    assert world.oauth.calls[-1] == "refresh"
    broker.renew(world, 404)


def test_forgetting_revokes_the_last_grants_token_only(world: FakeWorld, personal: Connection) -> None:
    broker.forget(world, FX)
    assert FX in world.consents.kept
    world.connections.put(personal.end(Ended.DISCONNECTED, world.clock.now()))
    broker.forget(world, FX)
    assert world.oauth.calls[-1].startswith("revoke")
    assert world.consents.kept == {}
    broker.forget(world, FX)


@pytest.mark.usefixtures("service")
def test_another_consent_that_gives_less_does_not_replace_one_that_is_in_use(world: FakeWorld) -> None:
    used = broker.exchange(world, "other", Mode.PERSONAL)
    assert (used.mode, used.access_token) == (Mode.SERVICE, kept(world).access_token)
    assert world.oauth.calls[-1] == f"client_credentials {FX}"
    ask, world.oauth.scopes = world.oauth.client_credentials, ("bookkeeping",)
    world.oauth.client_credentials = lambda tenant_id: replace(ask(tenant_id), scopes=FakeTokens.scopes)  # type: ignore[method-assign] # as it was granted
    broker.exchange(world, "third", Mode.SERVICE)
    assert kept(world).scopes == FakeTokens.scopes


@pytest.mark.usefixtures("personal")
def test_a_consent_that_was_removed_at_fortnox_gives_way_to_one_that_gives_less(world: FakeWorld) -> None:
    world.oauth.live, world.oauth.scopes = "refresh-other", ("bookkeeping",)
    broker.exchange(world, "other", Mode.PERSONAL)
    assert (kept(world).scopes, kept(world).refresh_token) == (("bookkeeping",), "refresh-other")
    assert world.connections.kept["T1", "e1"].ended is Ended.REVOKED


@pytest.mark.usefixtures("personal")
def test_a_consent_that_fortnox_does_not_answer_about_is_kept_and_the_other_one_not_used(world: FakeWorld) -> None:
    world.oauth.down, world.oauth.scopes = True, ("bookkeeping",)
    with pytest.raises(Unavailable):
        broker.exchange(world, "other", Mode.PERSONAL)
    assert kept(world).scopes == FakeTokens.scopes


def test_a_consent_that_another_login_is_making_a_connection_of_is_not_replaced_by_less(world: FakeWorld) -> None:
    wide = broker.exchange(world, "once", Mode.SERVICE)
    ask, world.oauth.scopes = world.oauth.client_credentials, ("bookkeeping",)
    world.oauth.client_credentials = lambda tenant_id: replace(ask(tenant_id), scopes=())  # type: ignore[method-assign] # leaves unchanged scopes out
    world.clock.move(minutes=59)
    assert broker.exchange(world, "other", Mode.PERSONAL).scopes == wide.scopes
    assert kept(world).unclaimed_at == world.clock.now() - timedelta(minutes=59)
    world.clock.move(minutes=1)
    assert broker.exchange(world, "third", Mode.PERSONAL).scopes == ("bookkeeping",)


def test_a_consent_that_another_login_puts_there_meanwhile_is_looked_at_too(world: FakeWorld) -> None:
    put, world.oauth.scopes = world.consents.put, ("bookkeeping",)

    def overtaken(consent: Consent, earlier: Consent | None = None) -> bool:
        world.consents.put = put  # type: ignore[method-assign] # once
        first = replace(consent, scopes=FakeTokens.scopes, access_token="wide", refresh_token="refresh-wide")
        assert put(first, earlier)
        world.oauth.live, world.oauth.scopes = "refresh-wide", FakeTokens.scopes
        return put(consent, earlier)

    world.consents.put = overtaken  # type: ignore[method-assign] # another was first
    assert broker.exchange(world, "once", Mode.PERSONAL).scopes == FakeTokens.scopes
    assert kept(world).scopes == FakeTokens.scopes


def test_a_connection_that_is_made_while_its_consent_was_looked_for_in_vain_lives(world: FakeWorld) -> None:
    get = world.consents.get

    def frozen(fortnox_tenant: int) -> Consent | None:
        world.consents.get = get  # type: ignore[method-assign] # once
        world.clock.move(seconds=30)
        broker.exchange(world, "once", Mode.PERSONAL)
        engage(world, "e1")
        return None if fortnox_tenant else get(fortnox_tenant)

    world.consents.get = frozen  # type: ignore[method-assign] # what was there before the login
    broker.renew(world, FX)
    assert world.connections.kept["T1", "e1"].ended is Ended.NOT
    assert token(world)


def test_whoever_renews_tokens_meanwhile_does_not_keep_a_consent_from_being_watched(world: FakeWorld) -> None:
    broker.exchange(world, "once", Mode.SERVICE)
    engage(world, "e1")
    broker.renew(world, FX)
    assert kept(world).unclaimed_at is None
    move = world.consents.move

    def overtaken(seen: Consent, moved: Consent) -> bool:
        world.consents.move = move  # type: ignore[method-assign] # once
        move(seen, seen.take("other", world.clock.now()))
        return move(seen, moved)

    world.consents.move = overtaken  # type: ignore[method-assign] # another was first
    broker.unclaim(world, FX)
    assert (kept(world).unclaimed_at, kept(world).holder) == (world.clock.now(), "other")
    broker.unclaim(world, 404)


def test_a_timer_is_left_to_the_next_look_when_another_has_the_tokens_just_then(world: FakeWorld) -> None:
    broker.exchange(world, "once", Mode.SERVICE)
    engage(world, "e1")
    world.consents.move = lambda *_: False  # type: ignore[method-assign] # another was first
    world.clock.move(hours=1)
    assert keep.look(world, TokenTimer(FX)) == "failed"
    assert world.timers.kept[TokenTimer(FX)] == world.clock.now() + keep.AGAIN


def test_a_consent_that_nobody_holds_a_grant_on_is_forgotten(world: FakeWorld) -> None:
    broker.exchange(world, "once", Mode.SERVICE)
    broker.renew(world, FX)
    assert world.consents.kept == {}


def test_a_connection_whose_consent_is_gone_is_refused(world: FakeWorld) -> None:
    engage(world, "e1")
    with pytest.raises(Refused) as refused:
        token(world)
    assert refused.value.problem.code == "connection-revoked"
