"""Backslashes and quotes where they are least expected."""

from __future__ import annotations

import pytest

from bridge.sie.lexer import Token, split


def test_the_last_quote_of_a_line_ends_the_field_even_after_a_backslash() -> None:
    assert split(r'x "a \"b').values == ["x", "a \\", "b"]
    assert split(r'x "a \"b" c').values == ["x", 'a "b', "c"]
    assert split(r'x "a\b c').values == ["x", r"a\b c"]
    assert split(r'x "a\b c').faults == [("quote-unterminated", 3)]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (r"{1 a\"b}", [["1", 'a"b']]),
        (r"{1 a\b}", [["1", r"a\b"]]),
        ('{1 a"b c"}', [["1", "a", "b c"]]),
        (r'{1 "a\"b\c"}', [["1", r'a"b\c']]),
        (r'a\"b"c d"{}', ['a"b', "c d", []]),
        ("{1 a\tb}\tc", [["1", "a", "b"], "c"]),
    ],
)
def test_names_in_a_list_are_read_like_other_fields(line: str, values: list[Token]) -> None:
    tokens = split(line, braces=True)
    assert tokens.values == values
    assert tokens.faults == []


def test_a_fault_says_where_it_begins() -> None:
    assert split('x {1 "a', braces=True).faults == [("quote-unterminated", 6), ("object-list-unterminated", 3)]
    assert split("x { ", braces=True).values == ["x", []]
    assert split("x {1 a} y", braces=True).columns == [1, 3, 9]
