from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.entries import ENTRIES
from infra.local.stack import LocalStack
from tests.stack.books import LAST
from tests.stack.client import SERIES, Bridge, NewBridge, in_both, key

SPECIFICATION = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())
ENTRY = {
    "kind": "V",
    "date": LAST,
    "text": "x",
    "rows": [{"account": 6420, "amount": "1"}, {"account": 2990, "amount": "-1"}],
}
BODIES: dict[str, Any] = {
    "/connection/authorizations": {"mode": "service"},
    "/activation-links": {},
    "/imports": {"years": [LAST]},
    "/closing-entries": {"entries": [ENTRY]},
    "/exports": {"entryIds": ["ent_1"], "series": SERIES},
}
QUERIES = {"/accounts": f"?year={LAST}", "/voucher-series": f"?year={LAST}"}


def routes() -> Iterator[tuple[str, str]]:
    """Method and path of every operation below an engagement."""
    for path, operations in SPECIFICATION["paths"].items():
        if "{engagement}" in path:
            yield from ((method.upper(), path.removeprefix("/api/v1")) for method in operations)


def stored(stack: LocalStack) -> tuple[list[str], list[str]]:
    """All that is kept: every item of every table, and every file."""
    dynamodb, s3 = stack.client("dynamodb"), stack.client("s3")
    tables = [stack.outputs[name] for name in ("ConnectionsTable", "WorkTable", "LimitsTable")]
    pages = [page for table in tables for page in dynamodb.get_paginator("scan").paginate(TableName=table)]
    files = s3.list_object_versions(Bucket=stack.outputs["DataBucket"]).get("Versions", [])
    return sorted(str(item) for page in pages for item in page["Items"]), [
        f"{each['Key']} {each['ETag']}" for each in files
    ]


def test_another_firms_ids_are_not_found_on_any_route_and_nothing_changes(
    stack: LocalStack, new_bridge: NewBridge
) -> None:
    owner = new_bridge(firm="T1")
    ids = {"engagement": owner.engagement, "account": "1510", "year": LAST, "job": "", "link": ""}
    assert owner.connect() == ""
    jobs = {"imports": owner.importing(LAST)["id"], "exports": owner.exporting(owner.entries([ENTRY]))["id"]}
    ids["link"] = owner.post("/activation-links", {}).json()["id"]
    strangers = [new_bridge(firm=firm) for firm in ("T12", "T", "t1", "T1:2", "another-firm")]
    before = stored(stack), owner.vouchers
    asked = list(routes())
    assert len(asked) == sum("{engagement}" in route for entry in ENTRIES for route in entry.routes)
    for stranger, (method, path) in product(strangers, asked):
        tail = path.removeprefix("/engagements/{engagement}")
        ids["job"] = jobs.get(tail.split("/")[1] if tail else "", "")
        where, body = path.format(**ids) + QUERIES.get(tail, ""), BODIES[tail] if method == "POST" else None
        sv, en = (
            stranger.ask(method, where, body, accept_language=each, idempotency_key=key()) for each in ("sv", "en")
        )
        assert (sv.status_code, en.status_code) == (404, 404), (method, path, en.text)
        in_both("not-found", sv.json(), en.json())
    assert (stored(stack), owner.vouchers) == before
    for stranger in strangers:
        assert owner.engagement not in stranger.ask("GET", "/engagements").text


@pytest.mark.parametrize("firm", ["T1#E", "T1/x", "T*", "", "T1 "])
def test_a_firm_whose_name_could_reach_further_is_forbidden_everywhere(
    stack: LocalStack, bridge: Bridge, firm: str
) -> None:
    stray = Bridge(stack.api_url, lambda: stack.token("eve", firm), bridge.company, bridge.engagement)
    before = stored(stack)
    for method, path in routes():
        tail = path.removeprefix("/engagements/{engagement}")
        where = path.format(engagement=bridge.engagement, job="x", account="1510", year=LAST, link="x") + QUERIES.get(
            tail, ""
        )
        answer = stray.ask(method, where, BODIES[tail] if method == "POST" else None, idempotency_key=key())
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path)
    assert stored(stack) == before
    stray.close()


