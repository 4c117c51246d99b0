"""The fast path: which layouts it reads as columns, what it leaves to the careful path, and that both agree."""

from __future__ import annotations

import pytest

from bridge.ledger.columns import Part
from bridge.sie import Limits, parse, read
from bridge.sie.body import Body, Pools
from bridge.sie.reader import Reader
from bridge.sie.runs import Columns, Run
from tests.sie.careful import carefully

BEFORE = "#FLAGGA 0\n#SIETYP 4\n#RAR 0 20250101 20251231\n#KONTO 1930 Bank\n#KONTO 3001 Sales\n"
PLAIN = """#VER A 1 20250115 "Cash sale" 20250116 AB
{
#TRANS 1930 {} 125.00
#TRANS 3001 {1 K1 6 "P 1"} -125.00 20250115 "a row" 1.5 AB
}
#VER A 2 20250117
{
#TRANS 1930 {} -10
#RTRANS 3001 {} 9.5 "" "" 0
#TRANS 3001 {} 10.0 "" "one" 0
#BTRANS 3001 {} 9.50
}
"""


def body() -> Body:
    return Body(Pools(1000, 1000))


def changed(*pairs: tuple[str, str]) -> str:
    text = PLAIN
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        changed((" ", "\t"), ("P\t1", "P 1"), ("Cash\tsale", "Cash sale"), ("a\trow", "a row")),
        changed(("#TRANS 1930 {} ", "#TRANS  1930   {}   "), ("20250117", "20250117  ")),
        changed(("1930", '"1930"'), ("A 2", '"A" "2"'), ("{1 K1 6", '{ "1" "K1" "6"')),
        changed(("}\n#VER", "}\n\n\n#VER")),
        changed(("20250116 AB", "20250116"), ("20250117", '20250117 "x" "" ""')),
        changed((' "" "" 0', ""), (' "" "one" 0', ""), (' 20250115 "a row" 1.5 AB', "")),
        changed(('"one"', "one"), ('"a row"', "row")),
        changed((' 20250115 "a row" 1.5 AB', ' "" "" "" ""')),
    ],
)
def test_every_usual_layout_is_read_as_columns(text: str) -> None:
    assert Columns(body()).read(Run(text, 1)) == {"#VER": 2, "#TRANS": 4, "#RTRANS": 1, "#BTRANS": 1}
    data = (BEFORE + text).encode()
    assert parse(data) == carefully(data)
    assert parse(data)[0].findings == carefully(data)[0].findings
    assert list(parse(data)[1][0].history.line) == list(carefully(data)[1][0].history.line)


@pytest.mark.parametrize(
    "text",
    [
        changed(("125.00", "125,00")),
        changed(("125.00", "1_5.00")),
        changed(("125.00", "+5.00")),
        changed(("125.00", ".00")),
        changed(("125.00", "5.")),
        changed(("125.00", "9" * 16)),
        changed(("125.00", "")),
        changed(("A 1 20250115", "A 1 20251315")),
        changed(("A 1 20250115", 'A 1 ""')),
        changed(("#VER A 2", "#ver A 2")),
        changed(("#VER A 2 20250117", '#VER A 2 20250117 "x\n" "" "')),
        changed(("AB\n{", "AB more\n{")),
        changed(('"a row"', '"a {row}"')),
        changed(('"a row"', '"a\trow"')),
        changed(('"a row"', 'a"row"')),
        changed(('"a row"', '"a""row"')),
        changed(('"a row"', '"row')),
        changed(('"" "" 0', '""""')),
        changed(('"" "" 0', 'x"" "" 0')),
        changed(('"" "" 0', '"" "" 1,5')),
        changed(("AB\n}", 'AB "\n}'), ('0\n#TRANS 3001 {} 10.0 "" "one"', '0\n#TRANS 3001 {} 10.0 " "one"')),
        changed(("{1 K1 6", "{1 K1")),
        changed(('"P 1"}', '"P 1}')),
        changed(("1930 {}", "1930")),
        changed(("1930 {}", "{} {}")),
        changed(("#TRANS 1930", "#MOMS 1930")),
        changed(("#TRANS 1930 {} 125.00\n", "#TRANS 1930 {} 125.00\n\n")),
        changed(("\n{", "")),
        changed(("9.50\n}\n", "9.50\n}")),
        changed(("9.50\n}", "9.50\n}\n\x07")),
        changed(('"a row"', '"a \\"row"')),
    ],
)
def test_what_is_in_doubt_is_left_and_nothing_is_kept_of_it(text: str) -> None:
    gathered = body()
    assert Columns(gathered).read(Run(text, 1, odd=True)) is None
    assert gathered.take() == body().take()
    assert gathered.pools.accounts == []
    data = (BEFORE + text).encode()
    assert parse(data) == carefully(data)
    assert parse(data)[0].findings == carefully(data)[0].findings


