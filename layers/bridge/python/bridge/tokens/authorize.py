"""The address at Fortnox where a user logs in and consents. Needs no secret."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from bridge.tokens.connection import Mode


def authorize_url(
    apps_url: str, client_id: str, redirect_uri: str, state: str, scopes: Iterable[str], mode: Mode
) -> str:
    """Give the URL to send the browser to; a service consent asks for an account of the company itself."""
    asked = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "access_type": "offline",
        "response_type": "code",
    }
    if mode is Mode.SERVICE:
        asked["account_type"] = "service"
    return f"{apps_url}/oauth-v1/auth?{urlencode(asked)}"
