"""Letters that PC8 lacks, and what is written in their place: a fixed table, so that every writing is the same."""

from __future__ import annotations

import unicodedata

from bridge.sie.encoding import PC8

_TABLE = str.maketrans(
    {
        "\u2013": "-",  # en dash
        "\u2014": "-",  # em dash
        "\u2212": "-",  # minus sign
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2026": "...",
        "\u20ac": "EUR",
        "\u00a4": "*",
        "\u00f8": "ö",
        "\u00d8": "Ö",
        "\u00a9": "(c)",
        "\u00ae": "(r)",
        "\u2122": "(tm)",
        "\u00a7": "par.",
        "\u00b4": "'",
        "\u00a8": '"',
        "\u00b8": ",",
        "\u00a6": "|",
        "\u00d7": "x",
        "\u00b9": "1",
        "\u00b3": "3",
        "\u00be": "3/4",
        "\u0152": "OE",
        "\u0153": "oe",
        "\u00d0": "D",
        "\u00f0": "d",
        "\u00de": "Th",
        "\u00fe": "th",
        "\u0141": "L",
        "\u0142": "l",
        "\u0110": "D",
        "\u0111": "d",
    }
)
"""A replacement may be a quote: fold before quoting."""


def fold(text: str) -> str:
    """Replace what PC8 cannot hold: by the table, else the letter without its accents, else a question mark.

    Control characters become blanks: they are forbidden in texts.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_letter, text.translate(_TABLE)))


def pc8(text: str) -> bytes:
    """Encode a folded text."""
    return text.encode(PC8)


def _letter(letter: str) -> str:
    if letter < " " or letter == "\x7f":
        return " "
    try:
        letter.encode(PC8)
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode("ascii")
        return plain or "?"
    return letter
