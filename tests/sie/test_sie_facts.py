"""Small facts: the table of records, kinds of file, organisation numbers, values, the page of the library."""

from __future__ import annotations

import doctest
from collections.abc import Callable

import pytest

from bridge import sie
from bridge.ledger.columns import Part
from bridge.sie import Document, Kind, values
from bridge.sie.reader import kind_of
from bridge.sie.records import RECORDS, Need


def test_the_first_page_of_the_library_is_true() -> None:
    assert doctest.testmod(sie).failed == 0


def test_the_table_has_every_record_of_the_specification() -> None:
    assert len(RECORDS) == 36
    assert RECORDS["#VER"].least == 3
    assert RECORDS["#TRANS"].braces
    assert not RECORDS["#IB"].braces
    assert RECORDS["#KSUMMA"].least == 0
    assert RECORDS["#IB"].needs[Kind.IMPORT] is Need.FORBIDDEN
    assert RECORDS["#KONTO"].several
    assert not RECORDS["#FNAMN"].several


@pytest.mark.parametrize(
    ("type_", "name", "vouchers", "balances", "kind"),
    [
        (1, "a.se", False, True, "1"),
        (3, "a.si", False, True, "3"),
        (4, "a.SI", True, True, "4I"),
        (4, "a.se", True, False, "4I"),
        (4, "a.se", True, True, "4E"),
        (4, "", False, False, "4E"),
        (4, "a.se", False, True, "4E"),
    ],
)
def test_the_kind_of_file(type_: int, name: str, vouchers: bool, balances: bool, kind: str) -> None:  # noqa: FBT001 - a table's columns
    assert kind_of(type_, name, has_vouchers=vouchers, has_balances=balances) == kind


def test_an_export_whose_balances_are_all_left_out_is_known_by_the_day_they_are_of() -> None:
    voucher = b"#FLAGGA 0\n#SIETYP 4\n#VER A 1 20250101\n"
    assert sie.parse(voucher, name="a.se")[0].kind is Kind.IMPORT
    assert sie.parse(voucher + b"#OMFATTN 20251231\n", name="a.se")[0].kind is Kind.EXPORT
    assert sie.parse(voucher + b"#OMFATTN 20251231\n", name="a.si")[0].kind is Kind.IMPORT


def test_a_type_that_is_none_is_told_as_it_is_written_and_read_as_type_1(sie_document: Callable[..., Document]) -> None:
    document = sie_document('#SIETYP "4I"')
    (told,) = (finding.params["value"] for finding in document.findings if finding.code == "type-invalid")
    assert (told, document.header.type) == ("4I", 1)
    assert sie_document('#SIETYP ""').header.type == 4


@pytest.mark.parametrize(
    ("written", "shown"),
    [("5560360793", "5560360793"), ("16556036-0793", "16556036-0793"), ("194509260511", "194509******")],
)
def test_a_number_that_lacks_its_hyphen_is_told_as_it_is_written(
    sie_document: Callable[..., Document], written: str, shown: str
) -> None:
    found = sie_document(f"#ORGNR {written}").findings
    assert [each.params["actual"] for each in found if each.code == "org-number-malformed"] == [shown]


def test_an_empty_organisation_number_is_no_malformed_one(sie_document: Callable[..., Document]) -> None:
    codes = {finding.code for finding in sie_document('#ORGNR ""').findings}
    assert codes == {"record-repeated", "record-out-of-order", "field-missing"}


@pytest.mark.parametrize("text", ["", "2025011", "20250229", "2025-1-1", "20251301", "00000101"])
def test_what_is_no_day(text: str) -> None:
    assert values.day(text) is None
    assert values.day_number(text) is None


@pytest.mark.parametrize(("text", "kept"), [("0", "0"), ("-1.50", "-1.50"), (".5", ".5"), ("1,5", None), ("1.", None)])
def test_quantities_are_kept_as_written(text: str, kept: str | None) -> None:
    assert values.quantity(text) == kept


def test_a_check_hands_its_parts_on_and_keeps_the_postings_asked_for(
    sie_bytes: Callable[..., bytes], voucher: tuple[str, ...]
) -> None:
    parts: list[Part] = []
    report = sie.check([sie_bytes(*voucher)], control=frozenset({"1930"}), sink=parts.append)
    assert [len(part.transactions) for part in parts] == [2]
    assert [posting.amount for posting in report.ledger.postings("1930")] == [12500]
    assert report.errors == ()


def test_what_the_document_says_of_a_year(sie_bytes: Callable[..., bytes]) -> None:
    document, _ = sie.parse(sie_bytes("#KTYP 1930 T", "#UB -1 1930 90.00", "#UB -1 1930 10.00"))
    assert sie.stated(document).opening == {"1930": 10000}
    before = sie.stated(document, -1)
    assert before.closing == {"1930": 10000}
    assert before.first is not None
    assert before.first.year == 2024
    assert before.types == {"1930": "T"}


def test_the_document_knows_what_the_import_rules_need(sie_bytes: Callable[..., bytes]) -> None:
    rows = (
        "#OBJEKT 6 P1 x",
        "#VER A 7 20250101",
        "{",
        "#TRANS 1930 {6 P1 6 P2 1 K} 0",
        "}",
        "#VER B X 20250101",
        "{",
        "}",
    )
    document, _ = sie.parse(sie_bytes(*rows))
    assert document.dimension_sizes == {"6": 2, "1": 1}


@pytest.mark.parametrize("detail", ["#ENHET", "#KTYP", "#SRU", '#ENHET ""', "#KTYP {}"])
def test_a_detail_without_account_makes_no_account(sie_document: Callable[..., Document], detail: str) -> None:
    document = sie_document('#KONTO "" "No number"', detail)
    assert "" in document.accounts
    assert set(map(type, document.accounts)) == {str}
