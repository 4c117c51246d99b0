from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import callback, connect, imports, keep, status
from bridge.problem import Refused
from bridge.tokens.attempt import offers as offered
from bridge.tokens.capability import Capability
from bridge.tokens.connection import Connection, Mode
from bridge.tokens.timer import TokenTimer
from tests.flows.logins import another, tab
from tests.flows.runs import run_import
from tests.stand_ins.fortnox import Unavailable
from tests.stand_ins.logins import Tab, log_in, problem_of
from tests.stand_ins.world import FakeWorld

FX = 1000001
OURS = "https://console.example/engagements/"


def test_the_login_begins_at_our_own_address_which_works_once(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    begun = connect.start(world, caller, engagement, connect.Wish())
    assert begun.url.startswith("https://bridge.example/oauth/start?ticket=")
    assert Tab(world, begun.url).leaving.url.startswith("https://apps.fortnox.se/oauth-v1/auth?client_id=client&")
    again = Tab(world, begun.url).leaving
    assert (again.url, again.cookie) == ("https://console.example/oauth/return?problem=authorization-expired", "")


def test_a_ticket_that_nobody_followed_in_time_is_too_late(world: FakeWorld, caller: Caller, engagement: str) -> None:
    begun = connect.start(world, caller, engagement, connect.Wish())
    world.clock.move(minutes=10)
    assert problem_of(Tab(world, begun.url).leaving.url) == "authorization-expired"


def test_only_the_service_mode_asks_for_an_account_of_the_company(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    assert "account_type=service" in tab(world, caller, engagement, mode=Mode.SERVICE).leaving.url
    assert "account_type" not in tab(world, caller, engagement, mode=Mode.PERSONAL).leaving.url


def test_a_consent_makes_a_connection_that_shows_its_company(world: FakeWorld, caller: Caller, connected: str) -> None:
    standing = status.read(world, caller, connected)
    assert standing.status == "connected"
    assert standing.connection is not None
    assert standing.connection.company == "Nordvik Snickeri AB"
    assert standing.days_left == 30
    assert [line.code for line in world.jobs.lines] == ["connected"]
    assert [(name, engagement) for name, _, engagement, _ in world.events.told] == [("ConnectionMade", connected)]


def test_where_the_integration_has_no_service_account_only_the_personal_mode_begins(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    world.settings = replace(world.settings, service_accounts=False)
    with pytest.raises(Refused) as refused:
        connect.start(world, caller, engagement, connect.Wish())
    assert refused.value.problem.code == "service-account-refused"
    assert log_in(world, caller, engagement, Mode.PERSONAL) == ""


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"error": "access_denied"}, "consent-denied"),
        ({"error": "error_missing_license"}, "licence-missing"),
        ({"error": "error_missing_app_license"}, "licence-missing"),
        ({"error": "error_missing_system_admin_right"}, "not-administrator"),
        ({"error": "invalid_scope"}, "scope-refused"),
        ({"error": "unauthorized_client"}, "service-account-refused"),
        ({"error": "server_error", "error_description": "x"}, "fortnox-refused"),
        ({"iss": "x"}, "authorization-incomplete"),
    ],
)
def test_every_refusal_at_fortnox_ends_on_a_page_that_says_why(
    world: FakeWorld, caller: Caller, engagement: str, query: dict[str, str], problem: str
) -> None:
    page = tab(world, caller, engagement).back(**query)
    assert page == f"{OURS}{engagement}?problem={problem}"
    assert status.read(world, caller, engagement).status == "none"
    assert world.jobs.lines[-1].params["problem"] == problem
    assert world.oauth.calls == []


