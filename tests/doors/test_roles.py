from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge import messages
from bridge.edge.caller import APPROVER, SCOPES, needed
from bridge.engagements.caller import ALL, Role, upto
from infra.entries import ENTRIES
from tests.doors.conftest import Http
from tests.stand_ins.world import FakeWorld

E = "/api/v1/engagements"
ROUTES = {route: entry.door for entry in ENTRIES for route in entry.routes}
BELOW = {Role.PREPARER: Role.READER, Role.APPROVER: Role.PREPARER}
DOCUMENT = Path(__file__).parents[2] / "docs/security.md"


def ask(http: Http, route: str) -> tuple[int, str]:
    """Ask a route with nothing that it wants; gives the status and the problem's code."""
    method, path = route.split(" ")
    answer = http(ROUTES[route], method, re.sub(r"\{\w+\}", "x", path), None if method == "GET" else {})
    return answer.status, answer.json.get("code", "") if answer.text else ""


def of(*roles: str) -> dict[str, str]:
    return {"sub": "ada", "roles": f"[{' '.join(roles)}]"}


def test_a_role_has_what_those_before_it_have() -> None:
    assert upto() == set()
    assert upto(Role.READER) == {Role.READER}
    assert upto(Role.READER, Role.APPROVER) == upto(Role.APPROVER) == ALL


def test_the_exceptions_are_routes_and_reading_never_asks_for_more_than_a_reader() -> None:
    assert ROUTES.keys() >= APPROVER
    assert {needed(route) for route in ROUTES if route.startswith("GET ")} == {Role.READER}
    assert {needed(route) for route in ROUTES if not route.startswith("GET ")} == {Role.PREPARER, Role.APPROVER}


def test_the_document_names_the_role_of_every_route() -> None:
    rows = re.findall(r"^\| `([A-Z]+ /\S+)` \| (\w+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == {route: needed(route).value for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_asks_for_its_role_and_says_which(http: Http, route: str) -> None:
    role = needed(route)
    lower = [BELOW[role]] if role in BELOW else []
    http.claims = of(*lower)
    for language in ("sv", "en"):
        http.language = language
        method, path = route.split(" ")
        answer = http(ROUTES[route], method, re.sub(r"\{\w+\}", "x", path), None if method == "GET" else {})
        assert (answer.status, answer.json["code"], answer.json["params"]) == (403, "role-missing", {"role": role})
        word = messages.text("words", f"role.{role}", {}, language)
        assert f" {word}." in answer.json["detail"]
    http.claims = of(role)
    assert ask(http, route)[1] not in {"role-missing", "forbidden", "internal"}


def callers() -> Iterator[tuple[str, dict[str, str], Role | None]]:
    """Claims of a login, and the highest role they bring."""
    yield "a person without the claim has all", {"sub": "ada"}, Role.APPROVER
    yield "a person whose claim is empty has none", of(), None
    yield "a person whose claim names none of ours has none", of("admin", "accountant"), None
    yield "roles of others do no harm", of("admin", "preparer"), Role.PREPARER
    yield "a list between commas is a list", {"sub": "ada", "roles": "reader,preparer"}, Role.PREPARER
    yield "scopes of others do no harm", {"sub": "ada", "scope": "openid profile"}, Role.APPROVER
    yield "our scopes bound a person", {"sub": "ada", "scope": "openid bridge/read"}, Role.READER
    yield "scopes give a person nothing", {**of("reader"), "scope": "bridge/approve"}, Role.READER
    machine = {"sub": "backend", "client_id": "backend"}
    yield "a machine has its scopes", {**machine, "scope": "bridge/read bridge/prepare"}, Role.PREPARER
    yield "a machine without scopes has nothing", machine, None
    yield "a machine with scopes of others has nothing", {**machine, "scope": "openid"}, None
    yield "a machine has no roles by a claim", {**machine, "roles": "[approver]"}, None
    yield "a machine without a subject is one too", {"client_id": "backend", "scope": "bridge/approve"}, Role.APPROVER
    yield "nobody at all has nothing", {"azp": ""}, None
    told = ({"idtyp": "app"}, {"gty": "client-credentials"}, {"preferred_username": "service-account-backend"})
    for claims in told:
        yield f"a client with a subject of its own is a machine: {next(iter(claims))}", {"sub": "6f1c", **claims}, None
    yield (
        "a person with a user name is none",
        {"sub": "6f1c", "preferred_username": "ada", "idtyp": "user"},
        Role.APPROVER,
    )
    yield "scopes as a list", {"sub": "b@clients", "azp": "b", "scp": "[bridge/read]"}, Role.READER


@pytest.mark.parametrize(("claims", "role"), [pytest.param(*rest, id=name) for name, *rest in callers()])
def test_who_a_login_is_decides_what_it_may(http: Http, claims: dict[str, str], role: Role | None) -> None:
    http.claims = claims
    asked = {Role.READER: f"GET {E}", Role.PREPARER: f"POST {E}", Role.APPROVER: min(APPROVER)}
    allowed = {each for each, route in asked.items() if ask(http, route)[1] != "role-missing"}
    assert allowed == (upto(role) if role else set())


def test_there_is_a_scope_for_each_role() -> None:
    assert list(SCOPES.values()) == list(Role)


def test_what_a_machine_does_is_logged_by_its_name(http: Http, world: FakeWorld, connected: str) -> None:
    http.claims = {"sub": "", "client_id": "host-backend", "scope": "bridge/prepare"}
    assert http("import", "POST", f"{E}/{connected}/imports", {}).status == 202
    assert (world.jobs.lines[-1].code, world.jobs.lines[-1].by) == ("import-started", "host-backend")


@pytest.mark.parametrize("tenant", ["", "a#b", "a/b", "T*", "T?", "$T", "a b", "Å", "x" * 201])
def test_a_tenant_that_could_mean_more_than_itself_is_forbidden(http: Http, tenant: str) -> None:
    http.tenant = tenant
    answer = http("oauth_callback", "GET", E)
    assert (answer.status, answer.json["code"]) == (403, "forbidden")


@pytest.mark.parametrize("tenant", ["T1", "b5a1c0de-0001", "urn:firm:1", "a@b.se", "x" * 200])
def test_an_ordinary_tenant_is_let_in(http: Http, tenant: str) -> None:
    http.tenant = tenant
    assert json.loads(http("oauth_callback", "GET", E).text) == {"items": []}
