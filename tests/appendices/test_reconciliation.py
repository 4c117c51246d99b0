from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bridge.appendices.appendix import Appendix, Point
from bridge.appendices.causes import Cause, Explanation
from bridge.appendices.control import Control, ControlYear, DayNotImported, Posting
from bridge.appendices.reconciliation import findings, reconcile
from bridge.appendices.rolling import History, roll
from bridge.appendices.subledger import Invoice, Payment, Side, VoucherKey, VoucherOrigin
from bridge.problem import Finding, Place, Severity

Invoices = Callable[..., Invoice]
Payments = Callable[..., Payment]

DAY = date(2025, 12, 31)
JAN = date(2025, 1, 1)


def posting(series: str, number: int, booked: str, amount: int, text: str = "") -> Posting:
    return Posting(series, number, date.fromisoformat(booked), text, amount)


def year(opening: int, *postings: Posting, of: int = 2025, fortnox_id: int | None = 3) -> ControlYear:
    return ControlYear(date(of, 1, 1), date(of, 12, 31), opening, postings, fortnox_id)


def origin(series: str, number: int, kind: str, year_id: int = 3, reference: str = "1") -> VoucherOrigin:
    return VoucherOrigin(VoucherKey(series, number, year_id), DAY, "", kind, reference)


def manual(*numbers: int) -> list[VoucherOrigin]:
    return [origin("A", number, "MANUAL", reference="") for number in numbers]


def receivables(*years: ControlYear) -> Control:
    return Control("1510", Side.RECEIVABLE, years)


@pytest.fixture
def one_invoice(invoice: Invoices) -> tuple[History, ...]:
    return roll(Side.RECEIVABLE, [invoice()], [])


INVOICED = posting("B", 1, "2025-03-10", 1_000_00)
MADE = (origin("B", 1, "INVOICE"),)


def test_books_that_agree_have_no_difference_and_nothing_to_explain(one_invoice: tuple[History, ...]) -> None:
    appendix = reconcile(receivables(year(0, INVOICED)), DAY, one_invoice, MADE)
    assert (appendix.ledger, appendix.subledger, appendix.difference) == (1_000_00, 1_000_00, 0)
    assert appendix.explanations == ()
    assert findings(appendix, one_invoice) == ()


def test_a_manual_voucher_on_the_account_is_named_as_the_explanation(one_invoice: tuple[History, ...]) -> None:
    planted = posting("A", 7, "2025-06-05", 2_500_00, "Rättning")
    appendix = reconcile(receivables(year(0, INVOICED, planted)), DAY, one_invoice, [*MADE, *manual(7)])
    assert appendix.difference == 2_500_00
    assert appendix.explanations == (
        Explanation(Cause.DIRECT, 2_500_00, date(2025, 6, 5), "2025-12-31", "A", 7, "Rättning"),
    )
    assert (appendix.explained, appendix.unexplained) == (2_500_00, 0)
    assert appendix.arose == date(2025, 6, 30)
    assert findings(appendix) == (
        Finding(
            "subledger-difference",
            Severity.WARNING,
            {"account": "1510", "amount": "2500.00", "explained": "2500.00"},
            Place(account="1510"),
        ),
    )


def test_a_direct_posting_counts_to_the_balance_day(one_invoice: tuple[History, ...]) -> None:
    postings = (INVOICED, posting("A", 8, "2025-12-30", 5_00), posting("A", 9, "2025-12-31", 6_00))
    appendix = reconcile(receivables(year(0, *postings)), date(2025, 12, 30), one_invoice, [*MADE, *manual(8, 9)])
    assert [(each.number, each.amount) for each in appendix.explanations] == [(8, 5_00)]


def test_a_posting_that_the_list_of_vouchers_does_not_have_is_direct_and_without_a_list_is_not_guessed_at(
    one_invoice: tuple[History, ...],
) -> None:
    books = receivables(year(0, INVOICED, posting("A", 8, "2025-12-30", 5_00)))
    listed = reconcile(books, DAY, one_invoice, MADE)
    assert [(each.cause, each.amount) for each in listed.explanations] == [(Cause.DIRECT, 5_00)]
    unlisted = reconcile(books, DAY, one_invoice)
    assert (unlisted.difference, unlisted.explanations, unlisted.unexplained) == (5_00, (), 5_00)


def test_an_origin_of_another_year_or_of_the_other_side_explains_no_posting(one_invoice: tuple[History, ...]) -> None:
    wrong = [origin("B", 1, "INVOICE", year_id=2), origin("B", 1, "SUPPLIERINVOICE")]
    appendix = reconcile(receivables(year(0, INVOICED)), DAY, one_invoice, wrong)
    assert [(each.cause, each.amount) for each in appendix.explanations] == [
        (Cause.UNBOOKED, -1_000_00),
        (Cause.DIRECT, 1_000_00),
    ]
    assert (appendix.difference, appendix.unexplained) == (0, 0)


def test_a_voucher_is_one_explanation_and_none_when_it_takes_out_itself(one_invoice: tuple[History, ...]) -> None:
    postings = [
        posting("A", 9, "2025-06-02", 300_00, "två rader"),
        posting("A", 9, "2025-06-02", -100_00),
        posting("A", 4, "2025-06-02", -50_00),
        posting("A", 5, "2025-06-01", 70_00),
        posting("A", 5, "2025-06-01", -70_00),
    ]
    appendix = reconcile(receivables(year(0, INVOICED, *postings)), DAY, one_invoice, [*MADE, *manual(4, 5, 9)])
    assert [(each.number, each.amount, each.text) for each in appendix.explanations] == [
        (4, -50_00, ""),
        (9, 200_00, "två rader"),
    ]


