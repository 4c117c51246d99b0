"""The marker: a short code at the end of a voucher's text by which our vouchers are found again in Fortnox, for ever.

It is computed once, when the entry is accepted, and stored; it is never computed again by later code.
"""

from __future__ import annotations

import hashlib
import re

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 13
TEXT_LIMIT = 200
"""Characters Fortnox takes in a voucher's text."""

_MARKER = re.compile(rf"\bFB-[{_ALPHABET}]{{{_LENGTH}}}\b")


def marker(fortnox_tenant: int, year_id: int, entry: str, content: str) -> str:
    """Give the marker of an entry: `FB-` and 65 bits in Crockford's base 32, which has no look-alike letters."""
    digest = hashlib.sha256(f"v1|{fortnox_tenant}|{year_id}|{entry}|{content}".encode()).digest()
    number = int.from_bytes(digest[:9], "big") >> (72 - 5 * _LENGTH)
    return "FB-" + "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def marked(text: str, mark: str) -> str:
    """Put the marker at the end of a voucher text, shortening the text so that Fortnox takes it."""
    return f"{text[: TEXT_LIMIT - len(mark) - 1].rstrip()} {mark}".lstrip()


def find(text: str) -> str:
    """Give the marker of a voucher text, or an empty string. Ours stands last: a text may speak of another voucher's."""
    found = _MARKER.findall(text)
    return found[-1] if found else ""
