"""A request as plain values, so that it can also be kept and carried out later."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl

SESSION = "fortnox_session"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Method, path, query, the headers the simulator reads (lower case), and the body as Latin-1 text."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    latin: str = ""

    @property
    def body(self) -> bytes:
        """The bytes of the body."""
        return self.latin.encode("latin-1")

    @property
    def parameters(self) -> dict[str, str]:
        """The query; the first of a repeated name counts."""
        return dict(reversed(parse_qsl(self.query, keep_blank_values=True)))

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(reversed(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)))

    @property
    def session(self) -> str:
        """The browser's session, if any."""
        cookie: SimpleCookie = SimpleCookie(self.headers.get("cookie", ""))
        return cookie[SESSION].value if SESSION in cookie else ""

    @property
    def bearer(self) -> str:
        """The token of the Authorization header."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    @property
    def basic(self) -> tuple[str, str]:
        """Name and password of the Authorization header."""
        kind, _, given = self.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return "", ""
        try:
            name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return name, password
