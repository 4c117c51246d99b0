"""Tables, bucket and key in an AWS that lives in this process, and a wire to it that can lose things."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import boto3
import moto.dynamodb.responses
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from moto import mock_aws

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.exports.entry import ClosingEntry
from bridge.exports.item import ExportItem
from bridge.exports.voucher import Row, VoucherDraft
from bridge.jobs.job import Job, JobKey, Status, Work
from bridge.stores.engagements import Engagements
from bridge.stores.timers import Timers
from bridge.tokens.connection import Connection, Mode

NOW = datetime(2026, 11, 20, 9, 30, 0, 250_000, tzinfo=UTC)

# moto's DynamoDB is not atomic under threads; without this lock a race test proves nothing.
_LOCK, _call = threading.RLock(), moto.dynamodb.responses.DynamoHandler.call_action


def _locked(self: Any) -> Any:
    with _LOCK:
        return _call(self)


Fault = Callable[[Callable[[], Any]], Any]


class Crash(BaseException):
    """The process died here."""


class Faults:
    """What can happen to a call; each is given the call that really does it."""

    Crash = Crash

    @staticmethod
    def none(call: Callable[[], Any]) -> Any:
        return call()

    @staticmethod
    def resent(call: Callable[[], Any]) -> Any:
        """Take effect, lose the answer, and be sent again by the SDK."""
        call()
        return call()

    @staticmethod
    def silent(call: Callable[[], Any]) -> Any:
        """Take effect, and never be answered."""
        call()
        raise ConnectionClosedError(endpoint_url="https://dynamodb")

    @staticmethod
    def crash(_call: Callable[[], Any]) -> Any:
        raise Crash

    @staticmethod
    def after(event: Callable[[], Any]) -> Fault:
        """Let something else happen first."""

        def fault(call: Callable[[], Any]) -> Any:
            event()
            return call()

        return fault

    @staticmethod
    def error(code: str, status: int = 400, **more: Any) -> Fault:
        def fault(_call: Callable[[], Any]) -> Any:
            answer = {
                "Error": {"Code": code, "Message": "secret"},
                "ResponseMetadata": {"HTTPStatusCode": status},
                **more,
            }
            raise ClientError(answer, "Operation")

        return fault

    @staticmethod
    def cancelled(*reasons: str) -> Fault:
        listed = [{"Code": reason} for reason in reasons]
        return Faults.error("TransactionCanceledException", CancellationReasons=listed)


@dataclass
class Wire:
    """A client whose next calls of a method meet the faults given for it, in order."""

    client: Any
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def on(self, method: str, *faults: Fault) -> None:
        self.faults[method] = list(faults)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            self.calls.append(method)
            self.params[method] = params
            waiting = self.faults.get(method)
            fault = waiting.pop(0) if waiting else Faults.none
            return fault(lambda: getattr(self.client, method)(**params))

        return call


class CountingIds:
    """Ids that sort by the order they were given in, for any number of threads."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}_{next(self._count):04d}"

    def secret(self) -> str:
        return f"secret-{next(self._count)}"


