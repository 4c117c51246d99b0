from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local import expressions, patterns
from infra.local.cfn import TemplateError
from infra.local.deployment import Schedule
from infra.local.events import Schedules, Ticker
from infra.local.expressions import BadExpression
from infra.local.host import Answer

FRIDAY = datetime(2026, 11, 20, 14, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "following"),
    [
        ("rate(1 minute)", "UTC", "2026-11-20T14:08:30+00:00"),
        ("rate(15 minutes)", "UTC", "2026-11-20T14:22:30+00:00"),
        ("rate(2 days)", "UTC", "2026-11-22T14:07:30+00:00"),
        ("cron(0/15 * * * ? *)", "UTC", "2026-11-20T14:15:00+00:00"),
        ("cron(30 3 * * ? *)", "UTC", "2026-11-21T03:30:00+00:00"),
        ("cron(30 3 * * ? *)", "Europe/Stockholm", "2026-11-21T02:30:00+00:00"),
        ("cron(0 8 ? * MON-FRI *)", "UTC", "2026-11-23T08:00:00+00:00"),
        ("cron(0 8 1 JAN,JUL ? *)", "UTC", "2027-01-01T08:00:00+00:00"),
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00:00+00:00"),
        ("at(2026-12-24T15:00:00)", "Europe/Stockholm", "2026-12-24T14:00:00+00:00"),
    ],
)
def test_an_expression_tells_when_it_fires_next(expression: str, zone: str, following: str) -> None:
    fires = expressions.parse(expression, zone)(FRIDAY)
    assert fires is not None
    assert fires.isoformat() == following


def test_an_expression_in_the_past_never_fires_again() -> None:
    assert expressions.parse("at(2026-01-01T00:00:00)")(FRIDAY) is None
    assert expressions.parse("cron(0 0 1 1 ? 2020)")(FRIDAY) is None


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(5 weeks)",
        "every(5 minutes)",
        "cron(* * * * *)",
        "cron(0 8 * * * *)",
        "cron(0 8 ? * ? *)",
        "cron(60 8 * * ? *)",
        "cron(0 8 L * ? *)",
        "cron(0/0 8 * * ? *)",
        "cron(5-1 8 * * ? *)",
        "at(tomorrow)",
    ],
)
def test_a_bad_expression_is_an_error(expression: str) -> None:
    with pytest.raises(BadExpression):
        expressions.parse(expression)


REMOVAL = {"eventName": "REMOVE", "userIdentity": {"type": "Service"}, "dynamodb": {"Keys": {"PK": {"S": "TIMER#1"}}}}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({"eventName": ["REMOVE", "MODIFY"]}, True),
        ({"eventName": ["INSERT"]}, False),
        ({"eventName": ["REMOVE"], "userIdentity": {"type": ["Service"]}}, True),
        ({"userIdentity": {"type": ["User"]}}, False),
        ({"dynamodb": {"Keys": {"PK": {"S": [{"prefix": "TIMER#"}]}}}}, True),
        ({"dynamodb": {"Keys": {"PK": {"S": [{"suffix": "#2"}]}}}}, False),
        ({"dynamodb": {"OldImage": [{"exists": False}]}}, True),
        ({"eventName": [{"exists": True}]}, True),
        ({"eventName": [{"anything-but": "INSERT"}]}, True),
        ({"eventName": [{"anything-but": ["REMOVE"]}]}, False),
        ({"eventName": [{"equals-ignore-case": "remove"}]}, True),
        ({"missing": {"deep": ["x"]}}, False),
    ],
)
def test_patterns_filter_as_eventbridge_does(pattern: dict[str, Any], fits: bool) -> None:  # noqa: FBT001 - a parameter
    assert patterns.matches(pattern, REMOVAL) is fits


def test_an_unknown_operator_of_a_pattern_is_an_error() -> None:
    with pytest.raises(TemplateError, match="numeric"):
        patterns.matches({"eventName": [{"numeric": [">", 1]}]}, REMOVAL)


class Invoked:
    """Notes what a schedule invokes."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def __call__(self, name: str, event: Any) -> Answer:
        self.calls.append((name, event))
        return "null", None


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = FRIDAY

    def __call__(self) -> datetime:
        return self.time


def test_a_schedule_fires_when_it_is_due_and_once_however_far_the_clock_moved() -> None:
    clock, invoked = Clock(), Invoked()
    schedules = Schedules([Schedule("Sweep", "rate(15 minutes)", "F", source="events")], invoked, clock)
    assert schedules.tick() == 0
    clock.time += timedelta(minutes=15)
    assert schedules.tick() == 1
    assert schedules.tick() == 0
    clock.time += timedelta(days=31)
    assert schedules.tick() == 1
    name, event = invoked.calls[0]
    assert (name, event["detail-type"], event["time"]) == ("F", "Scheduled Event", "2026-11-20T14:22:30Z")


def test_a_schedule_goes_on_when_the_clock_has_gone_back() -> None:
    clock, invoked = Clock(), Invoked()
    schedules = Schedules([Schedule("Sweep", "rate(15 minutes)", "F", source="events")], invoked, clock)
    clock.time += timedelta(days=31)
    assert schedules.tick() == 1
    clock.time -= timedelta(days=31)
    assert schedules.tick() == 0
    clock.time += timedelta(minutes=15)
    assert (schedules.tick(), schedules.tick()) == (1, 0)


def test_a_schedule_with_an_input_sends_that() -> None:
    clock, invoked = Clock(), Invoked()
    once = Schedule("Once", "at(2026-11-20T14:08:00)", "F", json.dumps({"a": 1}))
    schedules = Schedules([once], invoked, clock)
    clock.time += timedelta(minutes=1)
    assert (schedules.tick(), schedules.tick()) == (1, 0)
    assert invoked.calls == [("F", {"a": 1})]


class Failing:
    """A part that fails at each tick, and says when it has been asked often enough."""

    def __init__(self) -> None:
        self.asked = 0
        self.often = threading.Event()

    def tick(self) -> int:
        self.asked += 1
        if self.asked >= 3:
            self.often.set()
        raise ValueError("the same each time")


def test_a_part_that_keeps_failing_is_told_once_and_does_not_stop_the_ticker(caplog: pytest.LogCaptureFixture) -> None:
    failing = Failing()
    ticker = Ticker([failing], 0.001)
    ticker.start()
    assert failing.often.wait(20)
    ticker.stop()
    assert [record.message for record in caplog.records] == ["Failing failed"]
