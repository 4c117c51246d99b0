"""A table costs what is asked of it and no more, and answers as moto's own does."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from itertools import product
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import example, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from moto.backends import get_backend

from infra.local import tables
from infra.local.aws import ACCOUNT, REGION

Operation = dict[str, Any]
Place = tuple[str, str, str]
"""Table, partition key, sort key."""

STREAMED, PLAIN = "streamed", "plain"
INDEX = [{"AttributeName": "duePk", "KeyType": "HASH"}, {"AttributeName": "dueAt", "KeyType": "RANGE"}]
CONDITIONS = (
    "",
    "attribute_not_exists(PK)",
    "attribute_exists(PK)",
    "#n = :one",
    "#n < :one AND attribute_exists(duePk)",
)
TEXTS = {"duePk = :d": {":d": {"S": "DUE#1"}}, "duePk = :d AND dueAt <= :t": {":d": {"S": "DUE#0"}, ":t": {"N": "3"}}}


@contextmanager
def narrow() -> Iterator[None]:
    """Replace of moto's tables what the local stack replaces."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, value in list(tables.replacements()):
            patch.setattr(owner, name, value)
        yield


@cache
def dynamodb() -> Any:
    """Make the client once, for it takes long."""
    made_up = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return boto3.client("dynamodb", region_name=REGION, **made_up)


