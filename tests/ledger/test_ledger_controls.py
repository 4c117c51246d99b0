"""Controls at their edges: very long numbers, books without lines, one side of the balances left out."""

from __future__ import annotations

from datetime import date

import pytest

from bridge.ledger.checks import VoucherControls, check_year
from bridge.ledger.columns import Part
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.findings import SEVERITIES, Findings
from bridge.ledger.year import Stated, YearLedger
from bridge.problem import Finding, Place

DAY = date(2025, 1, 1)
ROWS = (EntryRow("1930", 5), EntryRow("3001", -5))


def numbered(*numbers: str) -> Part:
    return part_of(Entry(DAY, "", ROWS, "A", number) for number in numbers)


def controlled(*parts: Part) -> list[Finding]:
    findings = Findings()
    controls = VoucherControls(findings)
    for part in parts:
        controls.read(part)
    controls.finish(numbered=True)
    return list(findings.all())


@pytest.mark.parametrize(("digits", "codes"), [(18, ["voucher-number-gap"]), (19, [])])
def test_numbers_are_compared_as_long_as_they_fit(digits: int, codes: list[str]) -> None:
    assert [each.code for each in controlled(numbered("1", "9" * digits))] == codes


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ("1 5 3", ["A 3 descending", "A 3 gap", "A 5 gap"]),
        ("2 1 3", ["A 1 descending"]),
        ("1 0 2", []),
        ("0 0 1", []),
        ("0 2", ["A 2 gap"]),
        ("2 2 3", ["A 2 descending", "A 2 duplicate"]),
    ],
)
def test_numbers_are_told_once_in_whatever_order_they_come(numbers: str, told: list[str]) -> None:
    found = [
        f"{each.place.voucher} {each.code.split('-')[-1]}"
        for each in controlled(numbered(*numbers.split()))
        if each.place
    ]
    assert sorted(found) == sorted(told)


def test_findings_of_books_that_were_never_lines_have_no_line() -> None:
    part = numbered("2", "1", "1", "4", "")
    part.vouchers.rows[0] = 0
    part.vouchers.total[0] = 7
    part.history.kind.append("R")
    part.history.before.append(99)
    part.history.line.append(0)
    part.history.rows.voucher.append(0)
    found = controlled(part)
    assert {each.code for each in found} == {
        "voucher-unbalanced",
        "voucher-empty",
        "voucher-number-descending",
        "voucher-number-duplicate",
        "voucher-number-gap",
        "voucher-number-missing",
        "row-added-unmatched",
    }
    assert {each.place.line for each in found if each.place} == {None}


def test_vouchers_without_a_number_are_counted_over_all_parts_from_the_first() -> None:
    (found,) = controlled(numbered("1", ""), numbered("", "2"))
    assert (found.code, found.count, found.place) == ("voucher-number-missing", 2, Place(None))


def books(stated: Stated, *rows: EntryRow) -> list[tuple[str, object]]:
    ledger = YearLedger(stated=stated)
    ledger.add(part_of([Entry(DAY, "", rows)]))
    findings = Findings()
    check_year(ledger, findings)
    return [(each.code, each.params.get("label")) for each in findings.all()]


def test_a_side_of_the_balances_that_is_left_out_is_told_when_it_has_something() -> None:
    assert books(Stated(closing={"1930": 5}), *ROWS) == [("balances-missing", "#RES")]
    assert books(Stated(result={"3001": -5}), *ROWS) == [("balances-missing", "#UB")]
    assert books(Stated(opening={"1930": 0}), *ROWS) == [("balances-missing", "#UB"), ("balances-missing", "#RES")]
    assert books(Stated(closing={"1930": 0}), EntryRow("1930", 5), EntryRow("1930", -5)) == []
    assert books(Stated(closing={"1930": 0}), EntryRow("3001", 5), EntryRow("3001", -5)) == []
    assert books(Stated(closing={"1930": 5, "2440": -5}), EntryRow("1930", 5), EntryRow("2440", -5)) == []
    assert books(Stated(result={"3001": 5, "4001": -5}), EntryRow("3001", 5), EntryRow("4001", -5)) == []
    assert books(Stated(), *ROWS) == []


def test_books_without_vouchers_are_told_once_with_the_accounts_that_moved() -> None:
    findings = Findings()
    check_year(YearLedger(stated=Stated(opening={"1930": 5}, closing={"1930": 7, "2440": -2, "1510": 0})), findings)
    assert [(each.code, dict(each.params)) for each in findings.all()] == [("vouchers-missing", {"accounts": 2})]


@pytest.mark.parametrize(
    "code", ["voucher-number-missing", "voucher-registered-early", "voucher-registered-late", "text-too-long", "letters-replaced"]
)  # fmt: skip
def test_what_is_said_of_the_books_as_a_whole_is_listed_once(code: str) -> None:
    findings = Findings({code: SEVERITIES["voucher-empty"]})
    findings.add(code, Place(3), times=2)
    findings.add(code, Place(1), times=5)
    assert [(each.place, each.count) for each in findings.all()] == [(Place(3), 7)]
