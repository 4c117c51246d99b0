"""One DynamoDB table, in plain values. Every read is strongly consistent; every refused condition tells what is stored instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

from botocore.exceptions import ClientError

from bridge.problem import BridgeError
from bridge.stores import attributes, keys
from bridge.stores.attributes import Item
from bridge.stores.failures import TRANSIENT, StoreUnavailable, at_the_wall, code_of
from bridge.stores.keys import Key
from bridge.stores.writes import When, Write
from bridge.stores.writes import delete as _delete

TRIES = 5
"""Times a write is sent when a transaction is under way on the same items; at once, for it lasts milliseconds."""

SHARDS = 16
"""Partitions of the due index."""

DUE_INDEX = "due"

_ALONE = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}


class Conflicted(BridgeError):
    """A condition did not hold, and nothing was written. Per write: whether it failed, and if so what is stored."""

    def __init__(self, failed: Sequence[bool], stored: Sequence[Item]) -> None:
        self.failed = tuple(failed)
        self.stored = tuple(stored)
        super().__init__("a condition did not hold")


class Table:
    """A table with the keys PK and SK."""

    def __init__(self, client: Any, name: str) -> None:
        """`client` is boto3's low-level client for DynamoDB; how it retries and times out is its maker's choice."""
        self._client = client
        self._name = name

    def read(self, key: Key) -> Item | None:
        """Read one item."""
        sought = attributes.write(keys.placed(key))
        with at_the_wall():
            answer = self._client.get_item(TableName=self._name, Key=sought, ConsistentRead=True)
        return attributes.read(answer["Item"]) if "Item" in answer else None

    def list(self, partition: str, prefix: str) -> Iterator[Item]:
        """Read all items of a partition whose sort key starts so, in its order."""
        return self._pages(self._under(partition, prefix))

    def newest(self, partition: str, prefix: str, count: int) -> Sequence[Item]:
        """Read the last items of a partition whose sort key starts so, last first."""
        backwards = {**self._under(partition, prefix), "ScanIndexForward": False, "Limit": count}
        return [*islice(self._pages(backwards), count)]

    def due(self, now: datetime, shards: Iterable[int]) -> Iterator[Key]:
        """Read the keys of the timers that are due in these shards of the index, the longest overdue first."""
        for item in merge(*(self._due_in(shard, now) for shard in shards), key=itemgetter("dueAt")):
            yield item["PK"], item["SK"]

    def write(self, *writes: Write) -> None:
        """Carry out the writes, all or none. Conflicted when a condition does not hold.

        The SDK gives each transaction a token of its own, the same when it sends again after no answer.
        """
        for _ in range(TRIES):
            try:
                with at_the_wall():
                    self._send(writes)
            except ClientError as error:
                _explain(error)
            else:
                return
        raise StoreUnavailable("transactions in each other's way")

    def try_write(self, *writes: Write, ours: Callable[[Item], bool] = lambda _: False) -> bool:
        """Carry out the writes; False when a condition did not hold.

        `ours` tells from what the first write found stored whether it is what we wrote ourselves: when an answer is lost,
        the SDK sends again, and the second time the condition fails on our own success.
        """
        try:
            self.write(*writes)
        except Conflicted as conflict:
            return bool(conflict.stored[0]) and ours(conflict.stored[0])
        return True

    def take(self, key: Key, condition: When) -> Item | None:
        """Delete an item and give it, to exactly one taker; None when it is not there or the condition does not hold."""
        write = _delete(key, condition)
        try:
            with at_the_wall():
                answer = self._client.delete_item(TableName=self._name, ReturnValues="ALL_OLD", **write.params)
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return None
        return attributes.read(answer["Attributes"])

    def change(self, update: Write) -> Item | None:
        """Carry out an update and give the item as it was, empty if there was none; None when the condition does not hold."""
        try:
            with at_the_wall():
                answer = self._client.update_item(TableName=self._name, ReturnValues="ALL_OLD", **update.params)
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return None
        return attributes.read(answer.get("Attributes", {}))

    def _due_in(self, shard: int, now: datetime) -> Iterator[Item]:
        values = {":shard": attributes.value(f"DUE#{shard}"), ":now": attributes.value(int(now.timestamp()))}
        condition = "duePk = :shard AND dueAt <= :now"
        asked = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values, "IndexName": DUE_INDEX}
        return self._pages({"TableName": self._name, **asked})

    def _under(self, partition: str, prefix: str) -> dict[str, Any]:
        return {
            "TableName": self._name,
            "KeyConditionExpression": "PK = :partition AND begins_with(SK, :prefix)",
            "ExpressionAttributeValues": attributes.write({":partition": partition, ":prefix": prefix}),
            "ConsistentRead": True,
        }

    def _pages(self, query: Mapping[str, Any]) -> Iterator[Item]:
        start: Mapping[str, Any] = {}
        while True:
            with at_the_wall():
                page = self._client.query(**query, **start)
            yield from map(attributes.read, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _send(self, writes: Sequence[Write]) -> None:
        if len(writes) == 1:
            [write] = writes
            getattr(self._client, _ALONE[write.kind])(TableName=self._name, **write.params)
        else:
            sent = [{write.kind: {"TableName": self._name, **write.params}} for write in writes]
            self._client.transact_write_items(TransactItems=sent)


def _explain(error: ClientError) -> None:
    """Raise what a refused write says, unless all that stood in its way is another one that will soon be over."""
    match code_of(error):
        case "ConditionalCheckFailedException":
            raise Conflicted([True], [_stored(error.response)]) from None
        case "TransactionCanceledException":
            _explain_reasons(error)
        case code if code != "TransactionConflictException":
            raise error


def _explain_reasons(error: ClientError) -> None:
    reasons = error.response["CancellationReasons"]
    failed = [reason["Code"] == "ConditionalCheckFailed" for reason in reasons]
    if any(failed):
        raise Conflicted(failed, [_stored(reason) for reason in reasons]) from None
    if not any(reason["Code"] in TRANSIENT for reason in reasons):
        raise error


def _stored(answer: Mapping[str, Any]) -> Item:
    return attributes.read(answer.get("Item") or {})
