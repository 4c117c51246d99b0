"""Connections, logins under way, grants and lease timers in the connections table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bridge.ports import Holder
from bridge.problem import refuse
from bridge.stores import keys, shapes, timers, writes
from bridge.stores.failures import StoreUnavailable
from bridge.stores.table import TRIES, Table
from bridge.stores.writes import When, Write
from bridge.tokens import lease
from bridge.tokens.connection import Attempt, Connection, Ended


class Connections:
    """Implements `ports.Connections`. A lease's purpose is read from the engagement, the one place that knows it."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def put_attempt(self, state: str, attempt: Attempt) -> None:
        """Remember a login under the hash of its state. It is disposable: its TTL removes it once it is too late."""
        item = {**shapes.write(attempt), "ttl": timers.epoch(attempt.expires)}
        self._table.write(writes.put(keys.attempt(state), item))

    def take_attempt(self, state: str, now: datetime) -> Attempt | None:
        """Redeem a state. Of any number at once exactly one gets it; an answer lost on the way counts as used."""
        item = self._table.take(keys.attempt(state), writes.when("#expires > :now", now=shapes.time(now)))
        return shapes.read(Attempt, item) if item else None

    def put(self, connection: Connection) -> None:
        """Save connection, grant and timer at once; the grant of an earlier connection to another company goes."""
        for _ in range(TRIES):
            earlier = self.get(connection.tenant, connection.engagement)
            if self._replaced(earlier, connection):
                return
        raise StoreUnavailable("too many connect this engagement at once")

    def get(self, tenant: str, engagement: str) -> Connection | None:
        """Read the engagement's connection, ended ones too."""
        item = self._table.read(keys.connection(tenant, engagement))
        return shapes.read(Connection, item) if item else None

    def renew(self, connection: Connection, now: datetime) -> None:
        """Move the lease and its timer forward; never back, and never of a connection that ended or was replaced."""
        for _ in range(TRIES):
            stored = self.get(connection.tenant, connection.engagement)
            if stored is None or stored.connected_at != connection.connected_at or not self._renews(stored, now):
                return
            if self._renewed(stored, now):
                return
        raise StoreUnavailable("too many renew this connection at once")

    def end(self, connection: Connection) -> bool:
        """Save the end and drop grant and timer at once.

        A connection that was replaced since it was read stays as it is, and so does one that was renewed just before
        it would have expired.
        """
        changes = {"ended": connection.ended, "ended_at": shapes.plain(connection.ended_at)}
        seen = _as_seen(connection, renewed=connection.ended is Ended.EXPIRED)
        ended = writes.update(_place(connection), changes, seen)
        return self._table.try_write(ended, writes.delete(_grant(connection)), _timer(connection, None))

    def grants(self, fortnox_tenant: int) -> Sequence[Holder]:
        """List who holds a live grant on the Fortnox company."""
        held = self._table.list(keys.of_company(fortnox_tenant), "GRANT#")
        return [shapes.read(Holder, item) for item in held]

    def leases(self, now: datetime) -> Iterator[Connection]:
        """List live connections whose timer is due, over all tenants."""
        for holder in filter(None, map(timers.holder, self._table.due(now))):
            connection = self.get(holder.tenant, holder.engagement)
            if connection and not connection.ended:
                yield connection

    def _replaced(self, earlier: Connection | None, connection: Connection) -> bool:
        """Save in place of the earlier one; False when that is not what is there any more."""
        company = earlier.fortnox_tenant if earlier else connection.fortnox_tenant
        known = writes.when("#fortnox_tenant = :company", company=company) if earlier else writes.ABSENT
        dropped = [] if company == connection.fortnox_tenant else [writes.delete(_grant(connection, company))]
        return self._table.try_write(
            writes.put(_place(connection), shapes.write(connection), known),
            writes.put(_grant(connection), shapes.write(Holder(connection.tenant, connection.engagement))),
            _timer(connection, self._ends(connection, connection.renewed_at)),
            *dropped,
            ours=lambda stored: shapes.read(Connection, stored) == connection,
        )

    def _renews(self, stored: Connection, now: datetime) -> bool:
        """Tell whether there is a lease to move: after it ran out only a new consent begins one."""
        ends = self._ends(stored, stored.renewed_at)
        return not stored.ended and ends is not None and ends > now > stored.renewed_at

    def _renewed(self, stored: Connection, now: datetime) -> bool:
        moved = writes.update(_place(stored), {"renewed_at": shapes.time(now)}, _as_seen(stored, renewed=True))
        return self._table.try_write(moved, _timer(stored, self._ends(stored, now)))

    def _ends(self, connection: Connection, renewed_at: datetime) -> datetime | None:
        engagement = self._table.read(keys.engagement(connection.tenant, connection.engagement))
        if engagement is None:
            raise refuse("not-found")
        return lease.ends(engagement["purpose"], renewed_at)


def _place(connection: Connection) -> keys.Key:
    return keys.connection(connection.tenant, connection.engagement)


def _grant(connection: Connection, company: int | None = None) -> keys.Key:
    held = connection.fortnox_tenant if company is None else company
    return keys.grant(held, connection.tenant, connection.engagement)


def _timer(connection: Connection, ends: datetime | None) -> Write:
    return timers.lease(connection.tenant, connection.engagement, ends)


def _as_seen(connection: Connection, *, renewed: bool) -> When:
    """Build the condition that it is still this connection, and live; with `renewed`, that its lease is still this one."""
    text = "#connected_at = :connected AND #fortnox_tenant = :company AND #ended = :live"
    connected, company = shapes.time(connection.connected_at), connection.fortnox_tenant
    if not renewed:
        return writes.when(text, connected=connected, company=company, live=Ended.NOT)
    last = shapes.time(connection.renewed_at)
    return writes.when(
        f"{text} AND #renewed_at = :last", connected=connected, company=company, live=Ended.NOT, last=last
    )
