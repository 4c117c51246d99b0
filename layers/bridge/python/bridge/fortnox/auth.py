"""OAuth with Fortnox: the three ways to tokens (`bridge.tokens.authorize` has the address where consent is given).

Nothing is repeated here. A refresh token works once, so a refresh whose answer was lost is for the keeper of tokens to
judge (`FortnoxUnavailable.sent`); the answer gets two minutes, because giving up early loses the connection.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import httpx
from pydantic import Field

from bridge.fortnox import wire
from bridge.fortnox.errors import FortnoxUnavailable, FortnoxUnreadable, at_the_wall, oauth_failure
from bridge.fortnox.payloads import Payload, Text, read

TIMEOUT = httpx.Timeout(connect=5.0, write=10.0, read=120.0, pool=5.0)
"""Seconds each step of a token request may take."""

HOUR = 3600
"""Seconds an access token lives when Fortnox does not say."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave. `expires_in` is seconds; client credentials come without a refresh token."""

    access_token: str = field(repr=False)
    expires_in: int
    scopes: tuple[str, ...]
    refresh_token: str | None = field(default=None, repr=False)

    @property
    def tenant_id(self) -> int:
        """The company's DatabaseNumber, from the access token; FortnoxUnreadable when it says none."""
        found = claims(self.access_token).tenant_id
        if found is None:
            raise FortnoxUnreadable("the access token names no company")
        return found


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says about itself: the company, and its end in epoch seconds. None where it says nothing."""

    tenant_id: int | None
    expires: int | None


class TokenPayload(Payload):
    """The token endpoint's answer, in lower case."""

    access_token: str = Field(alias="access_token", min_length=1)
    expires_in: int = Field(HOUR, alias="expires_in")
    scope: Text = Field("", alias="scope")
    refresh_token: Text = Field("", alias="refresh_token")


class OAuth:
    """Our registration with Fortnox. `base_url` is `https://apps.fortnox.se/oauth-v1` or a simulator's."""

    def __init__(
        self, client_id: str, client_secret: str, base_url: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._base = wire.trusted(base_url)
        self._transport = transport

    def exchange(self, code: str, redirect_uri: str) -> Tokens:
        """Fetch tokens for an authorisation code (ten minutes, once). GrantInvalid when it is used or too old."""
        return self._tokens({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})

    def refresh(self, refresh_token: str) -> Tokens:
        """Fetch new tokens for a refresh token, which is dead from then on. GrantInvalid when it already was."""
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def client_credentials(self, tenant_id: int) -> Tokens:
        """Fetch an access token for a company that approved the service account; may be asked for freely."""
        return self._tokens({"grant_type": "client_credentials"}, {"TenantId": str(tenant_id)})

    def revoke(self, refresh_token: str) -> None:
        """End the consent at Fortnox, which says yes to unknown tokens too."""
        self._post("/revoke", {"token": refresh_token, "token_type_hint": "refresh_token"}, {})

    def close(self) -> None:
        """Close what was opened."""
        if "_client" in self.__dict__:
            self.__dict__.pop("_client").close()

    def _tokens(self, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Tokens:
        content = self._post("/token", form, headers or {})
        try:
            body = wire.read_json(content)
        except ValueError:
            raise FortnoxUnavailable("an answer of the token endpoint that is not JSON") from None
        payload = read(TokenPayload, body)
        return Tokens(
            payload.access_token, payload.expires_in, tuple(payload.scope.split()), payload.refresh_token or None
        )

    @cached_property
    def _client(self) -> httpx.Client:
        """A connection for each request, as for writes: a refresh must not die on one that was kept too long."""
        return wire.client(TIMEOUT, self._transport or wire.writing_transport())

    def _post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
        with at_the_wall():
            response = self._client.post(
                self._base + path, data=form, headers=headers, auth=(self._client_id, self._client_secret)
            )
        if not response.is_success:
            raise oauth_failure(response.status_code, response.content, response.headers.get("Retry-After", ""))
        return response.content


def claims(access_token: str) -> Claims:
    """Read a token's claims without verifying them: Fortnox signs with a key of its own. Never fails, gives None."""
    parts = access_token.split(".")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        body = wire.read_json(base64.urlsafe_b64decode(padded))
    except (IndexError, ValueError, binascii.Error):
        body = None
    said = body if isinstance(body, dict) else {}
    return Claims(_whole(said.get("tenantId")), _whole(said.get("exp")))


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isascii() and str(value).isdigit() else None
