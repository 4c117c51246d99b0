"""Lines that are read one at a time: where a field or a voucher lacks something, and where nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable

from bridge.problem import Finding
from bridge.sie import Document, Limits, parse
from bridge.sie.checksum import crc

SALE = b"#VER A 1 20250115\n{\n#TRANS 1930 {} 1.00\n#TRANS 3001 {} -1.00\n}\n"


def of(document: Document, code: str) -> list[Finding]:
    return [each for each in document.findings if each.code == code]


def test_a_voucher_that_says_nothing_has_empty_texts() -> None:
    document, (part,) = parse(b"#FLAGGA 0\n#VER\n{\n#TRANS 1930 {} 0\n}\n")
    it = part.vouchers
    assert (it.series, it.number, it.text, it.sign) == ([""], [""], [""], [""])
    assert [dict(each.params) for each in of(document, "voucher-date-missing")] == [{"voucher": ""}]


def test_a_brace_needs_no_blank_before_it() -> None:
    document, (part,) = parse(b"#FLAGGA 0\n#VER A 1 20250115{\n#TRANS 1930{} 0\n}\n#VER{\n}\n")
    assert list(part.vouchers.date) == [20250115, 0]
    assert list(part.vouchers.rows) == [1, 0]
    assert of(document, "record-unknown") == []
    assert [each.place and each.place.line for each in of(document, "brace-not-alone")] == [2, 5]


def test_blanks_returns_and_the_mark_of_an_old_file_end_around_a_line_mean_nothing() -> None:
    document, _ = parse(b"#FLAGGA 0\n\t#FNAMN X \r\r\n#FTYP AB\x1a\n\x1a")
    assert (document.header.company, document.header.company_type) == ("X", "AB")
    assert {each.code for each in document.findings} == {"record-missing"}


def test_a_list_where_none_belongs_is_a_text() -> None:
    _, (part,) = parse(b"#FLAGGA 0\n#VER A 1 20250115\n{\n#TRANS {1 A} 5\n}\n")
    assert part.accounts == ["{1 A}"]
    assert list(part.transactions.amount) == [500]


def test_an_empty_value_is_missing_and_not_unknown(sie_document: Callable[..., Document]) -> None:
    assert of(sie_document('#FLAGGA ""', "#FTYP", "#KPTYP"), "value-unknown") == []
    assert of(sie_document("#SIETYP"), "type-invalid") == []
    assert sie_document("#ENHET 1930").accounts["1930"].unit == ""


def test_names_are_told_by_their_first_fifty_letters(sie_document: Callable[..., Document]) -> None:
    name = "x" * 60
    objects = (f"#OBJEKT 6 {name} a",) * 2
    document = sie_document(f"#SIETYP {name}", f"#SRU {name} 1", *objects, *(f"#UB 0 {name} 1",) * 2)
    assert [each.params["value"] for each in of(document, "type-invalid")] == [name[:50]]
    assert [each.params["account"] for each in of(document, "account-detail-orphan")] == [name[:50]]
    assert f"#OBJEKT 6 {name}"[:50] in [each.params["label"] for each in of(document, "record-repeated")]
    (repeated,) = of(document, "balance-repeated")
    assert repeated.params["account"] == name[:50] == (repeated.place and repeated.place.account)


def test_a_balance_of_an_account_there_is_no_room_for_is_left_out() -> None:
    document, _ = parse(b"#FLAGGA 0\n#UB 0 1930 1\n#UB 0 1510 1\n", limits=Limits(declarations=1))
    assert document.balances.of("#UB", 0) == {"1930": 100}


def test_the_line_of_the_first_voucher_is_told_even_behind_what_looks_like_one() -> None:
    document, _ = parse(b"#FLAGGA 0\n#SIETYP 2\n#PROSA #VER\n{\n}\n\n" + SALE)
    (told,) = (each for each in of(document, "record-forbidden") if each.params["label"] == "#VER")
    assert told.place is not None
    assert told.place.line == 7


def test_letters_of_another_encoding_are_told_where_they_begin_with_their_number() -> None:
    for before, line in (("", 2), ("\n", 3)):
        text = f'{before}#FLAGGA 0\n#PROSA "F”rening"\n#PROSA "Åkeri"\n#PROSA "R„nta"\n'
        (told,) = of(parse(text.encode())[0], "text-mojibake")
        assert (told.place and told.place.line, told.count) == (line, 2)


def test_the_checksum_is_over_pc8_however_the_file_was_saved() -> None:
    text = '#FLAGGA 0\n#KSUMMA\n#FNAMN "Åkeri Öst"\n#KSUMMA '
    total = str(crc('#FNAMN "Åkeri Öst"\n'.encode("cp437"))).encode() + b"\n"
    for encoding in ("cp437", "utf-8", "cp1252"):
        assert parse(text.encode(encoding) + total)[0].checksum.verdict == "ok"
