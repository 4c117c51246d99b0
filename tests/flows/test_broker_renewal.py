from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.flows import broker
from bridge.flows.broker import TokensUnderWay
from bridge.problem import BridgeError, Refused
from bridge.tokens.connection import GRACE, HELD, Connection, Consent, Ended, Mode, fingerprint
from tests.flows.consented import FX, change, ended, engage, kept, token
from tests.stand_ins.fortnox import FakeTokens, GrantInvalid, Unavailable
from tests.stand_ins.world import FakeWorld


class NotSent(Unavailable):
    """It never reached Fortnox."""

    @property
    def harmless(self) -> bool:
        return True


def elsewhere(world: FakeWorld, then: Callable[[], None]) -> None:
    """Let something happen while this worker sleeps."""
    real = world.clock.sleep

    def sleep(seconds: float) -> None:
        world.clock.sleep = real  # type: ignore[method-assign] # once
        then()
        real(seconds)

    world.clock.sleep = sleep  # type: ignore[method-assign] # until it sleeps


@pytest.mark.usefixtures("personal")
def test_who_waits_for_another_worker_gets_what_that_one_saved(world: FakeWorld) -> None:
    world.clock.move(hours=2)
    consent = kept(world)
    change(world, tries=1, holder="other", held_until=world.clock.now() + HELD)
    expires = world.clock.now() + timedelta(hours=1)
    newer = replace(consent, access_token="winner", access_expires=expires, refresh_token="newer")
    elsewhere(world, lambda: world.consents.set(newer))
    assert token(world) == "winner"
    assert "refresh" not in world.oauth.calls


@pytest.mark.usefixtures("personal")
def test_who_waits_too_long_is_told_to_come_again(world: FakeWorld) -> None:
    world.clock.move(hours=2)
    change(world, tries=1, holder="other", held_until=world.clock.now() + HELD)
    with pytest.raises(TokensUnderWay) as busy:
        token(world)
    assert busy.value.passes
    assert "refresh" not in world.oauth.calls


@pytest.mark.usefixtures("personal")
def test_the_next_one_asks_when_the_time_of_a_dead_worker_is_up(world: FakeWorld) -> None:
    change(world, tries=1, holder="dead", held_until=world.clock.now() + HELD)
    world.clock.move(hours=2)
    assert token(world)
    assert world.oauth.calls.count("refresh") == 1


@pytest.mark.usefixtures("personal")
def test_who_is_overtaken_while_taking_the_tokens_up_looks_again(world: FakeWorld) -> None:
    world.clock.move(hours=2)
    move, consent = world.consents.move, kept(world)
    expires = world.clock.now() + timedelta(hours=1)

    def overtaken(seen: Consent, moved: Consent) -> bool:
        world.consents.set(replace(consent, access_token="winner", access_expires=expires, refresh_token="newer"))
        return move(seen, moved)

    world.consents.move = overtaken  # type: ignore[method-assign] # another was first
    assert token(world) == "winner"


@pytest.mark.usefixtures("personal")
def test_the_first_refusal_is_final_and_remembered(world: FakeWorld) -> None:
    engage(world, "e2")
    world.oauth.live = "revoked at Fortnox"
    world.clock.move(hours=2)
    with pytest.raises(Refused) as refused:
        token(world)
    assert refused.value.problem.code == "connection-revoked"
    assert (ended(world), ended(world, "e2")) == (Ended.REVOKED, Ended.REVOKED)
    assert [line.code for line in world.jobs.lines] == ["connection-removed"] * 2
    assert [told[0] for told in world.events.told] == ["ConnectionEnded"] * 2
    assert world.consents.kept == {}
    calls = len(world.oauth.calls)
    with pytest.raises(Refused):
        token(world)
    assert len(world.oauth.calls) == calls


def doubt(world: FakeWorld) -> None:
    """Let a worker die after Fortnox rotated, and the next one be refused."""
    world.clock.move(hours=2)
    change(world, tries=1, holder="dead", held_until=world.clock.now())
    world.oauth.live = "what the dead one got"
    with pytest.raises(TokensUnderWay):
        token(world)


