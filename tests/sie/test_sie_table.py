"""The table of records as a reader meets it: names, numbers and letters that the specification lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sie import Document, parse
from bridge.sie.records import RECORDS, Kind, Type
from bridge.sie.table import Doubt, columns

FIRST_FIELDS = {
    "#FLAGGA": "flag", "#PROGRAM": "program", "#FORMAT": "format", "#GEN": "date", "#SIETYP": "type",
    "#PROSA": "text", "#FTYP": "type", "#FNR": "id", "#ORGNR": "number", "#BKOD": "code", "#ADRESS": "contact",
    "#FNAMN": "name", "#RAR": "year", "#TAXAR": "year", "#OMFATTN": "date", "#KPTYP": "type", "#VALUTA": "currency",
    "#KONTO": "account", "#KTYP": "account", "#ENHET": "account", "#SRU": "account", "#DIM": "dimension",
    "#UNDERDIM": "dimension", "#OBJEKT": "dimension", "#IB": "year", "#UB": "year", "#OIB": "year", "#OUB": "year",
    "#RES": "year", "#PSALDO": "year", "#PBUDGET": "year", "#TRANS": "account", "#RTRANS": "account",
    "#BTRANS": "account",
}  # fmt: skip


@pytest.mark.parametrize("label", FIRST_FIELDS)
def test_an_empty_record_lacks_its_first_field(label: str) -> None:
    row = label.endswith("TRANS")
    lines = ["#FLAGGA 0", *(["#VER A 1 20250115", "{"] if row else []), label, *(["}"] if row else [])]
    document, _ = parse("\n".join(lines[1:] if label == "#FLAGGA" else lines).encode() + b"\n")
    counts = any(field.type is Type.AMOUNT for field in RECORDS[label].fields)
    code = "record-incomplete" if counts else "field-missing"
    (finding,) = (each for each in document.findings if each.code == code)
    assert dict(finding.params) == {"label": label, "field": FIRST_FIELDS[label]}


def test_no_record_is_left_out_of_the_table_above() -> None:
    assert RECORDS.keys() - FIRST_FIELDS.keys() == {"#KSUMMA", "#VER"}
    assert RECORDS["#VER"].least == 3
    assert RECORDS["#KSUMMA"].least == 0
    assert [kind.value for kind in Kind] == ["1", "2", "3", "4I", "4E"]


def codes_of(document: Document, code: str) -> list[object]:
    return [each.params for each in document.findings if each.code == code]


@pytest.mark.parametrize("dimension", ["1", "2", "6", "7", "8", "9", "10"])
def test_dimensions_with_a_meaning_of_their_own_need_no_declaration(
    sie_document: Callable[..., Document], dimension: str
) -> None:
    rows = ("#VER A 1 20250115", "{", f"#TRANS 1930 {{{dimension} A 20 B}} 0", "}")
    (told,) = codes_of(sie_document(*rows), "dimension-undeclared")
    assert told == {"dimension": "20"}


@pytest.mark.parametrize("kind", "TSKI")
def test_accounts_have_one_of_four_types(sie_document: Callable[..., Document], kind: str) -> None:
    document = sie_document(f"#KTYP 1930 {kind}", "#KTYP 1510 X")
    assert document.accounts["1930"].type == kind
    assert document.accounts["1510"].type == ""
    (told,) = codes_of(document, "value-unknown")
    assert told == {"field": "#KTYP", "value": "X"}


def test_a_flag_is_a_number(sie_bytes: Callable[..., bytes]) -> None:
    document, _ = parse(sie_bytes().replace(b"#FLAGGA 0", b"#FLAGGA X"))
    assert codes_of(document, "value-unknown") == [{"field": "flag", "value": "X"}]


@pytest.mark.parametrize("year", ["#RAR x 20230101 20231231", "#RAR -2 2023 20231231", "#RAR -2 20230101 2023"])
def test_a_year_that_lacks_its_number_or_a_day_is_none(sie_document: Callable[..., Document], year: str) -> None:
    assert sie_document(year).years == sie_document().years


def test_a_period_is_told_as_the_file_has_it(sie_document: Callable[..., Document]) -> None:
    document = sie_document("#PSALDO 0 010207 1930 {} 1")
    assert codes_of(document, "period-outside-year") == [{"year": 0, "period": "010207"}]


COMPANY_TYPES = "AB E HB KB EK KHF BRF BF SF I S FL BAB MB SB BFL FAB OFB SE SCE TSF X"


@pytest.mark.parametrize("kind", COMPANY_TYPES.split())
def test_companies_have_one_of_the_types_of_bolagsverket(sie_document: Callable[..., Document], kind: str) -> None:
    assert codes_of(sie_document(f"#FTYP {kind}"), "value-unknown") == []
    assert codes_of(sie_document(f"#FTYP {kind}ZZ"), "value-unknown") == [{"field": "#FTYP", "value": f"{kind}ZZ"}]


@pytest.mark.parametrize("chart", ["BAS95", "BAS96", "EUBAS97", "NE2007", "BAS2014", "BAS2K1"])
def test_charts_have_names_of_their_own(sie_document: Callable[..., Document], chart: str) -> None:
    assert codes_of(sie_document(f"#KPTYP {chart}"), "value-unknown") == []
    assert codes_of(sie_document(f"#KPTYP X{chart}"), "value-unknown") == [{"field": "#KPTYP", "value": f"X{chart}"}]


def test_the_specification_keeps_some_dimensions_for_itself(sie_document: Callable[..., Document]) -> None:
    document = sie_document(*(f'#DIM {number} "x"' for number in range(1, 30)))
    told = [each.params["dimension"] for each in document.findings if each.code == "dimension-reserved"]
    assert told == [str(number) for number in (3, 4, 5, *range(11, 20))]


def test_fewer_lines_than_were_promised_are_in_doubt() -> None:
    with pytest.raises(Doubt):
        columns("a b\n", 2, 3)
