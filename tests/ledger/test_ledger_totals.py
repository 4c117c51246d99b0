"""Sums, places and counts where the books are not in balance, or a file says the same thing too often."""

from __future__ import annotations

from datetime import date

from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.findings import Findings
from bridge.ledger.year import Stated, YearLedger
from bridge.problem import Place

DAY = date(2025, 1, 1)


def test_debit_and_credit_are_told_apart_in_books_that_do_not_balance() -> None:
    ledger = YearLedger()
    ledger.add(part_of([Entry(DAY, "", (EntryRow("1930", 700), EntryRow("3001", -200)))]))
    assert (ledger.debit, ledger.credit) == (700, 200)


def test_an_unknown_type_leaves_the_account_to_its_class() -> None:
    stated = Stated(types={"1930": "X", "3001": "X"})
    assert stated.is_balance_account("1930")
    assert not stated.is_balance_account("3001")


def test_vouchers_made_one_by_one_stand_on_no_line() -> None:
    assert list(part_of([Entry(DAY, "", ())]).vouchers.line) == [0]


def test_beyond_the_limit_the_last_finding_counts_the_rest() -> None:
    findings = Findings(limit=3)
    for line in (4, 3, 2, 1, 0):
        findings.add("voucher-empty", Place(line), voucher="A")
    findings.add("voucher-empty", times=5, voucher="A")
    assert [(each.place, each.count) for each in findings.all()] == [(Place(2), 8), (Place(3), 1), (Place(4), 1)]


def test_findings_of_the_whole_file_come_after_those_with_a_line() -> None:
    findings = Findings()
    findings.add("ib-gap", Place(account="1930"), account="1930", amount="1.00")
    findings.add("balances-unbalanced", amount="1.00")
    findings.add("voucher-empty", Place(7), voucher="A 1")
    assert [each.code for each in findings.all()] == ["voucher-empty", "ib-gap", "balances-unbalanced"]