@pytest.mark.usefixtures("personal")
def test_a_refusal_after_another_worker_is_in_doubt_and_asked_about_no_more(world: FakeWorld) -> None:
    doubt(world)
    calls = len(world.oauth.calls)
    world.clock.move(seconds=GRACE.total_seconds() - 1)
    with pytest.raises(TokensUnderWay):
        token(world)
    assert not ended(world)
    world.clock.move(seconds=1)
    with pytest.raises(Refused):
        token(world)
    assert ended(world) is Ended.REVOKED
    assert len(world.oauth.calls) == calls


@pytest.mark.usefixtures("personal")
def test_in_doubt_a_frozen_workers_save_still_counts(world: FakeWorld) -> None:
    late = kept(world)
    doubt(world)
    late = replace(late, access_token="late", refresh_token="what the dead one got", access_expires=world.clock.now())
    late = replace(late, access_expires=world.clock.now() + timedelta(hours=1))
    assert world.consents.replace(late, kept(world).fingerprint)
    assert token(world) == "late"
    assert kept(world).doubted_at is None


@pytest.mark.usefixtures("personal")
def test_a_save_in_the_last_moment_of_a_doubt_still_counts(world: FakeWorld) -> None:
    doubt(world)
    world.clock.move(seconds=GRACE.total_seconds())
    move, doubted = world.consents.move, kept(world)
    expires = world.clock.now() + timedelta(hours=1)
    late = replace(
        doubted, access_token="late", refresh_token="newer", access_expires=expires, doubted_at=None, tries=0
    )

    def saved_first(seen: Consent, moved: Consent) -> bool:
        if moved.lost:
            assert world.consents.replace(late, doubted.fingerprint)
        return move(seen, moved)

    world.consents.move = saved_first  # type: ignore[method-assign] # at the very moment
    assert token(world) == "late"
    assert not ended(world)


@pytest.mark.usefixtures("personal")
def test_the_sweep_settles_a_doubt_and_ends_what_was_lost(world: FakeWorld) -> None:
    doubt(world)
    due = kept(world).due()
    assert due is not None
    world.clock.time = due
    with pytest.raises(Refused):
        broker.renew(world, FX)
    assert ended(world) is Ended.REVOKED


@pytest.mark.usefixtures("personal")
def test_an_interrupted_end_is_finished_by_whoever_comes_next(world: FakeWorld) -> None:
    engage(world, "e2")
    change(world, lost_at=world.clock.now())
    assert kept(world).due() == world.clock.now()
    broker.renew(world, FX)
    assert (ended(world), ended(world, "e2"), world.consents.kept) == (Ended.REVOKED, Ended.REVOKED, {})


@pytest.mark.usefixtures("personal")
def test_an_interrupted_end_is_finished_by_the_next_caller_too(world: FakeWorld) -> None:
    change(world, lost_at=world.clock.now())
    with pytest.raises(Refused):
        token(world)
    assert ended(world) is Ended.REVOKED


@pytest.mark.usefixtures("personal")
def test_a_connection_made_by_a_new_consent_outlives_the_loss_of_the_old_one(world: FakeWorld) -> None:
    change(world, lost_at=world.clock.now() - timedelta(seconds=1))
    broker.renew(world, FX)
    assert not ended(world)
    assert FX in world.consents.kept


@pytest.mark.usefixtures("personal")
def test_a_consent_renewed_by_a_login_meanwhile_is_not_lost(world: FakeWorld) -> None:
    def anew() -> None:
        world.oauth.live = "from a new login"
        broker.exchange(world, "again", Mode.PERSONAL)

    world.clock.move(hours=2)
    world.oauth.before_refresh = anew
    assert token(world) == kept(world).access_token
    assert not ended(world)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("error", "seconds"), [(NotSent, 0.0), (Unavailable, broker.LANDING.total_seconds())])
