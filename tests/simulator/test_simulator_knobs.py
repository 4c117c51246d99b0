from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.local.fortnox import NoAnswer, Simulator
from infra.local.fortnox.knobs import Knobs, Trouble
from infra.local.fortnox.model import Company
from tests.simulator.conftest import Api, Clock, Person

Draft = Callable[..., dict[str, Any]]


def control(person: Person, body: Any = None, path: str = "/_control") -> httpx.Response:
    return person.http.get(path) if body is None else person.http.post(path, json=body)


def test_25_requests_pass_in_any_5_seconds(simulator: Simulator, api: Api, clock: Clock) -> None:
    simulator.knobs.rate_limit = True
    assert [api.get("accounts").status_code for _ in range(25)] == [200] * 25
    refused = api.get("accounts")
    assert (refused.status_code, refused.text, "retry-after" in refused.headers) == (429, "Too Many Requests", False)
    clock.now += 4.9
    assert api.get("accounts").status_code == 429
    clock.now += 0.1
    assert api.get("accounts").status_code == 200
    assert simulator.stats.rate_limited == 2


def test_the_window_slides(simulator: Simulator, api: Api, clock: Clock) -> None:
    simulator.knobs.rate_limit = True
    for _ in range(50):
        assert api.get("accounts").status_code == 200
        clock.now += 0.2
    clock.now += 0.1
    assert api.get("accounts").status_code == 200


def test_tokens_of_one_company_share_the_budget_and_companies_do_not(
    simulator: Simulator, small: Company, nordvik: Company
) -> None:
    first, second, other = (Api(simulator, number) for number in (small.number, small.number, nordvik.number))
    for _ in range(12):
        first.get("accounts")
        second.get("accounts")
    assert [first.get("accounts").status_code, second.get("accounts").status_code] == [200, 429]
    assert other.get("accounts").status_code == 200


def test_the_rate_limit_has_numbers_and_a_header_on_request(simulator: Simulator, api: Api) -> None:
    simulator.knobs.rate_limit = True
    simulator.knobs.rate_requests, simulator.knobs.retry_after = 1, 7
    api.get("accounts")
    assert api.get("accounts").headers["retry-after"] == "7"


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("503", 503)])
def test_the_next_requests_fail_without_effect(
    simulator: Simulator, api: Api, small: Company, draft: Draft, kind: str, status: int
) -> None:
    simulator.knobs.troubles = [Trouble(kind, path="/vouchers", method="POST", times=2)]
    assert api.get("vouchers").status_code == 200
    assert [api.post("vouchers", draft()).status_code for _ in range(3)] == [status, status, 201]
    assert len(small.years[0].vouchers) == 4


def test_a_500_is_a_system_exception_and_a_503_is_html(simulator: Simulator, api: Api) -> None:
    simulator.knobs.troubles = [Trouble("500"), Trouble("503")]
    assert api.get("accounts").json()["ErrorInformation"]["code"] == 1000003
    assert api.get("accounts").headers["content-type"].startswith("text/html")


def test_a_lost_reply_comes_after_the_effect(simulator: Simulator, api: Api, small: Company, draft: Draft) -> None:
    simulator.knobs.troubles = [Trouble("lost_reply", method="POST")]
    with pytest.raises(NoAnswer):
        api.post("vouchers", draft())
    assert [each.number for each in small.years[0].vouchers if each.series == "A"] == [1, 2]


def test_a_late_effect_lands_seconds_after_the_connection_closed(
    simulator: Simulator, api: Api, clock: Clock, draft: Draft
) -> None:
    simulator.knobs.troubles = [Trouble("late", method="POST", seconds=20)]
    with pytest.raises(NoAnswer):
        api.post("vouchers", draft())
    clock.now += 19
    assert len(api.many("vouchers")) == 3
    clock.now += 1
    assert len(api.many("vouchers")) == 4


def test_a_late_effect_survives_a_restart(
    simulator: Simulator, api: Api, clock: Clock, draft: Draft, tmp_path: Any, small: Company
) -> None:
    simulator.knobs.troubles = [Trouble("late", seconds=5)]
    with pytest.raises(NoAnswer):
        api.post("vouchers", draft())
    simulator.save()
    again = Simulator(clock, tmp_path / "state")
    assert again.load()
    clock.now += 6
    control(Person(again))
    assert len(again.companies[small.number].years[0].vouchers) == 4


def test_delay_and_latency_wait(simulator: Simulator, api: Api, clock: Clock) -> None:
    simulator.knobs.latency = 0.5
    simulator.knobs.troubles = [Trouble("delay", seconds=9)]
    api.get("accounts")
    assert clock.slept == 9.5
    api.get("accounts")
    assert clock.slept == 10


@pytest.mark.parametrize(
    "path", ["vouchers", "invoices", "supplierinvoices", "invoicepayments", "supplierinvoicepayments"]
)
def test_an_item_appears_in_front_while_a_list_is_paged(simulator: Simulator, nordvik_api: Api, path: str) -> None:
    first = nordvik_api.get(path, limit=100)
    simulator.knobs.page_shift = f"/{path}$"
    nordvik_api.get(path, limit=100)
    second = nordvik_api.get(path, limit=100, page=2)
    meta = [answer.json()["MetaInformation"]["@TotalResources"] for answer in (first, second)]
    key = next(name for name in second.json() if name != "MetaInformation")
    assert meta[1] == meta[0] + 1
    if path == "vouchers":
        assert all(row["Debit"] - row["Credit"] in (1, -1) for row in nordvik_api.one("vouchers/A/128")["VoucherRows"])
    else:
        assert second.json()[key][0] == first.json()[key][-1], "the last of page one comes again"
    assert simulator.knobs.page_shift is None


