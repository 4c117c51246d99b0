"""Controls at their edges: very long numbers, books without lines, one side of the balances left out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bridge.ledger.checks import VoucherControls, add_opening_gap, check_periods, check_year
from bridge.ledger.columns import Part
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.findings import SEVERITIES, Findings
from bridge.ledger.year import Stated, YearLedger
from bridge.problem import Finding, Place

DAY = date(2025, 1, 1)
ROWS = (EntryRow("1930", 5), EntryRow("3001", -5))


def numbered(*numbers: str) -> Part:
    return part_of(Entry(DAY, "", ROWS, "A", number) for number in numbers)


def controlled(*parts: Part, year: tuple[date, date] | None = None) -> list[Finding]:
    findings = Findings()
    controls = VoucherControls(findings)
    for part in parts:
        controls.read(part, year)
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
        ("1 4", ["A 4 gap"]),
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


def test_numbers_go_on_from_part_to_part() -> None:
    assert [each.code for each in controlled(numbered("1", "2"), numbered("2"))] == [
        "voucher-number-descending",
        "voucher-number-duplicate",
    ]
    assert controlled(numbered("1", "2"), numbered("3"), numbered("4", "5")) == []


def test_as_many_series_are_compared_as_any_company_has() -> None:
    part = part_of(Entry(DAY, "", (EntryRow("1930", 0),), f"S{index}", "7") for index in range(10_001))
    found = controlled(part, part)
    told = {each.code: sum(other.count for other in found if other.code == each.code) for each in found}
    assert told == {"voucher-number-descending": 10_000, "voucher-number-duplicate": 10_000}


def test_as_many_numbers_of_a_series_are_compared_as_any_company_has() -> None:
    columns = numbered("0").vouchers
    for name in ("series", "number", "date", "line", "rows", "text", "registered", "sign", "total"):
        getattr(columns, name)[:] = getattr(columns, name) * 999_999
    found = controlled(Part(vouchers=columns), numbered("2", "1"))
    assert [each.code for each in found] == ["voucher-number-gap"]


YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([date(2025, 1, 1), date(2025, 12, 31)], []),
        ([date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31)], ["2024-12-31"]),
        ([date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)], ["2026-01-01"]),
    ],
)
def test_the_first_and_the_last_day_are_of_the_year(days: list[date], told: list[str]) -> None:
    part = part_of(Entry(day, "", ROWS, "A", str(number)) for number, day in enumerate(days, 1))
    found = controlled(part, year=YEAR)
    assert [each.params["date"] for each in found if each.code == "voucher-outside-year"] == told
    assert {each.place.line for each in found if each.place} <= {None}


@pytest.mark.parametrize("month", range(1, 13))
def test_a_voucher_is_late_fifty_days_after_its_quarter(month: int) -> None:
    last = (date(2025, 5, 20), date(2025, 8, 19), date(2025, 11, 19), date(2026, 2, 19))[(month - 1) // 3]
    for day in (date(2025, month, 1), date(2025, month, 28)):
        for late in (0, 1):
            part = part_of([Entry(day, "", ROWS, "A", "1", last + timedelta(late))])
            found = controlled(part)
            assert [each.code for each in found] == ["voucher-registered-late"] * late
            assert [each.place for each in found] == [Place(voucher="A 1")] * late


def test_the_last_day_of_the_year_and_days_beyond_the_calendar_are_never_late() -> None:
    for day in (YEAR[1], date(9999, 1, 1), date(9999, 12, 31)):
        assert controlled(part_of([Entry(day, "", ROWS, "A", "1", date(9999, 12, 31))]), year=(DAY, day)) == []


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


def test_a_row_added_last_is_not_matched_by_the_next_voucher() -> None:
    part = numbered("1", "2")
    part.history.kind.append("R")
    part.history.before.append(2)
    part.history.line.append(4)
    for name in ("voucher", "account", "objects", "amount", "date", "text", "quantity", "sign"):
        getattr(part.history.rows, name).append(getattr(part.transactions, name)[0])
    assert [(each.code, each.place) for each in controlled(part)] == [("row-added-unmatched", Place(4, voucher="A 1"))]


def test_an_account_without_period_balances_or_movement_has_none() -> None:
    findings = Findings()
    check_periods({"1510": 0, "1930": 1}, {"2440": 0, "3001": 2}, findings)
    assert [dict(each.params) for each in findings.all()] == [
        {"account": "1930", "stated": "0.01", "computed": "0.00"},
        {"account": "3001", "stated": "0.00", "computed": "0.02"},
    ]


def test_a_gap_in_the_opening_of_a_year_without_days_has_no_date() -> None:
    findings = Findings()
    add_opening_gap(findings, "1930", None, 5)
    assert [dict(each.params) for each in findings.all()] == [{"account": "1930", "date": "", "amount": "0.05"}]
