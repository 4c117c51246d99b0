from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger import days, money
from bridge.ledger.checks import VoucherControls, check_opening, check_year
from bridge.ledger.columns import Part, Transactions, Vouchers
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.findings import Findings
from bridge.ledger.year import Posting, Stated, YearLedger
from bridge.problem import Finding, Place

FIRST = date(2025, 1, 1)


def sale(day: date, amount: int, text: str = "Sale") -> Entry:
    return Entry(day, text, (EntryRow("1510", amount, "row"), EntryRow("3001", -amount)), "A", "1")


def year(*entries: Entry, stated: Stated | None = None, control: frozenset[str] = frozenset()) -> YearLedger:
    ledger = YearLedger(control, stated)
    ledger.add(part_of(entries))
    return ledger


def test_a_balance_counts_the_day_itself_and_nothing_after_it() -> None:
    ledger = year(sale(FIRST, 500), sale(date(2025, 3, 1), 700), stated=Stated(opening={"1510": 10000}))
    assert ledger.balance("1510", date(2024, 12, 31)) == 10000
    assert ledger.balance("1510", FIRST) == 10500
    assert ledger.balance("1510", date(2025, 2, 28)) == 10500
    assert ledger.balance("1510", date(2025, 3, 1)) == 11200 == ledger.closing("1510")
    assert ledger.balance("9999", FIRST) == ledger.movement("9999") == 0
    assert ledger.moved("1510") == {20250101: 500, 20250301: 700}


def test_totals_and_accounts() -> None:
    ledger = year(sale(FIRST, 500), sale(FIRST, -200), stated=Stated(closing={"1930": 1}))
    assert (ledger.debit, ledger.credit) == (700, 700)
    assert (ledger.vouchers, ledger.transactions) == (2, 4)
    assert ledger.accounts == ("1510", "1930", "3001")


def test_postings_are_kept_for_the_control_accounts_alone() -> None:
    ledger = year(sale(FIRST, 500, "Invoice 7"), control=frozenset({"1510"}))
    assert ledger.postings("1510") == (Posting("1510", "A", "1", FIRST, "Invoice 7", 500, "row"),)
    with pytest.raises(KeyError):
        ledger.postings("3001")


def test_a_posting_without_a_day_is_kept_before_all_others() -> None:
    part = part_of([sale(FIRST, 500)])
    part.vouchers.date[0] = days.NONE
    ledger = YearLedger(frozenset({"1510"}))
    ledger.add(part)
    assert ledger.postings("1510")[0].day == date.min
    assert ledger.balance("1510", FIRST) == 500


def test_parts_with_different_pools_add_up() -> None:
    ledger = year(sale(FIRST, 500))
    ledger.add(part_of([Entry(FIRST, "", (EntryRow("3001", -1), EntryRow("1510", 1)))]))
    assert ledger.closing("1510") == 501


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 364), st.integers(-(10**12), 10**12)), max_size=30), st.integers(0, 364))
def test_every_balance_is_opening_plus_postings_so_far(posted: list[tuple[int, int]], on: int) -> None:
    ledger = year(*(sale(FIRST + timedelta(day), amount) for day, amount in posted), stated=Stated(opening={"1510": 7}))
    assert ledger.balance("1510", FIRST + timedelta(on)) == 7 + sum(amount for day, amount in posted if day <= on)
    assert ledger.debit == ledger.credit


@pytest.mark.parametrize(
    ("account", "kind", "is_balance"),
    [
        ("1510", "", True),
        ("2440", "", True),
        ("3001", "", False),
        ("FEL", "", False),
        ("", "", False),
        ("8999", "S", True),
        ("3001", "T", True),
        ("1510", "K", False),
        ("2999", "I", False),
    ],
)
def test_balance_accounts_are_known_by_type_or_class(account: str, kind: str, is_balance: bool) -> None:  # noqa: FBT001 - a table's column
    assert Stated(types={account: kind} if kind else {}).is_balance_account(account) is is_balance


def found(ledger: YearLedger) -> list[Finding]:
    findings = Findings()
    check_year(ledger, findings)
    return list(findings.all())


def test_a_year_that_agrees_gives_nothing() -> None:
    assert found(year(sale(FIRST, 500), stated=Stated(closing={"1510": 500}, result={"3001": -500}))) == []
    assert found(year(sale(FIRST, 500))) == []


def test_what_the_books_state_is_compared_with_what_they_hold() -> None:
    findings = found(year(sale(FIRST, 500), stated=Stated(closing={"1510": 600, "1930": 0}, result={"3001": 0})))
    assert [(each.code, dict(each.params)) for each in findings] == [
        ("closing-differs", {"account": "1510", "stated": "6.00", "computed": "5.00"}),
        ("result-differs", {"account": "3001", "stated": "0.00", "computed": "-5.00"}),
    ]
    assert findings[0].place == Place(account="1510")


def test_an_account_whose_closing_is_not_stated_is_told_when_it_has_one() -> None:
    (finding,) = found(year(sale(FIRST, 500), stated=Stated(closing={"1930": 0}, result={"3001": -500})))
    assert (finding.code, dict(finding.params)) == ("closing-missing", {"account": "1510", "computed": "5.00"})


def test_the_opening_is_compared_with_the_year_before() -> None:
    findings = Findings()
    before = year(sale(FIRST, 500))
    check_opening(before, year(stated=Stated(FIRST, opening={"1510": 400, "1930": 50})), findings)
    assert [(each.code, dict(each.params)) for each in findings.all()] == [
        ("ib-gap", {"account": "1510", "date": "2025-01-01", "amount": "-1.00"}),
        ("ib-gap", {"account": "1930", "date": "2025-01-01", "amount": "0.50"}),
    ]
    check_opening(before, year(stated=Stated(opening={"1510": 500})), again := Findings())
    assert again.all() == ()


def test_an_entry_becomes_columns() -> None:
    tagged = EntryRow("1510", 5, objects=(("6", "P"),))
    part = part_of([Entry(FIRST, "x", (tagged, EntryRow("1930", -6)), registered=date(2025, 1, 2))])
    assert part.accounts == ["1510", "1930"]
    assert part.objects == [(), (("6", "P"),)]
    assert list(part.vouchers.total) == [-1]
    assert list(part.spans()) == [(0, 2)]
    assert [row.objects for row in part.rows()] == [(("6", "P"),), ()]
    assert (len(part.vouchers), len(part.transactions), len(part.history)) == (1, 2, 0)
    assert (len(Vouchers()), len(Transactions()), list(Part().rows())) == (0, 0, [])


@given(st.dates(date(1, 1, 1)))
def test_days_and_their_numbers_agree(day: date) -> None:
    assert days.day(days.number(day)) == day
    assert days.iso(days.number(day)) == day.isoformat()


def test_no_day_has_no_text() -> None:
    assert days.iso(days.NONE) == ""
    assert money.text(0) == "0.00"


def test_numbers_without_a_series_leave_no_gap() -> None:
    numbers = (("A", "1"), ("", "7"), ("A", "3"), ("", "9"))
    findings = Findings()
    controls = VoucherControls(findings)
    controls.read(part_of([Entry(FIRST, "", (), series, number) for series, number in numbers]))
    controls.finish(numbered=True)
    assert [each.params["series"] for each in findings.all() if each.code == "voucher-number-gap"] == ["A"]
