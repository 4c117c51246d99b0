"""The hot path takes what is well formed, in every layout that programs write, and leaves no more than it must."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.ledger.columns import Part
from bridge.sie import Document
from bridge.sie.reader import Reader
from bridge.sie.runs import Columns, Run, find_run, halves, tidied
from tests.sie.careful import carefully

HEAD = ("#FLAGGA 0", "#SIETYP 4", "#KONTO 1930 Bank", "#IB 0 1930 0")
V = "#VER A 1 20250115"
ROW = "#TRANS 1930 {} 1.00"


def voucher(*rows: str, record: str = V) -> tuple[str, ...]:
    return (record, "{", *rows, "}")


class Asked:
    """Stands before the fast path and counts the runs it would not take."""

    def __init__(self, columns: Columns) -> None:
        self.refused = 0
        self._columns = columns

    def read(self, run: Run) -> dict[str, int] | None:
        counted = self._columns.read(run)
        self.refused += counted is None
        return counted


def by_columns(*lines: str, end: str = "\r\n") -> tuple[list[str], int]:
    """Read the lines after a header, see that both paths agree; give those read one by one, and the runs refused."""
    data = "".join(f"{line}{end}" for line in (*HEAD, *lines)).encode("cp437")
    parts: list[Part] = []
    reader = Reader(parts.append, strict=False, controls=True)
    seen: list[str] = []
    read = reader._lines.read

    def note(text: str, number: int) -> None:
        if number > len(HEAD) and text.strip():
            seen.append(text)
        read(text, number)

    lines_: Any = reader._lines
    lines_.read = note
    columns: Any = Asked(reader._columns)
    reader._columns = columns
    document = reader.read([data], "")
    expected: tuple[Document, list[Part]] = carefully(data)
    assert (document, parts) == expected
    assert document.findings == expected[0].findings
    assert document.counts == expected[0].counts
    assert [list(part.vouchers.line) for part in parts] == [list(part.vouchers.line) for part in expected[1]]
    assert [list(part.history.line) for part in parts] == [list(part.history.line) for part in expected[1]]
    return seen, columns.refused


@pytest.mark.parametrize(
    "lines",
    [
        voucher(ROW),
        voucher(ROW, ROW) * 3,
        voucher(ROW, record='#VER "A" "1" "20250115" "Sale of x" "20250116" "AB C"'),
        voucher(ROW, record='#VER "" "" 20250115'),
        voucher(ROW, record='#VER A 1 20250115 "" "" ""'),
        voucher(ROW, record="#VER\tA  1 \t 20250115\tSale"),
        voucher('#TRANS 1930 {} -125.50 20250116 "Text of row" 1.5 "AB"'),
        voucher('#TRANS "1930" {"1" "A" 6 "P 1"} "125" "" "" "" ""'),
        voucher("#TRANS 1930 {1 A} 1", "#TRANS 1930 {1 A 6 B} 1", "#TRANS 1930 { 1 A } 1", "#TRANS 1930 {  } 1"),
        voucher("#TRANS\t1930\t{}\t1.0", "#TRANS  1930 {1\tA} 1"),
        voucher("#TRANS 1930 {} 1", "#TRANS 1930\t{} 1", "#TRANS 1930 {}\t1"),
        voucher('#TRANS 1930 {} 1 20250115 "" 7', '#TRANS 1930 {} 1 "20250115"', '#TRANS 1930 {} 1 "" x'),
        voucher("#RTRANS 1930 {1 A} 1", "#TRANS 1930 {1 A} 1", "#BTRANS 3001 {} 2", ROW),
        voucher("#BTRANS 1930 {} 1", record="#VER B 1 20250115") + voucher(ROW),
        voucher('#TRANS 1930 {} 0 "" "c:a;b,c - (d) åäö"'),
        (*voucher(ROW), "", "", *voucher(ROW), ""),
        ("", *voucher(ROW)),
        voucher("#TRANS\t1930 {} 1", "#TRANS 1930\t {} 1"),
        voucher('#TRANS 1930 {1 ""} 1', "#TRANS 1930 {1 A\t} 1", '#TRANS 1930 {x"y z"} 1'),
        voucher("#TRANS X1930X {} 1", "#BTRANS X1930 {} 1"),
        voucher("#TRANS 1930 {} 999999999999999.99", "#TRANS 1930 {} -0", "#TRANS 1930 {} 0.5"),
    ],
)
def test_well_formed_vouchers_are_read_as_columns(lines: tuple[str, ...]) -> None:
    for end in ("\r\n", "\n"):
        assert by_columns(*lines, end=end) == ([], 0)


@pytest.mark.parametrize("blanks", [("  ", ""), ("\t", " "), ("", "\t ")])
def test_indented_vouchers_are_too(blanks: tuple[str, str]) -> None:
    before, after = blanks
    assert by_columns(*(f"{before}{line}{after}" for line in voucher(ROW, "#BTRANS 1930 {1 A} 2") * 2)) == ([], 1)


@pytest.mark.parametrize(
    "odd",
    [
        voucher(),
        voucher("#trans 1930 {} 1"),
        voucher("#TRANS 1930 1"),
        voucher("#TRANS 1930 {1} 1"),
        voucher('#TRANS 1930 {1 "a\\"b"} 1'),
        voucher('#TRANS 1930 {1 "a}b"} 1'),
        voucher("#TRANS 1930 {} 1,00"),
        voucher("#TRANS 1930 {} 1.005"),
        voucher("#TRANS 1930 {} 1 20251399"),
        voucher('#TRANS 1930 {} 1 "" "" many'),
        voucher("#TRANS 1930 {} 1 20250115 a b c d"),
        voucher('#TRANS "" {} 1'),
        voucher("#TRANS {} 1930 1"),
        voucher('#TRANS "19\t30" {} 1'),
        voucher('#TRANS "1930"x {} 1'),
        voucher("#TRANS X1930 {} 1", "#TRANS"),
        voucher("#TRANS 1930 {} 1 {}"),
        voucher(ROW, record="#VER A 1"),
        voucher(ROW, record="#VER A 1 20251399"),
        voucher(ROW, record="#VER A 1 20250115 a 20259999"),
        voucher(ROW, record="#VERX A 1 20250115"),
        voucher("#PROSA x"),
        (V, ROW, "}"),
        (V, "{ " + ROW, "}"),
        (V, "{", ROW),
        voucher("#TRANS1930 {} 1"),
        voucher('#TRANS "19"30" {} 1'),
        voucher("#TRANS 19{30 {} 1"),
        voucher("#TRANS 19}30 {} 1"),
        voucher("#TRANS  {} 1"),
        voucher(ROW, "#TRANS 1930"),
        voucher('#TRANS 1930 {1 a"} 1'),
        voucher('#TRANS 1930 {"a"b"} 1'),
        voucher('#TRANS 1930 {a"b} 1'),
        voucher('#TRANS 1930 {1 "a} 1'),
        voucher("#TRANS 1930 {a{b} 1"),
        voucher('#TRANS 1930 {1 "a\tb"} 1'),
        voucher('#TRANS 1930 {} 1 "" "" many', '#TRANS 1930 {} 1 "" x'),
        ("", *voucher(ROW, record="X" + V)),
        voucher("#TRANS 1930 {} 1 \x07"),
        voucher('#TRANS 1930 {} 1 "" "a\x0bb"'),
        voucher('#TRANS 1930 {} 1 "" "a\x7fb"'),
        voucher('#TRANS 1930 {} 1 "" "a\\" "5"'),
        voucher('#TRANS 1930 {} 1 "" "c\\"d"'),
    ],
)
def test_a_doubtful_voucher_is_read_line_by_line_and_its_neighbours_are_not(odd: tuple[str, ...]) -> None:
    seen, _ = by_columns(*voucher(ROW) * 9, *odd, *voucher(ROW) * 9)
    assert seen
    assert len(seen) <= len(odd) + len(voucher(ROW)) + 1


def test_where_the_vouchers_of_a_block_begin_and_end() -> None:
    text = "#X\n#VER A\n{\n}\n#VER B\n{\n}\n#Y\n"
    assert find_run(text, is_open=False) == (3, len(text) - 3)
    assert find_run(text, is_open=True) == (14, len(text) - 3)
    assert find_run("#VER A\n{\n}\n", is_open=False) == (0, 11)
    assert find_run(" #VER A\n{\n}\n", is_open=False) == (0, 12)
    assert find_run("\n#VER A\n{\n}\n", is_open=False) == (1, 12)
    assert find_run("#X\n", is_open=False) == (3, 3) == find_run("#VER A\n{\n"[:3], is_open=True)
    assert find_run("x\n}\n", is_open=True) == (4, 4)


def test_a_run_is_halved_between_two_vouchers_near_its_middle() -> None:
    one, two, three = "#VER A\n{\n}\n", "#VER B\n{\n}\n", "#VER C\n{\n}\n"
    assert halves(Run(one, 7)) == []
    assert halves(Run("", 7)) == []
    assert halves(Run(one + two, 7, odd=True)) == [Run(one, 7, odd=True), Run(two, 10, odd=True)]
    assert halves(Run(one + two + three, 7)) == [Run(one + two, 7), Run(three, 13)]
    assert halves(Run(one * 6, 1)) == [Run(one * 4, 1), Run(one * 2, 13)]
    long = "#VER D\n{\n" + "#TRANS\n" * 9 + "}\n"
    assert halves(Run(one + long, 1)) == [Run(one, 1), Run(long, 4)]
    assert halves(Run(long + one, 1)) == [Run(long, 1), Run(one, 13)]
    assert halves(Run(one + two + long, 1)) == [Run(one + two, 1), Run(long, 7)]
    assert halves(Run("\n}\n" + one, 1)) == [Run("\n}\n", 1), Run(one, 3)]


def test_blanks_at_the_ends_of_lines_are_taken_away() -> None:
    assert tidied(Run("a b\n\tc \n", 3, odd=True)) == [Run("a b\nc\n", 3, odd=True)]
    assert tidied(Run("Xa b\nc\n", 3)) == []


class Odd:
    """Stands in for the fast path and notes whether a run was said to be odd."""

    def __init__(self) -> None:
        self.seen: list[bool] = []

    def read(self, run: Run) -> None:
        self.seen.append(run.odd)


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_only_a_run_with_a_backslash_or_a_control_character_is_looked_through(end: bytes) -> None:
    assert not Run("", 1).odd
    found = set()
    for byte in range(256):
        reader = Reader(lambda _: None, strict=False, controls=False)
        odd: Any = Odd()
        reader._columns = odd
        reader.read([b"#VER A" + bytes([byte]) + b"1" + end + b"{" + end + b"}" + end], "")
        found |= {byte} if odd.seen[0] else set()
    assert found == {*range(32), *b"\\\x7f"} - set(b"\t\n")
