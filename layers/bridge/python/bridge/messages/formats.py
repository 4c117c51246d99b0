"""Amounts and counts as people write them: sv with a comma, no-break spaces and a true minus, en `-1,234,567.50`.

The console formats the same way.
"""

from __future__ import annotations

import re

_MINUS = "\N{MINUS SIGN}"
_DASH = "\N{EN DASH}"
_SPACE = "\N{NO-BREAK SPACE}"

_AMOUNTS = frozenset({"amount", "debit", "credit", "stated", "computed"})
"""Parameters that are money when they have two decimals (a checksum, also stated and computed, has none)."""

_COUNTS = frozenset({"count", "limit", "vouchers", "transactions", "warnings", "tags", "accounts"})
"""Parameters that count something; other numbers (lines, accounts, years) are names and stay as they are."""

_MEGABYTE = 1024 * 1024
_MONEY = re.compile(r"-?[0-9]+\.[0-9]{2}", re.ASCII)
_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)


def amount(text: str, language: str) -> str:
    """Show decimal text (`-1234567.50`) as the language writes it; what is not decimal text is shown as it is."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return text
    minus, whole, decimals = match.groups()
    point = "," if language == "sv" else "."
    sign = "" if not minus else _MINUS if language == "sv" else "-"
    return sign + _grouped(whole, language) + (point + decimals if decimals else "")


def number(value: int, language: str) -> str:
    """Show a whole number with its thousands apart."""
    return amount(str(value), language)


def shown(name: str, value: str | int, language: str) -> str:
    """Show a parameter, by what its name says it is. `size` is bytes and shown in begun MB; an empty text or line 0 is a dash."""
    if name == "size":
        return number(-(-int(value) // _MEGABYTE), language)
    if name in _COUNTS or (name in _AMOUNTS and _MONEY.fullmatch(str(value))):
        return amount(str(value), language)
    if name == "line" and not value:
        return _DASH
    return str(value) or _DASH


def _grouped(digits: str, language: str) -> str:
    return f"{int(digits):,}".replace(",", _SPACE if language == "sv" else ",")
