"""Fields of many lines as columns: what is beyond doubt, and what is not."""

from __future__ import annotations

import pytest

from bridge.sie.table import Doubt, amounts, columns


def read(*lines: str, most: int = 3) -> list[list[str]]:
    return columns("".join(f"{line}\n" for line in lines), len(lines), most)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["a"], [["a"], [""], [""]]),
        (["a", "b"], [["a", "b"], ["", ""], ["", ""]]),
        (["a b c"], [["a"], ["b"], ["c"]]),
        (["a b", "c d"], [["a", "c"], ["b", "d"], ["", ""]]),
        (["a b c", "d", "e f"], [["a", "d", "e"], ["b", "", "f"], ["c", "", ""]]),
        (["a", "b c d"], [["a", "b"], ["", "c"], ["", "d"]]),
        (["", "a b c", ""], [["", "a", ""], ["", "b", ""], ["", "c", ""]]),
        (['a ""', 'b ""'], [["a", "b"], ["", ""], ["", ""]]),
        (['"" a', 'b ""'], [["", "b"], ["a", ""], ["", ""]]),
        (['a "x y" 1', 'b "" 2'], [["a", "b"], ["x y", ""], ["1", "2"]]),
        (['"a  b" c', "d"], [["a  b", "d"], ["c", ""], ["", ""]]),
        (['"a" "b" "c"', '"d" "e" "f"'], [["a", "d"], ["b", "e"], ["c", "f"]]),
        (['a "b"', '"c" d', "e"], [["a", "c", "e"], ["b", "d", ""], ["", "", ""]]),
        (["a\tb", "c  d", "e \t f"], [["a", "c", "e"], ["b", "d", "f"], ["", "", ""]]),
        (["  a  b ", "c"], [["a", "c"], ["b", ""], ["", ""]]),
        (["\ta\t", " \tb\t "], [["a", "b"], ["", ""], ["", ""]]),
        (["a  b c "], [["a"], ["b"], ["c"]]),
        (["Xa  b"], [["Xa"], ["b"], [""]]),
        (["a   b", 'c\t""'], [["a", "c"], ["b", ""], ["", ""]]),
    ],
)
def test_fields_stand_in_columns(lines: list[str], found: list[list[str]]) -> None:
    assert read(*lines) == found


@pytest.mark.parametrize(
    "lines",
    [
        ["a b c d"],
        ["a", "b c d e"],
        ["{a"],
        ["a}"],
        ['a "b'],
        ['a" "b"'],
        ['"a"b'],
        ['a"b"'],
        ['"a\tb" c'],
        ['"a', 'b" c'],
        ['"a', 'b"', '"c"'],
        ['x "a" "b"c'],
    ],
)
def test_what_is_not_beyond_doubt_is_left(lines: list[str]) -> None:
    with pytest.raises(Doubt):
        read(*lines)


def test_the_lines_are_counted() -> None:
    for lines, count in (("a\nb\n", 1), ("a\nb\n", 3), ("a b\nc\n", 1)):
        with pytest.raises(Doubt):
            columns(lines, count, 3)
    assert columns("a b c d e\n", 1, 5) == [["a"], ["b"], ["c"], ["d"], ["e"]]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["1.00", "-2.50"], [100, -250]),
        (["0.05", "-0.00", "0012.34"], [5, 0, 1234]),
        (["1", "-2", "10", "123"], [100, -200, 1000, 12300]),
        (["1.5", "-1.5", "100.2"], [150, -150, 10020]),
        (["1", "1.5", "1.25"], [100, 150, 125]),
        (["999999999999999.99"], [99999999999999999]),
    ],
)
def test_amounts_are_whole_ore(texts: list[str], found: list[int]) -> None:
    assert list(amounts(texts)) == found


@pytest.mark.parametrize(
    "text", ["", "-", "1,0", "1.", ".5", "1.005", "+1", "--1", "1.0.0", "1 0", "1000000000000000", "1e3", "1.\n0", "\u0661.00"]
)  # fmt: skip
def test_other_amounts_are_left(text: str) -> None:
    for texts in ([text], ["1.00", text], [text, "1.00"]):
        with pytest.raises(Doubt):
            amounts(texts)