@pytest.mark.parametrize(
    ("error", "mode", "capabilities", "offers"),
    [
        ("error_missing_system_admin_right", Mode.SERVICE, None, ["personal", "invite"]),
        ("unauthorized_client", Mode.SERVICE, None, ["personal"]),
        ("access_denied", Mode.PERSONAL, None, ["retry", "invite"]),
        ("error_missing_license", Mode.SERVICE, None, ["fewer", "invite"]),
        ("error_missing_license", Mode.SERVICE, (), ["invite"]),
        ("something_new", Mode.SERVICE, None, ["retry"]),
    ],
)
def test_a_refused_login_is_remembered_with_what_to_do_instead(
    world: FakeWorld,
    caller: Caller,
    engagement: str,
    error: str,
    mode: Mode,
    capabilities: tuple[Capability, ...] | None,
    offers: list[str],
) -> None:
    tab(world, caller, engagement, mode=mode, capabilities=capabilities).back(error=error)
    login = status.read(world, caller, engagement).login
    assert login is not None
    assert (login.mode, list(offered(login))) == (mode, offers)
    assert log_in(world, caller, engagement, Mode.PERSONAL) == ""
    assert status.read(world, caller, engagement).login is None


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({}, "authorization-incomplete"),
        ({"code": "once"}, "authorization-incomplete"),
        ({"error": "access_denied"}, "consent-denied"),
        ({"state": "made-up", "code": "once"}, "authorization-expired"),
    ],
)
def test_a_way_back_that_belongs_to_no_login_ends_on_a_page_too(
    world: FakeWorld, query: dict[str, str], problem: str
) -> None:
    page = callback.arrive(world, query, "c" * 43)
    assert page == f"https://console.example/oauth/return?problem={problem}"
    assert world.oauth.calls == []


def test_another_browser_learns_nothing_and_uses_nothing_up(world: FakeWorld, caller: Caller, engagement: str) -> None:
    mine = tab(world, caller, engagement)
    for cookie in ("", "c" * 43, mine.leaving.cookie[:-1]):
        page = callback.arrive(world, {"state": mine.state, "code": "stolen"}, cookie)
        assert page == "https://console.example/oauth/return?problem=authorization-elsewhere"
    assert world.oauth.calls == []
    assert problem_of(mine.back(code="once")) == ""


def test_a_page_loaded_again_says_that_the_login_is_done(world: FakeWorld, caller: Caller, engagement: str) -> None:
    mine = tab(world, caller, engagement)
    assert problem_of(mine.back(code="once")) == ""
    calls = list(world.oauth.calls)
    assert mine.back(code="once") == f"{OURS}{engagement}?problem=authorization-used"
    assert world.oauth.calls == calls
    assert status.read(world, caller, engagement).status == "connected"


def test_a_refusal_uses_the_state_up_as_a_code_does(world: FakeWorld, caller: Caller, engagement: str) -> None:
    mine = tab(world, caller, engagement)
    mine.back(error="access_denied")
    assert problem_of(mine.back(code="later")) == "authorization-used"


def test_a_login_that_took_too_long_is_refused(world: FakeWorld, caller: Caller, engagement: str) -> None:
    mine = tab(world, caller, engagement)
    world.clock.move(minutes=10)
    assert mine.back(code="once") == f"{OURS}{engagement}?problem=authorization-expired"
    assert world.oauth.calls == []


def test_two_tabs_of_one_browser_both_come_back(world: FakeWorld, caller: Caller, engagement: str) -> None:
    first = tab(world, caller, engagement)
    second = tab(world, caller, engagement, first.leaving.cookie)
    assert second.leaving.cookie == first.leaving.cookie
    assert problem_of(second.back(code="two")) == ""
    assert problem_of(first.back(code="one")) == ""


@pytest.mark.parametrize("sent", ["short", "x" * 44, "ö" * 43, "a" * 42 + ";"])
def test_a_cookie_that_is_not_ours_is_replaced(world: FakeWorld, caller: Caller, engagement: str, sent: str) -> None:
    assert tab(world, caller, engagement, sent).leaving.cookie != sent


@pytest.mark.parametrize(
    ("number", "problem"),
    [("559999-9991", "org-number-mismatch"), ("556677-8890", "org-number-invalid"), ("12", "org-number-invalid")],
)
def test_the_wrong_company_is_never_connected_and_its_consent_is_forgotten(
    world: FakeWorld, caller: Caller, engagement: str, number: str, problem: str
) -> None:
    world.fake.org_number = number
    assert log_in(world, caller, engagement) == problem
    assert world.consents.kept == {}


def test_the_wrong_company_is_named_with_the_right_one(world: FakeWorld, caller: Caller, engagement: str) -> None:
    world.fake.name, world.fake.org_number = "Fel AB", "559999-9991"
    log_in(world, caller, engagement)
    params = world.jobs.lines[-1].params
    assert (params["company"], params["actual"]) == ("Fel AB", "559999-9991")
    assert (params["name"], params["expected"]) == ("Nordvik", "556677-8899")