def test_the_org_number_and_the_granted_scopes_can_be_overridden(simulator: Simulator, small: Company) -> None:
    simulator.knobs.org_number[small.number] = "556677-8899"
    simulator.knobs.granted_scopes = ["companyinformation", "bookkeeping"]
    api = Api(simulator, small.number)
    assert api.tokens["scope"] == "companyinformation bookkeeping"
    assert api.one("companyinformation")["OrganizationNumber"] == "556677-8899"
    assert b"#ORGNR 556677-8899" in api.get("sie/4").content


def test_knobs_turn_over_http_and_wrong_ones_change_nothing(simulator: Simulator, person: Person) -> None:
    turned = {"rate_requests": 3, "troubles": [{"kind": "500", "times": 2}], "org_number": {"7": "1"}, "latency": 1}
    assert control(person, turned).json()["knobs"]["rate_requests"] == 3
    assert simulator.knobs.troubles == [Trouble("500", times=2)]
    assert simulator.knobs.org_number == {7: "1"}
    wrongs: tuple[Any, ...] = (
        {"rate_request": 3},
        {"latency": "slow"},
        {"rate_requests": 9, "troubles": [{"kind": "fire"}]},
        {"sie_unbalanced": 1},
        {"rate_requests": True},
        {"companies": {"2000001": {"vouchers": []}}},
        {"companies": {"1": {}}},
        [],
    )
    for wrong in wrongs:
        assert control(person, wrong).status_code == 400
    assert simulator.knobs.rate_requests == 3
    assert control(person, {"reset": True}).json()["knobs"]["rate_requests"] == 25
    assert simulator.knobs == Knobs()
    assert person.http.post("/_control", content=b"{}").status_code == 400
    assert control(person, path="/_control/nothing").status_code == 404


def test_control_shows_the_clock_and_the_companies_and_moves_the_clock(
    simulator: Simulator, person: Person, nordvik: Company
) -> None:
    shown = control(person).json()
    assert shown["clock"]["now"] == "2026-11-20 12:00:00"
    company = next(each for each in shown["companies"] if each["number"] == nordvik.number)
    assert company["planted"] == [list(each) for each in nordvik.planted]
    moved = control(person, {"clock_offset": 31 * 24 * 3600}).json()["clock"]
    assert moved["now"] == "2026-12-21 12:00:00"
    assert moved["offset"] - shown["clock"]["offset"] in range(31 * 24 * 3600 - 2, 31 * 24 * 3600 + 1)
    assert simulator.clock_text() == "2026-12-21 12:00:00"


def test_companies_can_be_locked_suspended_and_disconnected_over_http(
    simulator: Simulator, person: Person, small: Company
) -> None:
    refresh = person.connect(small.number)["refresh_token"]
    number = str(small.number)
    control(person, {"companies": {number: {"locked_until": "2025-12-31", "licences": ["bookkeeping"]}}})
    changed = simulator.companies[small.number]
    assert (changed.locked_until, changed.licences, changed.years) == ("2025-12-31", {"bookkeeping"}, small.years)
    control(person, {"companies": {number: {"licences": ["integration"]}}, "withdraw": [["demo-client", small.number]]})
    assert person.token(grant_type="refresh_token", refresh_token=refresh).status_code == 400


def test_stats_count_by_path_and_control_is_never_limited(simulator: Simulator, api: Api, person: Person) -> None:
    before = simulator.stats.requests
    api.get("vouchers/A/1")
    api.get("vouchers/B/1")
    assert all(control(person).status_code == 200 for _ in range(60))
    stats = control(person, path="/_control/stats").json()
    assert stats["requests"] - before == 2
    assert stats["by_path"]["GET /3/vouchers/{VoucherSeries}/{VoucherNumber}"] == 2


def test_the_truth_is_told_over_http(person: Person, nordvik: Company) -> None:
    query = f"?company={nordvik.number}&account=1510&day=2025-12-31"
    told = control(person, path=f"/_control/truth{query}").json()["items"]
    assert {number: round(amount * 100) for number, amount in told.items()} == nordvik.truth("1510", "2025-12-31")
    assert control(person, path="/_control/truth?company=1").status_code == 400


def test_all_state_survives_in_one_file(simulator: Simulator, nordvik_api: Api, clock: Clock, tmp_path: Any) -> None:
    simulator.knobs.troubles = [Trouble("500")]
    assert Person(simulator).http.post("/_control/save").json() == {"saved": True}
    again = Simulator(clock, tmp_path / "state")
    assert again.load()
    assert again.state == simulator.state
    assert [each.name for each in (tmp_path / "state").iterdir()] == ["fortnox.json"]
    assert nordvik_api.tokens["refresh_token"] in again.state.grants.refreshes


def test_nothing_is_loaded_where_nothing_was_saved(clock: Clock, tmp_path: Any) -> None:
    assert not Simulator(clock, tmp_path).load()
    without_folder = Simulator(clock)
    without_folder.save()
    assert not without_folder.load()


def test_whatever_goes_wrong_inside_is_a_500(api: Api, small: Company, capsys: pytest.CaptureFixture[str]) -> None:
    small.years.append(None)  # type: ignore[arg-type]  # a state no request can bring about
    assert api.get("financialyears").status_code == 500
    assert "Traceback" in capsys.readouterr().err