def test_two_vouchers_with_one_number_are_told_apart_by_their_dates(one_invoice: tuple[History, ...]) -> None:
    twice = [posting("A", 9, "2025-06-02", 30_00), posting("A", 9, "2025-05-02", 20_00)]
    appendix = reconcile(receivables(year(0, INVOICED, *twice)), DAY, one_invoice, [*MADE, *manual(9)])
    assert [(each.booked.month, each.amount) for each in appendix.explanations] == [(5, 20_00), (6, 30_00)]


def test_a_debt_is_a_credit_balance_in_the_sums_and_positive_in_the_items(invoice: Invoices, payment: Payments) -> None:
    histories = roll(
        Side.PAYABLE,
        [invoice(side=Side.PAYABLE, balance=400_00)],
        [payment(side=Side.PAYABLE, amount=600_00)],
    )
    years = year(0, posting("E", 1, "2025-03-10", -1_000_00), posting("F", 1, "2025-04-01", 600_00))
    made = [origin("E", 1, "SUPPLIERINVOICE"), origin("F", 1, "SUPPLIERPAYMENT")]
    appendix = reconcile(Control("2440", Side.PAYABLE, (years,)), DAY, histories, made)
    assert (appendix.ledger, appendix.subledger, appendix.difference) == (-400_00, -400_00, 0)
    assert [item.open for item in appendix.items] == [400_00]
    assert sum(bucket.amount for bucket in appendix.buckets) == -appendix.subledger


def test_an_opening_balance_that_jumps_is_an_explanation(one_invoice: tuple[History, ...]) -> None:
    years = (year(1_010_00, of=2026, fortnox_id=1), year(0, INVOICED))
    appendix = reconcile(receivables(*years), date(2026, 2, 15), one_invoice, MADE)
    assert appendix.explanations == (Explanation(Cause.OPENING_GAP, 10_00, date(2026, 1, 1), "2026-12-31"),)
    assert (appendix.difference, appendix.unexplained) == (10_00, 0)
    assert appendix.arose == date(2026, 1, 31)


def test_a_difference_from_before_the_first_year_is_brought_forward(one_invoice: tuple[History, ...]) -> None:
    later = year(1_300_00, of=2026)
    appendix = reconcile(receivables(later), date(2026, 1, 31), one_invoice)
    assert appendix.explanations == (Explanation(Cause.BROUGHT_FORWARD, 300_00, date(2026, 1, 1), "2026-12-31"),)
    assert appendix.unexplained == 0
    assert appendix.arose is None


def test_an_opening_balance_older_than_the_first_invoice_is_missing_history(one_invoice: tuple[History, ...]) -> None:
    appendix = reconcile(receivables(year(50_000_00, INVOICED)), DAY, one_invoice, MADE)
    assert appendix.explanations == (Explanation(Cause.MISSING_HISTORY, 50_000_00, JAN, "2025-12-31"),)
    assert appendix.unexplained == 0


def test_a_company_without_invoices_says_so_once_whatever_is_posted() -> None:
    books = year(30_000_00, posting("A", 1, "2025-02-01", 20_000_00), fortnox_id=None)
    appendix = reconcile(receivables(books), DAY, ())
    assert (appendix.ledger, appendix.subledger) == (50_000_00, 0)
    assert appendix.explanations == (Explanation(Cause.NO_SUBLEDGER, 50_000_00, DAY, "2025-12-31"),)
    assert appendix.unexplained == 0


def test_a_company_without_invoices_and_without_balance_has_nothing_to_explain() -> None:
    assert reconcile(receivables(year(0)), DAY, ()).explanations == ()


def test_history_is_the_month_ends_of_the_years_read_and_the_day_itself(one_invoice: tuple[History, ...]) -> None:
    appendix = reconcile(receivables(year(0, INVOICED)), date(2025, 4, 15), one_invoice, MADE)
    assert appendix.history == (
        Point(date(2025, 1, 31), 0, 0),
        Point(date(2025, 2, 28), 0, 0),
        Point(date(2025, 3, 31), 1_000_00, 1_000_00),
        Point(date(2025, 4, 15), 1_000_00, 1_000_00),
    )
    assert appendix.arose is None


def test_history_goes_back_twelve_month_ends_over_the_turn_of_the_year(one_invoice: tuple[History, ...]) -> None:
    years = (year(0, INVOICED), year(1_000_00, of=2026))
    appendix = reconcile(receivables(*years), date(2026, 2, 28), one_invoice, MADE)
    days = [point.day for point in appendix.history]
    assert (len(days), days[0], days[-1]) == (12, date(2025, 3, 31), date(2026, 2, 28))
    assert {point.difference for point in appendix.history} == {0}


def test_years_before_a_hole_are_left_out(one_invoice: tuple[History, ...]) -> None:
    years = (year(77_00, of=2023), year(0, INVOICED))
    appendix = reconcile(receivables(*years), DAY, one_invoice, MADE)
    assert appendix.explanations == ()
    assert appendix.history[0].day == date(2025, 1, 31)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2026, 1, 1)])
def test_a_day_in_no_imported_year_is_an_error(day: date) -> None:
    with pytest.raises(DayNotImported, match=day.isoformat()):
        reconcile(receivables(year(0)), day, ())


def test_settlements_that_nothing_dates_are_a_finding(invoice: Invoices) -> None:
    histories = roll(Side.RECEIVABLE, [invoice(balance=250_00)], [])
    appendix: Appendix = reconcile(receivables(year(0, posting("B", 1, "2025-03-10", 250_00))), DAY, histories, MADE)
    assert findings(appendix, histories) == (
        Finding(
            "settlement-undated",
            Severity.INFO,
            {"account": "1510", "amount": "750.00", "count": 1},
            Place(account="1510"),
            1,
        ),
    )
