"""Organisation numbers (organisationsnummer) and the personal numbers that sole traders have in their place."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(?:16|18|19|20)?[0-9]{6}[-+][0-9]{4}")
_NUMBER = re.compile(r"(?:16|18|19|20)?([0-9]{6})[-+]?([0-9]{4})")
_VAT = re.compile(r"SE([0-9]{6})([0-9]{4})01")


def digits(written: str) -> str | None:
    """Ten digits of a number however it is written (hyphen, century, VAT form); None when it is no such number."""
    text = written.strip().upper().replace(" ", "")
    match = _NUMBER.fullmatch(text) or _VAT.fullmatch(text)
    return match[1] + match[2] if match else None


def is_well_formed(written: str) -> bool:
    """Tell whether it is written as the specification asks: six digits, a hyphen, four digits."""
    return _WRITTEN.fullmatch(written) is not None


def has_check_digit(ten: str) -> bool:
    """Tell whether the last of ten digits is right (Luhn)."""
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(ten))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
