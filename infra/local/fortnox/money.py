"""The simulator's own money: whole öre in, exact decimals out. Independent of the product's, so that the two can disagree."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


def ore(value: object) -> int:
    """Give the öre of a number or a decimal text; half an öre goes away from zero. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(f"not an amount: {value!r}")  # noqa: TRY004 - one error for whatever is no amount
    try:
        exact = Decimal(value)
        return int((exact * 100).quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation:
        raise ValueError(f"not an amount: {value!r}") from None


def decimal(amount: int) -> Decimal:
    """Give the amount as a JSON number of Fortnox: 9270 öre is 92.7."""
    return Decimal(amount) / 100


def text(amount: int) -> str:
    """Write the amount as the text Fortnox puts in strings: `1250`, `92.7`, `-0.05`."""
    return plain(decimal(amount))


def plain(value: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros."""
    shown = format(value, "f")
    return (shown.rstrip("0").rstrip(".") or "0") if "." in shown else shown


def sie(amount: int) -> str:
    """Write the amount as Fortnox 3.x writes it in SIE: `1997`, `-1.85`, `1409.90`."""
    sign, whole, part = "-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
    return f"{sign}{whole}.{part:02}" if part else f"{sign}{whole}"


def converted(amount: int, rate: Decimal, unit: int = 1) -> int:
    """Give the SEK öre of a currency amount: amount x rate / unit, half an öre away from zero."""
    return int((amount * rate / unit).quantize(Decimal(1), ROUND_HALF_UP))
