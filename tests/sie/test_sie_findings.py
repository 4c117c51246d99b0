"""The negative space: for every code a file that must give it, on its line; and a file that gives none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sie import Document, check, parse
from bridge.sie.findings import SEVERITIES

V = ('#VER A 1 20250115 "Sale"', "{")
ROWS = ("#TRANS 1930 {} 125.00", "#TRANS 3001 {} -125.00")
LONG = "x" * 51

# code, lines after the header (which has 13), the line the finding stands on
AFTER_HEADER: list[tuple[str, tuple[str, ...], int | None]] = [
    ("flag-not-first", (), 2),
    ("record-unknown", ("#MOMSKOD 1 2",), 14),
    ("record-repeated", ("#FNAMN X",), 14),
    ("record-out-of-order", ("#KONTO 1940 Kassa",), 14),
    ("line-not-a-record", ("hello",), 14),
    ("field-missing", ("#UB 0 1930",), 14),
    ("field-extra", ("#UB 0 1930 100.00 1 x",), 14),
    ("field-control-character", ('#PROSA "a\x07b"',), 14),
    ("quote-unterminated", ('#PROSA "a b',), 14),
    ("object-list-unterminated", ("#PSALDO 0 202501 1930 {1 A 100.00",), 14),
    ("object-list-odd", ("#PSALDO 0 202501 1930 {1} 100.00",), 14),
    ("object-list-missing", ("#PSALDO 0 202501 1930 100.00",), 14),
    ("amount-invalid", ("#UB 0 1930 100,00",), 14),
    ("amount-invalid", ("#UB 0 1930 +100.00",), 14),
    ("amount-invalid", ("#UB 0 1930 1E3",), 14),
    ("amount-inexact", ("#UB 0 1930 100.005",), 14),
    ("amount-inexact", ("#UB 0 1930 1234567890123456",), 14),
    ("amount-decimals", ("#UB 0 1930 100.000",), 14),
    ("quantity-invalid", ("#UB 0 1930 100.00 many",), 14),
    ("date-invalid", ("#OMFATTN 20250231",), 14),
    ("date-invalid", ("#RAR -2 20231231 20230101",), 14),
    ("date-invalid", ("#VER A 1 20251399", "{", *ROWS, "}"), 14),
    ("date-invalid", (*V, "#TRANS 1930 {} 0 20251399", "}"), 16),
    ("quantity-invalid", (*V, '#TRANS 1930 {} 0 "" "" x', "}"), 16),
    ("period-invalid", ("#PSALDO 0 202513 1930 {} 100.00",), 14),
    ("year-invalid", ("#UB 1 1930 100.00",), 14),
    ("value-unknown", ("#TAXAR 25",), 14),
    ("value-unknown", ("#FTYP ZZ",), 14),
    ("value-unknown", ("#KTYP 1930 Z",), 14),
    ("type-invalid", ("#SIETYP 7",), 14),
    ("org-number-malformed", ("#ORGNR 5560360793",), 14),
    ("org-number-check-digit", ("#ORGNR 556036-0794",), 14),
    ("year-length", ("#RAR -2 20200101 20231231",), None),
    ("years-apart", ("#RAR -2 20220101 20221231",), None),
    ("account-repeated", ("#KONTO 1930 Bank",), 14),
    ("account-detail-orphan", ("#SRU 1940 7281",), 14),
    ("account-detail-orphan", ("#ENHET 1940 kg",), 14),
    ("account-not-numeric", ("#KONTO FEL Fel",), 14),
    ("account-undeclared", (*V, "#TRANS 1940 {} 0", "}"), 16),
    ("account-undeclared", ("#UB 0 1940 100.00",), None),
    ("dimension-undeclared", (*V, "#TRANS 1930 {20 X} 0", "}"), None),
    ("object-undeclared", (*V, "#TRANS 1930 {6 X} 0", "}"), 16),
    ("object-undeclared", ("#OUB 0 1930 {6 X} 100.00",), 14),
    ("voucher-date-missing", ('#VER A 1 "" "Sale"', "{", *ROWS, "}"), 14),
    ("voucher-not-closed", (*V, *ROWS), 14),
    ("voucher-not-closed", (*V, *ROWS, *V, *ROWS, "}"), 14),
    ("row-outside-voucher", ROWS, 14),
    ("brace-missing", (V[0], *ROWS, "}"), 14),
    ("brace-stray", (V[0], *ROWS, "}"), 17),
    ("brace-stray", ("}",), 14),
    ("brace-stray", ("{",), 14),
    ("brace-not-alone", (V[0] + " {", *ROWS, "}"), 14),
    ("brace-not-alone", (V[0], "{ " + ROWS[0], ROWS[1], "}"), 15),
    ("text-too-long", (f'#VER A 1 20250115 "{LONG}"', "{", *ROWS, "}"), None),
    ("voucher-unbalanced", (*V, ROWS[0], "}"), 14),
    ("voucher-empty", (*V, "}"), 14),
    ("voucher-empty", (V[0],), 14),
    ("voucher-number-duplicate", (*V, *ROWS, "}", *V, *ROWS, "}"), 19),
    ("voucher-number-descending", ("#VER A 2 20250115", "{", "}", *V, *ROWS, "}"), 17),
    ("voucher-number-gap", (*V, *ROWS, "}", "#VER A 3 20250115", "{", *ROWS, "}"), None),
    ("voucher-outside-year", ("#VER A 1 20260101", "{", *ROWS, "}"), 14),
    ("row-added-unmatched", (*V, "#RTRANS 1930 {} 5.00", *ROWS, "}"), 16),
    ("row-added-unmatched", (*V, *ROWS, "#RTRANS 1930 {} 5.00", "}"), 18),
    ("row-added-differs", (*V, '#RTRANS 1930 {} 125.00 20250120 "" 0 AB', *ROWS, "}"), 16),
    ("ib-gap", ("#UB -1 1930 90.00",), None),
    ("balances-unbalanced", ("#UB 0 1930 100.00",), None),
    ("checksum-unopened", ("#KSUMMA 1",), None),
    ("closing-differs", ("#UB 0 1930 100.00", *V, *ROWS, "}"), None),
    ("closing-missing", ("#UB 0 1510 0.00", *V, *ROWS, "}"), None),
    ("result-differs", ("#RES 0 3001 -100.00", *V, *ROWS, "}"), None),
]

WHOLE_FILES: list[tuple[str, bytes]] = [
    ("file-not-sie", b"<!DOCTYPE html><html><body>404</body></html>"),
    ("file-not-sie", b""),
    ("file-not-sie", b"\x00\xff" * 5000),
    ("flag-already-read", b"#FLAGGA 1\n"),
    ("record-missing", b"#FLAGGA 0\n"),
    ("record-forbidden", b"#FLAGGA 0\n#SIETYP 1\n#OMFATTN 20251231\n"),
    ("encoding-not-pc8", '#FLAGGA 0\n#FNAMN "Åkeri"\n'.encode()),
    ("encoding-guessed", b'#FLAGGA 0\n#FNAMN "\x84\x94\x86 F\xf6retag"\n'),
    ("text-mojibake", '#FLAGGA 0\n#FNAMN "F”rs„ljning Åkeri"\n'.encode()),
    ("checksum-mismatch", b"#FLAGGA 0\n#KSUMMA\n#FNAMN X\n#KSUMMA 1\n"),
    ("checksum-truncated", b"#FLAGGA 0\n#KSUMMA\n#FNAMN X\n"),
    ("line-too-long", b"#FLAGGA 0\n#PROSA " + b"x" * 70_000 + b"\n"),
]


@pytest.mark.parametrize(("code", "lines", "line"), AFTER_HEADER)
def test_each_deviation_is_found_on_its_line(
    sie_bytes: Callable[..., bytes], code: str, lines: tuple[str, ...], line: int | None
) -> None:
    data = sie_bytes(*lines)
    if code == "flag-not-first":
        data = b"#FORMAT PC8\n" + data
    found = [each for each in check([data], name="test.se").findings if each.code == code]
    assert found
    assert (found[0].place.line if found[0].place else None) == line
    assert found[0].severity is SEVERITIES[code]


@pytest.mark.parametrize(("code", "data"), WHOLE_FILES)
def test_each_deviation_of_a_whole_file_is_found(code: str, data: bytes) -> None:
    assert code in {finding.code for finding in check([data]).findings}


def test_every_code_of_the_table_has_an_input_that_gives_it() -> None:
    elsewhere = {"limit-exceeded", "voucher-series-filled", "objects-skipped"}
    tried = {code for code, *_ in AFTER_HEADER} | {code for code, _ in WHOLE_FILES} | elsewhere
    assert tried == SEVERITIES.keys()


def test_a_flawless_file_gives_no_finding_at_all(
    sie_document: Callable[..., Document], voucher: tuple[str, ...]
) -> None:
    balances = ("#IB 0 1510 -100.00", "#UB 0 1930 225.00", "#UB 0 1510 -100.00", "#RES 0 3001 -125.00")
    assert sie_document(*balances, *voucher).findings == ()


def test_a_column_points_at_the_field(sie_document: Callable[..., Document]) -> None:
    (finding,) = (each for each in sie_document("#UB 0 1930 1OO.00").findings if each.code == "amount-invalid")
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (14, 12)


def test_repeated_findings_are_counted_beyond_the_limit(sie_document: Callable[..., Document]) -> None:
    found = [each for each in sie_document(*["#MOMSKOD x"] * 1000).findings if each.code == "record-unknown"]
    assert len(found) == 50
    assert sum(each.count for each in found) == 1000


def test_a_file_of_another_kind_gives_one_finding_and_no_more() -> None:
    document, parts = parse(b"<html>\n<body>\n</body>\n" * 10)
    assert {finding.code for finding in document.errors} == {"file-not-sie"}
    assert parts == []


def test_labels_in_small_letters_are_read(sie_document: Callable[..., Document]) -> None:
    assert sie_document("#vAluta NOK").header.currency == "NOK"


def test_a_year_without_vouchers_is_valid(sie_document: Callable[..., Document]) -> None:
    document = sie_document("#UB 0 1930 100.00", "#IB 0 1510 -100.00", "#UB 0 1510 -100.00")
    assert document.kind == "4E"
    assert document.findings == ()


def test_rows_that_cannot_be_read_are_counted_and_not_booked(sie_bytes: Callable[..., bytes]) -> None:
    document, (part,) = parse(sie_bytes(*V, "#TRANS 1930 {} 1,5", '#TRANS "" {} 1.00', "#TRANS 1930 {} 0", "}"))
    assert document.counts.transactions == 3
    assert len(part.transactions) == 1
    assert {finding.code for finding in document.errors} == {"amount-invalid"}
