"""Exact money: whole öre as int inside, decimal text outside. There is no float here, on purpose."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

MAX_DIGITS = 15
"""Kronor digits an amount may have: ten thousand times Sweden's GDP; keeps every sum of a ledger in 64 bits."""

_AMOUNT = re.compile(r"-?[0-9]+(?:\.([0-9]+))?", re.ASCII)


def ore(text: str) -> int:
    """Öre of a decimal text in SIE form (`-12.5`, `1000`, `0.00`).

    Raises ValueError on anything else: a float, a decimal comma, a plus sign, blanks, or more than two decimals
    that are not zero. A third decimal of value is an amount that does not exist in Swedish bookkeeping.
    """
    if not isinstance(text, str):
        raise ValueError(f"an amount is written as text, not {type(text).__name__}")  # noqa: TRY004 - one error class for a bad amount
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError("an amount is digits with an optional minus in front and a decimal point")
    return exact(Decimal(text))


def exact(amount: Decimal) -> int:
    """Öre of a Decimal that has whole öre and at most 15 digits of kronor; ValueError otherwise."""
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount.adjusted() >= MAX_DIGITS:
        raise ValueError(f"an amount is a finite Decimal of at most {MAX_DIGITS} digits before the point")
    sign, digits, exponent = amount.as_tuple()
    cents = "".join(map(str, digits)) + "0" * (int(exponent) + 2)
    if int(exponent) < -2:
        cut = int(exponent) + 2
        if cents[cut:].strip("0"):
            raise ValueError("an amount has at most two decimals")
        cents = cents[:cut] or "0"
    return -int(cents) if sign else int(cents)


def rounded(amount: Decimal) -> int:
    """Öre of a Decimal rounded half away from zero, as Swedish bookkeeping rounds (currency conversions)."""
    return int(amount.scaleb(2).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def text(amount: int) -> str:
    """Decimal text of öre with two decimals: -1250 becomes `-12.50`."""
    sign = "-" if amount < 0 else ""
    kronor, rest = divmod(abs(amount), 100)
    return f"{sign}{kronor}.{rest:02d}"


def decimal(amount: int) -> Decimal:
    """Decimal kronor of öre, exact."""
    return Decimal(amount).scaleb(-2)
