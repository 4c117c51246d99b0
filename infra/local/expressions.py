"""EventBridge schedule expressions: rate(…), cron(…) with six fields, at(…). A bad one is an error when provisioned."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.local.cfn import TemplateError

Next = Callable[[datetime], datetime | None]
"""The first moment after the given one (aware, UTC) at which the schedule fires; None for never again."""

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\((.+)\)")
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_MONTHS = {
    name: str(i)
    for i, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
_DAYS = {name: str(i) for i, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day", 1, 31),
    ("month", 1, 12),
    ("weekday", 1, 7),
    ("year", 1970, 2199),
)
_LOOK_AHEAD_DAYS = 366 * 8  # a leap day at a given weekday comes at most this far on, for our purposes


class BadExpression(TemplateError):
    """A schedule expression that EventBridge would refuse."""


def parse(text: str, timezone: str = "UTC") -> Next:
    """Tell what the expression means; `timezone` holds for cron and at."""
    if match := _RATE.fullmatch(text):
        return _rate(text, int(match[1]), match[2], plural=bool(match[3]))
    if match := _AT.fullmatch(text):
        moment = datetime.fromisoformat(match[1]).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
        return lambda after: moment if moment > after else None
    if match := _CRON.fullmatch(text):
        return _cron(text, match[1].split(), ZoneInfo(timezone))
    raise BadExpression(f"{text} is not a schedule expression")


def _rate(text: str, number: int, unit: str, *, plural: bool) -> Next:
    if number < 1 or plural == (number == 1):
        raise BadExpression(f"{text}: EventBridge wants rate(1 {unit}) or rate(2 {unit}s)")
    step = timedelta(**{f"{unit}s": number})
    return lambda after: after + step


def _cron(text: str, parts: list[str], zone: ZoneInfo) -> Next:
    if len(parts) != len(_FIELDS):
        raise BadExpression(f"{text} has {len(parts)} fields; EventBridge's cron has six")
    if (parts[2] == "?") == (parts[4] == "?"):
        raise BadExpression(f"{text}: exactly one of day of month and day of week is ?")
    minutes, hours, days, months, weekdays, years = (
        _values(text, part, name, low, high) for part, (name, low, high) in zip(parts, _FIELDS, strict=True)
    )

    def day_fits(day: datetime) -> bool:
        weekday = day.isoweekday() % 7 + 1
        return day.day in days and weekday in weekdays and day.month in months and day.year in years

    def following(after: datetime) -> datetime | None:
        start = after.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
        for ahead in range(_LOOK_AHEAD_DAYS):
            day = start + timedelta(days=ahead)
            if not day_fits(day):
                continue
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    moment = day.replace(hour=hour, minute=minute, tzinfo=zone).astimezone(UTC)
                    if moment > after:
                        return moment
        return None

    return following


def _values(text: str, part: str, name: str, low: int, high: int) -> frozenset[int]:
    """Give the numbers a field allows: *, ?, lists, ranges, steps, names of months and days."""
    names = {"month": _MONTHS, "weekday": _DAYS}.get(name, {})
    values: set[int] = set()
    for piece in part.upper().split(","):
        span, _, step = piece.partition("/")
        if span in {"*", "?"}:
            first, last = low, high
        else:
            start, _, end = span.partition("-")
            first = _number(text, names.get(start, start), name)
            last = _number(text, names.get(end, end), name) if end else (high if step else first)
        every = _number(text, step, name) if step else 1
        if not (low <= first <= last <= high and every > 0):
            raise BadExpression(f"{text}: {piece} is not a {name} from {low} to {high}")
        values.update(range(first, last + 1, every))
    return frozenset(values)


def _number(text: str, digits: str, name: str) -> int:
    if not digits.isascii() or not digits.isdigit():
        raise BadExpression(f"{text}: {digits!r} is not a {name} this local stack knows (L, W and # are not supported)")
    return int(digits)