def test_the_wrong_pick_leaves_the_connection_there_was_and_its_other_engagement_working(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    other = another(world, caller)
    assert log_in(world, caller, other) == ""
    world.fake.org_number = "559999-9991"
    assert log_in(world, caller, connected) == "org-number-mismatch"
    for engagement in (connected, other):
        assert status.read(world, caller, engagement).status == "connected"
        assert world.broker.access_token("T1", engagement).fortnox_tenant == FX


def test_a_company_that_another_engagement_of_the_firm_has_is_said_so(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    other = another(world, caller)
    log_in(world, caller, other)
    assert [each.id for each in status.read(world, caller, other).sharing] == [connected]
    assert [each.id for each in status.read(world, caller, connected).sharing] == [other]
    assert world.jobs.lines[-1].params == {"company": "Nordvik Snickeri AB", "other": "Nordvik"}


def test_another_firms_connection_is_not_told(world: FakeWorld, caller: Caller, connected: str) -> None:
    stranger = Caller("T2", "eve")
    theirs = another(world, stranger)
    log_in(world, stranger, theirs)
    assert status.read(world, stranger, theirs).sharing == []
    assert status.read(world, caller, connected).sharing == []


def test_connecting_another_company_forgets_the_first_ones_consent(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    at_another_company(world, connected)
    assert log_in(world, caller, connected) == ""
    assert sorted(world.consents.kept) == [FX]


def test_a_broker_that_does_not_answer_about_the_first_company_leaves_the_login_a_success(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    at_another_company(world, connected)
    forget, world.broker.forget = world.broker.forget, unanswered  # type: ignore[method-assign] # just then
    assert log_in(world, caller, connected) == ""
    assert world.connections.kept["T1", connected].fortnox_tenant == FX
    assert sorted(world.consents.kept) == [77, FX]
    world.broker.forget = forget  # type: ignore[method-assign] # it does again
    world.clock.move(hours=1)
    keep.sweep(world, world.clock.now() + timedelta(minutes=1))
    assert sorted(world.consents.kept) == [FX]


def test_the_first_company_is_left_to_its_timer_when_the_login_took_long(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    at_another_company(world, connected)
    seal = world.broker.seal

    def slow(connection: Connection) -> str:
        world.clock.move(seconds=20)
        return seal(connection)

    world.broker.seal = slow  # type: ignore[method-assign] # the broker takes its time
    assert log_in(world, caller, connected) == ""
    assert sorted(world.consents.kept) == [77, FX]
    assert TokenTimer(77) in world.timers.kept


def test_a_login_that_cannot_be_sure_of_the_first_companys_end_changes_nothing(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    at_another_company(world, connected)
    world.broker.unclaim = unanswered  # type: ignore[method-assign] # the broker gives no answer
    assert log_in(world, caller, connected) == "fortnox-unavailable"
    assert world.connections.kept["T1", connected].fortnox_tenant == 77


def at_another_company(world: FakeWorld, connected: str) -> None:
    held = world.connections.kept["T1", connected]
    world.connections.put(replace(held, fortnox_tenant=77))
    world.consents.put(replace(world.consents.kept[FX], fortnox_tenant=77))


def unanswered(fortnox_tenant: int) -> None:  # noqa: ARG001 - whatever company it is about
    raise Unavailable


def test_a_token_of_another_database_than_the_company_says_is_refused(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    world.fake.database = 77
    assert log_in(world, caller, engagement) == "company-changed"


def test_nobody_reconnects_under_a_running_job(world: FakeWorld, caller: Caller, connected: str) -> None:
    imports.start(world, caller, connected, [], "")
    assert log_in(world, caller, connected) == "import-running"


def test_disconnecting_drops_the_consent_and_keeps_the_books(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    connect.disconnect(world, caller, connected)
    connect.disconnect(world, caller, connected)
    assert status.read(world, caller, connected).status == "none"
    assert world.consents.kept == {}
    assert imports.read(world, caller, connected, job.key.id).job.result["years"]


def test_disconnecting_one_engagement_leaves_the_other_on_the_company_working(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    other = another(world, caller)
    log_in(world, caller, other)
    connect.disconnect(world, caller, connected)
    assert status.read(world, caller, other).sharing == []
    assert world.broker.access_token("T1", other).fortnox_tenant == FX


def test_disconnecting_waits_for_a_running_job(world: FakeWorld, caller: Caller, connected: str) -> None:
    imports.start(world, caller, connected, [], "")
    with pytest.raises(Refused) as refused:
        connect.disconnect(world, caller, connected)
    assert refused.value.problem.code == "import-running"
