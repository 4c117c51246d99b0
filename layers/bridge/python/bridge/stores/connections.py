"""Connections, grants and lease timers in the connections table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridge.ports import Holder
from bridge.problem import refuse
from bridge.stores import keys, shapes, timers, writes
from bridge.stores.failures import StoreUnavailable
from bridge.stores.table import TRIES, Table
from bridge.stores.writes import When, Write
from bridge.tokens import lease
from bridge.tokens.capability import Known
from bridge.tokens.connection import Connection, Ended
from bridge.tokens.lease import Event


class Connections:
    """Implements `ports.Connections`. A lease's purpose is read from the engagement, the one place that knows it."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

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

    def renew(self, connection: Connection, event: Event, at: datetime) -> None:
        """Move the lease and its timer forward; never back, and never of a connection that ended or was replaced."""
        for _ in range(TRIES):
            stored = self.get(connection.tenant, connection.engagement)
            if stored is None or stored.ended or stored.connected_at != connection.connected_at:
                return
            moved = replace(stored, renewed_at=lease.renewed(self._purpose(stored), stored.renewed_at, event, at))
            if moved == stored or self._moved(stored, replace(moved, noticed=None)):
                return
        raise StoreUnavailable("too many renew this connection at once")

    def notice(self, connection: Connection, days: int) -> bool:
        """Remember the notice and set the timer to what comes next; of any number at once exactly one does."""
        return self._moved(connection, replace(connection, noticed=days))

    def end(self, connection: Connection) -> bool:
        """Save the end and drop the grant at once; the timer is due now, until the consent has been forgotten too.

        A connection that was replaced since it was read stays as it is, and so does one that was renewed just before
        it would have expired.
        """
        changes = {"ended": connection.ended, "ended_at": shapes.plain(connection.ended_at)}
        seen = _as_seen(connection, renewed=connection.ended is Ended.EXPIRED)
        ended = writes.update(_place(connection), changes, seen)
        timer = timers.lease(connection.tenant, connection.engagement, connection.ended_at)
        return self._table.try_write(ended, writes.delete(_grant(connection)), timer)

    def learn(self, connection: Connection, capabilities: Sequence[Known]) -> None:
        """Save what is known of its parts now; a connection that ended or was replaced since it was read stays as it is."""
        changes = {"capabilities": shapes.plain(tuple(capabilities))}
        self._table.try_write(writes.update(_place(connection), changes, _as_seen(connection, renewed=False)))

    def _replaced(self, earlier: Connection | None, connection: Connection) -> bool:
        """Save in place of the earlier one; False when that is not what is there any more."""
        company = earlier.fortnox_tenant if earlier else connection.fortnox_tenant
        known = writes.when("#fortnox_tenant = :company", company=company) if earlier else writes.ABSENT
        dropped = [] if company == connection.fortnox_tenant else [writes.delete(_grant(connection, company))]
        return self._table.try_write(
            writes.put(_place(connection), shapes.write(connection), known),
            writes.put(_grant(connection), shapes.write(Holder(connection.tenant, connection.engagement))),
            self._timer(connection),
            *dropped,
            ours=lambda stored: shapes.read(Connection, stored) == connection,
        )

    def _moved(self, seen: Connection, moved: Connection) -> bool:
        """Save how far its lease has come, and set its timer; False when it is not as it was seen any more."""
        unmoved = _as_seen(seen, renewed=True)
        stays = writes.when(f"{unmoved.text} AND #noticed = :before", **unmoved.values, before=seen.noticed)
        changes = {"renewed_at": shapes.time(moved.renewed_at), "noticed": moved.noticed}
        return self._table.try_write(writes.update(_place(seen), changes, stays), self._timer(moved))

    def _timer(self, connection: Connection) -> Write:
        due = lease.next_look(self._purpose(connection), connection.renewed_at, connection.noticed)
        return timers.lease(connection.tenant, connection.engagement, due)

    def _purpose(self, connection: Connection) -> str:
        engagement = self._table.read(keys.engagement(connection.tenant, connection.engagement))
        if engagement is None:
            raise refuse("not-found")
        return str(engagement["purpose"])


class Grants:
    """Implements `ports.Grants`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def list(self, fortnox_tenant: int) -> Sequence[Holder]:
        """List who holds a live grant on the company."""
        return [shapes.read(Holder, item) for item in self._table.list(keys.of_grants(fortnox_tenant), "GRANT#")]


def _place(connection: Connection) -> keys.Key:
    return keys.connection(connection.tenant, connection.engagement)


def _grant(connection: Connection, company: int | None = None) -> keys.Key:
    held = connection.fortnox_tenant if company is None else company
    return keys.grant(held, connection.tenant, connection.engagement)


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
