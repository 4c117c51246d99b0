from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from bridge.stores import writes
from bridge.stores.failures import StoreUnavailable, at_the_wall
from bridge.stores.table import Conflicted, Table

TWO = (writes.put(("p", "X#a"), {"n": 1}), writes.put(("p", "X#b"), {"n": 1}, writes.ABSENT))


@pytest.fixture
def table(dynamodb: Any) -> Table:
    return Table(dynamodb, "work")


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 400), ("SlowDown", 503), ("Whatever", 500), ("TransactionInProgressException", 400)],
)
def test_what_passes_by_itself_is_unavailable_and_tells_no_foreign_text(faults: Any, code: str, status: int) -> None:
    with pytest.raises(StoreUnavailable) as failure, at_the_wall():
        faults.error(code, status)(None)
    assert str(failure.value) == f"Operation: {code}"
    assert failure.value.status == 503


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url="https://x"),
        exceptions.ReadTimeoutError(endpoint_url="https://x"),
        exceptions.ConnectionClosedError(endpoint_url="https://x"),
        exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
        exceptions.ResponseStreamingError(error="broken"),
    ],
)
def test_a_broken_connection_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable, match=type(error).__name__), at_the_wall():
        raise error


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_a_mistake_of_ours_passes_as_it_is(table: Table, dynamodb: Any, faults: Any, code: str) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "put_item": lambda: table.write(TWO[0]),
        "transact_write_items": lambda: table.write(*TWO),
        "delete_item": lambda: table.take(("p", "X#a"), writes.ABSENT),
    }
    for method, call in calls.items():
        dynamodb.on(method, faults.error(code))
        with pytest.raises(ClientError, match=code):
            call()


def test_a_transaction_in_the_way_of_another_is_sent_again(table: Table, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("transact_write_items", *[faults.cancelled("None", "TransactionConflict")] * 4)
    table.write(*TWO)
    assert [item["SK"] for item in table.list("p", "X#")] == ["X#a", "X#b"]


def test_a_single_write_in_the_way_of_a_transaction_is_sent_again(table: Table, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("put_item", *[faults.error("TransactionConflictException")] * 4)
    table.write(TWO[0])
    assert table.read(("p", "X#a")) is not None


def test_a_transaction_always_in_the_way_is_given_up(table: Table, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("transact_write_items", *[faults.cancelled("ThrottlingError", "None")] * 5)
    with pytest.raises(StoreUnavailable):
        table.write(*TWO)


def test_a_transaction_cancelled_for_another_reason_is_a_bug(table: Table, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("transact_write_items", faults.cancelled("ValidationError", "None"))
    with pytest.raises(ClientError):
        table.write(*TWO)


def test_a_conflict_says_which_write_failed_and_what_is_stored(table: Table) -> None:
    table.write(writes.put(("p", "X#b"), {"n": 7}))
    with pytest.raises(Conflicted) as conflict:
        table.write(*TWO)
    assert conflict.value.failed == (False, True)
    assert conflict.value.stored == ({}, {"PK": "p", "SK": "X#b", "n": 7})
    assert table.read(("p", "X#a")) is None


def test_a_partition_of_many_pages_is_read_whole(table: Table) -> None:
    for number in range(5):
        table.write(writes.put(("p", f"X#{number}"), {"text": "x" * 300_000}))
    table.write(writes.put(("p", "Y#1"), {}))
    assert [item["SK"] for item in table.list("p", "X#")] == [f"X#{number}" for number in range(5)]
    assert [item["SK"] for item in table.newest("p", "X#", 4)] == [f"X#{number}" for number in (4, 3, 2, 1)]


def test_of_sixteen_at_once_one_write_wins(table: Table, race: Callable[..., list[Any]]) -> None:
    answers = race(lambda number: table.try_write(writes.put(("p", "X#a"), {"n": number}, writes.ABSENT)), range(16))
    assert sorted(answers) == [False] * 15 + [True]
