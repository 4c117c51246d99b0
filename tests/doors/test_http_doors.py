from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.flows import imports as import_flow
from bridge.problem import Problem
from tests.doors.conftest import Answer, Http
from tests.flows.runs import run_export, run_import
from tests.stand_ins.world import FakeWorld

E = "/api/v1/engagements"
ASKED: dict[str, Any] = {
    "name": "Nordvik Snickeri AB",
    "orgNumber": "556677-8899",
    "years": [{"from": "2024-01-01", "to": "2024-12-31"}, {"from": "2025-01-01", "to": "2025-12-31"}],
    "activePeriod": {"from": "2025-01-01", "to": "2025-12-31"},
}
ENTRY: dict[str, Any] = {
    "kind": "V",
    "date": "2025-12-31",
    "text": "Periodisering",
    "rows": [{"account": 6990, "amount": "100.50"}, {"account": 1930, "amount": "-100.50"}],
}


def created(http: Http) -> str:
    answer = http("oauth_callback", "POST", E, ASKED)
    assert (answer.status, answer.headers["Location"]) == (201, f"{E}/{answer.json['id']}")
    return f"{E}/{answer.json['id']}"


def linked(http: Http) -> str:
    at = created(http)
    begun = http("oauth_callback", "POST", f"{at}/connection/authorizations", {"mode": "service"})
    assert begun.status == 201
    back = through_fortnox(http, begun.json["authorizeUrl"], "code=once")
    assert back.headers["Location"] == f"https://console.example/{at.split('/', 3)[3]}?connected=1"
    return at


def through_fortnox(http: Http, address: str, query: str) -> Answer:
    """Follow the address as a browser does, and come back from Fortnox with the query."""
    url = urlsplit(address)
    leaving = http("oauth_callback", "GET", url.path, query=url.query)
    http.cookies = [each.partition(";")[0] for each in leaving.cookies]
    (state,) = parse_qs(urlsplit(leaving.headers["Location"]).query)["state"]
    back = http("oauth_callback", "GET", "/oauth/callback", query=f"{query}&state={state}")
    assert back.status == 303
    return back


def test_health_answers(http: Http) -> None:
    assert http("oauth_callback", "GET", "/api/v1/health").json == {"status": "ok"}


def test_an_engagement_is_created_read_and_listed(http: Http) -> None:
    at = created(http)
    read = http("oauth_callback", "GET", at).json
    assert read["orgNumber"] == "556677-8899"
    assert [year["id"] for year in read["years"]] == ["2024-12-31", "2025-12-31"]
    assert read["publishedImport"] is None
    assert [each["id"] for each in http("oauth_callback", "GET", E).json["items"]] == [read["id"]]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_everything_wrong_with_an_engagement_is_told_in_both_languages(http: Http, language: str) -> None:
    http.language = language
    wrong = {**ASKED, "name": "", "orgNumber": "556677-8890"}
    answer = http("oauth_callback", "POST", E, wrong)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/name", "/orgNumber"]
    assert all(error["detail"] for error in answer.json["errors"])
    assert answer.headers["Content-Language"] == language


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**ASKED, "colour": "red"}, "/colour"),
        ({**ASKED, "years": []}, "/years"),
        ({**ASKED, "activePeriod": {"from": "yesterday", "to": "2025-12-31"}}, "/activePeriod/from"),
    ],
)
def test_a_body_of_the_wrong_shape_points_at_its_field(http: Http, body: object, pointer: str) -> None:
    answer = http("oauth_callback", "POST", E, body)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[" * 40 + "]" * 40,
        "1" * 5000,
        '"' + "x" * 300_000 + '"',
        "{" * 40_000,
        "nul\x00",
        '{"orgNumber": "\\ud800"}',
    ],
)
def test_hostile_bodies_are_refused_before_anything_reads_them(http: Http, body: str) -> None:
    assert http("oauth_callback", "POST", E, body).status == 422


def test_a_body_that_is_not_json_is_refused(http: Http) -> None:
    answer = http("oauth_callback", "POST", E, "a=b", **{"content-type": "multipart/form-data"})
    assert (answer.status, answer.json["code"]) == (422, "invalid-request")


def test_a_login_without_a_tenant_is_forbidden(http: Http) -> None:
    http.tenant = ""
    assert http("oauth_callback", "GET", E).status == 403


def test_an_unknown_route_and_another_tenants_engagement_are_not_found(http: Http) -> None:
    at = created(http)
    assert http("oauth_callback", "GET", "/api/v1/nothing").json["code"] == "not-found"
    http.tenant = "T12"
    assert http("oauth_callback", "GET", at).status == 404


