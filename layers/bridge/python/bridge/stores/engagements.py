"""Engagements in the connections table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.engagements.engagement import Engagement
from bridge.problem import refuse
from bridge.stores import keys, shapes, writes
from bridge.stores.attributes import Item
from bridge.stores.table import Table


class Engagements:
    """Implements `ports.Engagements`."""

    def __init__(self, client: Any, table: str) -> None:
        """`client` is boto3's for DynamoDB, `table` the name of the connections table."""
        self._table = Table(client, table)

    def put(self, engagement: Engagement) -> None:
        """Create it. Refused conflict when the id is taken by another one."""
        item = shapes.write(engagement)
        write = writes.put(keys.engagement(engagement.tenant, engagement.id), item, writes.ABSENT)
        if not self._table.try_write(write, ours=lambda stored: _read(stored) == engagement):
            raise refuse("conflict")

    def get(self, tenant: str, engagement: str) -> Engagement | None:
        """Read one; another tenant's is None."""
        item = self._table.read(keys.engagement(tenant, engagement))
        return _read(item) if item else None

    def list(self, tenant: str) -> Sequence[Engagement]:
        """Read all of the tenant, by name."""
        items = self._table.list(keys.of_tenant(tenant), "ENGAGEMENT#")
        return sorted(map(_read, items), key=lambda engagement: (engagement.name.casefold(), engagement.id))

    def publish(self, engagement: Engagement, job: str) -> bool:
        """Point it at what the job imported, unless somebody pointed it elsewhere since it was read."""
        key = keys.engagement(engagement.tenant, engagement.id)
        unmoved = writes.when("#published = :published", published=engagement.published)
        write = writes.update(key, {"published": job}, unmoved)
        return self._table.try_write(write, ours=lambda stored: stored["published"] == job)


def _read(item: Item) -> Engagement:
    return shapes.read(Engagement, item)