def test_fortnox_being_down_loses_nothing_and_is_asked_again_when_the_first_call_can_have_landed(
    world: FakeWorld, mode: Mode, error: type[BridgeError], seconds: float
) -> None:
    broker.exchange(world, "once", mode)
    engage(world, "e1")
    asked = world.oauth.refresh, world.oauth.client_credentials

    def down(*_asked: object, **_named: object) -> FakeTokens:
        raise error

    world.oauth.refresh = world.oauth.client_credentials = down  # type: ignore[method-assign] # until it is up again
    world.clock.move(hours=2)
    with pytest.raises(error):
        token(world)
    world.oauth.refresh, world.oauth.client_credentials = asked  # type: ignore[method-assign] # it is up again
    assert kept(world).held_until == (world.clock.now() + timedelta(seconds=seconds) if seconds else None)
    world.clock.move(seconds=seconds)
    assert token(world)


@pytest.mark.usefixtures("personal")
def test_who_gets_no_answer_and_cannot_say_so_is_waited_for(world: FakeWorld) -> None:
    def gone(*_consents: object, **_named: object) -> bool:
        raise Unavailable

    def unanswered() -> None:
        world.consents.move = gone  # type: ignore[method-assign] # the store fails too

    world.oauth.down, world.oauth.before_refresh = True, unanswered
    world.clock.move(hours=2)
    with pytest.raises(Unavailable):
        token(world)
    assert kept(world).held_until == world.clock.now() + HELD


def failing(world: FakeWorld, times: int) -> None:
    """Let the next saves of renewed tokens fail."""
    real, left = world.consents.replace, [times]

    def save(consent: Consent, consumed: str) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError("whatever it is")
        return real(consent, consumed)

    world.consents.replace = save  # type: ignore[method-assign] # the store fails for a while


@pytest.mark.usefixtures("personal")
def test_six_failures_do_not_keep_renewed_tokens_from_being_saved(world: FakeWorld) -> None:
    failing(world, 6)
    world.clock.move(hours=2)
    assert token(world) == kept(world).access_token
    assert world.metrics.counted == []


@pytest.mark.usefixtures("personal")
def test_what_cannot_be_saved_goes_into_escrow_and_takes_its_place_later(world: FakeWorld) -> None:
    failing(world, 7)
    world.clock.move(hours=2)
    given = token(world)
    assert world.metrics.counted == ["TokensInEscrow"]
    assert [each.access_token for each in world.escrow.kept.values()] == [given]
    assert kept(world).refresh_token == "refresh-0"
    assert token(world) == given
    assert (world.escrow.kept, kept(world).refresh_token) == ({}, world.oauth.live)
    assert world.oauth.calls.count("refresh") == 1


def test_tokens_in_escrow_are_what_is_revoked_with_the_last_grant(world: FakeWorld, personal: Connection) -> None:
    failing(world, 7)
    world.clock.move(hours=2)
    token(world)
    world.connections.put(personal.end(Ended.DISCONNECTED, world.clock.now()))
    broker.forget(world, FX)
    assert world.oauth.calls[-1] == f"revoke {world.oauth.live}"
    assert (world.escrow.kept, world.consents.kept) == ({}, {})


@pytest.mark.usefixtures("personal")
def test_tokens_that_can_be_kept_nowhere_still_serve_once_and_raise_the_last_alarm(world: FakeWorld) -> None:
    def full(*_tokens: object, **_named: object) -> None:
        raise OSError("whatever it is")

    failing(world, 99)
    world.escrow.put = full  # type: ignore[method-assign] # nothing works
    world.clock.move(hours=2)
    assert token(world)
    assert world.metrics.counted == ["TokensInEscrow", "TokensLost"]


@pytest.mark.usefixtures("service")
def test_a_service_token_that_cannot_be_saved_is_no_alarm(world: FakeWorld) -> None:
    failing(world, 7)
    world.clock.move(hours=2)
    assert token(world)
    assert world.metrics.counted == []


@pytest.mark.usefixtures("service")
def test_a_service_account_removed_at_fortnox_ends_every_connection_on_it_at_once(world: FakeWorld) -> None:
    def refused(*_asked: object, **_named: object) -> FakeTokens:
        raise GrantInvalid

    change(world, tries=3)
    world.oauth.client_credentials = refused  # type: ignore[method-assign] # removed at Fortnox
    with pytest.raises(Refused):
        token(world, fingerprint(kept(world).access_token))
    assert ended(world) is Ended.REVOKED
