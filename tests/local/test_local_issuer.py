from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from werkzeug.test import Client

from infra.local.issuer import Claims, Issuer

URL = "http://127.0.0.1:8789"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": "console",
    "redirect_uri": "http://127.0.0.1:8787/login",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "state": "s",
    "nonce": "n",
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture(scope="module")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(key_folder: Path, clock: Clock) -> Issuer:
    made = Issuer(key_folder, clock, Claims("fortnox-bridge", "https://x/tenant", "groups"))
    made.url = URL
    return made


def code(client: Client) -> str:
    answer = client.post("/authorize", data={**ASKED, "login": "demo"})
    assert answer.status_code == 303
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (back["state"], back["iss"]) == (["s"], [URL])
    return back["code"][0]


def exchange(client: Client, given: str, **more: str) -> tuple[int, dict[str, str]]:
    asked = {
        "grant_type": "authorization_code",
        "code": given,
        "client_id": "console",
        "redirect_uri": ASKED["redirect_uri"],
        "code_verifier": VERIFIER,
        **more,
    }
    answer = client.post("/token", data=asked)
    body: dict[str, str] = answer.get_json()
    return answer.status_code, body


def test_a_login_by_code_and_proof_key_gives_tokens_that_the_published_key_signs(issuer: Issuer) -> None:
    client = Client(issuer)
    assert "Log in as Demo Demosson" in client.get("/authorize", query_string=ASKED).text
    status, tokens = exchange(client, code(client))
    assert status == 200
    discovery = client.get("/.well-known/openid-configuration").get_json()
    keys = client.get(discovery["jwks_uri"].removeprefix(URL)).get_json()["keys"]
    key = jwt.PyJWK(keys[0]).key
    unchecked: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(
        tokens["access_token"], key, ["RS256"], audience="fortnox-bridge", issuer=URL, options=unchecked
    )
    assert (claims["sub"], claims["https://x/tenant"], claims["groups"]) == (
        "demo",
        "demo-firm",
        ["approver"],
    )
    identity = jwt.decode(tokens["id_token"], key, ["RS256"], audience="console", options=unchecked)
    assert identity["nonce"] == "n"


def test_a_code_is_used_once_and_only_by_who_asked_for_it(issuer: Issuer, clock: Clock) -> None:
    client = Client(issuer)
    used = code(client)
    assert exchange(client, used)[0] == 200
    assert exchange(client, used) == (400, {"error": "invalid_grant"})
    assert exchange(client, code(client), code_verifier="other")[0] == 400
    assert exchange(client, code(client), redirect_uri="http://evil")[0] == 400
    assert exchange(client, code(client), client_id="other")[0] == 400
    late = code(client)
    clock.time += timedelta(seconds=61)
    assert exchange(client, late)[0] == 400


def machine(issuer: Issuer, **more: str) -> tuple[int, dict[str, Any]]:
    asked = {"grant_type": "client_credentials", "client_id": "demo-backend", "client_secret": "local", **more}
    answer = Client(issuer).post("/token", data=asked)
    return answer.status_code, answer.get_json()


def test_a_client_gets_a_token_of_its_own_with_the_scopes_it_asks_for(issuer: Issuer) -> None:
    status, given = machine(issuer, scope="bridge/read")
    assert status == 200
    claims = jwt.decode(given["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["client_id"], claims["scope"]) == ("demo-backend", "demo-backend", "bridge/read")
    assert claims["https://x/tenant"] == "demo-firm"
    assert "groups" not in claims
    assert machine(issuer)[1]["scope"] == "bridge/read bridge/prepare bridge/approve"


def test_a_client_with_another_secret_or_for_other_scopes_gets_nothing(issuer: Issuer) -> None:
    assert machine(issuer, client_secret="guessed") == (401, {"error": "invalid_client"})
    assert machine(issuer, client_id="nobody") == (401, {"error": "invalid_client"})
    assert machine(issuer, scope="bridge/read bridge/everything") == (400, {"error": "invalid_scope"})


@pytest.mark.parametrize("missing", ["client_id", "redirect_uri", "code_challenge", "response_type"])
def test_a_request_without_what_it_needs_is_refused(issuer: Issuer, missing: str) -> None:
    asked = {name: value for name, value in ASKED.items() if name != missing}
    assert Client(issuer).get("/authorize", query_string=asked).status_code == 400
    assert Client(issuer).post("/authorize", data={**asked, "login": "demo"}).status_code == 400


def test_nobody_else_can_log_in(issuer: Issuer) -> None:
    assert Client(issuer).post("/authorize", data={**ASKED, "login": "eve"}).status_code == 400
    assert Client(issuer).get("/nowhere").status_code == 404


def test_the_key_outlives_a_restart_and_is_the_owners_alone(issuer: Issuer, key_folder: Path, clock: Clock) -> None:
    again = Issuer(key_folder, clock, Claims("fortnox-bridge"))
    assert Client(again).get("/jwks.json").get_json() == Client(issuer).get("/jwks.json").get_json()
    assert (key_folder / "issuer.pem").stat().st_mode & 0o077 == 0
