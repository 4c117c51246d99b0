"""Request budgets in the limits table: one item per client and Fortnox company, which lives for an hour after its last use."""

from __future__ import annotations

from typing import Any

from bridge.ports.budget import FURTHEST
from bridge.stores import keys, writes
from bridge.stores.failures import StoreUnavailable
from bridge.stores.table import Table
from bridge.stores.writes import When

LIFE = 3600
"""Seconds after which a budget that nobody used is forgotten."""

TRIES = 5
"""Times a reservation is tried from either end; a second pair is only needed when others came in between."""


class SharedBudget:
    """Implements `ports.Budget`: each reservation is one conditional write, or two when the company was quiet."""

    def __init__(self, client: Any, table: str, client_id: str, fortnox_tenant: int) -> None:
        """`client` is boto3's for DynamoDB, `table` the limits table."""
        self._table = Table(client, table)
        self._key = keys.budget(client_id, fortnox_tenant)

    def reserve(self, now: int, span: int) -> int:
        """Move the end of the reservations, from where it is or from now."""
        queued, quiet = _queued(now), _quiet(now)
        ends = {"ttl": _ttl(now)}
        for _ in range(TRIES):
            for update in (
                writes.advance(self._key, {"taken": span}, ends, queued),
                writes.update(self._key, {"taken": now + span, **ends}, quiet),
            ):
                before = self._table.change(update)
                if before is not None:
                    return int(before.get("taken", 0))
        raise StoreUnavailable("reservations in each other's way")

    def pause(self, until: int) -> None:
        """Move the end of the pause, and with it that of the reservations, unless they reach further."""
        ends = {"paused": until, "ttl": _ttl(until)}
        free = writes.when("attribute_not_exists(#taken) OR #taken < :until", until=until)
        longer = writes.when("attribute_not_exists(#paused) OR #paused < :until", until=until)
        if not self._table.try_write(writes.update(self._key, {"taken": until, **ends}, free)):
            self._table.try_write(writes.update(self._key, ends, longer))

    def paused(self) -> int:
        """Read the end of the pause."""
        item = self._table.read(self._key) or {}
        return int(item.get("paused", 0))


def _queued(now: int) -> When:
    """Hold where `ports.budget.begins` gives the end of the reservations."""
    return writes.when("#taken BETWEEN :now AND :furthest", now=now, furthest=now + FURTHEST)


def _quiet(now: int) -> When:
    """Hold where it gives now: everywhere else."""
    text = "attribute_not_exists(#taken) OR #taken < :now OR #taken > :furthest"
    return writes.when(text, now=now, furthest=now + FURTHEST)


def _ttl(moment: int) -> int:
    return moment // 1000 + LIFE
