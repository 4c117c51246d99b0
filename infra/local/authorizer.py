"""API Gateway's JWT authoriser: RS256 against the issuer's published keys, with the shared clock."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import jwt as pyjwt

from infra.local.deployment import Authorizer, Route

Fetch = Callable[[str], Mapping[str, Any]]


class Unauthorized(Exception):
    """The request has no token, or one that does not hold: 401."""


class Forbidden(Exception):
    """The token holds but has none of the scopes the route asks for: 403."""


def fetch_json(url: str) -> Mapping[str, Any]:
    """Give the JSON document at a loopback address."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the issuer's address from the template
        document: Mapping[str, Any] = json.load(answer)
    return document


class JwtAuthorizer:
    """Checks bearer tokens; keys are fetched once per issuer, and again when a token names one not seen yet."""

    def __init__(self, clock: Callable[[], datetime], fetch: Fetch = fetch_json) -> None:
        self._clock = clock
        self._fetch = fetch
        self._keys: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def check(self, route: Route, headers: Mapping[str, str]) -> dict[str, Any] | None:
        """Tell what goes into the event's authorizer.jwt; None for an open route. Raises Unauthorized or Forbidden."""
        if route.authorizer is None:
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not token or scheme.lower() != "bearer":
            raise Unauthorized("no bearer token")
        claims = self._claims(route.authorizer, token.strip())
        granted = _scopes(claims)
        if route.scopes and not set(route.scopes) & set(granted):
            raise Forbidden
        return {
            "claims": {name: as_text(value) for name, value in claims.items()},
            "scopes": list(route.scopes) or None,
        }

    def _claims(self, authorizer: Authorizer, token: str) -> dict[str, Any]:
        try:
            kid = pyjwt.get_unverified_header(token).get("kid", "")
            key = self._key(authorizer.issuer, kid)
            # The times are checked below, by the shared clock instead of the library's own.
            unchecked: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
            claims: dict[str, Any] = pyjwt.decode(
                token, key, algorithms=["RS256"], issuer=authorizer.issuer, options=unchecked
            )
            self._check_times(claims)
        except (pyjwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise Unauthorized(f"the token does not hold: {error}") from error
        audience = claims.get("aud", claims.get("client_id", []))
        if not set([audience] if isinstance(audience, str) else audience) & set(authorizer.audiences):
            raise Unauthorized("the token is for somebody else")
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock().timestamp()
        if float(claims["exp"]) <= now:
            raise Unauthorized("the token has expired")
        if float(claims.get("nbf", 0)) > now or float(claims.get("iat", 0)) > now + 60:
            raise Unauthorized("the token is not valid yet")

    def _key(self, issuer: str, kid: str) -> Any:
        with self._lock:
            if kid not in self._keys.get(issuer, {}):
                where = self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")["jwks_uri"]
                self._keys[issuer] = {one["kid"]: pyjwt.PyJWK(one).key for one in self._fetch(where)["keys"]}
            return self._keys[issuer][kid]


def _scopes(claims: Mapping[str, Any]) -> list[str]:
    found = claims.get("scope", claims.get("scp", ""))
    return found.split() if isinstance(found, str) else list(found)


def as_text(value: Any) -> str:
    """Give a claim as API Gateway passes it on: always text; a list is its elements with blanks in brackets."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{' '.join(as_text(one) for one in value)}]"
    return json.dumps(value, separators=(",", ":"))
