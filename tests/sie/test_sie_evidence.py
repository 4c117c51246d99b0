"""What each Swedish letter says of the encoding, by where it stands in a word."""

from __future__ import annotations

import pytest

from bridge.sie.encoding import PC8, UTF8, WINDOWS, evidence

EDGES = ' ",.:;()/-'


def weight(text: str, name: str) -> int:
    """How much the text, written in an encoding, speaks for it; the last line is no UTF-8 and says nothing."""
    return evidence(text.encode(name) + b"\n\xff\xff\n")[name]


@pytest.mark.parametrize("letter", "åäöé")
def test_a_small_letter_in_a_word_of_pc8(letter: str) -> None:
    for around in ("aa", "zz", "Aa", "Za", "åä", "öé", "éö", "Åa", "Öå"):
        assert weight(f"{around[0]}{letter}{around[1]}", PC8) >= 2
    assert weight(f"a{letter}B", PC8) == weight(f"a{letter}X", PC8) == 0
    assert weight(f"a{letter} ", PC8) == weight(f"z{letter}1", PC8) == 1
    assert weight(f"A{letter} ", PC8) == weight(f"1{letter}1", PC8) == 0
    assert weight(f" {letter}b", PC8) == weight(f"1{letter}z", PC8) == (letter != "é")


@pytest.mark.parametrize("edge", EDGES)
def test_the_word_of_one_letter(edge: str) -> None:
    assert weight(f"5{edge}å{edge}5", PC8) == 1
    assert weight(f"5{edge}ö{edge}5", PC8) == 0
    assert weight(f"5{edge}å{edge}5", WINDOWS) == 2
    assert weight(f"5{edge}ö{edge}5", WINDOWS) == 0
    assert weight(f"5{edge}å5", WINDOWS) == weight(f"5å{edge}5", WINDOWS) == weight("5å5", WINDOWS) == 0


@pytest.mark.parametrize("letter", "ÅÄÖ")
def test_a_large_letter(letter: str) -> None:
    assert weight(f"{letter}r", PC8) == weight(f"{letter}R", PC8) == weight(f"1{letter}é", PC8) == 2
    assert weight(f"R{letter}1", PC8) == weight(f"A{letter} ", PC8) == weight(f"Z{letter} ", PC8) == 2
    assert [weight(f"{before}{letter}1", PC8) for before in "ÅÄÖ"] == [4, 4, 4]
    assert weight(f"r{letter}1", PC8) == weight(f" {letter} ", PC8) == 0
    for after in "azAZ0195":
        assert weight(f" {letter}{after}", WINDOWS) == weight(f"R{letter}{after}", WINDOWS) == 2
        assert weight(f"r{letter}{after}", WINDOWS) == 0
    assert weight(f" {letter} ", WINDOWS) == 0


@pytest.mark.parametrize("letter", "åäöéèü")
def test_a_letter_in_a_word_of_windows(letter: str) -> None:
    for before in "azAZ":
        assert weight(f"{before}{letter}1", WINDOWS) == 2
    assert weight(f"1{letter}1", WINDOWS) == 0
    for after in "az":
        assert weight(f"1{letter}{after}", WINDOWS) == (2 if letter in "åäö" else 0)


@pytest.mark.parametrize("letter", "åäöÅÄÖéÉ")
def test_a_letter_of_utf8_is_one_wherever_it_stands(letter: str) -> None:
    assert weight(f"1{letter}1", UTF8) == weight(f"a{letter}a", UTF8) == 2
    assert evidence(f"a{letter}a{letter}".encode()) == {UTF8: 4}
    assert weight("ñ", UTF8) == 0


def test_plain_letters_say_nothing() -> None:
    assert evidence(b"Xa XX xX\xff\n") == {PC8: 0, WINDOWS: 0, UTF8: 0}
    assert evidence(f"1{'å'}".encode() + "å \n".encode(PC8))[PC8] == 1
