from __future__ import annotations

import pytest

from bridge.sie.lexer import Token, split


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("", []),
        ("  \t ", []),
        ("a b", ["a", "b"]),
        ("a\t\t b ", ["a", "b"]),
        ('"a b" c', ["a b", "c"]),
        ('"" ""', ["", ""]),
        (r'"say \"hi\""', ['say "hi"']),
        (r'"C:\temp" x', [r"C:\temp", "x"]),
        (r'"C:\temp\"', ["C:\\temp\\"]),
        (r"C:\temp", [r"C:\temp"]),
        (r"a\"b", ['a"b']),
        ('"a""b"', ["a", "b"]),
        ("{x}", ["{x}"]),
        ('"{VV 5} text"', ["{VV 5} text"]),
    ],
)
def test_fields_are_told_apart(line: str, values: list[Token]) -> None:
    tokens = split(line)
    assert tokens.values == values
    assert tokens.faults == []


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("1510 {} 1.00", ["1510", [], "1.00"]),
        ("1510{}1.00", ["1510", [], "1.00"]),
        ("1510 { } 1.00", ["1510", [], "1.00"]),
        ('1510 { "1" "10 10"} 1', ["1510", ["1", "10 10"], "1"]),
        ('1510 {1 "a}b" 6 P1} 1', ["1510", ["1", "a}b", "6", "P1"], "1"]),
        ('1510 {1 "a"6 "b"} 1', ["1510", ["1", "a", "6", "b"], "1"]),
        ("1510 } 1", ["1510", "}", "1"]),
        ("1510 {1 {} 1", ["1510", ["1", "{"], "1"]),
    ],
)
def test_object_lists_are_read_where_the_record_has_one(line: str, values: list[Token]) -> None:
    tokens = split(line, braces=True)
    assert tokens.values == values
    assert tokens.faults == []


def test_what_is_not_ended_reaches_to_the_end_of_the_line_and_is_a_fault() -> None:
    assert split('a "b c').faults == [("quote-unterminated", 3)]
    assert split('a "b c').values == ["a", "b c"]
    assert split("a {1 b", braces=True).faults == [("object-list-unterminated", 3)]


def test_columns_count_from_one() -> None:
    assert split('a  "b c"\td').columns == [1, 4, 10]
