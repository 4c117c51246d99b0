from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Purpose
from bridge.flows import connect, exports, imports, keep, launch, status
from bridge.jobs.job import Job, JobKey, Status, Work
from bridge.problem import Refused
from bridge.tokens.connection import Connection, Ended, Mode
from bridge.tokens.timer import LeaseTimer, TokenTimer
from tests.flows.runs import run_import
from tests.stand_ins.fortnox import Unavailable
from tests.stand_ins.logins import log_in
from tests.stand_ins.world import FakeWorld

DAY = timedelta(days=1)


def swept(world: FakeWorld) -> dict[str, int]:
    """Sweep with all the time there is."""
    return dict(keep.sweep(world, world.clock.now() + DAY))


def removed(world: FakeWorld) -> dict[str, int]:
    """Bring what the TTL removes, one timer at a time, as the stream does."""
    told: dict[str, int] = {}
    for timer in list(world.timers.due(world.clock.now())):
        world.timers.kept.pop(timer)
        for name, count in keep.removed(world, [timer], world.clock.now() + DAY).items():
            told[name] = told.get(name, 0) + count
    return told


BOTH = pytest.mark.parametrize("bring", [swept, removed], ids=["by the sweep alone", "by the stream alone"])
Bring = Callable[[FakeWorld], dict[str, int]]


def lines(world: FakeWorld, code: str) -> int:
    return [line.code for line in world.jobs.lines].count(code)


def job(world: FakeWorld, engagement: str, work: Work = Work.IMPORT) -> Job:
    """A job that was just started and runs."""
    key = JobKey("T1", engagement, world.ids.new("job"))
    scope = {"company": world.connections.kept["T1", engagement].fortnox_tenant}
    made = Job(key, work, Status.RUNNING, world.clock.now(), "ada", scope)
    return world.jobs.create(made, key.id, "")


@BOTH
def test_a_lease_is_announced_three_times_and_then_ended_once(
    world: FakeWorld, caller: Caller, connected: str, bring: Bring
) -> None:
    done = []
    for _ in range(32 * 24):
        world.clock.move(hours=1)
        done += [name for name, count in bring(world).items() for _ in range(count) if name != "early"]
    assert done == ["noticed", "noticed", "noticed", "ended"]
    told = [(name, details) for name, _, engagement, details in world.events.told if engagement == connected]
    assert told[-4:] == [
        ("ConnectionExpiring", {"days": 7}),
        ("ConnectionExpiring", {"days": 3}),
        ("ConnectionExpiring", {"days": 1}),
        ("ConnectionEnded", {"reason": "expired"}),
    ]
    assert (lines(world, "connection-expiring"), lines(world, "connection-ended")) == (3, 1)
    assert status.read(world, caller, connected).status == "expired"
    assert world.consents.kept == {}
    assert world.timers.kept == {}


@BOTH
def test_what_was_imported_stays_when_the_lease_ends(
    world: FakeWorld, caller: Caller, connected: str, bring: Bring
) -> None:
    run_import(world, imports.start(world, caller, connected, [], "").key)
    published, files = world.engagements.kept["T1", connected].published, dict(world.files.kept)
    world.clock.move(days=31)
    assert bring(world) == {"ended": 1}
    assert (world.engagements.kept["T1", connected].published, world.files.kept) == (published, files)


@BOTH
def test_a_refresh_token_is_renewed_at_half_its_life_once_and_the_lease_does_not_move(
    world: FakeWorld, caller: Caller, engagement: str, bring: Bring
) -> None:
    assert log_in(world, caller, engagement, Mode.PERSONAL) == ""
    before = world.connections.kept["T1", engagement]
    world.clock.move(days=19)
    assert bring(world) == {}
    world.clock.move(days=2)
    assert bring(world) == {"renewed": 1}
    assert bring(world) == {}
    assert world.connections.kept["T1", engagement] == before


@BOTH
def test_what_fails_is_looked_at_again_and_keeps_no_other_waiting(
    world: FakeWorld, caller: Caller, engagement: str, bring: Bring
) -> None:
    assert log_in(world, caller, engagement, Mode.PERSONAL) == ""
    world.timers.put(LeaseTimer("T1", "unknown"), world.clock.now())
    world.clock.move(days=21)
    world.oauth.down = True
    assert bring(world) == {"failed": 1, "early": 1}
    world.oauth.down = False
    assert bring(world) == {}
    world.clock.move(hours=1)
    assert bring(world) == {"renewed": 1}


