"""Each cause of a difference, on an invoice of 1 000,00 of 10 March and its payment of 1 April, booked as B 1 and C 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from bridge.appendices.appendix import Appendix
from bridge.appendices.causes import Cause, Explanation
from bridge.appendices.control import Control, ControlYear, Posting, joined
from bridge.appendices.reconciliation import findings, reconcile
from bridge.appendices.rolling import roll, unbooked
from bridge.appendices.subledger import Invoice, Payment, Side, VoucherKey, VoucherOrigin
from bridge.problem import Finding, Place, Severity

Invoices = Callable[..., Invoice]
Payments = Callable[..., Payment]

DAY = date(2025, 12, 31)
INVOICED, PAID = date(2025, 3, 10), date(2025, 4, 1)
EUR = {"currency": "EUR", "rate": Decimal(11), "total": 100_00, "balance": 0}
PAID_EUR = {"currency": "EUR", "amount_currency": 100_00, "amount": 1_130_00}

Rows = dict[tuple[str, int], tuple[date, int]]
ROWS: Rows = {("B", 1): (INVOICED, 1_000_00), ("C", 1): (PAID, -1_000_00)}
ORIGINS = {("B", 1): ("INVOICE", "1"), ("C", 1): ("INVOICEPAYMENT", "1")}


def year(rows: Rows, of: int = 2025, *, fortnox_id: int | None = 3, cash: bool = False) -> ControlYear:
    postings = tuple(Posting(*voucher, day, "", amount) for voucher, (day, amount) in rows.items() if day.year == of)
    opening = sum(amount for day, amount in rows.values() if day.year < of)
    return ControlYear(date(of, 1, 1), date(of, 12, 31), opening, postings, fortnox_id, cash)


def origins(told: dict[tuple[str, int], tuple[str, str]], year_id: int = 3) -> list[VoucherOrigin]:
    return [VoucherOrigin(VoucherKey(*key, year_id), PAID, "", *made) for key, made in told.items()]


def appendix(
    invoices: Iterable[Invoice],
    payments: Iterable[Payment],
    rows: Rows,
    told: dict[tuple[str, int], tuple[str, str]] = ORIGINS,
    day: date = DAY,
) -> Appendix:
    made = reconcile(
        Control("1510", Side.RECEIVABLE, (year(rows),)), day, roll(Side.RECEIVABLE, invoices, payments), origins(told)
    )
    assert made.unexplained == 0
    return made


def causes(made: Appendix) -> list[tuple[Cause, int, str, str]]:
    return [(each.cause, each.amount, each.document, each.reference) for each in made.explanations]


def test_a_payment_voucher_with_another_amount_was_changed(invoice: Invoices, payment: Payments) -> None:
    made = appendix([invoice(balance=0)], [payment()], ROWS | {("C", 1): (PAID, -900_00)})
    assert made.explanations == (
        Explanation(Cause.CHANGED, 100_00, PAID, "2025-12-31", "C", 1, document="1", reference="1", dated=PAID),
    )


def test_a_payment_voucher_that_left_the_account_was_changed_too(invoice: Invoices, payment: Payments) -> None:
    made = appendix([invoice(balance=0)], [payment()], {("B", 1): ROWS["B", 1]})
    assert causes(made) == [(Cause.CHANGED, 1_000_00, "1", "1")]


def test_half_a_krona_is_rounding_and_an_ore_more_a_change(invoice: Invoices) -> None:
    def of(amount: int) -> list[tuple[Cause, int, str, str]]:
        return causes(appendix([invoice()], [], {("B", 1): (INVOICED, amount)}))

    assert of(1_000_50) == [(Cause.ROUNDING, 50, "1", "")]
    assert of(999_49) == [(Cause.CHANGED, -51, "1", "")]


def test_a_document_that_no_voucher_has_is_unbooked(invoice: Invoices, payment: Payments) -> None:
    made = appendix([invoice(balance=0)], [payment()], {("C", 1): ROWS["C", 1]}, {("C", 1): ("INVOICEPAYMENT", "1")})
    assert causes(made) == [(Cause.UNBOOKED, -1_000_00, "1", "")]
    assert (made.explanations[0].booked, made.explanations[0].number) == (INVOICED, None)


def test_a_voucher_of_a_later_day_is_of_a_different_period_until_then(invoice: Invoices) -> None:
    rows = {("B", 1): (date(2025, 6, 2), 1_000_00)}
    for day, expected in ((INVOICED, -1_000_00), (date(2025, 6, 1), -1_000_00)):
        assert causes(appendix([invoice()], [], rows, day=day)) == [(Cause.DIFFERENT_PERIOD, expected, "1", "")]
    assert appendix([invoice()], [], rows, day=date(2025, 6, 2)).explanations == ()


def test_a_changed_voucher_of_another_period_is_both(invoice: Invoices) -> None:
    rows = {("B", 1): (date(2025, 2, 2), 1_200_00)}
    assert causes(appendix([invoice()], [], rows, day=date(2025, 2, 2))) == [
        (Cause.CHANGED, 200_00, "1", ""),
        (Cause.DIFFERENT_PERIOD, 1_000_00, "1", ""),
    ]


def test_a_correction_of_a_later_period_counts_with_the_voucher_it_corrects(invoice: Invoices) -> None:
    corrected = invoice(vouchers=(VoucherKey("B", 1, 3), VoucherKey("A", 5, 3)))
    rows = {("B", 1): (INVOICED, 900_00), ("A", 5): (date(2025, 5, 5), 100_00)}
    told = {("B", 1): ("INVOICE", "1"), ("A", 5): ("MANUAL", "")}
    before = appendix([corrected], [], rows, told, day=date(2025, 5, 4))
    assert [(each.cause, each.amount, each.number) for each in before.explanations] == [
        (Cause.DIFFERENT_PERIOD, -100_00, 5)
    ]
    assert appendix([corrected], [], rows, told).explanations == ()


def test_a_payment_from_before_its_invoice_is_early_whichever_of_its_dates_that_is(
    invoice: Invoices, payment: Payments
) -> None:
    before, early = date(2025, 3, 1), [payment(paid=date(2025, 2, 1))]
    rows = ROWS | {("C", 1): (INVOICED, -1_000_00)}
    made = appendix([invoice(balance=0)], early, rows, day=before)
    assert causes(made) == [(Cause.EARLY_PAYMENT, 1_000_00, "1", "1")]
    rows = ROWS | {("C", 1): (before, -1_000_00)}
    made = appendix([invoice(balance=0)], [payment()], rows, day=before)
    assert causes(made) == [(Cause.EARLY_PAYMENT, -1_000_00, "1", "1")]


def test_a_foreign_payment_posted_at_its_own_rate_leaves_an_exchange_difference(
    invoice: Invoices, payment: Payments
) -> None:
    rows = {("B", 1): (INVOICED, 1_100_00), ("C", 1): (PAID, -1_130_00)}
    made = appendix([invoice(**EUR)], [payment(**PAID_EUR)], rows)
    assert causes(made) == [(Cause.CURRENCY, -30_00, "1", "1")]


def test_a_foreign_invoice_within_a_tenth_has_another_rate_and_beyond_it_another_amount(invoice: Invoices) -> None:
    foreign = [invoice(**EUR | {"balance": 100_00})]
    assert causes(appendix(foreign, [], {("B", 1): (INVOICED, 1_209_99)})) == [(Cause.CURRENCY, 109_99, "1", "")]
    assert causes(appendix(foreign, [], {("B", 1): (INVOICED, 1_210_00)})) == [(Cause.CHANGED, 110_00, "1", "")]
    assert causes(appendix(foreign, [], {("B", 1): (INVOICED, 1_100_01)})) == [(Cause.ROUNDING, 1, "1", "")]


def test_an_offset_at_two_rates_leaves_an_exchange_difference_or_a_rounding(invoice: Invoices) -> None:
    def of(rate: str, posted: int) -> list[tuple[Cause, int, str, str]]:
        note = invoice(**EUR | {"number": "2", "total": -100_00, "rate": Decimal(rate), "invoiced": PAID})
        rows = {("B", 1): (INVOICED, 1_100_00), ("B", 2): (PAID, -posted)}
        return causes(
            appendix([invoice(**EUR), note], [], rows, {("B", 1): ("INVOICE", "1"), ("B", 2): ("INVOICE", "2")})
        )

    assert of("11.5", 1_150_00) == [(Cause.CURRENCY, -50_00, "1", "2")]
    assert of("11.001", 1_100_10) == [(Cause.ROUNDING, -10, "1", "2")]
    assert of("11", 1_100_00) == []


def test_a_settlement_with_nothing_to_show_for_it_is_untraced(invoice: Invoices) -> None:
    made = appendix([invoice(balance=250_00)], [], {("B", 1): ROWS["B", 1]})
    assert causes(made) == [(Cause.UNTRACED, 750_00, "1", "")]


def test_a_voucher_of_a_document_that_is_gone_is_named(invoice: Invoices) -> None:
    made = appendix(
        [invoice(number="2")], [], ROWS | {("B", 2): (PAID, 1_000_00)}, ORIGINS | {("B", 2): ("INVOICE", "2")}
    )
    assert [(each.cause, each.amount, each.series) for each in made.explanations] == [
        (Cause.MISSING_DOCUMENT, 1_000_00, "B"),
        (Cause.MISSING_DOCUMENT, -1_000_00, "C"),
    ]


def test_a_voucher_whose_reference_leads_nowhere_meets_the_document_of_its_day_and_amount(
    invoice: Invoices, payment: Payments
) -> None:
    unknown = {("B", 1): ("INVOICE", "?"), ("C", 1): ("INVOICEPAYMENT", "?")}
    assert appendix([invoice(balance=0)], [payment()], ROWS, unknown).explanations == ()


def test_the_vouchers_an_invoice_names_are_its_own_where_the_list_of_vouchers_says_nothing(invoice: Invoices) -> None:
    named = invoice(vouchers=(VoucherKey("B", 1, 3),))
    made = appendix([named], [], {("B", 1): (INVOICED, 800_00)}, {})
    assert causes(made) == [(Cause.CHANGED, -200_00, "1", "")]


def test_a_ledger_from_a_file_meets_its_documents_by_day_and_amount_and_the_rest_is_unexplained(
    invoice: Invoices, payment: Payments
) -> None:
    histories = roll(Side.RECEIVABLE, [invoice(balance=0)], [payment()])
    agreeing = Control("1510", Side.RECEIVABLE, (year(ROWS, fortnox_id=None),))
    assert reconcile(agreeing, DAY, histories).explanations == ()
    changed = Control("1510", Side.RECEIVABLE, (year(ROWS | {("C", 1): (PAID, -900_00)}, fortnox_id=None),))
    made = reconcile(changed, DAY, histories)
    assert (made.difference, made.explanations, made.unexplained) == (100_00, (), 100_00)


def test_two_documents_of_one_day_and_amount_need_two_vouchers(invoice: Invoices) -> None:
    histories = roll(Side.RECEIVABLE, [invoice(), invoice(number="2")], [])
    twice: Rows = {("B", 1): (INVOICED, 1_000_00), ("B", 2): (INVOICED, 1_000_00), ("B", 3): (INVOICED, 1_000_00)}
    made = reconcile(Control("1510", Side.RECEIVABLE, (year(twice, fortnox_id=None),)), DAY, histories)
    assert (made.difference, made.explanations) == (1_000_00, ())


def test_an_invoice_booked_in_a_year_that_was_not_read_is_of_a_different_period(invoice: Invoices) -> None:
    away = invoice(vouchers=(VoucherKey("B", 9, 8),))
    made = appendix([away], [], {}, {})
    assert [(each.cause, each.amount, each.series, each.number) for each in made.explanations] == [
        (Cause.DIFFERENT_PERIOD, -1_000_00, "B", 9)
    ]
    of_a_file = Control("1510", Side.RECEIVABLE, (year({}, fortnox_id=None),))
    assert reconcile(of_a_file, DAY, roll(Side.RECEIVABLE, [away], [])).explanations == ()


def test_an_invoice_of_the_year_before_that_was_booked_in_this_one_is_no_difference_brought_forward(
    invoice: Invoices,
) -> None:
    late = invoice(invoiced=date(2024, 12, 30))
    rows: Rows = {("B", 1): (date(2025, 1, 7), 1_000_00)}
    assert causes(appendix([late], [], rows, day=date(2025, 1, 6))) == [(Cause.DIFFERENT_PERIOD, -1_000_00, "1", "")]
    assert appendix([late], [], rows).explanations == ()


def test_a_voucher_of_the_year_after_is_known_on_the_last_day_of_this_one(invoice: Invoices) -> None:
    rows: Rows = {("B", 1): (date(2026, 1, 7), 1_000_00)}
    years = (year(rows), year(rows, 2026, fortnox_id=4))
    made = reconcile(
        Control("1510", Side.RECEIVABLE, years),
        DAY,
        roll(Side.RECEIVABLE, [invoice(invoiced=DAY)], []),
        origins(ORIGINS, 4),
    )
    assert [(each.cause, each.booked, each.dated, each.year) for each in made.explanations] == [
        (Cause.DIFFERENT_PERIOD, date(2026, 1, 7), DAY, "2026-12-31")
    ]
    assert made.unexplained == 0


def test_a_posting_dated_after_its_year_is_in_no_balance_and_no_cause(invoice: Invoices) -> None:
    stray = ControlYear(
        date(2025, 1, 1),
        DAY,
        0,
        (Posting("B", 1, INVOICED, "", 1_000_00), Posting("A", 2, date(2026, 1, 1), "", 5_00)),
        3,
    )
    told = ORIGINS | {("A", 2): ("MANUAL", "")}
    control = Control("1510", Side.RECEIVABLE, (stray, year({("B", 1): (INVOICED, 1_000_00)}, 2026, fortnox_id=4)))
    made = reconcile(control, date(2026, 1, 31), roll(Side.RECEIVABLE, [invoice()], []), origins(told))
    assert (made.difference, made.explanations) == (0, ())


def test_invoices_nobody_has_booked_are_listed_apart_and_in_no_sum(invoice: Invoices) -> None:
    drafts = [
        invoice(number="5", booked=False),
        invoice(number="6", booked=False, cancelled=True),
        invoice(number="7", booked=False, invoiced=date(2026, 1, 1)),
    ]
    control = Control("1510", Side.RECEIVABLE, (year({}),))
    made = reconcile(control, DAY, (), (), unbooked(Side.RECEIVABLE, drafts))
    assert [each.number for each in made.unbooked] == ["5"]
    assert (made.subledger, made.items) == (0, ())


def test_with_the_cash_method_what_is_open_is_the_cut_off_and_no_difference(invoice: Invoices) -> None:
    control = Control("1510", Side.RECEIVABLE, (year({}, cash=True),))
    made = reconcile(control, DAY, roll(Side.RECEIVABLE, [invoice()], []))
    assert (made.subledger, made.difference, made.unexplained, made.cut_off) == (1_000_00, 0, 0, 1_000_00)
    assert (made.explanations, made.arose) == ((), None)
    assert findings(made) == (
        Finding("cash-method-cut-off", Severity.INFO, {"account": "1510", "amount": "1000.00"}, Place(account="1510")),
    )
    booked = Control("1510", Side.RECEIVABLE, (year({("A", 1): (DAY, 1_000_00)}, cash=True),))
    assert reconcile(booked, DAY, roll(Side.RECEIVABLE, [invoice()], [])).cut_off == 0


def test_the_proof_begins_where_the_cash_method_ended(invoice: Invoices) -> None:
    rows: Rows = {("A", 1): (date(2024, 12, 31), 1_000_00)}
    years = (year(rows, 2024, fortnox_id=2, cash=True), year(rows))
    open_since = [invoice(invoiced=date(2024, 5, 5))]
    made = reconcile(
        Control("1510", Side.RECEIVABLE, years), DAY, roll(Side.RECEIVABLE, open_since, []), origins({}, 3)
    )
    assert (made.difference, made.explanations, made.history[0].day) == (0, (), date(2025, 1, 31))


def test_several_accounts_are_one_and_a_move_between_them_is_nothing(invoice: Invoices) -> None:
    told = {("B", 1): ("INVOICE", "1"), ("A", 4): ("MANUAL", "")}
    doubtful = Control("1515", Side.RECEIVABLE, (year({("A", 4): (PAID, 1_000_00)}),))
    ordinary = Control("1510", Side.RECEIVABLE, (year({("B", 1): (INVOICED, 1_000_00), ("A", 4): (PAID, -1_000_00)}),))
    histories = roll(Side.RECEIVABLE, [invoice()], [])
    alone = reconcile(ordinary, DAY, histories, origins(told))
    assert (alone.difference, alone.accounts) == (-1_000_00, (("1510", 0),))
    both = reconcile(joined([ordinary, doubtful]), DAY, histories, origins(told))
    assert (both.account, both.difference, both.explanations) == ("1510", 0, ())
    assert both.accounts == (("1510", 0), ("1515", 1_000_00))