class CountingReader(Reader):
    """Counts the lines that are read the careful way."""

    careful = 0

    def _read_lines(self, text: str, first: int) -> int:
        self.careful += text.count("\n")
        return super()._read_lines(text, first)


def test_indented_vouchers_are_read_as_columns_too() -> None:
    vouchers = "".join(PLAIN.replace("A 1", f"A {2 * i}").replace("A 2", f"A {2 * i + 1}") for i in range(1, 50))
    indented = "".join(f" \t{line} \n" for line in vouchers.splitlines())
    parts: list[Part] = []
    reader = CountingReader(parts.append, strict=False, controls=False)
    reader.read([(BEFORE + indented).encode()], "")
    assert parts == parse((BEFORE + vouchers).encode())[1]
    assert reader.careful == BEFORE.count("\n")


def test_a_part_leaves_the_voucher_that_is_open_to_the_next() -> None:
    rows = "#TRANS 1930 {} 1.00\n#BTRANS 3001 {} 2.00\n#TRANS 3001 {} -1.00\n"
    data = (BEFORE + "".join(f"#VER A {i} 20250115\n{{\n{rows * 20}" for i in range(1, 600))).encode()
    whole = parse(data, limits=Limits(part_rows=10**9))[1]
    parts: list[Part] = []
    read([data], parts.append, limits=Limits(part_rows=1))
    assert len(whole) == 1
    assert len(parts) > 2
    assert [row for part in parts for row in part.rows()] == list(whole[0].rows())
    assert [line for part in parts for line in part.history.line] == list(whole[0].history.line)
    assert {number for part in parts for number in part.vouchers.rows} == {40}
    booked = 0
    before: list[int] = []
    for part in parts:
        before += [booked + each for each in part.history.before]
        booked += len(part.transactions)
        assert max(part.transactions.voucher) == max(part.history.rows.voucher) == len(part.vouchers) - 1
    assert before == list(whole[0].history.before)


def test_parts_are_handed_over_before_long_texts_fill_the_memory() -> None:
    text = "x" * 50_000
    row = f'#TRANS 1930 {{}} 0 "" "{text}"\n'
    vouchers = (f"#VER A {i} 20250115\n{{\n{row}}}\n".encode() for i in range(1, 700))
    parts: list[Part] = []
    read([BEFORE.encode(), *vouchers], parts.append)
    assert sum(len(part.vouchers) for part in parts) == 699
    assert len(parts) == 3


def names_told(limits: Limits, *lines: str) -> list[tuple[object, object]]:
    document, _ = parse((BEFORE + "\n".join(lines) + "\n").encode(), limits=limits)
    found = [each for each in document.errors if each.code == "limit-exceeded"]
    return [(each.params["what"], each.count) for each in found]


def test_names_that_balances_use_count_as_declarations() -> None:
    fits = ("#IB 0 1930 1", "#IB -1 1930 1", "#OIB 0 1930 {6 A} 1")
    assert names_told(Limits(declarations=5), *fits) == []
    assert names_told(Limits(declarations=5), *fits, "#IB 0 1931 1", "#IB -1 1930 1") == [("declarations", 1)]


def test_an_account_has_so_many_codes_and_no_more() -> None:
    codes = ["#SRU 1930 1", "#SRU 1930 2", "#SRU 3001 3"]
    assert names_told(Limits(codes=2), *codes) == []
    assert names_told(Limits(codes=2), *codes, "#SRU 1930 4") == [("codes", 1)]


def test_names_that_rows_use_may_be_so_long_and_no_longer() -> None:
    rows = ("#VER A 1 20250115", "{", "#TRANS 1930 {6 ABC} 0", "#TRANS 1930 {6 ABC} 0", "}")
    assert names_told(Limits(declared=44), *rows) == []
    assert names_told(Limits(declared=44), *rows, *(line.replace("AB", "B") for line in rows)) == []
    assert names_told(Limits(declared=44), *(line.replace("ABC", "A" * 40) for line in rows)) == [("pool", 1)] * 2
