from __future__ import annotations

import os
from array import array
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger.columns import History, Part, Transactions
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.sie import Account, Balances, Dimension, Document, Header, Kind, parse, unfit, write, write_import
from bridge.sie.letters import fold, pc8
from bridge.sie.writer import record

DATA = Path(__file__).parents[1] / "data" / "sie"
DAY = date(2025, 12, 31)


def test_closing_entries_are_written_for_import() -> None:
    rent = EntryRow("5010", -1250000, "Hyra", (("1", "K1"), ("6", "P 2")))
    entries = [
        Entry(DAY, 'Periodisering "hyra" \u2013 jan', (EntryRow("1790", 1250000), rent)),
        Entry(DAY, "V7", (), series="V", number="7", registered=date(2026, 1, 10)),
    ]
    written = b"".join(write_import(entries, company="Exempel AB", org_number="556036-0793", generated=DAY))
    assert written == (DATA / "closing.si").read_bytes()
    document, _ = parse(written)
    assert document.kind == "4I"
    assert document.errors == ()


def test_a_checksum_is_written_on_request() -> None:
    written = b"".join(write_import([], company="Å", org_number="", generated=DAY, checksum=True))
    assert written.startswith(b"#FLAGGA 0\r\n#KSUMMA\r\n")
    assert parse(written)[0].checksum.verdict == "ok"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (record("#SIETYP", 4), "#SIETYP 4"),
        (record("#ORGNR", "556036-0793"), "#ORGNR 556036-0793"),
        (record("#FNAMN", "AB"), '#FNAMN "AB"'),
        (record("#PROGRAM", "", ""), '#PROGRAM "" ""'),
        (record("#GEN", None, "AB"), '#GEN "" "AB"'),
        (record("#GEN", date(800, 1, 2)), "#GEN 08000102"),
        (record("#UB", 0, "1930", -5, ""), "#UB 0 1930 -0.05"),
        (record("#UB", -1, "1930", 100, "2.5"), "#UB -1 1930 1.00 2.5"),
        (record("#PSALDO", 0, 202501, "1930", (("6", 'P"1'),), 0), r'#PSALDO 0 202501 1930 {6 "P\"1"} 0.00'),
        (record("#VER", "A", "1", 20250101, "", 20250102), '#VER A 1 20250101 "" 20250102'),
        (record("#VER", "", "", 20250101, "text"), '#VER "" "" 20250101 "text"'),
        (record("#VER", "A B", "1", 20250101), '#VER "A B" 1 20250101'),
        (record("#TRANS", "1930", (), 100, 0, "", "", "AB"), '#TRANS 1930 {} 1.00 "" "" "" "AB"'),
        (record("#FNR", "C:\\temp\\"), "#FNR C:\\temp\\"),
        (record("#PROSA", "C:\\my temp\\"), '#PROSA "C:\\my temp\\ "'),
    ],
)
def test_records_are_quoted_as_fortnox_takes_them(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Åäö é ß", "Åäö é ß"),
        ("a\u2013b \u2014 c", "a-b - c"),
        ("”x” \u2019y\u2019 „z", '"x" \'y\' "z'),
        ("€ 5", "EUR 5"),
        ("Søren Ø", "Sören Ö"),
        ("Łódź", "Lódz"),
        ("õ Ő", "o O"),
        ("日本", "??"),
        ("a\nb\x7fc\td", "a b c d"),
        ("…", "..."),
        ("\u00a0", "\u00a0"),
    ],
)
def test_letters_that_pc8_lacks_are_replaced_by_a_fixed_table(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert pc8(folded).decode("cp437") == folded


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=30))
def test_every_text_can_be_written_and_what_was_written_is_stable(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    swedish = "åäö" * 30  # so many letters of PC8 that the encoding is beyond doubt
    document, _ = parse(b"#FLAGGA 0\r\n" + pc8(f"{record('#PROSA', swedish)}\r\n{record('#PROSA', folded)}\r\n"))
    assert document.header.comments[1].rstrip(" ") == folded.rstrip(" ")


def test_a_document_of_every_record_reads_back() -> None:
    document, parts = parse((DATA / "everything.se").read_bytes())
    assert document.errors == ()
    again, parts_again = parse(b"".join(write(document, parts)))
    assert (again, parts_again) == (document, parts)
    assert len(document.balances) == 9
    assert document.header.industry == "82300"
    assert document.dimensions["21"] == Dimension("Under", "20")


def test_the_golden_file_is_what_the_writer_makes_of_every_record() -> None:
    document, parts = parse((DATA / "everything.se").read_bytes())
    written = b"".join(write(document, parts))
    golden = DATA / "everything-written.se"
    if os.environ.get("GOLDEN") == "write":  # noqa: TID251 - `make golden` writes it anew
        golden.write_bytes(written)
    assert written == golden.read_bytes()


# Box drawings and the like are left out: their bytes may be the Swedish letters of another encoding.
TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("åäöÅÄÖéü½\u00a0"), max_size=12
).filter(lambda text: not text.endswith("\\"))
NAMES = st.text("0123456789ABCåäö é#", min_size=1, max_size=6)
AMOUNTS = st.integers(-(10**17) + 1, 10**17 - 1)
PERIODS = st.builds(lambda year, month: year * 100 + month, st.integers(0, 9999), st.integers(1, 12))
DAYS = st.dates(date(1990, 1, 1), DAY)
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=3).map(tuple)
ROWS = st.builds(EntryRow, NAMES, AMOUNTS, TEXTS, PAIRS)
ENTRIES = st.builds(
    Entry, DAYS, TEXTS, st.lists(ROWS, max_size=5).map(tuple), NAMES | st.just(""), NAMES, DAYS | st.none()
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(st.lists(TEXTS, min_size=8, max_size=8))
    header = Header(
        program=text[0],
        version=text[1],
        generated=draw(DAYS),
        type=4,
        comments=tuple(draw(st.lists(TEXTS, max_size=2))),
        company_type="AB",
        id=text[2],
        org_number=text[3],
        address=tuple(text[4:]),
        company=text[5],
        tax_year="2025",
        through=draw(st.none() | DAYS),
    )
    accounts = draw(st.dictionaries(NAMES, st.builds(Account, TEXTS, st.sampled_from(["", "T"]), TEXTS), max_size=4))
    objects = draw(st.dictionaries(st.tuples(NAMES, TEXTS), TEXTS, max_size=4))
    dimensions = draw(st.dictionaries(NAMES, st.builds(Dimension, TEXTS, st.just("") | NAMES), max_size=3))
    labels, amounts = ["#UB", "#OIB", "#PSALDO", "#PBUDGET"], [draw(AMOUNTS) for _ in range(4)]
    balances = Balances(labels, array("h", [0, -1, 0, -2]), ["1930", "A", "1", "2"], array("q", amounts))
    balances.objects.extend([(), draw(PAIRS), (), draw(PAIRS)])
    balances.period.extend([0, 0, draw(PERIODS), draw(PERIODS)])
    balances.quantity.extend(["1.50", "", "-2", ""])
    years = {0: (DAY, DAY), -1: (draw(DAYS), DAY), -2: (date(1990, 1, 1), draw(DAYS))}
    return Document(Kind.EXPORT, header, years, accounts, dimensions, objects, balances)


def changed(part: Part) -> Part:
    """The same vouchers, each with rows that were added and struck later, before, between and after the booked ones."""
    vouchers = [index for index, rows in enumerate(part.vouchers.rows) for _ in range(rows + 1)]
    before = [row for first, last in part.spans() for row in range(first, last + 1)]
    count = len(before)
    rows = Transactions(
        voucher=array("I", vouchers),
        account=array("I", bytes(4 * count)),
        amount=array("q", range(count)),
        objects=array("I", bytes(4 * count)),
        date=array("I", bytes(4 * count)),
        text=["x"] * count,
        quantity=["1.5"] * count,
        sign=["AB"] * count,
    )
    kinds = ["RB"[index % 2] for index in range(count)]
    history = History(kinds, array("I", before), rows, array("I", bytes(4 * count)))
    return replace(part, accounts=part.accounts or ["1930"], history=history)


@settings(deadline=None, max_examples=60)
@given(document=documents(), entries=st.lists(ENTRIES, min_size=1, max_size=5), checksum=st.booleans())
def test_what_is_written_reads_back_equal(document: Document, entries: list[Entry], *, checksum: bool) -> None:
    part = changed(part_of(entries))
    again, parts = parse(b"".join(write(document, [part], checksum=checksum)))
    assert again == document
    assert parts == [part]
    assert again.checksum.verdict == ("ok" if checksum else "absent")


def test_an_empty_part_writes_nothing() -> None:
    document, _ = parse(b'#FLAGGA 0\n#SIETYP 4\n#GEN "" AB\n')
    empty = replace(document, header=replace(document.header, generated=None, generated_by=""))
    assert b"".join(write(empty, [Part()])) == b'#FLAGGA 0\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#PROGRAM "" ""\r\n'


def test_what_a_file_cannot_hold_is_told_with_an_example_and_a_count() -> None:
    rows = (EntryRow("1930", 5, "50 \u20ac"), EntryRow("3001", -5, "x" * 51, (("6", "Ł1"),)))
    part = part_of([Entry(DAY, "Hyra \u2013 jan", rows, "A", "7"), Entry(DAY, "y" * 51, (), "A", "8")])
    found = [(each.code, each.severity, dict(each.params), each.count) for each in unfit([part, part])]
    assert found == [
        ("text-too-long", "warning", {"voucher": "A 8", "limit": 50}, 4),
        ("letters-replaced", "warning", {"letter": "\u2013", "written": "-"}, 6),
    ]


def test_what_a_file_can_hold_is_not_told(sie_bytes: Callable[..., bytes], voucher: tuple[str, ...]) -> None:
    document, parts = parse(sie_bytes('#OBJEKT 6 "Å1" "Älvsjö"', *voucher))
    assert unfit(parts, document) == ()
    odd = replace(document, header=replace(document.header, company="Søren AB"))
    assert [(each.code, each.params["letter"]) for each in unfit([], odd)] == [("letters-replaced", "ø")]