def test_another_firms_jobs_and_entries_are_not_found_under_ones_own_engagement(
    imported: Bridge, new_bridge: NewBridge
) -> None:
    stranger = new_bridge()
    assert stranger.connect() == ""
    assert stranger.importing(LAST)["status"] == "succeeded"
    stranger.refused("not-found", "GET", f"/imports/{imported.published}")
    stranger.refused("not-found", "GET", f"/exports/{imported.published}")
    asked = {"entryIds": imported.entries([ENTRY]), "series": SERIES}
    stranger.refused("entry-unknown", "POST", "/exports", asked, idempotency_key=key())
    assert stranger.markers == imported.markers == []


@pytest.mark.parametrize("kind", ["none", "expired", "other-audience", "other-key", "not-a-token"])
def test_without_a_token_of_ours_every_route_answers_401(stack: LocalStack, kind: str, bridge: Bridge) -> None:
    issuer: Any = stack._issuer
    tokens = {
        "none": "",
        "expired": issuer.token("anna", "firm", [], -1),
        "other-audience": issuer.token("anna", "firm", [], aud="somebody-else"),
        "other-key": bridge.token()[:-8] + "AAAAAAAA",
        "not-a-token": "abc",
    }
    headers = {"Authorization": f"Bearer {tokens[kind]}"} if tokens[kind] else {}
    asked = [*routes(), ("GET", "/engagements"), ("POST", "/engagements")]
    with httpx.Client(base_url=f"{stack.api_url}/api/v1", headers=headers) as http:
        for method, path in asked:
            where = path.format(engagement=bridge.engagement, job="x", account="1510", year=LAST, link="x")
            assert http.request(method, where, json={}).status_code == 401, (method, path)


def test_a_machine_may_do_what_its_scopes_say(stack: LocalStack, bridge: Bridge) -> None:
    """The backend of a host product, whose token comes from client credentials."""
    form = {"grant_type": "client_credentials", "client_id": "demo-backend", "client_secret": "local"}
    tokens = {
        scope: httpx.post(f"{stack.issuer_url}/token", data={**form, "scope": scope}).json()["access_token"]
        for scope in ("bridge/read", "bridge/prepare")
    }
    held = {"scope": "bridge/read"}
    machine = Bridge(stack.api_url, lambda: tokens[held["scope"]], bridge.company)
    assert machine.ask("GET", "/engagements").status_code == 200
    asked: dict[str, Any] = {"name": "X", "orgNumber": bridge.company.org_number, "years": [], "activePeriod": None}
    problem = machine.refused("role-missing", "POST", "//engagements", asked)
    assert problem["params"] == {"role": "preparer"}
    held["scope"] = "bridge/prepare"
    assert machine.engage()
    machine.refused("role-missing", "DELETE", "/connection")
    machine.close()


@pytest.mark.parametrize(("origin", "allowed"), [("own", True), ("https://evil.example", False), ("null", False)])
def test_only_a_page_of_an_allowed_origin_may_call(stack: LocalStack, *, origin: str, allowed: bool) -> None:
    origin = stack.api_url if origin == "own" else origin
    wanted = "authorization,content-type,idempotency-key,accept-language,if-match,x-request-id"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    answer = httpx.options(f"{stack.api_url}/api/v1/engagements", headers=asked)
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert (
        set(wanted.split(",")) <= set(answer.headers.get("access-control-allow-headers", "").split(",")) or not allowed
    )
    assert "access-control-allow-credentials" not in answer.headers
    read = httpx.get(f"{stack.api_url}/api/v1/health", headers={"Origin": origin})
    assert read.headers.get("access-control-allow-origin") == (origin if allowed else None)


def test_health_is_open_to_everybody(stack: LocalStack) -> None:
    assert httpx.get(f"{stack.api_url}/api/v1/health").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/imports", {"years": "2025"}),
        ("POST", "/imports", {"surprise": 1}),
        ("POST", "/exports", {"entryIds": [], "series": SERIES}),
        ("POST", "/closing-entries", {"entries": [{**ENTRY, "rows": [{"account": 1, "amount": "1,50"}]}]}),
        ("POST", "/connection/authorizations", {"mode": "root"}),
        ("GET", "/accounts", None),
    ],
)
def test_a_request_of_the_wrong_shape_names_its_fields(bridge: Bridge, method: str, path: str, body: Any) -> None:
    problem = bridge.refused("invalid-request", method, path, body)
    assert problem["errors"]
    assert all(each["pointer"] and each["detail"] for each in problem["errors"])
