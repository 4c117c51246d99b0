"""What AWS does by itself and moto does not: streams into functions, expiry of items, schedules. Each by `tick()`."""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from moto.backends import get_backend

from infra.local import expressions, patterns
from infra.local.aws import ACCOUNT, REGION
from infra.local.deployment import Schedule, StreamMapping
from infra.local.host import Answer
from infra.local.seams import LOCK

Invoke = Callable[[str, Any], Answer]
Send = Callable[[str, str], None]
"""(queue ARN, message body): where a batch goes that failed for good."""

_SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
_FIVE_YEARS = 5 * 365 * 86400  # DynamoDB leaves items alone whose time lies further back
_log = logging.getLogger(__name__)


class Ticking(Protocol):
    """Something that does its due work when asked; the answer is how much it did."""

    def tick(self) -> int:
        """Do what is due now."""
        ...


def _table(name: str) -> Any:
    return get_backend("dynamodb")[ACCOUNT][REGION].tables[name]


class StreamPoller:
    """Delivers a table's stream to its function, in order, a batch at a time, as an event source mapping does.

    A delivered record is cut from moto's shard, so what is left there is what is still to be delivered, also after a
    restart. A failing batch is tried again at the next tick; beyond its retries it is sent to the failure queue.
    """

    def __init__(self, mapping: StreamMapping, invoke: Invoke, send: Send) -> None:
        self._mapping = mapping
        self._invoke = invoke
        self._send = send
        self._failures = 0
        self._limit = mapping.batch

    def tick(self) -> int:
        """Deliver everything there is, or stop at the first batch that fails; the answer counts the records."""
        delivered = 0
        while batch := self._read():
            taken = self._deliver(batch)
            self._cut(taken)
            delivered += taken
            if taken == 0:
                break
        return delivered

    def _read(self) -> list[dict[str, Any]]:
        with LOCK:
            table = _table(self._mapping.table)
            shard = table.stream_shard
            arn = f"{table.table_arn}/stream/{table.latest_stream_label}"
            return [_record(one.to_json(), arn) for one in shard.items[: self._limit]] if shard else []

    def _cut(self, count: int) -> None:
        with LOCK:
            shard = _table(self._mapping.table).stream_shard
            del shard.items[:count]
            shard.starting_sequence_number += count

    def _deliver(self, batch: list[dict[str, Any]]) -> int:
        """How many records of the batch are done with (delivered, filtered out or given up)."""
        wanted = [one for one in batch if self._passes(one)]
        if not wanted:
            return len(batch)
        body, error = self._invoke(self._mapping.function, {"Records": wanted})
        failed = wanted[0] if error is not None else self._first_failure(wanted, body)
        if failed is None:
            self._failures, self._limit = 0, self._mapping.batch
            return len(batch)
        done = batch.index(failed)
        if done:  # a partial batch response: what came before the first failure is delivered
            self._failures = 0
            return done
        return self._failed_again(batch)

    def _failed_again(self, batch: list[dict[str, Any]]) -> int:
        self._failures += 1
        if self._mapping.bisect and len(batch) > 1:
            self._limit = max(1, len(batch) // 2)
            return 0
        if 0 <= self._mapping.retries < self._failures:
            _log.error("%s gave up %d records of %s", self._mapping.function, len(batch), self._mapping.table)
            if self._mapping.failure_queue:
                numbers = [one["dynamodb"]["SequenceNumber"] for one in batch]
                about = {"startSequenceNumber": numbers[0], "endSequenceNumber": numbers[-1], "batchSize": len(batch)}
                self._send(self._mapping.failure_queue, json.dumps({"DDBStreamBatchInfo": about}))
            self._failures, self._limit = 0, self._mapping.batch
            return len(batch)
        return 0

    def _first_failure(self, wanted: list[dict[str, Any]], body: str) -> dict[str, Any] | None:
        if not self._mapping.partial:
            return None
        answer = json.loads(body)
        failed = {one["itemIdentifier"] for one in (answer or {}).get("batchItemFailures", [])}
        return next((one for one in wanted if one["dynamodb"]["SequenceNumber"] in failed), None)

    def _passes(self, record: Mapping[str, Any]) -> bool:
        filters = self._mapping.filters
        return not filters or any(patterns.matches(pattern, record) for pattern in filters)


def _record(raw: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Give a stream record as Lambda gets it: plain JSON, the time in seconds."""
    changed: datetime = raw["dynamodb"]["ApproximateCreationDateTime"]
    seconds = int(changed.replace(tzinfo=UTC).timestamp())
    dynamodb = {**raw["dynamodb"], "ApproximateCreationDateTime": seconds}
    return {
        **raw,
        "dynamodb": json.loads(json.dumps(dynamodb, default=_binary)),
        "awsRegion": REGION,
        "eventSourceARN": arn,
    }


def _binary(value: object) -> str:
    """Write a binary attribute as Lambda gets it: base64."""
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()


class TimeToLive:
    """Deletes items whose time has come, on every table that has a time to live, as the service itself would."""

    def __init__(self, tables: Iterable[str], clock: Callable[[], datetime]) -> None:
        self._tables = tuple(tables)
        self._clock = clock

    def tick(self) -> int:
        """Delete what has expired by the shared clock; the answer counts the items."""
        return sum(self._sweep(name) for name in self._tables)

    def _sweep(self, name: str) -> int:
        now = int(self._clock().timestamp())
        with LOCK:
            table = _table(name)
            if table.ttl.get("TimeToLiveStatus") != "ENABLED":
                return 0
            attribute = table.ttl["AttributeName"]
            items = (item for held in table.items.values() for item in held.values())
            due = [item for item in items if _expired(item, attribute, now)]
            for item in due:
                _delete(table, item)
        return len(due)


def _expired(item: Any, attribute: str, now: int) -> bool:
    value = item.attrs.get(attribute)
    return value is not None and value.type == "N" and now - _FIVE_YEARS < int(float(value.value)) <= now


def _delete(table: Any, item: Any) -> None:
    """Delete one item and mark its stream record as the service's own doing."""
    table.delete_item(item.hash_key, item.range_key)
    if table.stream_shard is not None and table.stream_specification.get("StreamEnabled", True):
        table.stream_shard.items[-1].record["userIdentity"] = dict(_SERVICE)


class Schedules:
    """Fires schedules by the shared clock. Moving the clock over several due times fires once, not once for each.

    When the clock has gone back, what was due later than the next time from now on is due at that time.
    """

    def __init__(self, schedules: Sequence[Schedule], invoke: Invoke, clock: Callable[[], datetime]) -> None:
        self._invoke = invoke
        self._clock = clock
        self._plans = [(one, expressions.parse(one.expression, one.timezone)) for one in schedules]
        now = clock()
        self._due: list[datetime | None] = [following(now) for _, following in self._plans]

    def tick(self) -> int:
        """Invoke what is due; the answer counts the schedules that fired."""
        fired = 0
        now = self._clock()
        for place, (schedule, following) in enumerate(self._plans):
            due, coming = self._due[place], following(now)
            if due is None or due > now:
                self._due[place] = due and coming and min(due, coming)
                continue
            self._due[place] = coming
            _, error = self._invoke(schedule.function, _event(schedule, due))
            if error is not None:
                _log.error("the schedule %s failed: %s", schedule.name, error)
            fired += 1
        return fired


def _event(schedule: Schedule, due: datetime) -> Any:
    """Tell what the target gets: its own input, else EventBridge's envelope."""
    if schedule.payload:
        return json.loads(schedule.payload)
    kind = "rule" if schedule.source == "events" else "schedule/default"
    return {
        "version": "0",
        "id": f"{schedule.name}-{int(due.timestamp())}",
        "detail-type": "Scheduled Event",
        "source": f"aws.{schedule.source}",
        "account": ACCOUNT,
        "time": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:{schedule.source}:{REGION}:{ACCOUNT}:{kind}/{schedule.name}"],
        "detail": {},
    }


class Ticker:
    """Ticks everything now and then in one thread of its own."""

    def __init__(self, parts: Sequence[Ticking], seconds: float = 1.0) -> None:
        self._parts = parts
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="ticker")

    def start(self) -> None:
        """Begin ticking."""
        self._thread.start()

    def stop(self) -> None:
        """Stop ticking, after what runs now (waited for a moment)."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        told: set[tuple[int, str]] = set()
        while not self._stopping.wait(self._seconds):
            for place, part in enumerate(self._parts):
                try:
                    part.tick()
                except Exception as error:  # noqa: BLE001 - the ticker goes on whatever one part met
                    # The same failure comes back at each tick: once is enough on a terminal.
                    if (place, repr(error)) not in told:
                        told.add((place, repr(error)))
                        _log.exception("%s failed", type(part).__name__)