def test_a_connection_is_shown_and_ended(http: Http) -> None:
    at = linked(http)
    shown = http("oauth_callback", "GET", f"{at}/connection").json
    assert (shown["status"], shown["company"], shown["orgNumber"]) == (
        "connected",
        "Nordvik Snickeri AB",
        "556677-8899",
    )
    assert (shown["daysLeft"], shown["connectedBy"], shown["mode"]) == (30, "ada", "service")
    assert shown["text"].startswith("Gäller till 2026-12-20 (30 dagar kvar).")
    assert http("oauth_callback", "DELETE", f"{at}/connection").status == 204
    ended = http("oauth_callback", "GET", f"{at}/connection").json
    assert (ended["status"], ended["company"], ended["daysLeft"]) == ("none", None, None)


def test_nothing_connected_is_an_answer_too(http: Http) -> None:
    shown = http("oauth_callback", "GET", f"{created(http)}/connection").json
    assert shown["status"] == "none"
    assert (shown["export"]["allowed"], shown["export"]["reason"]) == (False, "not-connected")


def test_the_main_job_over_http(http: Http, world: FakeWorld) -> None:
    at = linked(http)
    begun = http("import", "POST", f"{at}/imports", {"years": []}, **{"idempotency-key": "k1"})
    assert (begun.status, begun.headers["Retry-After"]) == (202, "1")
    run_import(world, world.workflows.started[-1][1])
    job = http("import", "GET", begun.headers["Location"]).json
    assert job["status"] == "succeeded"
    assert all(finding["text"] for finding in job["findings"])
    assert http("import", "GET", f"{at}/imports").json["items"][0]["id"] == job["id"]
    assert [year["vouchers"] for year in http("import", "GET", f"{at}/financial-years").json["items"]] == [1, 2]
    accounts = http("import", "GET", f"{at}/accounts", query="year=2025-12-31").json["items"]
    assert {each["account"]: each["closing"] for each in accounts}["1930"] == "1090.00"
    assert [each["account"] for each in http("import", "GET", f"{at}/appendices").json["items"]] == ["1510", "2440"]
    assert http("import", "GET", f"{at}/appendices/1510").json["difference"] == "2500.00"
    made = http("export", "POST", f"{at}/closing-entries", {"entries": [ENTRY]})
    assert made.status == 201
    ids = [each["id"] for each in made.json["items"]]
    shown = http("oauth_callback", "GET", f"{at}/connection").json
    assert shown["export"] == {"allowed": True, "reason": None, "text": None}
    series = http("export", "GET", f"{at}/voucher-series", query="year=2025-12-31").json["items"]
    assert [each["code"] for each in series if each["manual"]] == ["A", "I"]
    sent = http("export", "POST", f"{at}/exports", {"entryIds": ids, "series": {"V": "A"}}, **{"idempotency-key": "k2"})
    assert sent.status == 202
    run_export(world, world.workflows.started[-1][1])
    export = http("export", "GET", sent.headers["Location"]).json
    assert [(item["series"], item["number"], item["verified"]) for item in export["items"]] == [("A", 1, True)]
    assert http("export", "GET", f"{at}/exports").json["items"][0]["status"] == "succeeded"
    assert http("export", "GET", f"{at}/closing-entries").json["items"][0]["status"] == "transferred"
    lines = http("import", "GET", f"{at}/activity").json["items"]
    assert [line["code"] for line in lines] == [
        "export-done",
        "export-started",
        "import-done",
        "import-started",
        "connected",
    ]
    assert all(line["text"] for line in lines)


def test_an_account_list_without_a_year_and_an_unknown_appendix_are_refused(http: Http) -> None:
    at = linked(http)
    assert http("import", "GET", f"{at}/accounts").status == 422
    assert http("import", "GET", f"{at}/appendices/1930").status == 404


def test_an_unbalanced_entry_is_refused_with_its_sums(http: Http) -> None:
    at = linked(http)
    wrong = {**ENTRY, "rows": ENTRY["rows"][:1]}
    answer = http("export", "POST", f"{at}/closing-entries", {"entries": [wrong]})
    assert (answer.status, answer.json["code"]) == (422, "unbalanced-voucher")
    assert answer.json["params"]["debit"] == "100.50"


def test_a_failed_job_carries_its_problem_and_a_rejected_voucher_its_own(http: Http, world: FakeWorld) -> None:
    at = linked(http)
    job = http("import", "POST", f"{at}/imports", {}).json
    problem = world.workflows.started[-1][1]
    import_flow.fail(
        world, problem, Problem("sie-unbalanced", {"voucher": "A 1", "amount": "1.00", "line": 4, "count": 1})
    )
    failed = http("import", "GET", f"{at}/imports/{job['id']}").json
    assert (failed["status"], failed["problem"]["code"]) == ("failed", "sie-unbalanced")
    assert failed["problem"]["detail"]


def test_a_failure_of_ours_is_answered_without_its_text(http: Http, world: FakeWorld) -> None:
    at = created(http)

    def broken(*_: object) -> None:
        raise RuntimeError("secret text")

    world.connections.get = broken  # type: ignore[method-assign,assignment] # the store is broken in this test
    answer = http("oauth_callback", "GET", f"{at}/connection")
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert "secret text" not in json.dumps(answer.json)
