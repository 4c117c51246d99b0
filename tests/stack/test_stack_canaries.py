from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.stack import LocalStack
from tests.canaries import MARK, in_stores, in_workflows
from tests.stack.client import Bridge

Client = Callable[[str], Any]


@contextmanager
def in_a_key(stack: LocalStack) -> Iterator[None]:
    """A secret in the key of an item."""
    place = {"TableName": stack.outputs["WorkTable"], "Key": {"PK": {"S": "T#x"}, "SK": {"S": MARK}}}
    stack.client("dynamodb").put_item(TableName=place["TableName"], Item=place["Key"])
    yield
    stack.client("dynamodb").delete_item(**place)


@contextmanager
def deep_in_an_item(stack: LocalStack) -> Iterator[None]:
    """A secret in an attribute of an attribute."""
    key = {"PK": {"S": "T#x"}, "SK": {"S": "x"}}
    deep = {"scope": {"M": {"said": {"L": [{"S": f"code={MARK}"}]}}}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["ConnectionsTable"], Item={**key, **deep})
    yield
    stack.client("dynamodb").delete_item(TableName=stack.outputs["ConnectionsTable"], Key=key)


@contextmanager
def in_an_object_key(stack: LocalStack) -> Iterator[None]:
    """A secret in the name of a file."""
    place = {"Bucket": stack.outputs["DataBucket"], "Key": f"raw/{MARK}"}
    version = stack.client("s3").put_object(**place, Body=b"")["VersionId"]
    yield
    stack.client("s3").delete_object(**place, VersionId=version)


def test_a_secret_that_is_stored_in_the_clear_is_found(stack: LocalStack, bridge: Bridge) -> None:
    assert bridge.connect("personal") == ""
    assert list(in_stores(stack.client)) == []
    for plant in (in_a_key, deep_in_an_item, in_an_object_key):
        with plant(stack):
            assert list(in_stores(stack.client)), plant.__name__
    assert list(in_stores(stack.client)) == []


def test_a_secret_in_a_workflows_input_or_history_is_found() -> None:
    class Machines:
        def list_state_machines(self) -> Any:
            return {"stateMachines": [{"stateMachineArn": "m"}]}

        def list_executions(self, stateMachineArn: str) -> Any:  # noqa: N803 - as boto3 names it
            return {"executions": [{"executionArn": f"{stateMachineArn}:1"}]}

        def describe_execution(self, **_: str) -> Any:
            return {"input": json.dumps({"job": "imp_1"})}

        def get_execution_history(self, **_: object) -> Any:
            return {"events": [{"taskFailedEventDetails": {"cause": f"no answer for {MARK}"}}]}

    [leak] = in_workflows(Machines())
    assert leak.endswith(MARK)


def test_the_secrets_of_the_stack_are_marked(stack: LocalStack, bridge: Bridge) -> None:
    assert MARK in bridge.login()
    assert (
        MARK
        in stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["ClientSecretArn"])["SecretString"]
    )
    assert bridge.connect("personal") == ""
    grants = stack.simulator.state.grants
    assert all(MARK in each for each in (*grants.refreshes, *grants.codes))
