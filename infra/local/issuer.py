"""A small OpenID issuer for one machine: a one-click login page for people, client credentials for a host product.

People log in by authorisation code with PKCE. It stands in for the product's real identity provider. Its RSA key lives in the data folder, so tokens outlive a restart.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse

import jwt as pyjwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.wrappers import Request, Response

from infra.local.files import write_atomically

LIFETIME = 8 * 3600
"""Seconds a token holds."""
_CODE_LIFETIME = 60


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can log in: `tenant` is the accounting firm, `roles` what the product lets them do."""

    subject: str
    name: str
    tenant: str
    roles: tuple[str, ...]


DEMO = User("demo", "Demo Demosson", "demo-firm", ("approver",))


@dataclass(frozen=True, slots=True)
class Machine:
    """A client that gets tokens by itself: `scopes` are those it may ask for."""

    client: str
    secret: str
    tenant: str
    scopes: tuple[str, ...]


BACKEND = Machine("demo-backend", "local", "demo-firm", ("bridge/read", "bridge/prepare", "bridge/approve"))


@dataclass(frozen=True, slots=True)
class Claims:
    """What the tokens look like: the audience, and the names of the claims that carry tenant and roles."""

    audience: str
    tenant: str = "tenant"
    roles: str = "roles"


@dataclass(frozen=True, slots=True)
class _Code:
    user: User
    client: str
    redirect: str
    challenge: str
    nonce: str
    until: float


class Issuer:
    """A WSGI application. Set `url` before the first request: it is the `iss` of every token."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        claims: Claims,
        users: Sequence[User] = (DEMO,),
        machines: Sequence[Machine] = (BACKEND,),
    ) -> None:
        self.url = ""
        self._clock = clock
        self._claims = claims
        self._users = {user.subject: user for user in users}
        self._machines = {machine.client: machine for machine in machines}
        self._key = _key(folder / "issuer.pem")
        self._kid = hashlib.sha256(_numbers(self._key)["n"].encode()).hexdigest()[:16]
        self._codes: dict[str, _Code] = {}

    def token(
        self, subject: str, tenant: str, roles: Iterable[str] | None, seconds: int = LIFETIME, **more: Any
    ) -> str:
        """Give a signed token for that person, without the claim where roles are None; `more` adds or replaces claims."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self.url,
            "sub": subject,
            "aud": self._claims.audience,
            "iat": now,
            "exp": now + seconds,
            self._claims.tenant: tenant,
            **({} if roles is None else {self._claims.roles: list(roles)}),
            **more,
        }
        return pyjwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._kid})

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        pages = {
            ("GET", "/.well-known/openid-configuration"): self._discovery,
            ("GET", "/jwks.json"): self._jwks,
            ("GET", "/authorize"): self._login_page,
            ("POST", "/authorize"): self._logged_in,
            ("POST", "/token"): self._exchange,
        }
        page = pages.get((request.method, request.path))
        answer = page(request) if page else _json(404, {"error": "not_found"})
        answer.headers["access-control-allow-origin"] = "*"
        return answer(environ, start_response)

    def _discovery(self, _: Request) -> Response:
        return _json(
            200,
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks.json",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "subject_types_supported": ["public"],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
            },
        )

    def _jwks(self, _: Request) -> Response:
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self._kid, **_numbers(self._key)}
        return _json(200, {"keys": [key]})

    def _login_page(self, request: Request) -> Response:
        asked = dict(request.args)
        if problem := _refused(asked):
            return _json(400, {"error": "invalid_request", "error_description": problem})
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in asked.items()
        )
        buttons = "".join(
            f'<button name="login" value="{html.escape(user.subject)}">Log in as {html.escape(user.name)}</button>'
            for user in self._users.values()
        )
        page = f"<!doctype html><title>Local login</title><form method=post action=/authorize>{fields}{buttons}</form>"
        return Response(page, 200, content_type="text/html; charset=utf-8")

    def _logged_in(self, request: Request) -> Response:
        asked = dict(request.form)
        user = self._users.get(asked.get("login", ""))
        if problem := _refused(asked) or ("" if user else "nobody of that name can log in"):
            return _json(400, {"error": "invalid_request", "error_description": problem})
        assert user is not None
        code = secrets.token_urlsafe(24)
        until = self._clock().timestamp() + _CODE_LIFETIME
        redirect, challenge = asked["redirect_uri"], asked["code_challenge"]
        self._codes[code] = _Code(user, asked["client_id"], redirect, challenge, asked.get("nonce", ""), until)
        back = {"code": code, "iss": self.url, **({"state": asked["state"]} if "state" in asked else {})}
        return Response("", 303, {"location": f"{redirect}?{urlencode(back)}"})

    def _exchange(self, request: Request) -> Response:
        asked = dict(parse_qsl(request.get_data(as_text=True)))
        if asked.get("grant_type") == "client_credentials":
            return self._machine_token(asked)
        held = self._codes.pop(asked.get("code", ""), None)
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if (
            held is None
            or asked.get("grant_type") != "authorization_code"
            or asked.get("redirect_uri") != held.redirect
            or asked.get("client_id") != held.client
            or _base64(verifier) != held.challenge
            or self._clock().timestamp() > held.until
        ):
            return _json(400, {"error": "invalid_grant"})
        user = held.user
        access = self.token(user.subject, user.tenant, user.roles, name=user.name)
        identity = self.token(user.subject, user.tenant, user.roles, aud=held.client, nonce=held.nonce, name=user.name)
        answer = {"access_token": access, "id_token": identity, "token_type": "Bearer", "expires_in": LIFETIME}
        return _json(200, answer)

    def _machine_token(self, asked: Mapping[str, str]) -> Response:
        """Give a client a token of its own, for the scopes it asks for; all it may have where it names none."""
        machine = self._machines.get(asked.get("client_id", ""))
        if machine is None or asked.get("client_secret") != machine.secret:
            return _json(401, {"error": "invalid_client"})
        scopes = asked.get("scope", "").split() or machine.scopes
        if not set(scopes) <= set(machine.scopes):
            return _json(400, {"error": "invalid_scope"})
        scope = " ".join(scopes)
        access = self.token(machine.client, machine.tenant, None, client_id=machine.client, scope=scope)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": LIFETIME, "scope": scope}
        return _json(200, answer)


def _refused(asked: Mapping[str, str]) -> str:
    """Why this authorisation request is not served; empty if it is."""
    needed = ("client_id", "redirect_uri", "code_challenge")
    if missing := [name for name in needed if not asked.get(name)]:
        return f"missing: {', '.join(missing)}"
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return "only response_type=code with code_challenge_method=S256 is served"
    return ""


def _json(status: int, content: Mapping[str, Any]) -> Response:
    return Response(json.dumps(content), status, {"cache-control": "no-store"}, content_type="application/json")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _numbers(key: rsa.RSAPrivateKey) -> dict[str, str]:
    public = key.public_key().public_numbers()
    return {"n": _base64(public.n.to_bytes(256)), "e": _base64(public.e.to_bytes(3))}


def _key(path: Path) -> rsa.RSAPrivateKey:
    """Give the issuer's key, made at the first start."""
    if path.exists():
        loaded = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        return loaded
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_atomically(path, pem)
    return made
