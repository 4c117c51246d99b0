"""Timers: disposable items that say when a lease or a refresh token is due for a look. The sharded index finds them; the truth is elsewhere."""

from __future__ import annotations

import math
import zlib
from datetime import datetime

from bridge.ports import Holder
from bridge.stores.keys import Key, checked
from bridge.stores.table import SHARDS
from bridge.stores.writes import Write, delete, put
from bridge.tokens.connection import REFRESH_LIFE, Consent

LEASE = "LEASE"
REFRESH = "REFRESH"


def lease(tenant: str, engagement: str, ends: datetime | None) -> Write:
    """Set the timer of a lease, or take it away where there is no end. Its TTL is the end: the removal is a call too."""
    key = f"TIMER#{checked(tenant)}#{checked(engagement)}", LEASE
    return _set(key, ends, ends) if ends else delete(key)


def refresh(consent: Consent) -> Write:
    """Set the timer of a refresh token, or take it away where there is none.

    It is due at half the token's life but lives as long as the token: a renewal that fails is seen by every later sweep.
    """
    key = _refresh_key(consent.fortnox_tenant)
    due, issued = consent.due(), consent.refresh_issued
    return _set(key, due, issued + REFRESH_LIFE) if due and issued else delete(key)


def forget(fortnox_tenant: int) -> Write:
    """Take the timer of a refresh token away."""
    return delete(_refresh_key(fortnox_tenant))


def holder(key: Key) -> Holder | None:
    """Tell whose lease a timer is of; None for a timer of a token."""
    if key[1] != LEASE:
        return None
    _, tenant, engagement = key[0].split("#")
    return Holder(tenant, engagement)


def company(key: Key) -> int | None:
    """Tell which Fortnox company's token a timer is of; None for a timer of a lease."""
    return int(key[0].rpartition("#")[2]) if key[1] == REFRESH else None


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, rounded up, as DynamoDB's TTL wants them: never early."""
    return math.ceil(moment.timestamp())


def _refresh_key(fortnox_tenant: int) -> Key:
    return f"TIMER#FX#{fortnox_tenant:d}", REFRESH


def _set(key: Key, due: datetime, gone: datetime) -> Write:
    shard = zlib.crc32(key[0].encode()) % SHARDS
    return put(key, {"duePk": f"DUE#{shard}", "dueAt": epoch(due), "ttl": epoch(gone)})
