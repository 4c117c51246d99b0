from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import connect, imports
from bridge.problem import Refused
from bridge.tokens.connection import Mode
from tests.flows.runs import run_import
from tests.stand_ins.world import FakeWorld


def landed(world: FakeWorld, caller: Caller, engagement: str, **query: str) -> str:
    connect.start(world, caller, engagement, Mode.SERVICE)
    state = next(iter(world.connections.attempts))
    return connect.finish(world, {"state": state, **query}).problem


def test_the_login_address_asks_for_a_service_account_only_in_service_mode(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    service = connect.start(world, caller, engagement, Mode.SERVICE).url
    personal = connect.start(world, caller, engagement, Mode.PERSONAL).url
    assert service.startswith("https://apps.fortnox.se/oauth-v1/auth?client_id=client&")
    assert "account_type=service" in service
    assert "account_type" not in personal


def test_a_consent_makes_a_connection_that_shows_its_company(world: FakeWorld, caller: Caller, connected: str) -> None:
    standing = connect.status(world, caller, connected)
    assert standing.status == "connected"
    assert standing.connection is not None
    assert standing.connection.company == "Nordvik Snickeri AB"
    assert standing.days_left == 30
    assert [line.code for line in world.jobs.lines] == ["connected"]


def test_a_service_consent_keeps_no_refresh_token(world: FakeWorld, connected: str) -> None:
    assert connected
    assert world.consents.kept[1000001].refresh_token == ""


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"error": "access_denied"}, "consent-denied"),
        ({"error": "error_missing_license"}, "licence-missing"),
        ({"error": "error_missing_system_admin_right"}, "not-administrator"),
        ({"error": "server_error", "error_description": "x"}, "fortnox-refused"),
        ({}, "consent-denied"),
    ],
)
def test_every_refusal_at_fortnox_ends_on_a_page_that_says_why(
    world: FakeWorld, caller: Caller, engagement: str, query: dict[str, str], problem: str
) -> None:
    assert landed(world, caller, engagement, **query) == problem
    assert connect.status(world, caller, engagement).status == "none"
    assert world.jobs.lines[-1].params["problem"] == problem


def test_a_way_back_without_state_or_with_a_used_one_is_not_an_error_page(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    assert connect.finish(world, {}).problem == "consent-denied"
    connect.start(world, caller, engagement, Mode.SERVICE)
    state = next(iter(world.connections.attempts))
    connect.finish(world, {"state": state, "code": "once"})
    assert connect.finish(world, {"state": state, "code": "once"}).problem == "authorization-expired"


def test_a_login_that_took_too_long_is_refused(world: FakeWorld, caller: Caller, engagement: str) -> None:
    connect.start(world, caller, engagement, Mode.SERVICE)
    state = next(iter(world.connections.attempts))
    world.clock.move(minutes=11)
    assert connect.finish(world, {"state": state, "code": "once"}).problem == "authorization-expired"


@pytest.mark.parametrize(
    ("number", "problem"),
    [("559999-9991", "org-number-mismatch"), ("556677-8890", "org-number-invalid"), ("12", "org-number-invalid")],
)
def test_the_wrong_company_is_never_connected_and_its_consent_is_forgotten(
    world: FakeWorld, caller: Caller, engagement: str, number: str, problem: str
) -> None:
    world.fake.org_number = number
    assert landed(world, caller, engagement, code="once") == problem
    assert world.consents.kept == {}


def test_a_missing_scope_is_named(world: FakeWorld, caller: Caller, engagement: str) -> None:
    world.oauth.scopes = ("bookkeeping",)
    assert landed(world, caller, engagement, code="once") == "scope-missing"
    assert world.jobs.lines[-1].params["scope"] == "companyinformation"


def test_connecting_another_company_forgets_the_first_ones_consent(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    held = world.connections.kept["T1", connected]
    world.connections.put(replace(held, fortnox_tenant=77))
    world.consents.put(replace(world.consents.kept[1000001], fortnox_tenant=77))
    assert landed(world, caller, connected, code="twice") == ""
    assert sorted(world.consents.kept) == [1000001]


def test_disconnecting_drops_the_consent_and_keeps_the_books(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    connect.disconnect(world, caller, connected)
    connect.disconnect(world, caller, connected)
    assert connect.status(world, caller, connected).status == "disconnected"
    assert world.consents.kept == {}
    assert imports.read(world, caller, connected, job.key.id).job.result["years"]


def test_a_token_of_another_database_than_the_company_says_is_refused(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    world.fake.database = 77
    assert landed(world, caller, engagement, code="once") == "company-changed"


def test_nobody_reconnects_under_a_running_job(world: FakeWorld, caller: Caller, connected: str) -> None:
    imports.start(world, caller, connected, [], "")
    assert landed(world, caller, connected, code="again") == "import-running"


def test_disconnecting_waits_for_a_running_job(world: FakeWorld, caller: Caller, connected: str) -> None:
    imports.start(world, caller, connected, [], "")
    with pytest.raises(Refused) as refused:
        connect.disconnect(world, caller, connected)
    assert refused.value.problem.code == "import-running"


def test_the_lease_shows_its_last_week_and_its_end(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.clock.move(days=24)
    assert connect.status(world, caller, connected).status == "expiring"
    world.clock.move(days=7)
    standing = connect.status(world, caller, connected)
    assert (standing.status, standing.days_left) == ("expired", 0)