@BOTH
def test_an_end_that_was_interrupted_is_finished(
    world: FakeWorld, caller: Caller, connected: str, bring: Bring
) -> None:
    def down(_company: int) -> None:
        raise Unavailable

    forget = world.broker.forget
    world.clock.move(days=31)
    world.broker.forget = down  # type: ignore[method-assign,assignment] # the broker is out of reach
    assert bring(world) == {"failed": 1}
    assert status.read(world, caller, connected).status == "expired"
    assert world.consents.kept
    world.broker.forget = forget  # type: ignore[method-assign] # it is there again
    world.clock.move(hours=1)
    assert bring(world) == {"forgotten": 1}
    assert (world.consents.kept, world.timers.kept, lines(world, "connection-ended")) == ({}, {}, 1)


@BOTH
@pytest.mark.parametrize("work", Work)
def test_the_end_of_a_lease_waits_for_a_job_that_was_started_inside_it_which_then_renews_it(
    world: FakeWorld, caller: Caller, connected: str, bring: Bring, work: Work
) -> None:
    world.clock.move(days=29, hours=23)
    running = job(world, connected, work)
    bring(world)
    world.clock.move(hours=2)
    assert bring(world) == {"early": 1}
    assert world.consents.kept, "the job still needs it"
    launch.end(world, running.end(Status.SUCCEEDED, world.clock.now()))
    world.clock.move(hours=2)
    bring(world)
    standing = status.read(world, caller, connected)
    assert (standing.status, standing.days_left) == ("connected", 30)


@BOTH
def test_the_end_comes_after_a_job_that_failed_and_after_one_that_never_ends(
    world: FakeWorld, connected: str, bring: Bring
) -> None:
    world.clock.move(days=29, hours=23)
    running = job(world, connected)
    bring(world)
    world.clock.move(hours=2)
    assert bring(world) == {"early": 1}
    launch.end(world, running.end(Status.FAILED, world.clock.now()))
    world.clock.move(hours=1)
    assert bring(world) == {"ended": 1}


@BOTH
def test_a_job_that_never_ends_holds_the_end_up_for_a_day(world: FakeWorld, connected: str, bring: Bring) -> None:
    world.clock.move(days=29, hours=23)
    job(world, connected)
    world.clock.move(hours=2)
    assert bring(world) == {"early": 1}
    world.clock.move(days=1)
    assert bring(world) == {"ended": 1}


@pytest.mark.parametrize(
    ("work", "end", "renews"),
    [
        (Work.IMPORT, Status.SUCCEEDED, True),
        (Work.IMPORT, Status.PARTLY, True),
        (Work.IMPORT, Status.FAILED, False),
        (Work.EXPORT, Status.SUCCEEDED, True),
        (Work.EXPORT, Status.PARTLY, True),
        (Work.EXPORT, Status.FAILED, False),
    ],
)
def test_a_job_renews_the_lease_as_of_its_start_if_any_of_it_succeeded(
    world: FakeWorld, connected: str, work: Work, end: Status, *, renews: bool
) -> None:
    before = world.connections.kept["T1", connected].renewed_at
    world.clock.move(days=10)
    running = job(world, connected, work)
    world.clock.move(hours=3)
    assert launch.end(world, running.end(end, world.clock.now()))
    assert not launch.end(world, running.end(end, world.clock.now()))
    renewed = running.created_at if renews else before
    assert world.connections.kept["T1", connected].renewed_at == renewed


@pytest.mark.parametrize("purpose", ["audit", "billing"])
def test_an_audit_or_billing_connection_is_neither_announced_nor_ended_nor_renewed(
    world: FakeWorld, caller: Caller, engagement: str, purpose: str
) -> None:
    held = world.engagements.kept["T1", engagement]
    world.engagements.kept["T1", engagement] = replace(held, purpose=Purpose(purpose))
    assert log_in(world, caller, engagement) == ""
    before = world.connections.kept["T1", engagement]
    world.clock.move(days=400)
    running = job(world, engagement)
    launch.end(world, running.end(Status.SUCCEEDED, world.clock.now()))
    assert swept(world) == {}
    assert world.connections.kept["T1", engagement] == before
    world.timers.put(LeaseTimer("T1", engagement), world.clock.now())
    assert swept(world) == {"early": 1}
    assert world.timers.kept == {}


