"""What the writer says of each thing a document may hold alone, line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bridge.ledger.columns import Part
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.sie import Account, Balances, Dimension, Document, Header, Kind, parse, unfit, write, write_import
from bridge.sie.writer import record

DAY = date(2025, 1, 31)
NOTHING = Document(Kind.EXPORT, Header(type=4), {}, {}, {}, {}, Balances())
ALWAYS = ["#FLAGGA 0", "#FORMAT PC8", "#SIETYP 4", '#PROGRAM "" ""']


def lines(document: Document, *parts: Part) -> list[str]:
    written = b"".join(write(document, parts)).decode("cp437")
    assert written.endswith("\r\n")
    return written.split("\r\n")[:-1]


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"generated": DAY}, "#GEN 20250131"),
        ({"generated_by": "AB"}, '#GEN "" "AB"'),
        ({"comments": ("a", "")}, '#PROSA "a"|#PROSA ""'),
        ({"company_type": "AB"}, "#FTYP AB"),
        ({"id": "7"}, "#FNR 7"),
        ({"industry": "82300"}, "#BKOD 82300"),
        ({"company": "X"}, '#FNAMN "X"'),
        ({"address": ("a", "", "", "")}, '#ADRESS "a" "" "" ""'),
        ({"org_number": "556036-0793"}, "#ORGNR 556036-0793"),
        ({"acquisition": "1"}, '#ORGNR "" 1'),
        ({"activity": "2"}, '#ORGNR "" "" 2'),
        ({"tax_year": "2025"}, "#TAXAR 2025"),
        ({"chart": "BAS2014"}, "#KPTYP BAS2014"),
        ({"currency": "SEK"}, "#VALUTA SEK"),
        ({"through": DAY}, "#OMFATTN 20250131"),
        ({"flag": 1, "format": "X"}, ""),
    ],
)
def test_each_part_of_the_header_is_written_alone(said: dict[str, Any], line: str) -> None:
    document = replace(NOTHING, header=Header(type=4, **said))
    assert lines(document) == ALWAYS + [each for each in line.split("|") if each]
    again = parse(b"".join(write(document)))[0]
    assert again.header == document.header


def test_the_chart_the_dimensions_and_the_objects() -> None:
    document = replace(
        NOTHING,
        years={0: (DAY, DAY), -1: (DAY, DAY)},
        accounts={"1930": Account("Bank"), "1": Account("", "T", "st", ("7", "8"))},
        dimensions={"1": Dimension("Kst"), "21": Dimension("Under", "1")},
        objects={("1", "A B"): ""},
    )
    assert lines(document)[4:] == [
        "#RAR 0 20250131 20250131",
        "#RAR -1 20250131 20250131",
        '#KONTO 1930 "Bank"',
        '#KONTO 1 ""',
        "#KTYP 1 T",
        '#ENHET 1 "st"',
        "#SRU 1 7",
        "#SRU 1 8",
        '#DIM 1 "Kst"',
        '#UNDERDIM 21 "Under" 1',
        '#OBJEKT 1 "A B" ""',
    ]


def test_every_text_that_people_read_is_looked_through_for_letters_that_will_be_replaced() -> None:
    document = replace(
        NOTHING,
        header=Header(company="Ł", program="Ł", generated_by="Ł", comments=("Ł",), address=("Ł", "", "", "Ł")),
        accounts={"1930": Account("Ł", unit="Ł")},
        dimensions={"1": Dimension("Ł")},
        objects={("1", "Ł"): "Ł"},
    )
    (told,) = unfit([], document)
    assert (told.code, told.count) == ("letters-replaced", 11)


def test_struck_and_added_rows_stand_where_they_stood() -> None:
    rows = ["#RTRANS 1930 {} 1.00", "#TRANS 1930 {} 1.00", "#BTRANS 1930 {} 2.00", "#BTRANS 1930 {} 3.00"]
    one = ["#VER A 1 20250101", "{", *rows, "}"]
    two = ["#VER A 2 20250101", "{", "#BTRANS 1930 {} 4.00", "}"]
    three = ["#VER A 3 20250101", "{", "}"]
    document, (part,) = parse("\r\n".join(["#FLAGGA 0", "#SIETYP 4", *one, *two, *three]).encode())
    assert lines(document, part)[4:] == [*one, *two, *three]


def test_an_import_file_says_who_made_it() -> None:
    entry = Entry(DAY, "x", (EntryRow("1930", 5),))
    written = b"".join(write_import([entry], company="X", org_number="556036-0793", generated=DAY)).decode()
    assert written.split("\r\n")[:7] == [
        "#FLAGGA 0",
        "#FORMAT PC8",
        "#SIETYP 4",
        '#PROGRAM "Fortnox Bridge" 1',
        "#GEN 20250131",
        '#FNAMN "X"',
        "#ORGNR 556036-0793",
    ]
    assert "#KSUMMA" not in written


def test_a_checksum_stands_after_the_flag_and_at_the_end() -> None:
    part = part_of([Entry(DAY, 'a "b"', (EntryRow("1930", 5),), "A", "1")])
    written = b"".join(write(NOTHING, [part, part], checksum=True))
    assert written.startswith(b"#FLAGGA 0\r\n#KSUMMA\r\n#FORMAT")
    document, _ = parse(written)
    assert written.endswith(f"#KSUMMA {document.checksum.computed}\r\n".encode())
    assert document.checksum.verdict == "ok"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "#FNR a"),
        ("Az09.:+_/#-", "#FNR Az09.:+_/#-"),
        ("a b", '#FNR "a b"'),
        ("å", '#FNR "å"'),
        ("{a}", '#FNR "{a}"'),
        ('a"b', r'#FNR "a\"b"'),
        ("a\tb", '#FNR "a b"'),
        ("a\\", "#FNR a\\"),
        ("a{\\", '#FNR "a{\\ "'),
        ("a}\\", '#FNR "a}\\ "'),
        ("a\tb\\", '#FNR "a b\\ "'),
        ('a"\\', '#FNR "a\\"\\ "'),
        ("\\", '#FNR "\\ "'),
        ("a\\b", '#FNR "a\\b"'),
        ("", '#FNR ""'),
    ],
)
def test_a_code_stands_bare_where_it_can(text: str, written: str) -> None:
    assert record("#FNR", text) == written


def test_no_more_empty_fields_are_left_out_than_may_be() -> None:
    assert record("#VER", "A", "1", 20250101, "", 0, "") == "#VER A 1 20250101"
    assert record("#VER", "", "", 0, "", 0, "") == '#VER "" "" ""'
    assert record("#TRANS", "1930", (), 0, 0, "", "", "") == "#TRANS 1930 {} 0.00"
    assert record("#TRANS", "1930", (("1", "A"), ("6 7", "")), 5, 0, "", "1", "") == (
        '#TRANS 1930 {1 "A" "6 7" ""} 0.05 "" "" 1'
    )
    assert record("#GEN", date(1, 2, 3)) == "#GEN 00010203"
