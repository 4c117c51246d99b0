"""Doors loaded by path, as Lambda loads them, over the world in memory."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bridge import wiring
from infra.entries import ENTRIES
from tests.stand_ins.world import FakeWorld

FUNCTIONS = Path(__file__).parents[2] / "functions"


def load(door: str, module: str) -> ModuleType:
    """Load functions/<door>/<module>.py once, under a name of its own."""
    name = f"functions_{door}_{module}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, FUNCTIONS / door / f"{module}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: list[str] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Http:
    """Calls doors with events of payload version 2.0."""

    tenant: str = "T1"
    language: str = "sv"
    claims: dict[str, str] = field(default_factory=lambda: {"sub": "ada", "roles": "[approver]"})
    cookies: list[str] = field(default_factory=list)

    def __call__(
        self, door: str, method: str, path: str, body: object = None, *, query: str = "", **headers: str
    ) -> Answer:
        given = {"accept-language": self.language, "content-type": "application/json", **headers}
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": route_of(method, path),
            "rawPath": path,
            "rawQueryString": query,
            "headers": given,
            "queryStringParameters": dict(pair.split("=", 1) for pair in query.split("&") if pair),
            "requestContext": {
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
                "authorizer": {"jwt": {"claims": {"tenant": self.tenant, **self.claims}}},
                "requestId": "request-1",
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if self.cookies:
            event["cookies"] = self.cookies
        if is_open(event["routeKey"]):
            del event["requestContext"]["authorizer"]
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        answer = load(door, "api").handler(event, None)
        return Answer(
            answer["statusCode"], answer.get("headers", {}), answer.get("body") or "", answer.get("cookies", [])
        )


class Context:
    """The context of an invocation that has just begun."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def route_of(method: str, path: str) -> str:
    """Name the route of THE TABLE that a request meets, as API Gateway does."""
    routes = [route for entry in ENTRIES for route in (*entry.routes, *entry.open_routes)]
    for route in sorted(routes, key=lambda route: route.count("{")):
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)), f"{method} {path}"):
            return route
    return f"{method} {path}"


def is_open(route: str) -> bool:
    """Tell whether a route asks for no login."""
    return any(route in entry.open_routes for entry in ENTRIES)


@pytest.fixture
def http(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> Http:
    monkeypatch.setattr(wiring, "world", world.of)
    monkeypatch.setattr(wiring, "shared", lambda: world)
    for name, value in {
        "TENANT_CLAIM": "tenant",
        "ROLES_CLAIM": "roles",
        "CONSOLE_URL": "https://console.example",
    }.items():
        monkeypatch.setenv(name, value)
    return Http()


@pytest.fixture
def run(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a task door."""
    monkeypatch.setattr(wiring, "world", world.of)
    monkeypatch.setattr(wiring, "shared", lambda: world)

    def runs(door: str, module: str, function: str, **event: Any) -> Any:
        return getattr(load(door, module), function)(event, Context())

    return runs
