"""Secrets that can be told from any other text, and where they must not be.

Every secret that the local stack makes (tokens, codes, states, tickets, cookies, links, the client's own) carries a mark;
tokens of JWT shape and the secrets of the stand-ins are known by their form. What a test printed or logged is looked
through after each test, what the product stored and told when a folder's tests are over.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

MARK = "cafe0dd5ca9a21e5"
"""Hexadecimal, so that it fits into every secret's alphabet."""

_WITHIN_BASE64 = (base64.b64encode(b"\0" * shift + MARK.encode()).decode().strip("=")[4:-2] for shift in range(3))
_SECRET = re.compile(
    "|".join((MARK, *_WITHIN_BASE64, r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}", r"\b(?:secret|access|refresh)-\d+\b"))
)

BELONGS = re.compile(r"/(authorizations|activation-links)$")
"""Paths whose answer to a POST hands a secret to whoever asked for it."""

_leaks: list[str] = []


def found(where: str, text: str) -> list[str]:
    """Tell where secrets stand in a text, with what is around them."""
    return [f"{where}: {text[max(0, hit.start() - 60) : hit.end()]}" for hit in _SECRET.finditer(text)]


def mark(patch: pytest.MonkeyPatch) -> None:
    """Mark every secret that is made in this process from now on."""
    for name in ("token_hex", "token_urlsafe"):
        patch.setattr(secrets, name, _marked(getattr(secrets, name)))


def _marked(make: Callable[[int | None], str]) -> Callable[[int | None], str]:
    def marked(size: int | None = None) -> str:
        made = make(size)
        return MARK + made[len(MARK) :] if len(made) > 24 else made

    return marked


def in_answer(response: Any) -> list[str]:
    """Look through an answer of the API, headers and body, unless it is one that hands a secret over."""
    response.read()
    path = urlsplit(str(response.request.url)).path
    if response.request.method == "POST" and BELONGS.search(path):
        return []
    return found(f"{response.request.method} {path}", f"{dict(response.headers)} {response.text}")


def in_stores(client: Callable[[str], Any]) -> Iterator[str]:
    """Look through what is stored: keys and plain attributes of every table, keys and contents of every bucket."""
    dynamodb, s3 = client("dynamodb"), client("s3")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield from found(f"{table} {item['PK']['S']}", json.dumps(item, default=lambda _sealed: ""))
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            for each in page.get("Contents", ()):
                content = s3.get_object(Bucket=name, Key=each["Key"])["Body"].read().decode("latin-1")
                yield from found(f"{name} {each['Key']}", f"{each['Key']} {content}")


def in_workflows(stepfunctions: Any) -> Iterator[str]:
    """Look through the input, output and whole history of every execution."""
    for machine in stepfunctions.list_state_machines()["stateMachines"]:
        listed = stepfunctions.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
        for arn in (each["executionArn"] for each in listed):
            told: Mapping[str, Any] = stepfunctions.describe_execution(executionArn=arn)
            history = stepfunctions.get_execution_history(executionArn=arn, maxResults=1000)["events"]
            yield from found(arn, json.dumps([told, history], default=str))


def in_logs(folder: Path) -> list[str]:
    """Look through what worker processes wrote, a file for each function."""
    return [leak for log in sorted(folder.glob("*.log")) for leak in found(log.name, log.read_text(errors="replace"))]


def in_world(world: Any) -> list[str]:
    """Look through what the world in memory kept and told in the clear."""
    kept = (world.jobs.lines, world.jobs.kept, world.jobs.found, world.connections.kept, world.entries.moving)
    told = (list(world.files.kept), world.events.told, world.workflows.started, world.timers.kept)
    return found("the world in memory", repr((kept, told)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Look through what a test and the code under it wrote and logged."""
    written = f"{report.capstdout} {report.capstderr} {report.caplog}"
    _leaks.extend(found(f"{report.nodeid} wrote", written))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session that leaked."""
    if _leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell what leaked, once each."""
    for leak in sorted(set(_leaks)):
        terminalreporter.write_line(f"LEAKED  {leak}", red=True)
