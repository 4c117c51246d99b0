"""The wire to Fortnox: which hosts are trusted, how connections are made, and JSON with exact numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import httpx

HOSTS = frozenset({"api.fortnox.se", "apps.fortnox.se"})
"""The only hosts that ever see a token. Addresses are built from templates; an `@url` in an answer is never followed."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The simulator's hosts, where plain http is fine."""

TIMEOUT = httpx.Timeout(connect=5.0, write=10.0, read=60.0, pool=5.0)
"""Seconds each step of a request may take."""

KEEP_ALIVE = 4.0
"""Seconds a connection for reading is kept: below the five at which many servers close theirs."""


def trusted(base_url: str) -> str:
    """Give the base address without its last slash; ValueError unless it is Fortnox over https or this machine."""
    url = httpx.URL(base_url)
    fortnox = url.scheme == "https" and url.host in HOSTS and url.port is None
    here = url.scheme in {"http", "https"} and url.host in LOOPBACK
    if not (fortnox or here) or url.userinfo or url.query or url.fragment:
        raise ValueError("the address is neither Fortnox over https nor this machine")
    return str(url).rstrip("/")


def client(timeout: httpx.Timeout, transport: httpx.BaseTransport) -> httpx.Client:
    """Make a client that follows no redirect and reads nothing from the environment."""
    headers = {"User-Agent": "fortnox-bridge", "Accept": "application/json"}
    return httpx.Client(transport=transport, timeout=timeout, headers=headers, follow_redirects=False, trust_env=False)


def reading_transport() -> httpx.HTTPTransport:
    """Make connections for reads: a few, kept for a short while."""
    return httpx.HTTPTransport(trust_env=False, limits=httpx.Limits(max_connections=8, keepalive_expiry=KEEP_ALIVE))


def writing_transport() -> httpx.HTTPTransport:
    """Make a new connection for each write.

    A kept connection may have died while the Lambda was frozen, and a write on it is an unknown outcome. The retries
    are httpx's own and concern connecting only: nothing was sent.
    """
    return httpx.HTTPTransport(trust_env=False, retries=2, limits=httpx.Limits(max_keepalive_connections=0))


def read_json(content: bytes) -> object:
    """Parse JSON with decimals as Decimal; ValueError on anything else, NaN, Infinity and bottomless nesting too."""
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (RecursionError, ArithmeticError):
        raise ValueError("nested too deeply, or a number beyond all bounds") from None


def write_json(value: object) -> str:
    """Write JSON where a Decimal is a number with the digits it has: no float on the way."""
    match value:
        case Mapping():
            return "{" + ",".join(f"{json.dumps(name)}:{write_json(item)}" for name, item in value.items()) + "}"
        case str() | int():
            return json.dumps(value)
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return "[" + ",".join(write_json(item) for item in value) + "]"
        case _:
            raise TypeError(f"no JSON for {type(value).__name__}")


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is not a number")
