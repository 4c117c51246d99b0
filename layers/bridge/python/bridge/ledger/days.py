"""Days as numbers: columns hold 20240131 where a row object would hold a date. Zero stands for no day."""

from __future__ import annotations

from datetime import date

NONE = 0


def number(day: date) -> int:
    """Year, month and day as one number: 31 January 2024 is 20240131."""
    return day.year * 10000 + day.month * 100 + day.day


def day(number: int) -> date:
    """Read a day number; ValueError when the calendar has no such day."""
    return date(number // 10000, number // 100 % 100, number % 100)


def iso(number: int) -> str:
    """ISO text of a day number as it stands, empty for none; never fails."""
    return f"{number // 10000:04d}-{number // 100 % 100:02d}-{number % 100:02d}" if number else ""
