"""A consent that no connection came of, or whose last grant goes at that moment: nothing lives on that nobody ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import broker, callback, connect, keep, status
from bridge.flows.broker import LOST
from bridge.problem import Refused
from bridge.tokens.connection import Mode
from bridge.tokens.timer import TokenTimer
from tests.flows.logins import another, tab
from tests.stand_ins.fortnox import Unavailable
from tests.stand_ins.logins import problem_of
from tests.stand_ins.world import FakeWorld

FX = 1000001


def look(world: FakeWorld, **later: float) -> None:
    """Let time pass and sweep."""
    world.clock.move(**later)
    keep.sweep(world, world.clock.now() + timedelta(days=1))


@pytest.mark.parametrize("mode", Mode)
def test_a_consent_that_nobody_came_back_for_is_ended_after_an_hour(world: FakeWorld, mode: Mode) -> None:
    broker.exchange(world, "once", mode)
    look(world, minutes=59)
    assert FX in world.consents.kept
    look(world, minutes=1)
    assert (world.consents.kept, world.timers.kept) == ({}, {})
    assert (world.oauth.calls[-1] == "revoke refresh-0") == (mode is Mode.PERSONAL)


@pytest.mark.parametrize(("mode", "days"), [(Mode.SERVICE, None), (Mode.PERSONAL, 20)])
@pytest.mark.parametrize("seen", ["at once", "by the timer"])
def test_a_consent_that_a_connection_came_of_is_looked_at_when_its_tokens_are_due(
    world: FakeWorld, caller: Caller, engagement: str, mode: Mode, days: int | None, seen: str
) -> None:
    renew, made = world.broker.renew, world.clock.now()
    if seen == "by the timer":
        world.broker.renew = unanswered  # type: ignore[method-assign] # the broker gives no answer just then
    assert problem_of(tab(world, caller, engagement, mode=mode).back(code="once")) == ""
    world.broker.renew = renew  # type: ignore[method-assign] # it does again
    if seen == "by the timer":
        look(world, hours=1)
    due = made + timedelta(days=days) if days else None
    assert world.timers.kept.get(TokenTimer(FX)) == due
    assert status.read(world, caller, engagement).status == "connected"


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_login_whose_company_cannot_be_read_in_time_says_so_and_leaves_nothing(
    world: FakeWorld, caller: Caller, engagement: str, *, forgotten: bool
) -> None:
    login, forget = tab(world, caller, engagement, mode=Mode.PERSONAL), world.broker.forget
    once(world.fake, "company", unanswered)
    if not forgotten:
        world.broker.forget = unanswered  # type: ignore[method-assign] # the broker gives no answer either
    assert problem_of(login.back(code="once")) == "fortnox-unavailable"
    assert world.fake.until == world.clock.now() + callback.PATIENCE
    assert status.read(world, caller, engagement).status == "none"
    world.broker.forget = forget  # type: ignore[method-assign] # it does again
    assert (FX in world.consents.kept) == (not forgotten)
    look(world, hours=1)
    assert (world.consents.kept, world.timers.kept) == ({}, {})
    assert world.oauth.calls[-1] == "revoke refresh-0"


def unanswered(fortnox_tenant: int = FX) -> None:  # noqa: ARG001 - whatever company it is about
    raise Unavailable


def at_company(world: FakeWorld, disconnect: Callable[[], None]) -> None:
    """When Fortnox is asked which company it is."""
    once(world.fake, "company", disconnect)


def at_seal(world: FakeWorld, disconnect: Callable[[], None]) -> None:
    """When the connection is sealed."""
    once(world.broker, "seal", disconnect)


def at_put(world: FakeWorld, disconnect: Callable[[], None]) -> None:
    """Just before the connection is saved."""
    once(world.connections, "put", disconnect)


def once(owner: Any, name: str, first: Callable[[], None]) -> None:
    """Let something else happen just before a call, the first time."""
    original = getattr(owner, name)

    def called(*given: Any) -> Any:
        setattr(owner, name, original)
        first()
        return original(*given)

    setattr(owner, name, called)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("moment", [at_company, at_seal, at_put])
def test_a_last_grant_that_goes_while_another_is_made_leaves_nothing_that_nobody_ends(
    world: FakeWorld,
    caller: Caller,
    connected: str,
    mode: Mode,
    moment: Callable[[FakeWorld, Callable[[], None]], None],
) -> None:
    second = another(world, caller)
    moment(world, lambda: connect.disconnect(world, caller, connected))
    assert problem_of(tab(world, caller, second, mode=mode).back(code="again")) == LOST
    with pytest.raises(Refused) as gone:
        world.broker.access_token("T1", second)
    assert gone.value.problem.code == LOST
    assert status.read(world, caller, second).status == "revoked"
    look(world, days=1)
    assert (world.consents.kept, world.timers.kept) == ({}, {})
