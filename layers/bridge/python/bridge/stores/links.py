"""Activation links in the connections table: each lies with its engagement, and a pointer under its token's hash finds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bridge.ports import LinkPlace
from bridge.problem import refuse
from bridge.stores import keys, shapes, timers, writes
from bridge.stores.attributes import Item
from bridge.stores.table import Table
from bridge.tokens.activation import KEPT, Link


class Links:
    """Implements `ports.Links`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def put(self, link: Link) -> None:
        """Save a new link. Refused conflict when the id is taken by another one."""
        write = writes.put(_place(link), {**shapes.write(link), **_gone(link)}, writes.ABSENT)
        if not self._table.try_write(write, ours=lambda stored: _read(stored) == link):
            raise refuse("conflict")

    def list(self, tenant: str, engagement: str) -> Sequence[Link]:
        """Read all, newest first: ids sort by time."""
        found = self._table.list(keys.of_engagement(tenant, engagement), "LINK#")
        return [_read(item) for item in found][::-1]

    def get(self, tenant: str, engagement: str, link: str) -> Link | None:
        """Read one."""
        item = self._table.read(keys.link(tenant, engagement, link))
        return _read(item) if item else None

    def open(self, link: Link, now: datetime) -> None:
        """Remember the first look."""
        self._mark(link, "opened_at", now, writes.when("#opened_at = :never", never=None))

    def use(self, link: Link, now: datetime) -> bool:
        """Use it up, unless it was used or revoked."""
        fresh = writes.when("#used_at = :never AND #revoked_at = :never", never=None)
        return self._mark(link, "used_at", now, fresh)

    def revoke(self, link: Link, now: datetime) -> bool:
        """Call it back; again is as good as once."""
        return self._mark(link, "revoked_at", now, writes.when("#used_at = :never", never=None))

    def _mark(self, link: Link, name: str, now: datetime, condition: writes.When) -> bool:
        at = shapes.time(now)
        marked = writes.update(_place(link), {name: at}, condition)
        return self._table.try_write(marked, ours=lambda stored: stored[name] == at)


class LinkTokens:
    """Implements `ports.LinkTokens`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def put(self, token: str, link: Link) -> None:
        """Save the pointer."""
        pointer = LinkPlace(link.tenant, link.engagement, link.id)
        self._table.write(writes.put(keys.link_token(token), {**shapes.write(pointer), **_gone(link)}))

    def find(self, token: str) -> LinkPlace | None:
        """Read the pointer."""
        item = self._table.read(keys.link_token(token))
        return shapes.read(LinkPlace, item) if item else None


def _gone(link: Link) -> dict[str, int]:
    """Have it removed long after the link has ended."""
    return {"ttl": timers.epoch(link.expires + KEPT)}


def _place(link: Link) -> keys.Key:
    return keys.link(link.tenant, link.engagement, link.id)


def _read(item: Item) -> Link:
    return shapes.read(Link, item)
