"""Timers: disposable items that say when a lease or a refresh token is due for a look; the truth is elsewhere.

A timer's TTL is its due time, so that its removal by DynamoDB is a call; the sharded index finds those that nobody removed
yet. Whoever answers either call sets the next timer, or puts this one back.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bridge.stores import keys
from bridge.stores.keys import Key
from bridge.stores.table import SHARDS, Table
from bridge.stores.writes import Write, delete, put, when
from bridge.tokens.connection import Consent
from bridge.tokens.timer import LeaseTimer, Timer, TokenTimer


class Timers:
    """Implements `ports.Timers` and, for one tenant, `ports.LeaseTimers`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def due(self, now: datetime, part: int = 0, parts: int = 1) -> Iterator[Timer]:
        """List what is due over all tenants, the longest overdue first; of several parts, only the shards of that one."""
        return map(of_key, self._table.due(now, range(part, SHARDS, parts)))

    def put(self, timer: Timer, at: datetime) -> None:
        """Have it looked at then, whatever was set before."""
        self._table.write(_set(_key(timer), at))

    def delete(self, timer: Timer, now: datetime) -> None:
        """Take it away unless it was set anew: nothing is left to look at."""
        self._table.try_write(delete(_key(timer), when("#dueAt <= :now", now=epoch(now))))


def lease(tenant: str, engagement: str, due: datetime | None) -> Write:
    """Set the timer of a lease, or take it away where there is nothing to come."""
    key = _key(LeaseTimer(tenant, engagement))
    return _set(key, due) if due else delete(key)


def refresh(consent: Consent) -> Write:
    """Set the timer of a company's tokens, or take it away where nobody has to look at them."""
    key, due = _key(TokenTimer(consent.fortnox_tenant)), consent.due()
    return _set(key, due) if due else delete(key)


def forget(fortnox_tenant: int) -> Write:
    """Take the timer of a refresh token away."""
    return delete(_key(TokenTimer(fortnox_tenant)))


def of_key(key: Key) -> Timer:
    """Tell what the timer with that key is about."""
    kind, *name = key[0].split("#")
    return TokenTimer(int(name[0])) if kind == keys.REFRESH else LeaseTimer(name[0], name[2])


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, rounded up, as DynamoDB's TTL wants them: never early."""
    return math.ceil(moment.timestamp())


def _key(timer: Timer) -> Key:
    if isinstance(timer, LeaseTimer):
        return keys.lease_timer(timer.tenant, timer.engagement)
    return keys.token_timer(timer.fortnox_tenant)


def _set(key: Key, due: datetime) -> Write:
    shard = zlib.crc32(key[0].encode()) % SHARDS
    return put(key, {"duePk": f"DUE#{shard}", "dueAt": epoch(due), "ttl": epoch(due)})
