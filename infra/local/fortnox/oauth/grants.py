"""What the OAuth server remembers, and the access tokens it signs."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

ACCESS_SECONDS = 3600
CODE_SECONDS = 600
REFRESH_SECONDS = 45 * 24 * 3600
Kind = TypeVar("Kind")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(slots=True)
class Client:
    """An app of the Developer Portal. No scopes means every scope is ticked there."""

    id: str
    secret: str
    redirect_uris: list[str] = field(default_factory=list)
    name: str = "Fortnox Bridge"
    scopes: list[str] | None = None
    service_accounts: bool = True
    any_loopback: bool = False

    def redirects_to(self, uri: str) -> bool:
        """Whether the address is registered, or on this machine where that is enough."""
        if uri in self.redirect_uris:
            return True
        parts = urlsplit(uri)
        return self.any_loopback and parts.scheme == "http" and parts.netloc.rsplit(":", 1)[0] in _LOOPBACK


@dataclass(slots=True)
class User:
    """Somebody who can log in. No companies means all of them (an agency); only an administrator approves services."""

    name: str
    password: str
    companies: list[int] | None = None
    administrator: bool = True


@dataclass(slots=True)
class Code:
    """An authorisation code: ten minutes, once."""

    client: str
    company: int
    user: str
    scopes: list[str]
    redirect_uri: str
    expires: float


@dataclass(slots=True)
class Refresh:
    """A refresh token: 45 days, once. Its `family` is all that came from the same code."""

    client: str
    company: int
    user: str
    scopes: list[str]
    expires: float
    family: str
    dead: bool = False


@dataclass(slots=True)
class Consent:
    """What a company allowed an app; `service` is what client credentials need."""

    scopes: list[str]
    service: bool


@dataclass(slots=True)
class Grants:
    """Everything the OAuth server keeps."""

    clients: dict[str, Client] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)
    consents: dict[str, Consent] = field(default_factory=dict)
    key: str = field(default_factory=lambda: secrets.token_hex(32))

    def consent(self, client: str, company: int) -> Consent | None:
        """Say what the company allows the app now."""
        return self.consents.get(f"{client} {company}")

    def allow(self, client: str, company: int, scopes: list[str], *, service: bool) -> None:
        """Remember a consent; one for a service stays one when a person consents later."""
        earlier = self.consent(client, company)
        self.consents[f"{client} {company}"] = Consent(scopes, service or bool(earlier and earlier.service))

    def withdraw(self, client: str, company: int) -> None:
        """Forget a consent, with the refresh tokens that came from it."""
        self.consents.pop(f"{client} {company}", None)
        for refresh in self.refreshes.values():
            if (refresh.client, refresh.company) == (client, company):
                refresh.dead = True

    def end_family(self, family: str) -> None:
        """Kill every refresh token that came from one code."""
        for refresh in self.refreshes.values():
            refresh.dead = refresh.dead or refresh.family == family

    def new_code(self, code: Code) -> str:
        """Give out an authorisation code."""
        return _kept(self.codes, code, secrets.token_urlsafe(24))

    def new_refresh(self, refresh: Refresh) -> str:
        """Give out a refresh token."""
        return _kept(self.refreshes, refresh, secrets.token_hex(20))

    def new_session(self, user: str) -> str:
        """Give out a browser session."""
        return _kept(self.sessions, user, secrets.token_urlsafe(24))

    def access_token(self, client: str, company: int, user: str, scopes: list[str], now: float) -> str:
        """Sign an access token: a JWT of more than 2 KB, with the claims Fortnox puts there."""
        users = sorted(self.users)
        number = users.index(user) + 1 if user in users else 0
        identity = secrets.token_hex(20)
        claims = {
            "userId": number,
            "tenantId": company,
            "clientId": client,
            "rightsAsJson": _rights(),
            "scopes": scopes,
            "authsource": "OAUTH2",
            "id": identity,
            "jti": identity,
            "iss": "https://api.fortnox.se/oauth2",
            "aud": client,
            "sub": f"{number}@{company}",
            "exp": int(now) + ACCESS_SECONDS,
            "iat": int(now),
            "token_type": "bearer",
            "scope": " ".join(scopes),
        }
        signed = f"{_encoded({'typ': 'JWT', 'alg': 'HS256'})}.{_encoded(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def claims(self, token: str, now: float) -> dict[str, Any] | None:
        """Give the claims of an access token that this server signed and that has not expired."""
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return None
        payload = signed.partition(".")[2]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims if claims["exp"] > now else None

    def _signature(self, signed: str) -> str:
        digest = hmac.digest(bytes.fromhex(self.key), signed.encode(), hashlib.sha256)
        return _base64(digest)


def _kept(where: dict[str, Kind], what: Kind, name: str) -> str:
    where[name] = what
    return name


def _encoded(claims: dict[str, Any]) -> str:
    return _base64(json.dumps(claims, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _rights() -> str:
    areas = ("voucher", "lockperiod", "account", "report", "supplier", "customer", "invoice", "payment", "archive")
    rights = [f"bf.{action}{area}" for area in areas for action in ("", "del", "edit", "show", "new", "print")]
    return base64.b64encode(gzip.compress(json.dumps(rights).encode(), compresslevel=0, mtime=0)).decode()
