"""Texts of fields into values, one rule each; None where the text is no such value."""

from __future__ import annotations

import re
from datetime import date

from bridge.ledger import days

_DAY = re.compile(r"[0-9]{8}")
_PERIOD = re.compile(r"[0-9]{4}(?:0[1-9]|1[0-2])")
_YEAR = re.compile(r"0|-[0-9]{1,3}")
_CALENDAR_YEAR = re.compile(r"[0-9]{4}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_QUANTITY = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?|-?\.[0-9]{1,18}")
_PLAIN_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def day(text: str) -> date | None:
    """Read a day written YYYYMMDD."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return days.day(int(text))
    except ValueError:
        return None


def day_number(text: str) -> int | None:
    """Read a day written YYYYMMDD as its number."""
    return int(text) if day(text) else None


def period(text: str) -> int | None:
    """Read a month written YYYYMM as one number."""
    return int(text) if _PERIOD.fullmatch(text) else None


def period_text(period: int) -> str:
    """Write a month as files have it: the year with all its digits, also one of before 1000."""
    return f"{period:06d}"


def year(text: str) -> int | None:
    """Read a financial year's number: 0, -1, -2 …; at most three digits."""
    return int(text) if _YEAR.fullmatch(text) else None


def calendar_year(text: str) -> str | None:
    """Read a calendar year written YYYY."""
    return text if _CALENDAR_YEAR.fullmatch(text) else None


def number(text: str) -> int | None:
    """Read a whole number without sign."""
    return int(text) if _NUMBER.fullmatch(text) else None


def quantity(text: str) -> str | None:
    """Read a quantity: decimal text of any number of decimals, kept as it is written."""
    return text if _QUANTITY.fullmatch(text) else None


def is_plain_amount(text: str) -> bool:
    """Tell whether it is digits with a decimal point, a minus at most in front: what an amount looks like."""
    return _PLAIN_AMOUNT.fullmatch(text) is not None
