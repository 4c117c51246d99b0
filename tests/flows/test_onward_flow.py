from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement, Kind, Purpose
from bridge.flows import connect, status
from bridge.jobs.job import Status, Work
from bridge.ports import FortnoxYear
from bridge.problem import Refused
from bridge.tokens.attempt import Destination
from bridge.tokens.connection import Connection
from tests.conftest import Y25
from tests.flows.logins import tab
from tests.flows.runs import run_import
from tests.stand_ins.fortnox import Unavailable
from tests.stand_ins.logins import Tab, problem_of
from tests.stand_ins.world import FakeWorld

FX = 1000001
OURS = "https://console.example/engagements/"


def test_an_import_that_was_waiting_for_the_connection_starts_with_it(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    mine = tab(world, caller, engagement, years=("2025-12-31",), destination=Destination.IMPORT)
    assert world.workflows.started == []
    page = mine.back(code="once")
    [(work, key)] = world.workflows.started
    assert work is Work.IMPORT
    assert page == f"{OURS}{engagement}/imports/{key.id}?connected=1"
    assert world.jobs.kept[key].scope["years"] == ["2025-12-31"]
    mine.back(code="once")
    assert len(world.workflows.started) == 1
    run_import(world, key)
    assert world.jobs.kept[key].status is Status.SUCCEEDED


def test_an_expired_connection_is_repaired_by_the_import_that_follows_its_login(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(days=31)
    tab(world, caller, connected, years=()).back(code="again")
    run_import(world, world.workflows.started[-1][1])
    assert status.read(world, caller, connected).days_left == 30


def test_an_import_of_a_year_that_is_not_there_is_refused_before_the_login(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    with pytest.raises(Refused) as refused:
        connect.start(world, caller, engagement, connect.Wish(years=("1999-12-31",)))
    assert refused.value.problem.code == "year-unknown"
    assert world.attempts.tickets == {}


def test_a_connection_stays_when_the_import_behind_it_cannot_start(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    mine = tab(world, caller, engagement, years=("2025-12-31",))
    held = world.engagements.kept["T1", engagement]
    locked = tuple(replace(year, locked=True) for year in held.years)
    world.engagements.kept["T1", engagement] = replace(held, years=locked)
    assert problem_of(mine.back(code="once")) == "year-locked"
    assert status.read(world, caller, engagement).status == "connected"
    assert [line.code for line in world.jobs.lines] == ["connected", "import-failed"]


def test_the_destination_is_a_place_by_name(world: FakeWorld, caller: Caller, engagement: str) -> None:
    page = tab(world, caller, engagement, destination=Destination.PAYMENTS).back(code="once")
    assert page == f"{OURS}{engagement}/payments?connected=1"


def company_login(world: FakeWorld, caller: Caller, **wish: object) -> str:
    """Log in for a company that has no engagement yet; gives the page where it ends."""
    asked = connect.Wish(**wish)  # type: ignore[arg-type]  # as the test names them
    begun = connect.start_new(world, caller, Kind.YEAR_END, Purpose.YEAR_END, asked)
    return Tab(world, begun.url).back(code="once")


def test_an_engagement_is_made_of_the_company_that_was_connected(world: FakeWorld, caller: Caller) -> None:
    page = company_login(world, caller, years=())
    [made] = world.engagements.kept.values()
    assert isinstance(made, Engagement)
    assert (made.tenant, made.name, made.org_number) == ("T1", "Nordvik Snickeri AB", "5566778899")
    assert [year.id for year in made.years] == ["2024-12-31", "2025-12-31"]
    assert made.active == Y25
    assert status.read(world, caller, made.id).status == "connected"
    [(_, key)] = world.workflows.started
    assert page == f"{OURS}{made.id}/imports/{key.id}?connected=1"


def test_a_company_without_financial_years_becomes_no_engagement(world: FakeWorld, caller: Caller) -> None:
    world.fake.held = []
    assert company_login(world, caller) == "https://console.example/oauth/return?problem=years-missing"
    assert (world.engagements.kept, world.consents.kept) == ({}, {})


def test_a_company_that_could_not_be_connected_becomes_no_engagement(world: FakeWorld, caller: Caller) -> None:
    world.broker.seal = unanswered  # type: ignore[method-assign] # the broker gives no answer just then
    assert problem_of(company_login(world, caller)) == "fortnox-unavailable"
    assert (world.engagements.kept, world.consents.kept) == ({}, {})


def unanswered(connection: Connection) -> str:  # noqa: ARG001 - whatever connection it is
    raise Unavailable


def test_a_company_whose_years_make_no_engagement_says_so(world: FakeWorld, caller: Caller) -> None:
    world.fake.held = [FortnoxYear(1, Y25), FortnoxYear(2, Y25)]
    assert problem_of(company_login(world, caller)) == "invalid-value"
    assert world.engagements.kept == {}
