"""Handlers for the local stack's own tests: each shows one thing a function can do."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from os import environ  # noqa: TID251 - a toy has no wiring to read it
from typing import Any

import boto3

from bridge import wiring


class RateLimited(Exception):
    """The toy is asked too often."""


class Broken(Exception):
    """The toy does not work."""


def echo(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer with what came in."""
    answer = {"event": event, "function": context.function_name, "table": environ["TABLE"]}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}


def play(event: dict[str, Any], context: Any) -> Any:
    """Do what the event says."""
    tricks: Mapping[str, Callable[[], Any]] = {
        "raise": lambda: _refuse(event),
        "sleep": lambda: time.sleep(event["seconds"]),
        "exit": lambda: os._exit(3),
        "unserialisable": object,
        "decimal": lambda: {"value": Decimal("1.50")},
        "variables": lambda: dict(environ),
        "remaining": context.get_remaining_time_in_millis,
        "pid": os.getpid,
        "time": _time,
    }
    return tricks[event["do"]]()


def _refuse(event: Mapping[str, Any]) -> None:
    raise Broken(event.get("why", "as asked"))


def _time() -> str:
    return wiring.SystemClock().now().isoformat()


def flaky(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Fail as often as the event says, counting attempts in the table."""
    table = boto3.client("dynamodb")
    counted = table.update_item(
        TableName=environ["TABLE"],
        Key={"PK": {"S": event["job"]}, "SK": {"S": "attempts"}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    attempt = int(counted["Attributes"]["n"]["N"])
    if attempt <= event["failures"]:
        raise RateLimited(f"attempt {attempt}")
    if event.get("broken"):
        raise Broken("for good")
    return {"attempts": attempt}


def record(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Note the event in the table, one item each; refuse stream records that ask for it."""
    for one in event.get("Records", []):
        if "poison" in json.dumps(one):
            raise Broken("poison")
    boto3.client("dynamodb").update_item(
        TableName=environ["TABLE"],
        Key={"PK": {"S": "recorded"}, "SK": {"S": "all"}},
        UpdateExpression="SET seen = list_append(if_not_exists(seen, :none), :new)",
        ExpressionAttributeValues={":none": {"L": []}, ":new": {"L": [{"S": json.dumps(event)}]}},
    )
    return {}
