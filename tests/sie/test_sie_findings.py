"""The negative space: for every code an input that must give it, on its line, and one nearby that must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bridge.ledger.entries import Entry, part_of
from bridge.ledger.findings import Findings
from bridge.problem import Severity
from bridge.sie import Document, check, parse
from bridge.sie.controls import check_texts
from bridge.sie.findings import ADVICE, SEVERITIES, STRICT

V = ('#VER A 1 20250115 "Sale"', "{")
ROWS = ("#TRANS 1930 {} 125.00", "#TRANS 3001 {} -125.00")
SALE = (*V, *ROWS, "}")
LONG = "x" * 51
DIMS = ("#DIM 20 Avdelning", "#UNDERDIM 21 Grupp 20", "#OBJEKT 20 01 Barn", "#OBJEKT 21 02 Stora")

Lines = tuple[str, ...]


def ver(number: object, day: object = 20250115, registered: object = "") -> Lines:
    """A voucher of series A that balances."""
    return (f'#VER A {number} {day} "" {registered}', "{", *ROWS, "}")


# code, lines after the header (which has 13), the line the finding stands on, lines nearby that do not give it
AFTER_HEADER: list[tuple[str, Lines, int | None, Lines]] = [
    ("record-unknown", ("#MOMSKOD 1 2",), 14, ("#VALUTA SEK",)),
    ("record-repeated", ("#FNAMN X",), 14, ("#PROSA X",)),
    ("record-repeated", ("#RAR 0 20250101 20251231",), 14, ("#RAR -2 20230101 20231231",)),
    ("record-repeated", ("#DIM 6 Projekt", "#DIM 6 Projekt"), 15, ("#DIM 6 Projekt", "#DIM 7 Anställd")),
    ("record-repeated", ("#OBJEKT 6 P Ett", "#OBJEKT 6 P Ett"), 15, ("#OBJEKT 6 P Ett", "#OBJEKT 6 Q Ett")),
    ("record-out-of-order", ("#KONTO 1940 Kassa",), 14, ("#UB 0 1930 100.00",)),
    ("record-out-of-order", ("#KSUMMA",), 14, ()),
    ("line-not-a-record", ("hello",), 14, ("",)),
    ("line-not-a-record", ("{X}",), 14, ("{}",)),
    ("field-missing", ("#KONTO 1940",), 14, ('#KONTO 1940 "Bank"',)),
    ("field-missing", ('#SRU 1930 ""',), 14, ('#ADRESS "" "" "" ""',)),
    ("record-incomplete", ("#UB 0 1930",), 14, ("#UB 0 1930 100.00",)),
    ("record-incomplete", ('#UB "" 1930 100.00',), 14, ("#UB 0 1930 100.00",)),
    ("record-incomplete", ('#UB 0 "" 100.00',), 14, ('#UB 0 1930 0.00 ""',)),
    ("field-extra", ("#UB 0 1930 100.00 1 x",), 14, ("#UB 0 1930 100.00 1",)),
    ("field-control-character", ('#PROSA "a\x07b"',), 14, ('#PROSA "a b"',)),
    ("field-control-character", ('#PROSA "a\tb"',), 14, ('#PROSA\t"a b"\t',)),
    ("field-control-character", ('#PROSA "a\x7fb"',), 14, ('#PROSA "a~b"',)),
    ("field-control-character", (*V, '#TRANS 1930 {1 "a\x07"} 0', "}"), 16, (*V, "#TRANS 1930 {1\ta} 0", "}")),
    ("field-control-character", (*V, '#TRANS 1930 {1 "a\tb"} 0', "}"), 16, (*V, '#TRANS 1930 {1\t"a b"\t} 0', "}")),
    ("quote-unterminated", ('#PROSA "a b',), 14, ('#PROSA "a\\" b"',)),
    ("object-list-unterminated", ("#PSALDO 0 202501 1930 {1 A 100.00",), 14, ("#PSALDO 0 202501 1930 {1 A} 100.00",)),
    ("object-list-odd", ("#PSALDO 0 202501 1930 {1} 100.00",), 14, ("#PSALDO 0 202501 1930 {} 100.00",)),
    ("object-list-missing", ("#PSALDO 0 202501 1930 100.00",), 14, ("#PSALDO 0 202501 1930 { } 100.00",)),
    ("object-list-not-single", ("#PSALDO 0 202501 1930 {1 A 6 B} 1",), 14, ("#PSALDO 0 202501 1930 {6 B} 1",)),
    ("object-list-not-single", ("#OUB 0 1930 {} 100.00",), 14, ("#OUB 0 1930 {6 B} 100.00",)),
    ("amount-invalid", ("#UB 0 1930 100,00",), 14, ("#UB 0 1930 100.00",)),
    ("amount-invalid", ("#UB 0 1930 +100.00",), 14, ("#UB 0 1930 -100.00",)),
    ("amount-invalid", ("#UB 0 1930 1E3",), 14, ("#UB 0 1930 1000",)),
    ("amount-invalid", ("#UB 0 1930 100.",), 14, ("#UB 0 1930 100.005",)),
    ("amount-inexact", ("#UB 0 1930 100.005",), 14, ("#UB 0 1930 100.05",)),
    ("amount-inexact", ("#UB 0 1930 1234567890123456",), 14, ("#UB 0 1930 123456789012345",)),
    ("amount-decimals", ("#UB 0 1930 100.000",), 14, ("#UB 0 1930 100.0",)),
    ("quantity-invalid", ("#UB 0 1930 100.00 many",), 14, ("#UB 0 1930 100.00 -1.2345",)),
    ("quantity-invalid", (*V, '#TRANS 1930 {} 0 "" "" x', "}"), 16, (*V, '#TRANS 1930 {} 0 "" x', "}")),
    ("date-invalid", ("#OMFATTN 20250231",), 14, ("#OMFATTN 20250228",)),
    ("date-invalid", ver(1, 20251399), 14, ver(1, 20251231)),
    ("date-invalid", (*V, "#TRANS 1930 {} 0 20251399", "}"), 16, (*V, '#TRANS 1930 {} 0 ""', "}")),
    ("period-invalid", ("#PSALDO 0 202513 1930 {} 100.00",), 14, ("#PSALDO 0 202512 1930 {} 100.00",)),
    ("year-invalid", ("#UB 1 1930 100.00",), 14, ("#UB -1 1930 100.00",)),
    ("value-unknown", ("#TAXAR 25",), 14, ("#TAXAR 2025",)),
    ("value-unknown", ("#FTYP ZZ",), 14, ("#FTYP BRF",)),
    ("value-unknown", ("#KTYP 1930 Z",), 14, ("#KTYP 1930 T",)),
    ("value-unknown", ("#KPTYP BAS97",), 14, ("#KPTYP BAS2014",)),
    ("value-unknown", ("#KPTYP EUBAS",), 14, ("#KPTYP NE2007",)),
    ("value-unknown", ("#VALUTA kr",), 14, ("#VALUTA NOK",)),
    ("value-unknown", ("#FORMAT UTF8",), 14, ("#FORMAT PC8",)),
    ("value-unknown", ("#FLAGGA 2",), 14, ("#FLAGGA 0",)),
    ("type-invalid", ("#SIETYP 7",), 14, ("#SIETYP 3",)),
    ("type-invalid", ("#SIETYP 4E",), 14, ("#SIETYP 04",)),
    ("flag-already-read", ("#FLAGGA 1",), 14, ("#FLAGGA 0",)),
    ("org-number-malformed", ("#ORGNR 5560360793",), 14, ("#ORGNR 556036-0793 1",)),
    ("org-number-malformed", ("#ORGNR 16556036-0793",), 14, ("#ORGNR 556036-0794",)),
    ("org-number-malformed", ("#ORGNR 556036-079",), 14, ("#ORGNR 450926-0511",)),
    ("org-number-malformed", ("#ORGNR 451326-0511",), 14, ("#ORGNR 450926+0511",)),
    ("org-number-malformed", ("#ORGNR 551036-0793",), 14, ("#ORGNR 450986-0518",)),
    ("org-number-check-digit", ("#ORGNR 556036-0794",), 14, ("#ORGNR 5560360793",)),
    ("org-number-check-digit", ("#ORGNR 450926-0512",), 14, ("#ORGNR 450926-0511",)),
    ("year-reversed", ("#RAR -2 20231231 20230101",), 14, ("#RAR -2 20230101 20230101",)),
    ("year-length", ("#RAR -2 20200101 20210701",), 14, ("#RAR -2 20200101 20210630",)),
    ("years-apart", ("#RAR -2 20220101 20221231",), 9, ("#RAR -2 20220701 20231231",)),
    ("years-apart", ("#RAR -2 20230101 20240101",), 9, ("#RAR -3 20230101 20240101",)),
    ("years-apart", ("#RAR -2 99980101 99991231",), 9, ()),
    ("year-undeclared", ("#UB -2 1930 1", "#UB -2 3001 1"), 14, ("#RAR -2 20230101 20231231", "#UB -2 1930 1")),
    ("period-outside-year", ("#PSALDO 0 202412 1930 {} 1",), 14, ("#PSALDO -1 202412 1930 {} 1",)),
    ("period-outside-year", ("#PBUDGET 0 202601 1930 {} 1",), 14, ("#PBUDGET 0 202512 1930 {} 1",)),
    ("balance-repeated", ("#UB 0 1930 1", "#UB 0 1930 1"), 15, ("#UB 0 1930 1", "#UB -1 1930 1")),
    ("balance-repeated", ("#PSALDO 0 202501 1930 {} 1",) * 2, 15, ("#PSALDO 0 202501 1930 {} 1", "#PSALDO 0 202502 1930 {} 1")),
    ("account-repeated", ("#KONTO 1930 Bank",), 14, ("#KONTO 1940 Bank",)),
    ("account-detail-orphan", ("#SRU 1940 7281",), 14, ("#SRU 1930 7281",)),
    ("account-detail-orphan", ("#ENHET 1940 kg",), 14, ("#ENHET 1930 kg",)),
    ("account-detail-orphan", ("#KTYP 1940 T", "#KONTO 1940 Kassa"), 14, ("#KONTO 1940 Kassa", "#KTYP 1940 T")),
    ("account-not-numeric", ("#KONTO FEL Fel",), 14, ("#KONTO 001 Fel",)),
    ("account-not-numeric", (*V, "#TRANS FEL {} 0", "}"), 16, (*V, "#TRANS 1940 {} 0", "}")),
    ("account-undeclared", (*V, "#TRANS 1940 {} 0", "}"), 16, (*V, "#TRANS 1930 {} 0", "}")),
    ("account-undeclared", ("#UB 0 1940 100.00",), 14, ("#UB 0 1930 100.00",)),
    ("dimension-undeclared", (*V, "#TRANS 1930 {20 X} 0", "}"), 16, (*V, "#TRANS 1930 {10 X} 0", "}")),
    ("dimension-reserved", ("#DIM 19 Mitt",), 14, ("#DIM 20 Mitt",)),
    ("dimension-above-undeclared", ("#UNDERDIM 21 Under 20",), 14, ("#UNDERDIM 2 Under 1",)),
    ("dimension-ring", ("#UNDERDIM 21 A 22", "#UNDERDIM 22 B 21"), 14, ("#UNDERDIM 21 A 22", "#DIM 22 B")),
    ("dimension-ring", ("#DIM 20 A", "#UNDERDIM 21 A 21"), 15, ("#DIM 20 A", "#UNDERDIM 21 A 20", "#UNDERDIM 22 A 20")),
    ("object-undeclared", (*V, "#TRANS 1930 {6 X} 0", "}"), 16, ("#OBJEKT 6 X x", *V, "#TRANS 1930 {6 X} 0", "}")),
    ("object-undeclared", ("#OUB 0 1930 {6 X} 100.00",), 14, ("#OBJEKT 6 X x", "#OUB 0 1930 {6 X} 100.00")),
    ("voucher-date-missing", ('#VER A 1 "" "Sale"', "{", *ROWS, "}"), 14, SALE),
    ("voucher-not-closed", (*V, *ROWS), 14, SALE),
    ("voucher-not-closed", (*V, *ROWS, *SALE), 14, (*SALE, *SALE)),
    ("row-outside-voucher", ROWS, 14, SALE),
    ("record-incomplete", (*V, "#TRANS 1930 {}", *ROWS, "}"), 16, (*V, "#TRANS 1930 {} 0", "}")),
    ("record-incomplete", (*V, *ROWS, '#TRANS "" {} 0', "}"), 18, SALE),
    ("brace-missing", (V[0], *ROWS, "}"), 14, SALE),
    ("brace-stray", (V[0], *ROWS, "}"), 17, SALE),
    ("brace-stray", ("}",), 14, SALE),
    ("brace-stray", ("{",), 14, SALE),
    ("brace-stray", (*V, "{", *ROWS, "}"), 16, SALE),
    ("brace-not-alone", (V[0] + " {", *ROWS, "}"), 14, (V[0], "  {  ", *ROWS, "\t}")),
    ("brace-not-alone", (V[0], "{ " + ROWS[0], ROWS[1], "}"), 15, SALE),
    ("brace-not-alone", ("{ {\t" * 2500, *SALE), 14, SALE),
    ("text-too-long", (f'#VER A 1 20250115 "{LONG}"', "{", *ROWS, "}"), 14, (f'#VER A 1 20250115 "{LONG[1:]}"', "{", "}")),
    ("text-too-long", (*V, f'#TRANS 1930 {{}} 0 "" "{LONG}"', "}"), 14, (*V, f'#TRANS 1930 {{}} 0 "" "{LONG[1:]}"', "}")),
    ("voucher-unbalanced", (*V, ROWS[0], "}"), 14, SALE),
    ("voucher-empty", (*V, "}"), 14, (*V, "#TRANS 1930 {} 0", "}")),
    ("voucher-empty", (V[0],), 14, SALE),
    ("voucher-number-duplicate", (*SALE, *SALE), 19, (*SALE, *ver(2))),
    ("voucher-number-duplicate", (*SALE, *ver(2), *SALE), 24, ("#VER B 1 20250115", "{", "}", *SALE)),
    ("voucher-number-descending", (*ver(2), *ver(1)), 19, (*ver(1), *ver(2))),
    ("voucher-number-gap", (*ver(1), *ver(3)), 19, (*ver(2), *ver(1), *ver(3))),
    ("voucher-number-gap", (*ver(9), *ver(1), *ver(2)), 14, (*ver(2), *ver(3))),
    ("voucher-number-missing", (*ver(1), *ver('""')), 19, ver(0)),
    ("voucher-outside-year", ver(1, 20260101), 14, ver(1, 20251231)),
    ("voucher-outside-year", ver(1, 20241231), 14, ver(1, 20250101)),
    ("voucher-registered-early", (*ver(1), *ver(2, 20250601, 20250531)), 19, ver(1, 20250601, 20250601)),
    ("voucher-registered-late", (*ver(1), *ver(2, 20250101, 20250521)), 19, ver(1, 20250101, 20250520)),
    ("voucher-registered-late", ver(1, 20251230, 20260220), 14, ver(1, 20251231, 20260630)),
    ("voucher-registered-late", ver(1, 20250401, 20250820), 14, ver(1, 20250401, 20250819)),
    ("row-added-unmatched", (*V, "#RTRANS 1930 {} 5.00", *ROWS, "}"), 16, (*V, "#RTRANS 1930 {} 125", *ROWS, "}")),
    ("row-added-unmatched", (*V, *ROWS, "#RTRANS 1930 {} 5.00", "}"), 18, (*V, *ROWS, "#BTRANS 1930 {} 5.00", "}")),
    ("row-added-differs", (*V, '#RTRANS 1930 {} 125.00 20250120 "" 0 AB', *ROWS, "}"), 16, (*V, "#RTRANS 1930 {} 125.00", *ROWS, "}")),
    ("ib-gap", ("#UB -1 1930 90.00",), None, ("#UB -1 1930 100.00", "#UB -1 1510 5")),
    ("balances-unbalanced", ("#UB 0 1930 100.00",), None, ("#UB 0 1930 100.00", "#RES 0 3001 -100")),
    ("closing-differs", ("#UB 0 1930 100.00", *SALE), None, ("#UB 0 1930 225", *SALE)),
    ("closing-missing", ("#UB 0 1510 0.00", *SALE), None, ("#UB 0 1930 225", *SALE)),
    ("result-differs", ("#RES 0 3001 -100.00", *SALE), None, ("#RES 0 3001 -125", *SALE)),
    ("vouchers-missing", ("#UB 0 1930 225.00",), None, ("#UB 0 1930 100.00",)),
    ("balances-missing", ("#RES 0 3001 -125", *SALE), None, ("#UB 0 1930 225", "#RES 0 3001 -125", *SALE)),
    ("period-balance-differs", ("#PSALDO 0 202501 1930 {} 124", *SALE), None, ("#PSALDO 0 202501 1930 {} 125", "#PSALDO 0 202501 3001 {} -125", *SALE)),
    ("period-balance-differs", ("#PSALDO 0 202501 1930 {} 125", *SALE), None, ("#PSALDO 0 202501 1930 {6 A} 125", *SALE)),
    ("period-balance-differs", ("#OMFATTN 20250131", "#PSALDO 0 202501 1930 {} 5", *ver(1, 20250201)), None, ("#OMFATTN 20250131", "#PSALDO 0 202501 1930 {} 0", *ver(1, 20250201))),
    ("checksum-unopened", ("#KSUMMA 1",), None, ()),
]  # fmt: skip

H = b"#FLAGGA 0\n"
BOOKED = "\n".join((*SALE, "")).encode()
T1, T2 = H + b"#SIETYP 1\n", H + b"#SIETYP 2\n#RAR 0 20250101 20251231\n"
R1 = (
    H + b"#PROGRAM a 1\n#FORMAT PC8\n#GEN 20250101\n#FNAMN x\n#RAR 0 20250101 20251231\n#KONTO 1930 x\n#SRU 1930 7281\n"
)
IMPORT = H + b"#SIETYP 4\n" + "\n".join(DIMS).encode() + b"\n#VER A 1 20250101\n{\n#TRANS 1930 "

# code, a file that gives it, a file nearby that does not
WHOLE_FILES: list[tuple[str, bytes, bytes]] = [
    ("file-not-sie", b"<!DOCTYPE html><html><body>404</body></html>", H),
    ("file-not-sie", b"", H),
    ("file-not-sie", b"\x00\xff" * 5000, H),
    ("flag-not-first", b"#FORMAT PC8\n" + H, H + b"#FORMAT PC8\n"),
    ("flag-not-first", BOOKED + H, H + BOOKED),
    ("record-out-of-order", H + BOOKED + b"#KONTO 1930 x\n", H + b"#KONTO 1930 x\n" + BOOKED),
    ("record-out-of-order", H + b"#PROSA x\n#KSUMMA\n", H + b"#KSUMMA\n#PROSA x\n"),
    ("record-missing", H, H + b"#PROGRAM a 1\n#FORMAT PC8\n#GEN 20250101\n#SIETYP 4\n#FNAMN x\n#VER A 1 20250101\n"),
    ("record-missing", R1 + b"#VER A 1 20250101\n", R1),
    ("record-forbidden", T1 + b"#OMFATTN 20251231\n", T2 + b"#OMFATTN 20251231\n"),
    ("record-after-checksum", H + b"#KSUMMA\n#KSUMMA 0\n#FNAMN X\n", H + b"#KSUMMA\n#FNAMN X\n#KSUMMA 1\n\n"),
    ("record-after-checksum", H + b"#KSUMMA\n#KSUMMA 0\n#VER A 1 20250101\n{\n}\n", H + b"#KSUMMA\n#VER A 1 20250101\n"),
    ("record-after-checksum", H + b"#KSUMMA\n#KSUMMA 0\n" + BOOKED, H + b"#KSUMMA\n" + BOOKED),
    ("encoding-not-pc8", H + '#FNAMN "Åkeri"\n'.encode(), H + '#FNAMN "Åkeri"\n'.encode("cp437")),
    ("encoding-guessed", H + b'#FNAMN "\x84\x94\x86 F\xf6retag sj\x94n"\n', H + b'#FNAMN "F\xf6retag"\n'),
    ("text-mojibake", H + '#FNAMN "F”rs„ljning Åkeri"\n'.encode(), H + '#FNAMN "”Försäljning” Åkeri"\n'.encode()),
    ("checksum-mismatch", H + b"#KSUMMA\n#FNAMN X\n#KSUMMA 1\n", H + b"#KSUMMA\n#FNAMN X\n#KSUMMA 224094624\n"),
    ("checksum-mismatch", H + b"#KSUMMA\n#FNAMN X\n#KSUMMA " + b"1" * 5000, H),
    ("checksum-truncated", H + b"#KSUMMA\n#FNAMN X\n", H + b"#KSUMMA\n#FNAMN X\n#KSUMMA 1\n"),
    ("line-too-long", H + b"#PROSA " + b"x" * 70_000 + b"\n", H + b"#PROSA " + b"x" * 60_000 + b"\n"),
    ("balances-missing", T1 + b"#IB 0 1930 5\n", T1 + b"#IB 0 1930 5\n#UB 0 1930 5\n"),
    ("balances-missing", T2 + b"#UB 0 1930 5\n", T2 + b"#UB 0 1930 5\n#IB 0 1930 5\n"),
    ("period-balance-differs", T2 + b"#UB 0 1930 5\n#PSALDO 0 202501 1930 {} 4\n", T2 + b"#UB 0 1930 5\n#PSALDO 0 202501 1930 {} 5\n#PSALDO 0 202501 9010 {} 7\n"),
    ("object-above-missing", IMPORT + b"{21 02} 0\n}\n", IMPORT + b"{20 01 21 02} 0\n}\n"),
    ("account-undeclared", H + b"#SIETYP 4\n#KONTO 1940 x\n" + IMPORT[20:] + b"{} 0\n}\n", IMPORT + b"{} 0\n}\n"),
    ("voucher-number-missing", H + b"#SIETYP 4\n#IB 0 1930 0\n#VER A\n", H + b'#SIETYP 4\n#VER A "" 20250101\n'),
]  # fmt: skip


SAID: list[tuple[bytes, str, int, dict[str, object]]] = [
    (R1 + b"#VER A 1 20250101\n", "record-missing", 1, {"label": "#SIETYP", "kind": "4"}),
    (T1 + b"#IB 0 1930 5\n", "balances-missing", 1, {"label": "#UB"}),
    (T2 + b"#UB 0 1930 5\n#IB 0 1510 5\n#UB 0 1510 5\n", "balances-missing", 1, {"label": "#PSALDO"}),
    (H + '#FNAMN "Åkeri"\n'.encode(), "encoding-not-pc8", 1, {"encoding": "utf-8"}),
    (H + b'#FNAMN "\x84\x94\x86 F\xf6r\xe4 sj\x94n"\n', "encoding-guessed", 2, {"encoding": "cp437"}),
    (IMPORT + b"{" + b"2" * 60 + b" P} 0\n}\n", "dimension-undeclared", 1, {"dimension": "2" * 50}),
    (IMPORT.replace(b"0101\n{", b"0101 " + LONG[1:].encode() + b"\n{") + b'{} 0 "" ' + LONG.encode() + b"\n}\n", "text-too-long", 1, {"voucher": "A 1", "limit": 50}),
    (IMPORT + (b'{} 0 "" ' + LONG.encode() + b"\n#TRANS 1930 ") * 2 + b'{} 0 "" ' + LONG[1:].encode() + b"\n}\n", "text-too-long", 2, {"voucher": "A 1", "limit": 50}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code", "times", "params"), SAID)
def test_a_finding_says_what_and_how_often(data: bytes, code: str, times: int, params: dict[str, object]) -> None:
    (found,) = (each for each in check([data]).findings if each.code == code)
    assert (found.count, dict(found.params)) == (times, params)


@pytest.mark.parametrize("balances", [b"#IB 0 1930 5\n#UB 0 1930 6\n", b"#RES 0 3001 0\n"])
def test_balances_that_a_file_of_type_1_need_not_have_are_not_missed(balances: bytes) -> None:
    assert "balances-missing" not in {each.code for each in check([T1 + balances]).findings}


def test_a_long_text_of_a_part_that_was_never_a_file_has_no_line() -> None:
    findings = Findings(SEVERITIES)
    check_texts(findings, part_of([Entry(date(2025, 1, 1), LONG, ())]))
    assert [each.place and each.place.line for each in findings.all()] == [None]


def test_objects_are_told_apart_as_long_as_any_company_has_them() -> None:
    rows = b"".join(b"#TRANS 1930 {6 P%d} 0\n" % index for index in range(10_001))
    report = check([H + b"#VER A 1 20250101\n{\n" + rows + b"#TRANS 1930 {1 K 6 P0} 0\n}\n"])
    found = [each for each in report.findings if each.code == "object-undeclared"]
    assert (dict(found[0].params), found[0].count) == ({"dimension": "6", "object": "P0"}, 2)
    assert sum(each.count for each in found) == 10_003


@pytest.mark.parametrize(("code", "lines", "line", "nearby"), AFTER_HEADER)
def test_each_deviation_is_found_on_its_line_and_nothing_nearby(
    sie_bytes: Callable[..., bytes], code: str, lines: Lines, line: int | None, nearby: Lines
) -> None:
    found = [each for each in check([sie_bytes(*lines)], name="test.se").findings if each.code == code]
    assert found
    assert (found[0].place.line if found[0].place else None) == line
    assert found[0].severity is SEVERITIES[code]
    assert code not in {each.code for each in check([sie_bytes(*nearby)], name="test.se").findings}


@pytest.mark.parametrize(("code", "data", "nearby"), WHOLE_FILES)
def test_each_deviation_of_a_whole_file_is_found_and_nothing_nearby(code: str, data: bytes, nearby: bytes) -> None:
    assert code in {finding.code for finding in check([data]).findings}
    assert code not in {finding.code for finding in check([nearby]).findings}


def test_every_code_of_the_table_has_an_input_that_gives_it() -> None:
    elsewhere = {"limit-exceeded", "voucher-series-filled", "objects-skipped", "letters-replaced"}
    tried = {code for code, *_ in AFTER_HEADER} | {code for code, *_ in WHOLE_FILES} | elsewhere
    assert tried == SEVERITIES.keys()


@pytest.mark.parametrize("lines", [lines for _, lines, _, _ in AFTER_HEADER])
def test_a_strict_reading_makes_deviations_errors_and_reads_the_same(
    sie_bytes: Callable[..., bytes], lines: Lines
) -> None:
    tolerant, strict = check([sie_bytes(*lines)]), check([sie_bytes(*lines)], strict=True)
    assert strict.document == tolerant.document
    assert strict.findings == tuple(replace(each, severity=STRICT[each.code]) for each in tolerant.findings)
    assert parse(sie_bytes(*lines), strict=True)[0].findings == strict.document.findings


def test_the_table_of_a_strict_reading_has_every_code_and_advice_is_never_an_error() -> None:
    assert STRICT.keys() == SEVERITIES.keys()
    assert SEVERITIES.keys() >= ADVICE
    assert {SEVERITIES[code] for code in ADVICE} == {Severity.INFO, Severity.WARNING}


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
    assert {finding.code for finding in document.errors} == {"amount-invalid", "record-incomplete"}
