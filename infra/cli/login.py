"""A login at the local stack's issuer, as any client of its API gets one: authorisation code with PKCE."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import httpx

from infra.cli.api import ApiProblem

REDIRECT = "http://127.0.0.1/cli"
"""Never visited: the code is read from the address."""

USER = "demo"


def local_token(api_url: str, transport: httpx.BaseTransport | None = None) -> str:
    """Log in as the demo user where the API says its issuer is. Raises ApiProblem when no local stack answers there."""
    with httpx.Client(timeout=30, transport=transport) as http:
        try:
            issuer = http.get(f"{api_url}/_local").raise_for_status().json()["urls"]["issuer"]
            return _token(http, issuer)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            detail = "Start it with `make run` or `fortnox-bridge dev`, or give --url and --token"
            raise ApiProblem(
                {"code": "unauthorized", "title": f"No local stack at {api_url}", "detail": detail}
            ) from error


def _token(http: httpx.Client, issuer: str) -> str:
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    client = {"client_id": "fortnox-bridge-cli", "redirect_uri": REDIRECT}
    asked = {
        **client,
        "response_type": "code",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    back = http.post(f"{issuer}/authorize", data={**asked, "login": USER}).headers["location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {**client, "grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return str(http.post(f"{issuer}/token", data=form).raise_for_status().json()["access_token"])
