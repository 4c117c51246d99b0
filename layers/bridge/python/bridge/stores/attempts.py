"""Logins under way in the connections table. All of it is disposable: a TTL removes what nobody came back for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bridge.stores import keys, shapes, timers, writes
from bridge.stores.table import Conflicted, Table
from bridge.tokens.attempt import Attempt, Login, Redeemed, fingerprint, judge

KEPT = timedelta(hours=1)
"""How long after its end a login is remembered, so that a page loaded again still says what happened."""

SHOWN = timedelta(days=30)
"""How long the problem of an engagement's latest login is shown."""


class Attempts:
    """Implements `ports.Attempts`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def put_ticket(self, ticket: str, attempt: Attempt) -> None:
        """Remember it under the ticket's hash."""
        self._put(keys.ticket(ticket), attempt)

    def take_ticket(self, ticket: str, now: datetime) -> Attempt | None:
        """Redeem a ticket. Of any number at once exactly one gets it; an answer lost on the way counts as used."""
        item = self._table.take(keys.ticket(ticket), writes.when("#expires > :now", now=shapes.time(now)))
        return shapes.read(Attempt, item) if item else None

    def put(self, state: str, attempt: Attempt) -> None:
        """Remember it under the state's hash."""
        self._put(keys.attempt(state), attempt)

    def redeem(self, state: str, cookie: str, now: datetime) -> Redeemed:
        """Redeem a state by one conditional write; an answer lost on the way counts as used."""
        key = keys.attempt(state)
        item = self._table.read(key)
        redeemed = judge(shapes.read(Attempt, item) if item else None, cookie, now)
        if redeemed.problem:
            return redeemed
        condition = "#used = :unused AND #cookie = :cookie AND #expires > :now"
        fresh = writes.when(condition, unused=False, cookie=fingerprint(cookie), now=shapes.time(now))
        try:
            self._table.write(writes.update(key, {"used": True}, fresh))
        except Conflicted as conflict:
            stored = conflict.stored[0]
            return judge(shapes.read(Attempt, stored) if stored else None, cookie, now)
        return redeemed

    def _put(self, key: keys.Key, attempt: Attempt) -> None:
        item = {**shapes.write(attempt), "ttl": timers.epoch(attempt.expires + KEPT)}
        self._table.write(writes.put(key, item))


class Logins:
    """Implements `ports.Logins`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def note(self, tenant: str, engagement: str, login: Login) -> None:
        """Keep the engagement's latest login."""
        item = {**shapes.write(login), "ttl": timers.epoch(login.expires + SHOWN)}
        self._table.write(writes.put(keys.login(tenant, engagement), item))

    def latest(self, tenant: str, engagement: str) -> Login | None:
        """Read the engagement's latest login."""
        item = self._table.read(keys.login(tenant, engagement))
        return shapes.read(Login, item) if item else None

    def forget(self, tenant: str, engagement: str) -> None:
        """Forget the engagement's latest login."""
        self._table.write(writes.delete(keys.login(tenant, engagement)))