def two_tables() -> Any:
    """Make two tables of the shape of ours, one with a stream, with six items each; gives the client."""
    client = dynamodb()
    types = {"PK": "S", "SK": "S", "duePk": "S", "dueAt": "N"}
    for name in (STREAMED, PLAIN):
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": types[each]} for each in types],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {"IndexName": "due", "KeySchema": INDEX, "Projection": {"ProjectionType": "KEYS_ONLY"}}
            ],
            StreamSpecification={"StreamEnabled": name == STREAMED, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        for number, place in enumerate(product("ab", "xyz")):
            table(name).put_item(put((name, *place), number)["Item"])
    return client


def table(name: str) -> Any:
    return get_backend("dynamodb")[ACCOUNT][REGION].tables[name]


def put(place: Place, number: int) -> Operation:
    """Say a put; every second one is in the index."""
    name, pk, sk = place
    deep = {"M": {"l": {"L": [{"S": "x" * number}, {"BOOL": True}]}}}
    due = {"duePk": {"S": f"DUE#{number % 4 // 2}"}, "dueAt": {"N": str(number)}} if number % 2 else {}
    return {"TableName": name, "Item": {"PK": {"S": pk}, "SK": {"S": sk}, "n": {"N": str(number)}, "deep": deep, **due}}


def operation(kind: str, place: Place, number: int, condition: str, *, told: bool) -> Operation:
    """Say one write of a transaction as the client takes it."""
    name, pk, sk = place
    said = put(place, number) if kind == "Put" else {"TableName": name, "Key": {"PK": {"S": pk}, "SK": {"S": sk}}}
    asked: dict[str, Any] = {
        "ConditionExpression": condition or ("attribute_exists(PK)" if kind == "ConditionCheck" else ""),
        "UpdateExpression": "SET #n = :new REMOVE dueAt" if kind == "Update" else "",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD" if told else "",
    }
    used = " ".join(asked.values())
    asked["ExpressionAttributeValues"] = {
        each: value for each, value in {":one": {"N": "1"}, ":new": {"N": str(number)}}.items() if each in used
    }
    asked["ExpressionAttributeNames"] = {"#n": "n"} if "#n" in used else {}
    return {kind: {**said, **{each: value for each, value in asked.items() if value}}}


OPERATIONS = st.builds(
    operation,
    st.sampled_from(["Put", "Put", "Update", "Delete", "ConditionCheck"]),
    st.tuples(st.sampled_from([STREAMED, PLAIN]), st.sampled_from("ab"), st.sampled_from("wxyz")),
    st.integers(0, 5),
    st.sampled_from(CONDITIONS),
    told=st.booleans(),
)


def outcome(client: Any, transaction: Sequence[Operation]) -> Any:
    """Carry a transaction out; gives what the client was told when it failed."""
    try:
        client.transact_write_items(TransactItems=transaction)
    except ClientError as error:
        return error.response["Error"], error.response.get("CancellationReasons")
    return "done"


def seen(client: Any, name: str) -> Any:
    """Give what can be read of a table: every item, every partition from both ends and in pages, the index, the stream."""
    read: list[Any] = [client.scan(TableName=name)["Items"]]
    for pk, forward, limit in (("a", True, 2), ("b", False, 3)):
        query = {"KeyConditionExpression": "PK = :p", "ExpressionAttributeValues": {":p": {"S": pk}}}
        paging = {"PageSize": limit}
        pages = client.get_paginator("query").paginate(
            TableName=name, ScanIndexForward=forward, PaginationConfig=paging, **query
        )
        read.append([page["Items"] for page in pages])
    for condition, values in TEXTS.items():
        asked = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
        read.append(client.query(TableName=name, IndexName="due", **asked)["Items"])
    shard = table(name).stream_shard
    told = [each.record for each in shard.items] if shard else []
    images = [
        {part: each["dynamodb"].get(part) for part in ("SequenceNumber", "Keys", "OldImage", "NewImage")}
        for each in told
    ]
    return read, [each["eventName"] for each in told], repr(images)


GOOD = [
    operation("Update", (STREAMED, "a", "x"), 4, "", told=False),
    operation("Put", (STREAMED, "b", "w"), 3, "", told=False),
    operation("Delete", (PLAIN, "b", "z"), 0, "", told=False),
]
BAD = operation("ConditionCheck", (PLAIN, "a", "z"), 0, "attribute_not_exists(PK)", told=True)


@settings(max_examples=15, deadline=None)
@example([GOOD, [*GOOD, BAD], [BAD, *GOOD], GOOD * 2])
@given(st.lists(st.lists(OPERATIONS, min_size=1, max_size=3), max_size=4))
def test_transactions_and_queries_come_to_what_motos_own_come_to(transactions: list[list[Operation]]) -> None:
    told = []
    for replaced in (nullcontext(), narrow()):
        with mock_aws(), replaced:
            client = two_tables()
            outcomes = [outcome(client, copy.deepcopy(each)) for each in transactions]
            told.append((outcomes, seen(client, STREAMED), seen(client, PLAIN)))
    assert told[0] == told[1]


def test_neither_a_transaction_nor_a_query_goes_through_the_whole_table() -> None:
    """One that did would meet the item that cannot be looked at."""
    with mock_aws(), narrow():
        client = two_tables()
        held = table(PLAIN)
        held.items["unreadable"] = Unreadable()
        assert outcome(client, [{"Put": put((PLAIN, "a", "w"), 1)}, {"Put": put((PLAIN, "b", "x"), 1)}]) == "done"
        taken = operation("Put", (PLAIN, "a", "x"), 2, "attribute_not_exists(PK)", told=False)
        assert outcome(client, [{"Put": put((PLAIN, "b", "y"), 1)}, taken]) != "done"
        values = {":p": {"S": "a"}}
        asked = client.query(TableName=PLAIN, KeyConditionExpression="PK = :p", ExpressionAttributeValues=values)
        assert [item["SK"]["S"] for item in asked["Items"]] == ["w", "x", "y", "z"]
        assert table(PLAIN) is held


class Unreadable(dict[Any, Any]):
    """A partition that nobody may look at."""

    def values(self) -> Any:
        raise AssertionError

    def __deepcopy__(self, _: Any) -> Any:
        raise AssertionError


def test_what_is_gone_from_a_table_is_not_remembered() -> None:
    with mock_aws(), narrow():
        client = two_tables()
        for number in range(3):
            client.put_item(**put((STREAMED, "a", "x"), number))
        kinds = (type(table(STREAMED)), *(type(each) for each in table(STREAMED).stream_shard.items))
        assert [list(kind.instances_tracked) for kind in kinds] == [[]] * len(kinds)
