"""Organisation numbers (organisationsnummer): the check digit, and made-up ones that pass it."""

from __future__ import annotations

import re


def check_digit(digits: str) -> int:
    """Give the Luhn digit that belongs after the given digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return -total % 10


def valid(number: str) -> bool:
    """Whether a company may have this number: NNNNNN-NNNN, third digit at least 2, right check digit."""
    found = re.fullmatch(r"(\d{6})-?(\d{4})", number)
    digits = "".join(found.groups()) if found else "0" * 10
    return digits[2] >= "2" and int(digits[9]) == check_digit(digits[:9])


def made_up(seed: int) -> str:
    """Make a valid number made from a seed, with the hyphen Fortnox writes."""
    digits = f"5599{seed % 100000:05}"
    return f"{digits[:6]}-{digits[6:]}{check_digit(digits)}"


def hyphenated(number: str) -> str:
    """Write the number with its hyphen."""
    digits = number.replace("-", "")
    return f"{digits[:6]}-{digits[6:]}"
