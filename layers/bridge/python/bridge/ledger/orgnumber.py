"""Swedish organisation numbers (organisationsnummer), kept as ten digits; a sole trader's is a personal number.

A legal person's third digit is at least 2, so that its number is never a date. A sole trader (enskild firma) has a
personal number (personnummer) or a coordination number (samordningsnummer, day plus 60). Those are personal data:
problems carry them masked, and nothing else here gives them out by itself.
"""

from __future__ import annotations

import re
from datetime import date

from bridge.problem import Problem

_NOISE = re.compile(r"[\s+\-\u2010-\u2015\u2212]")
"""What people write between the digits: blanks, the plus of the over hundred, hyphens and dashes of every kind."""

_WRITTEN = re.compile(r"SE([0-9]{10})01|(16|18|19|20)?([0-9]{10})", re.ASCII | re.IGNORECASE)
"""VAT form, or ten digits with or without a century: 16 is the one of legal persons, the others are people's."""

_SPECIFIED = re.compile(r"[0-9]{6}-[0-9]{4}|[0-9]{2}[01][0-9]{3}\+[0-9]{4}", re.ASCII)

_LEGAL = "16"

_LONGEST_SHOWN = 20
_LONGEST_NAME = 200


def parse(text: str) -> str | Problem:
    """Ten digits of a number as people write it, or the problem `org-number-invalid`.

    Its params: `actual` (masked when personal), `reason` (characters, length, century, third-digit, date, checksum, or
    checksum-personal), `n` (how many digits were written), `digit` (the right check digit; empty unless reason is checksum).
    """
    match = _match(text)
    if match is None:
        return _malformed(text)
    number, century = _ten(match), match[2]
    if century and is_personal(number) == (century == _LEGAL):
        return _malformed(text, "century")
    if is_personal(number) and not _is_birthday(number, int(century or 20) * 100):
        return _invalid(number, "date" if 1 <= int(number[2:4]) <= 12 else "third-digit")
    digit = check_digit(number[:9])
    if number[9] == digit:
        return number
    return _invalid(number, "checksum-personal") if is_personal(number) else _invalid(number, "checksum", digit)


def is_written_out(text: str) -> bool:
    """Tell whether it has six digits, a hyphen (for people a plus from the year they turn 100) and four digits."""
    return _SPECIFIED.fullmatch(text) is not None


def check_digit(nine: str) -> str:
    """Last digit by the Luhn rule (modulus 10) over the nine before it."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(nine))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def is_personal(number: str) -> bool:
    """Tell whether ten digits can only be a personal or coordination number (or a mistyped one)."""
    return number[2] < "2"


def formatted(number: str) -> str:
    """Ten digits as they are written: 556677-8899. Shows personal numbers in full; see `masked`."""
    return f"{number[:6]}-{number[6:]}"


def masked(number: str) -> str:
    """Ten digits as they may be shown and logged: a personal number only as 850101-****."""
    return f"{number[:6]}-****" if is_personal(number) else formatted(number)


def as_written(text: str) -> str:
    """Show a number as it was written; of a personal one only the first six digits."""
    match = _match(text)
    return _hidden(text) if match is None or is_personal(_ten(match)) else text[:_LONGEST_SHOWN]


def same_company(a: str, b: str) -> bool:
    """Compare two numbers however they are written; a wrong check digit does not matter (demo companies have them)."""
    one, other = _match(a), _match(b)
    return one is not None and other is not None and _ten(one) == _ten(other)


def mismatch(actual: str, expected: str, company: str, name: str) -> Problem:
    """Say that a number is another company's: `company` has the `actual` one, `name` was to have the `expected`; both masked when personal."""
    numbers = {"actual": _shown(actual), "expected": _shown(expected)}
    return Problem("org-number-mismatch", {**numbers, "company": company[:_LONGEST_NAME], "name": name[:_LONGEST_NAME]})


def _match(text: str) -> re.Match[str] | None:
    return _WRITTEN.fullmatch(_NOISE.sub("", text))


def _ten(match: re.Match[str]) -> str:
    return match[1] or match[3]


def _is_birthday(number: str, century: int) -> bool:
    """Tell whether YYMMDD is a day of the century; without one, every year divisible by four is a leap year."""
    day = int(number[4:6])
    try:
        date(century + int(number[:2]), int(number[2:4]), day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def _shown(text: str) -> str:
    match = _match(text)
    return masked(_ten(match)) if match else _hidden(text)


def _hidden(text: str) -> str:
    """Show what was written, but only the first six digits: it may be a mistyped personal number."""
    digits = iter(range(len(text)))
    shown = ("*" if each.isdigit() and next(digits) >= 6 else each for each in text)
    return "".join(shown)[:_LONGEST_SHOWN]


def _malformed(text: str, reason: str = "") -> Problem:
    written = _NOISE.sub("", text)
    reason = reason or ("length" if written.isdigit() or not written else "characters")
    count = sum(each.isdigit() for each in written)
    return Problem("org-number-invalid", {"actual": _hidden(text), "reason": reason, "n": count, "digit": ""})


def _invalid(number: str, reason: str, digit: str = "") -> Problem:
    return Problem("org-number-invalid", {"actual": masked(number), "reason": reason, "n": 10, "digit": digit})