@cache
def _client(service: str) -> Any:
    """Make a client once, for it takes long; no retries but those a test asks for, and connections for all threads."""
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=20)
    made_up = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return boto3.client(service, region_name="eu-north-1", config=config, **made_up)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Give the client of a service, into an AWS that is empty."""
    monkeypatch.setattr(moto.dynamodb.responses.DynamoHandler, "call_action", _locked)
    with mock_aws():
        yield _client


@pytest.fixture
def dynamodb(client: Callable[[str], Any]) -> Wire:
    """Give DynamoDB with the tables `connections`, `work` and `limits`, of the same shape as the stack's."""
    real = client("dynamodb")
    text = [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")]
    keys = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
    due = {
        "IndexName": "due",
        "KeySchema": [{"AttributeName": "duePk", "KeyType": "HASH"}, {"AttributeName": "dueAt", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    indexed = [{"AttributeName": "duePk", "AttributeType": "S"}, {"AttributeName": "dueAt", "AttributeType": "N"}]
    common = {"KeySchema": keys, "BillingMode": "PAY_PER_REQUEST"}
    for name in ("work", "limits"):
        real.create_table(TableName=name, AttributeDefinitions=text, **common)
    real.create_table(
        TableName="connections", AttributeDefinitions=[*text, *indexed], GlobalSecondaryIndexes=[due], **common
    )
    return Wire(real)


@pytest.fixture
def stored(dynamodb: Wire) -> Callable[[str], list[dict[str, Any]]]:
    """Read all raw items of a table, in the order of their keys."""

    def read(table: str) -> list[dict[str, Any]]:
        items = dynamodb.client.scan(TableName=table)["Items"]
        return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))

    return read


@pytest.fixture
def places(stored: Callable[[str], list[dict[str, Any]]]) -> Callable[[str], list[tuple[str, str]]]:
    """List the keys of a table's items."""
    return lambda table: [(item["PK"]["S"], item["SK"]["S"]) for item in stored(table)]


@pytest.fixture
def faults() -> type[Faults]:
    return Faults


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def race() -> Callable[..., list[Any]]:
    """Run a function for each value in its own thread, all let go at once; gives answers, an exception being one too."""

    def run(function: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
        gate = threading.Barrier(len(values))

        def one(value: Any) -> Any:
            gate.wait()
            try:
                return function(value)
            except Exception as error:  # noqa: BLE001 - which exception it was is what the test asks
                return error

        with ThreadPoolExecutor(len(values)) as threads:
            return list(threads.map(one, values))

    return run


@pytest.fixture
def engagement() -> Engagement:
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    return Engagement(
        tenant="t1",
        id="eng_1",
        name="Åkes Bygg AB",
        org_number="5566778899",
        kind=Kind.YEAR_END,
        purpose=Purpose.YEAR_END,
        years=(Year(Period(date(2024, 1, 1), date(2024, 12, 31)), locked=True), Year(year)),
        active=year,
    )


@pytest.fixture
def kept(dynamodb: Wire, engagement: Engagement) -> Engagement:
    """An engagement that is in the table."""
    Engagements(dynamodb, "connections").put(engagement)
    return engagement


@pytest.fixture
def timers(dynamodb: Wire) -> Timers:
    return Timers(dynamodb, "connections")


@pytest.fixture
def connection() -> Connection:
    return Connection(
        tenant="t1",
        engagement="eng_1",
        fortnox_tenant=4711,
        company="Åkes Bygg AB",
        org_number="5566778899",
        mode=Mode.SERVICE,
        scopes=("bookkeeping", "invoice"),
        connected_by="user-1",
        connected_at=NOW,
        renewed_at=NOW,
    )


@pytest.fixture
def job() -> Callable[..., Job]:
    """Make a queued job by its number."""

    def make(number: int = 1, work: Work = Work.IMPORT, **other: Any) -> Job:
        key = JobKey("t1", "eng_1", f"{work.value[:3]}_{number:04d}")
        fresh = Job(key, work, Status.QUEUED, NOW, "user-1", {"years": ["2025-12-31"], "deep": {"a": [1, None, True]}})
        return replace(fresh, **other)

    return make


@pytest.fixture
def entry() -> Callable[..., ClosingEntry]:
    """Make a closing entry by its number."""

    def make(number: int = 1, text: str = "Periodisering") -> ClosingEntry:
        rows = (Row(1790, 12_550, "hyra", "CC1", "P1"), Row(5010, -12_550))
        return ClosingEntry(f"ent_{number:04d}", "V", date(2025, 12, 31), text, rows)

    return make


@pytest.fixture
def item(entry: Callable[..., ClosingEntry]) -> Callable[..., ExportItem]:
    """Make a planned export item by its entry's number."""

    def make(number: int = 1, **other: Any) -> ExportItem:
        closing = entry(number)
        draft = VoucherDraft("A", closing.booked, closing.text, closing.rows, comments="exp")
        fresh = ExportItem(closing.id, "2025-12-31", 3, draft, marker=f"FB-{number:013d}")
        return replace(fresh, **other)

    return make
