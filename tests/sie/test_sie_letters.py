"""The table of letters, letter by letter: the same text is written in every export of the same books."""

from __future__ import annotations

import pytest

from bridge.sie.letters import fold, pc8

REPLACED = {
    "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"',
    "\u201d": '"', "\u201e": '"', "\u2026": "...", "\u20ac": "EUR", "\u00a4": "*", "\u00f8": "ö", "\u00d8": "Ö",
    "\u00a9": "(c)", "\u00ae": "(r)", "\u2122": "(tm)", "\u00a7": "par.", "\u00b4": "'", "\u00a8": '"', "\u00b8": ",",
    "\u00a6": "|", "\u00d7": "x", "\u00b9": "1", "\u00b3": "3", "\u00be": "3/4", "\u0152": "OE", "\u0153": "oe",
    "\u00d0": "D", "\u00f0": "d", "\u00de": "Th", "\u00fe": "th", "\u0141": "L", "\u0142": "l", "\u0110": "D",
    "\u0111": "d",
}  # fmt: skip


@pytest.mark.parametrize("letter", REPLACED, ids=lambda letter: f"U+{ord(letter):04X}")
def test_each_letter_has_its_replacement(letter: str) -> None:
    assert fold(f"a{letter}b") == f"a{REPLACED[letter]}b"


def test_what_pc8_holds_stays() -> None:
    everything = bytes(range(128, 256)).decode("cp437")
    assert fold(everything) == everything
    assert pc8(everything) == bytes(range(128, 256))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a\x00b\x1fc\x7fd\n", "a b c d "),
        ("å\x01", "å "),
        ("ñ ë ĉ", "ñ ë c"),
        ("\u4e2d", "?"),
        ("\u0301", "?"),
        ("\u00a0\u2003", "\u00a0 "),
        ("\ufb01", "fi"),
        ("~ !", "~ !"),
        ("\u0080\u2028", "??"),
    ],
)
def test_the_rest_loses_its_accents_or_becomes_a_question_mark(text: str, folded: str) -> None:
    assert fold(text) == folded