def test_a_renewal_begins_the_notices_anew(world: FakeWorld, connected: str) -> None:
    world.clock.move(days=24)
    assert swept(world) == {"noticed": 1}
    running = job(world, connected)
    launch.end(world, running.end(Status.SUCCEEDED, world.clock.now()))
    assert swept(world) == {}
    world.clock.move(days=24)
    assert swept(world) == {"noticed": 1}
    assert [details for name, *_, details in world.events.told if name == "ConnectionExpiring"] == [{"days": 7}] * 2


def test_notices_that_nobody_looked_for_are_left_out_and_the_latest_is_given(world: FakeWorld, connected: str) -> None:
    world.clock.move(days=28)
    assert swept(world) == {"noticed": 1}
    assert world.connections.kept["T1", connected].noticed == 3


def test_a_timer_that_comes_too_early_is_set_to_when_something_is_due(world: FakeWorld, connected: str) -> None:
    timer = LeaseTimer("T1", connected)
    due = world.timers.kept[timer]
    world.timers.kept.pop(timer)
    assert keep.removed(world, [timer], world.clock.now() + DAY) == {"early": 1}
    assert world.timers.kept == {timer: due}


def test_of_stream_and_sweep_at_once_one_announces_and_one_ends(world: FakeWorld, connected: str) -> None:
    timer = LeaseTimer("T1", connected)
    racing = world.connections.get
    others: list[str] = []

    def beaten(tenant: str, engagement: str) -> Connection | None:
        """Read, and be overtaken by another look before anything is written."""
        found = racing(tenant, engagement)
        world.connections.get = racing  # type: ignore[method-assign] # once is enough
        others.append(keep.look(world, timer))
        return found

    for days in (23, 7):
        world.clock.move(days=days)
        world.connections.get = beaten  # type: ignore[method-assign] # the other look comes in between
        assert keep.look(world, timer) == "early"
    assert others == ["noticed", "ended"]
    assert (lines(world, "connection-expiring"), lines(world, "connection-ended")) == (1, 1)


def test_a_renewal_at_the_same_moment_wins_over_the_end(world: FakeWorld, caller: Caller, connected: str) -> None:
    held = world.connections.kept["T1", connected]
    renewed = replace(held, renewed_at=held.renewed_at + DAY)
    read = world.connections.get
    world.clock.move(days=30)
    world.connections.put(renewed)
    world.connections.get = lambda *_: held  # type: ignore[method-assign] # read just before the renewal
    assert keep.look(world, LeaseTimer("T1", connected)) == "early"
    world.connections.get = read  # type: ignore[method-assign] # as it was
    assert status.read(world, caller, connected).status == "expiring"


def test_a_sweep_begins_nothing_when_its_time_is_up_and_the_next_one_goes_on(world: FakeWorld, connected: str) -> None:
    world.clock.move(days=31)
    assert keep.sweep(world, world.clock.now()) == {}
    assert keep.removed(world, [LeaseTimer("T1", connected)], world.clock.now()) == {}
    assert swept(world) == {"ended": 1}


def test_a_token_timer_without_a_token_goes(world: FakeWorld) -> None:
    world.timers.put(TokenTimer(4711), world.clock.now())
    assert swept(world) == {"renewed": 1}
    assert world.timers.kept == {}


def test_ending_one_lease_leaves_the_other_engagement_of_the_company_working(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(days=10)
    held = world.engagements.kept["T1", connected]
    other = replace(held, id="eng_other", purpose=Purpose.AUDIT)
    world.engagements.put(other)
    assert log_in(world, caller, other.id) == ""
    world.clock.move(days=21)
    assert swept(world) == {"ended": 1}
    assert status.read(world, caller, other.id).status == "connected"
    assert world.fortnox(world.connections.kept["T1", other.id]).company()


def test_after_the_lease_nothing_starts_and_a_new_consent_repairs_it(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(days=31)
    with pytest.raises(Refused) as importing:
        imports.start(world, caller, connected, [], "")
    with pytest.raises(Refused) as exporting:
        exports.start(world, caller, connected, ["e"], {"V": "A"}, "key")
    assert {importing.value.problem.code, exporting.value.problem.code} == {"connection-expired"}
    assert log_in(world, caller, connected) == ""
    assert imports.start(world, caller, connected, [], "").key.id


def test_a_disconnected_and_a_revoked_connection_say_what_they_are(
    world: FakeWorld, caller: Caller, connected: str, engagement: str
) -> None:
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
