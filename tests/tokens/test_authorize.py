from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from bridge.tokens.authorize import authorize_url
from bridge.tokens.connection import Mode

APPS = "https://apps.fortnox.se"
SCOPES = ("invoice", "payment")


def test_the_address_carries_everything_encoded_and_no_secret() -> None:
    url = urlsplit(authorize_url(APPS, "id", "https://b.example/cb?x=1", "s&t", SCOPES, Mode.SERVICE))
    assert (url.netloc, url.path) == ("apps.fortnox.se", "/oauth-v1/auth")
    assert parse_qs(url.query) == {
        "client_id": ["id"],
        "redirect_uri": ["https://b.example/cb?x=1"],
        "scope": ["invoice payment"],
        "state": ["s&t"],
        "access_type": ["offline"],
        "response_type": ["code"],
        "account_type": ["service"],
    }


def test_a_personal_consent_asks_for_no_service_account() -> None:
    assert "account_type" not in authorize_url(APPS, "id", "https://b.example/cb", "s", SCOPES, Mode.PERSONAL)
