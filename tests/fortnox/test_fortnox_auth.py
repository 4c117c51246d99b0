from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import ports
from bridge.fortnox.auth import Claims, OAuth, Tokens, claims
from bridge.fortnox.errors import (
    ClientInvalid,
    FortnoxError,
    FortnoxUnavailable,
    FortnoxUnreadable,
    GrantInvalid,
    OAuthRefused,
)
from tests.fortnox.conftest import ScriptedFortnox, answer

BASE = "https://apps.fortnox.se/oauth-v1"
TOKEN = {
    "access_token": "header.payload.signature",
    "expires_in": 3600,
    "token_type": "bearer",
    "scope": "bookkeeping companyinformation",
    "refresh_token": "r-2",
}


def test_it_is_the_port_of_the_broker(oauth: OAuth) -> None:
    port: ports.OAuth = oauth
    assert port is oauth


@pytest.fixture
def oauth(fortnox: ScriptedFortnox) -> Iterator[OAuth]:
    made = OAuth("id", "secret", BASE, transport=httpx.MockTransport(fortnox))
    yield made
    made.close()


def form(fortnox: ScriptedFortnox) -> dict[str, str]:
    (request,) = fortnox.requests
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"id:secret").decode()
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def test_a_code_is_exchanged_for_tokens(oauth: OAuth, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/oauth-v1/token", answer(200, TOKEN))
    assert oauth.exchange("code-1", "https://b.example/cb") == Tokens(
        "header.payload.signature", 3600, ("bookkeeping", "companyinformation"), "r-2"
    )
    assert form(fortnox) == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "redirect_uri": "https://b.example/cb",
    }


def test_a_refresh_token_gives_the_next_one(oauth: OAuth, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/oauth-v1/token", answer(200, TOKEN))
    assert oauth.refresh("r-1").refresh_token == "r-2"
    assert form(fortnox) == {"grant_type": "refresh_token", "refresh_token": "r-1"}
    assert fortnox.requests[0].extensions["timeout"]["read"] == 120.0


def test_client_credentials_name_the_company_and_bring_no_refresh_token(oauth: OAuth, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/oauth-v1/token", answer(200, {"access_token": "a", "expires_in": "3600", "scope": None}))
    assert oauth.client_credentials(123456) == Tokens("a", 3600, (), None)
    assert form(fortnox) == {"grant_type": "client_credentials"}
    assert fortnox.requests[0].headers["TenantId"] == "123456"


def test_a_consent_is_revoked_by_its_refresh_token(oauth: OAuth, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/oauth-v1/revoke", answer(200, {"revoked": True}))
    oauth.revoke("r-1")
    assert form(fortnox) == {"token": "r-1", "token_type_hint": "refresh_token"}


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (
            answer(400, b'{"error":"invalid_grant"}', Content_Type="text/html; charset=UTF-8"),
            GrantInvalid,
        ),
        (answer(401, b'{"error":"invalid_client"}', Content_Type="text/plain"), ClientInvalid),
        (answer(400, {"error": "error_missing_license"}), OAuthRefused),
        (answer(503, b"<html>"), FortnoxUnavailable),
        (answer(200, b"<html>"), FortnoxUnavailable),
        (answer(200, {"access_token": ""}), FortnoxUnreadable),
        (answer(200, []), FortnoxUnreadable),
        (httpx.ReadTimeout("x"), FortnoxUnavailable),
    ],
)
def test_a_refresh_is_tried_once_and_fails_in_its_own_class(
    oauth: OAuth, fortnox: ScriptedFortnox, response: httpx.Response | Exception, kind: type[Exception]
) -> None:
    fortnox.on("/oauth-v1/token", response)
    with pytest.raises(kind) as caught:
        oauth.refresh("refresh-secret")
    assert type(caught.value) is kind
    assert "refresh-secret" not in repr(caught.value)
    assert len(fortnox.requests) == 1


@pytest.mark.parametrize(("error", "sent"), [(httpx.ConnectError("x"), False), (httpx.ReadTimeout("x"), True)])
def test_a_refresh_that_failed_tells_whether_the_token_may_be_used_up(
    oauth: OAuth, fortnox: ScriptedFortnox, error: Exception, *, sent: bool
) -> None:
    fortnox.on("/oauth-v1/token", error)
    with pytest.raises(FortnoxUnavailable) as caught:
        oauth.refresh("r-1")
    assert caught.value.sent is sent


@pytest.mark.parametrize(
    ("response", "harmless"),
    [
        (httpx.ConnectError("x"), True),
        (answer(429, b"Too Many Requests"), True),
        (answer(400, {"error": "invalid_grant"}), True),
        (answer(401, {"error": "invalid_client"}), True),
        (httpx.ReadTimeout("x"), False),
        (answer(503, b"<html>"), False),
        (answer(200, b"<html>"), False),
        (answer(200, {"access_token": ""}), False),
    ],
)
def test_a_refresh_that_failed_tells_whether_the_token_is_as_good_as_before(
    oauth: OAuth, fortnox: ScriptedFortnox, response: httpx.Response | Exception, *, harmless: bool
) -> None:
    fortnox.on("/oauth-v1/token", response)
    with pytest.raises(FortnoxError) as caught:
        oauth.refresh("r-1")
    assert caught.value.harmless is harmless


def test_tokens_do_not_show_themselves() -> None:
    shown = repr(Tokens("access-secret", 3600, ("bookkeeping",), "refresh-secret"))
    assert "secret" not in shown
    assert "bookkeeping" in shown


def jwt(payload: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'typ': 'JWT', 'alg': 'HS256'})}.{part(payload)}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"tenantId": 123456, "exp": 1700003600, "scopes": ["bookkeeping"]}, Claims(123456, 1700003600)),
        ({"tenantId": "123456"}, Claims(123456, None)),
        ({"tenantId": -1, "exp": "soon"}, Claims(None, None)),
        ({"tenantId": True, "exp": 1.5}, Claims(None, None)),
        ({}, Claims(None, None)),
        ([], Claims(None, None)),
    ],
)
def test_a_token_says_whose_it_is_and_when_it_ends(payload: object, said: Claims) -> None:
    assert claims(jwt(payload)) == said


def test_tokens_name_their_company_or_say_that_they_do_not() -> None:
    assert Tokens(jwt({"tenantId": 123456}), 3600, ()).tenant_id == 123456
    with pytest.raises(FortnoxUnreadable, match="names no company"):
        _ = Tokens(jwt({}), 3600, ()).tenant_id


@given(st.text() | st.from_regex(r"[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*\.", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_any_text_may_be_a_token_that_says_nothing(text: str) -> None:
    assert isinstance(claims(text), Claims)


def test_the_secret_goes_nowhere_but_to_fortnox() -> None:
    with pytest.raises(ValueError, match="neither Fortnox"):
        OAuth("id", "secret", "https://apps.fortnox.example/oauth-v1")
