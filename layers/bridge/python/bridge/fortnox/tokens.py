"""Access tokens of one process, by connection: kept a few minutes, and compared with the company before every use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bridge.fortnox.auth import claims
from bridge.ports import Broker
from bridge.problem import refuse
from bridge.tokens.connection import Connection, fingerprint

KEPT = timedelta(minutes=4)
"""How long a token is kept; the broker hands out none that lives less than five."""

Key = tuple[str, str, int, datetime]
"""Tenant, engagement, Fortnox company and when it was connected: a token is never given to anyone but whom it was asked for,
nor one of before a new consent, which may open more."""


class AccessTokens:
    """Asks the broker every few minutes, and at once when Fortnox rejected a token."""

    def __init__(self, broker: Broker, now: Callable[[], datetime]) -> None:
        self._broker = broker
        self._now = now
        self._held: dict[Key, tuple[str, datetime]] = {}

    def of(self, connection: Connection) -> Callable[..., str]:
        """Give the source of a connection's tokens."""
        key = connection.tenant, connection.engagement, connection.fortnox_tenant, connection.connected_at
        return partial(self._token, key)

    def _token(self, key: Key, rejected: str = "") -> str:
        token, since = self._held.pop(key, ("", self._now()))  # put back once it proved good
        if token in {"", rejected} or self._now() - since > KEPT:
            asked = fingerprint(rejected) if rejected else ""
            token, since = self._broker.access_token(*key[:2], rejected=asked).token, self._now()
        compare(token, key[2])
        self._held = {each: held for each, held in self._held.items() if self._now() - held[1] <= KEPT}
        self._held[key] = token, since
        return token


def only(token: str, connection: Connection) -> Callable[..., str]:
    """Give the source of one token and no other: that of a consent just given."""
    compare(token, connection.fortnox_tenant)
    return lambda rejected="": token  # noqa: ARG005 - a rejected one has no successor


def compare(token: str, fortnox_tenant: int) -> None:
    """Refuse a token that is not the company's."""
    if claims(token).tenant_id != fortnox_tenant:
        raise refuse("company-changed")
