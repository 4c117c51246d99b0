"""What the sweep of a million connections costs, on paper: calls counted by running the real looks against moto, the rest arithmetic.

    python -m bench.sweep --json
    python -m bench.sweep --connections 200000

The looks are those of `bridge.flows.keep` over the real stores. Units are DynamoDB's: a strongly consistent read of an item up
to 4 KB is one, a write of an item up to 1 KB is one, twice that in a transaction; moving an entry of the due index is two
more. How long a call takes is assumed, not measured: DynamoDB and EventBridge 10 ms, the broker 300 ms. The ratio is the
share of a sweep's time that a steady month needs.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
from moto import mock_aws

from bridge.edge.timers import LONGEST_LOOK
from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.flows import keep
from bridge.stores.connections import Connections
from bridge.stores.engagements import Engagements
from bridge.stores.jobs import Jobs
from bridge.stores.table import SHARDS
from bridge.stores.timers import Timers
from bridge.tokens.connection import Connection, Mode
from bridge.tokens.lease import LEASE, NOTICES
from bridge.tokens.timer import LeaseTimer, Timer, TokenTimer
from infra.entries import ENTRIES

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CALL, BROKER = 0.010, 0.300
"""Seconds one call takes."""

PAGE, ENTRY = 1_000_000, 100
"""Bytes of one page of a query, and of one entry of the due index."""

KINDS = {"notice": len(NOTICES), "end": 1, "token": 1}
"""Looks a personal connection gets in a month in which nobody uses it, by kind."""

SWEEP = next(entry for entry in ENTRIES if entry.schedule)
EVERY = timedelta(minutes=int(SWEEP.schedule.removeprefix("rate(").split()[0]))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one look of a kind costs."""

    calls: int
    broker: int
    reads: float
    writes: float

    @property
    def seconds(self) -> float:
        return self.calls * CALL + self.broker * BROKER


class Counting:
    """A client that counts its calls, and the units of what they move."""

    def __init__(self, client: Any, counts: Counter[str]) -> None:
        self._client, self._counts = client, counts

    def __getattr__(self, method: str) -> Any:
        def call(**params: Any) -> Any:
            self._counts["calls"] += 1
            answer = getattr(self._client, method)(**params)
            if method == "get_item":
                self._counts["reads"] += 1
            for place, twice in _written(method, params):
                self._counts["writes"] += twice * self._units(place) + 2 * (place["Key"]["SK"]["S"] == "TIMER")
            return answer

        return call

    def _units(self, place: dict[str, Any]) -> int:
        item = self._client.get_item(**place, ConsistentRead=True).get("Item", {})
        return max(1, math.ceil(len(json.dumps(item, default=len)) / 1024))


def _written(method: str, params: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    """Give the place of each item that is written, and how often it counts."""
    if method == "transact_write_items":
        for each in params["TransactItems"]:
            [(_, write)] = each.items()
            yield _place(write), 2
    elif method in {"put_item", "update_item", "delete_item"}:
        yield _place(params), 1


def _place(write: dict[str, Any]) -> dict[str, Any]:
    key = write.get("Key") or {name: write["Item"][name] for name in ("PK", "SK")}
    return {"TableName": write["TableName"], "Key": key}


class World:
    """The stores in moto; broker and bus only count."""

    def __init__(self, counts: Counter[str]) -> None:
        client = Counting(boto3.client("dynamodb", region_name="eu-north-1"), counts)
        self.counts, self.time = counts, NOW
        self.clock = self.ids = self.broker = self.events = self
        self.engagements, self.connections = Engagements(client, "connections"), Connections(client, "connections")
        self.timers, self.jobs = Timers(client, "connections"), Jobs(client, "work")

    def of(self, _tenant: str) -> World:
        """Take the tenant role: one call, as every look is another tenant's where it comes to the worst."""
        self.counts["calls"] += 1
        return self

    def now(self) -> datetime:
        return self.time

    def new(self, prefix: str) -> str:
        return f"{prefix}_1"

    def put(self, *_: object, **__: object) -> None:
        self.counts["calls"] += 1

    def forget(self, _company: int) -> None:
        self.counts["broker"] += 1

    def renew(self, _company: int) -> None:
        self.counts["broker"] += 1


@contextmanager
def tables() -> Iterator[None]:
    """The two tables, empty."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-north-1")
        names = [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")]
        schema = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
        for table in ("connections", "work"):
            client.create_table(
                TableName=table, KeySchema=schema, AttributeDefinitions=names, BillingMode="PAY_PER_REQUEST"
            )
        yield


def costs() -> dict[str, Cost]:
    """Count what one look of each kind costs."""
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    engagement = Engagement(
        "firm", "eng_1", "Snickeri AB", "5566778899", Kind.YEAR_END, Purpose.YEAR_END, (Year(year),), year
    )
    connection = Connection(
        "firm", "eng_1", 4711, "Snickeri AB", "5566778899", Mode.PERSONAL, ("bookkeeping",), "user", NOW, NOW
    )
    lease = LeaseTimer("firm", "eng_1")
    looks: dict[str, tuple[Timer, timedelta, str]] = {
        "notice": (lease, LEASE - timedelta(days=NOTICES[0]), "noticed"),
        "end": (lease, LEASE, "ended"),
        "token": (TokenTimer(4711), LEASE, "renewed"),
    }
    found = {}
    for kind, (timer, passed, done) in looks.items():
        with tables():
            world: Any = World(Counter())
            world.engagements.put(engagement)
            world.connections.put(replace(connection, noticed=None))
            world.counts.clear()
            world.time += passed
            assert keep.look(world, timer) == done
            found[kind] = Cost(*(world.counts[name] for name in ("calls", "broker", "reads", "writes")))
    return found


def figures(connections: int) -> dict[str, Any]:
    """Work out a steady month in which no connection is used, and the worst case that all are due at one moment."""
    each = costs()
    monthly = {kind: connections * count for kind, count in KINDS.items()}
    sweeps = int(LEASE / EVERY)
    seconds = sum(each[kind].seconds * count for kind, count in monthly.items())
    usable = SWEEP.timeout - LONGEST_LOOK.total_seconds()
    queries = sweeps * SHARDS
    pages = math.ceil(sum(monthly.values()) * ENTRY / PAGE)
    return {
        "connections": connections,
        "each": {kind: {**asdict(cost), "seconds": round(cost.seconds, 3)} for kind, cost in each.items()},
        "month": {
            "sweeps": sweeps,
            "looks": sum(monthly.values()),
            "queries": queries + pages,
            "reads": round(sum(each[kind].reads * count for kind, count in monthly.items()) + queries / 2),
            "writes": round(sum(each[kind].writes * count for kind, count in monthly.items())),
        },
        "sweep": {
            "queries": SHARDS,
            "looks": math.ceil(sum(monthly.values()) / sweeps),
            "seconds_a_part": round(seconds / sweeps / SWEEP.parts, 1),
            "seconds_there_are": usable,
            "ratio": round(seconds / sweeps / SWEEP.parts / usable, 3),
        },
        "all_at_once": {
            "ends_a_sweep": int(usable / each["end"].seconds) * SWEEP.parts,
            "hours": round(connections * each["end"].seconds / SWEEP.parts / usable * EVERY.total_seconds() / 3600, 1),
        },
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    told = figures(asked.connections)
    if asked.json:
        print(json.dumps(told))
        return
    for section, values in told.items():
        print(section, values)


if __name__ == "__main__":
    main()
