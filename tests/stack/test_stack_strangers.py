from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.stack import LocalStack
from tests.stack.books import LAST
from tests.stack.client import SERIES, Bridge, Json, NewBridge, in_both, key

SPECIFICATION = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())
ENTRY = {
    "kind": "V",
    "date": LAST,
    "text": "x",
    "rows": [{"account": 6420, "amount": "1"}, {"account": 2990, "amount": "-1"}],
}
BODIES: dict[str, Any] = {
    "/connection/authorizations": {"mode": "service"},
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


def everything(bridge: Bridge) -> dict[str, Json]:
    """All that the owner sees."""
    paths = ("", "/connection", "/imports", "/exports", "/closing-entries", "/appendices", "/activity")
    return {path: bridge.get(path) for path in paths}


def test_another_firms_ids_are_not_found_on_any_route_and_nothing_changes(
    imported: Bridge, new_bridge: NewBridge
) -> None:
    stranger = new_bridge()
    jobs = {"imports": imported.published, "exports": imported.exporting(imported.entries([ENTRY]))["id"]}
    before = everything(imported), imported.vouchers
    asked = list(routes())
    assert len(asked) == 18
    for method, path in asked:
        tail = path.removeprefix("/engagements/{engagement}")
        job = jobs.get(tail.split("/")[1] if tail else "", "")
        where = path.format(engagement=imported.engagement, job=job, account="1510") + QUERIES.get(tail, "")
        body = BODIES[tail] if method == "POST" else None
        sv, en = (
            stranger.ask(method, where, body, accept_language=each, idempotency_key=key()) for each in ("sv", "en")
        )
        assert (sv.status_code, en.status_code) == (404, 404), (method, path, en.text)
        in_both("not-found", sv.json(), en.json())
    assert (everything(imported), imported.vouchers) == before
    assert [each["id"] for each in stranger.ask("GET", "/engagements").json()["items"]] == [stranger.engagement]


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
            where = path.format(engagement=bridge.engagement, job="x", account="1510")
            assert http.request(method, where, json={}).status_code == 401, (method, path)


def test_a_login_without_a_firm_is_forbidden(stack: LocalStack, bridge: Bridge) -> None:
    stray = Bridge(stack.api_url, lambda: stack.token("anna", "", []), bridge.company, bridge.engagement)
    stray.refused("forbidden", "GET", "")
    stray.http.close()


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
