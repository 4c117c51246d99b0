from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from werkzeug.test import Client, TestResponse

from infra.local import routing
from infra.local.authorizer import Forbidden, JwtAuthorizer, Unauthorized
from infra.local.deployment import Api, Authorizer, Cors, Route
from infra.local.front import Front
from infra.local.host import Answer, failure
from infra.local.issuer import Claims, Issuer

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
ISSUER = "http://127.0.0.1:8789"
LOGIN = Authorizer(ISSUER, ("fortnox-bridge",))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


class Recorder:
    """A host that answers what it was told to, and keeps the events."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.answer: Callable[[Any], Answer] = lambda _: ('{"statusCode": 200, "body": "ok"}', None)

    def __call__(self, _name: str, event: Any) -> Answer:
        self.events.append(json.loads(json.dumps(event)))
        return self.answer(event)


class Gateway:
    """The front with an issuer, ready to be asked."""

    def __init__(self, folder: Path, cors: Cors | None = None) -> None:
        self.clock, self.host = Clock(), Recorder()
        self.issuer = Issuer(folder, self.clock, Claims("fortnox-bridge"))
        self.issuer.url = ISSUER
        self.fetched: list[str] = []
        self.authorizer = JwtAuthorizer(self.clock, self._fetch)
        self.routes = (
            Route("GET /open/{thing}", "Open", 5),
            Route("POST /engagements/{engagement}/imports", "Imports", 0.2, LOGIN),
            Route("GET /scoped", "Scoped", 5, LOGIN, ("books:read",)),
        )
        api = Api("toyapi", "Toy", self.routes, cors)
        self.client = Client(Front(api, self.host, self.clock, self.authorizer), use_cookies=False)

    def _fetch(self, url: str) -> Any:
        self.fetched.append(url)
        return Client(self.issuer).get(url.removeprefix(ISSUER)).get_json()

    def token(self, **more: Any) -> str:
        return self.issuer.token("anna", "firm", ["admin", "accountant"], **more)

    def ask(self, method: str, target: str, token: str = "", **more: Any) -> TestResponse:
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        environ = {"RAW_URI": target, "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1"}
        path = target.partition("?")[0]
        return self.client.open(path, method=method, environ_overrides=environ, headers=headers, **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def gateway(folder: Path) -> Gateway:
    return Gateway(folder)


def test_an_event_has_the_shape_of_a_stored_one(gateway: Gateway, samples: Path) -> None:
    stored = json.loads((samples / "http_api_event.json").read_text())
    stored["headers"].pop("x-amzn-trace-id")
    target = "/engagements/e%201/imports?year=2024&year=2025&empty=&q=%C3%A5"
    headers = {"Host": "api.example.com", "User-Agent": "test/1.0", "Accept": "application/json", "X-Many": "one,two"}
    gateway.ask(
        "POST",
        target,
        gateway.token(),
        data='{"years":[1]}',
        content_type="application/json",
        headers={**headers, "Cookie": "session=abc; theme=dark"},
    )
    (event,) = gateway.host.events
    assert event["headers"].pop("x-amzn-trace-id").startswith("Root=1-")
    assert event["headers"].pop("authorization").startswith("Bearer ")
    event["requestContext"]["requestId"] = stored["requestContext"]["requestId"]
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    wanted = {**stored["requestContext"]["authorizer"]["jwt"]["claims"]}
    assert claims.keys() == {*wanted, "iss", "iat", "tenant"}
    assert claims["roles"] == wanted["roles"]
    assert all(isinstance(value, str) for value in claims.values())
    event["requestContext"]["authorizer"]["jwt"]["claims"] = wanted
    assert event == stored


def test_powertools_reads_the_event(gateway: Gateway) -> None:
    gateway.ask("POST", "/engagements/e1/imports", gateway.token(), data=b"{}", content_type="application/json")
    event = APIGatewayProxyEventV2(gateway.host.events[0])
    assert event.request_context.authorizer is not None
    assert event.request_context.authorizer.jwt_claim["sub"] == "anna"
    assert event.json_body == {}


def test_empty_parts_are_left_out_as_the_gateway_does(gateway: Gateway) -> None:
    gateway.ask("GET", "/open/x")
    (event,) = gateway.host.events
    assert event["pathParameters"] == {"thing": "x"}
    assert not {"cookies", "queryStringParameters", "body"} & event.keys()
    assert "authorizer" not in event["requestContext"]


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/x-www-form-urlencoded"])
def test_bodies_that_are_not_text_come_as_base64(gateway: Gateway, kind: str) -> None:
    gateway.ask("POST", "/engagements/e/imports", gateway.token(), data=b"\xff=1", content_type=kind)
    (event,) = gateway.host.events
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff=1"


def test_no_route_is_the_gateways_own_404(gateway: Gateway) -> None:
    answer = gateway.ask("GET", "/nowhere")
    assert (answer.status_code, answer.get_json()) == (404, {"message": "Not Found"})
    assert gateway.ask("DELETE", "/open/x").status_code == 404
    assert gateway.host.events == []


def test_a_body_beyond_10_mb_is_413(gateway: Gateway) -> None:
    answer = gateway.ask("POST", "/engagements/e/imports", gateway.token(), data=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.get_json()) == (413, {"message": "Request Entity Too Large"})


def test_a_function_that_takes_too_long_is_503(gateway: Gateway) -> None:
    release = threading.Event()
    gateway.host.answer = lambda _: (str(release.wait(20)), None)
    answer = gateway.ask("POST", "/engagements/e/imports", gateway.token())
    release.set()
    assert (answer.status_code, answer.get_json()) == (503, {"message": "Service Unavailable"})


@pytest.mark.parametrize(
    ("kind", "status"), [("ValueError", 500), ("Sandbox.Timedout", 500), ("TooManyRequestsException", 503)]
)
def test_a_failed_function_is_answered_without_its_error(gateway: Gateway, kind: str, status: int) -> None:
    gateway.host.answer = lambda _: failure(kind, "secret")
    answer = gateway.ask("GET", "/open/x")
    assert answer.status_code == status
    assert "secret" not in answer.text


def test_answers_carry_status_headers_cookies_and_bytes(gateway: Gateway) -> None:
    result = {
        "statusCode": 201,
        "headers": {"ETag": "1", "X-Flag": True},
        "cookies": ["a=1", "b=2"],
        "body": base64.b64encode(b"\x00").decode(),
        "isBase64Encoded": True,
    }
    gateway.host.answer = lambda _: (json.dumps(result), None)
    answer = gateway.ask("GET", "/open/x")
    assert (answer.status_code, answer.data) == (201, b"\x00")
    assert (answer.headers["etag"], answer.headers["x-flag"]) == ("1", "true")
    assert answer.headers.getlist("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-type"] == "text/plain;charset=utf-8"


def test_a_result_without_a_status_is_its_own_json_body(gateway: Gateway) -> None:
    gateway.host.answer = lambda _: ('{"a": 1}', None)
    answer = gateway.ask("GET", "/open/x")
    assert (answer.status_code, answer.get_json()) == (200, {"a": 1})


@pytest.mark.parametrize("result", [{"statusCode": "x"}, {"statusCode": 200, "body": {"a": 1}}])
def test_a_result_the_gateway_cannot_read_is_500(gateway: Gateway, result: Any) -> None:
    gateway.host.answer = lambda _: (json.dumps(result), None)
    assert gateway.ask("GET", "/open/x").status_code == 500


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/a/b", "GET /a/b", {}),
        ("GET", "/a/c", "GET /a/{x}", {"x": "c"}),
        ("GET", "/a/c%2Fd", "GET /a/{x}", {"x": "c/d"}),
        ("POST", "/a/c", "ANY /a/{x}", {"x": "c"}),
        ("GET", "/a/b/c/d", "GET /a/{rest+}", {"rest": "b/c/d"}),
        ("GET", "/a/", "$default", {}),
        ("GET", "/z", "$default", {}),
    ],
)
def test_the_most_specific_route_wins(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    keys = ("$default", "GET /a/{rest+}", "ANY /a/{x}", "GET /a/{x}", "GET /a/b")
    match = routing.find([Route(one, "F", 1) for one in keys], method, path.split("/")[1:])
    assert match is not None
    assert (match.route.key, match.parameters) == (key, parameters)


def test_a_token_that_does_not_hold_is_401(gateway: Gateway, tmp_path: Path) -> None:
    stranger = Issuer(tmp_path, gateway.clock, Claims("fortnox-bridge"))
    stranger.url = ISSUER
    good = gateway.token()
    bad = {
        "none": "",
        "no token": "x.y.z",
        "unknown key": stranger.token("eve", "firm", ["admin"]),
        "changed": good[:-8] + ("A" * 8),
        "wrong audience": gateway.token(aud="another"),
        "wrong issuer": gateway.token(iss="http://elsewhere"),
        "not yet": gateway.token(nbf=int(NOW.timestamp()) + 60),
        "without end": gateway.token(exp=None),
    }
    for why, token in bad.items():
        answer = gateway.ask("POST", "/engagements/e/imports", token)
        assert (answer.status_code, answer.get_json()) == (401, {"message": "Unauthorized"}), why
        assert answer.headers["www-authenticate"] == "Bearer"
    assert gateway.host.events == []


def test_a_token_expires_by_the_shared_clock(gateway: Gateway) -> None:
    token = gateway.token(seconds=600)
    assert gateway.ask("POST", "/engagements/e/imports", token).status_code == 200
    gateway.clock.time = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
    assert gateway.ask("POST", "/engagements/e/imports", token).status_code == 401


def test_a_route_with_scopes_refuses_a_token_without_them(gateway: Gateway) -> None:
    assert gateway.ask("GET", "/scoped", gateway.token()).status_code == 403
    assert gateway.ask("GET", "/scoped", gateway.token(scope="books:read other")).status_code == 200
    jwt = gateway.host.events[-1]["requestContext"]["authorizer"]["jwt"]
    assert jwt["scopes"] == ["books:read"]


def test_keys_are_fetched_once_until_an_unknown_one_is_named(gateway: Gateway) -> None:
    for _ in range(3):
        gateway.ask("POST", "/engagements/e/imports", gateway.token())
    assert len(gateway.fetched) == 2
    with pytest.raises(Unauthorized):
        gateway.authorizer.check(gateway.routes[1], {"authorization": "Basic abc"})
    with pytest.raises(Forbidden):
        gateway.authorizer.check(gateway.routes[2], {"authorization": f"Bearer {gateway.token()}"})


def test_a_preflight_is_answered_by_the_gateway_for_configured_origins_only(folder: Path) -> None:
    cors = Cors(("http://console",), ("GET", "POST"), ("authorization",), ("etag",), max_age=60)
    gateway = Gateway(folder, cors)
    asked = {"Origin": "http://console", "Access-Control-Request-Method": "POST"}
    answer = gateway.ask("OPTIONS", "/open/x", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET,POST"
    assert answer.headers["access-control-max-age"] == "60"
    other = gateway.ask("OPTIONS", "/open/x", headers={**asked, "Origin": "http://evil"})
    assert "access-control-allow-origin" not in other.headers
    assert gateway.host.events == []


def test_with_cors_the_gateway_writes_the_headers_itself(folder: Path) -> None:
    gateway = Gateway(folder, Cors(("http://console",), exposed=("etag",), credentials=True))
    result = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    gateway.host.answer = lambda _: (json.dumps(result), None)
    answer = gateway.ask("GET", "/open/x", headers={"Origin": "http://console"})
    assert answer.headers.getlist("access-control-allow-origin") == ["http://console"]
    assert answer.headers["access-control-expose-headers"] == "etag"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in gateway.ask("GET", "/open/x").headers
