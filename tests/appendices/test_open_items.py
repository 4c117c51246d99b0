from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

import pytest

from bridge.appendices.ageing import Age
from bridge.appendices.open_items import OpenItem, Type, open_items
from bridge.appendices.rolling import PaymentUnread, roll
from bridge.appendices.subledger import Invoice, Payment, Side

Invoices = Callable[..., Invoice]
Payments = Callable[..., Payment]

EUR = {"currency": "EUR", "rate": Decimal("11.2345")}


def claims(invoices: Iterable[Invoice], payments: Iterable[Payment], day: str) -> list[OpenItem]:
    return open_items(Side.RECEIVABLE, invoices, payments, date.fromisoformat(day))


def amounts(invoices: Iterable[Invoice], payments: Iterable[Payment], day: str) -> dict[str, int]:
    return {item.number: item.open for item in claims(invoices, payments, day)}


def test_an_invoice_paid_later_was_open_on_the_balance_day_and_says_when_it_was_paid(
    invoice: Invoices, payment: Payments
) -> None:
    paid = invoice(balance=0, settled=date(2025, 5, 2))
    halves = [
        payment(number="1", paid=date(2025, 4, 20), amount=400_00),
        payment(number="2", paid=date(2025, 5, 2), amount=600_00),
    ]
    assert claims([paid], halves, "2025-04-20") == [
        OpenItem(
            number="1",
            external="133",
            party="10",
            party_name="Nordvik Snickeri AB",
            invoiced=date(2025, 3, 10),
            due=date(2025, 4, 9),
            currency="SEK",
            rate=Decimal(1),
            unit=Decimal(1),
            total=1_000_00,
            open=600_00,
            open_currency=600_00,
            overdue=11,
            bucket=Age.TO_30,
            paid_after=600_00,
            paid_after_date=date(2025, 5, 2),
            credit_note=False,
            type=Type.INVOICE,
        )
    ]
    assert amounts([paid], halves, "2025-05-01") == {"1": 600_00}
    assert amounts([paid], halves, "2025-05-02") == {}


def test_an_invoice_counts_from_its_own_date(invoice: Invoices) -> None:
    assert amounts([invoice()], [], "2025-03-09") == {}
    assert amounts([invoice()], [], "2025-03-10") == {"1": 1_000_00}


def test_a_credit_note_settles_the_invoice_that_was_settled_on_the_same_day(invoice: Invoices) -> None:
    first = invoice(number="1", invoiced=date(2025, 3, 1), balance=0, settled=date(2025, 4, 20))
    second = invoice(number="2", invoiced=date(2025, 3, 2), balance=0, settled=date(2025, 3, 20))
    early = invoice(number="3", invoiced=date(2025, 3, 20), total=-1_000_00, balance=0, settled=date(2025, 3, 20))
    late = invoice(number="4", invoiced=date(2025, 4, 20), total=-1_000_00, balance=0, settled=date(2025, 4, 20))
    assert amounts([first, second, early, late], [], "2025-03-31") == {"1": 1_000_00}
    assert amounts([first, second, early, late], [], "2025-04-20") == {}


def test_a_write_off_takes_the_rest_with_the_payment(invoice: Invoices, payment: Payments) -> None:
    rounded = payment(amount=999_50, write_offs=50, has_write_offs=True)
    assert amounts([invoice(balance=0)], [rounded], "2025-03-31") == {"1": 1_000_00}
    assert amounts([invoice(balance=0)], [rounded], "2025-04-01") == {}


def test_what_is_not_booked_or_cancelled_or_of_the_other_side_is_not_in_the_books(
    invoice: Invoices, payment: Payments
) -> None:
    invoices = [
        invoice(number="1"),
        invoice(number="2", booked=False),
        invoice(number="3", cancelled=True, balance=0),
        invoice(number="4", side=Side.PAYABLE),
    ]
    payments = [payment(booked=False), payment(side=Side.PAYABLE)]
    assert amounts(invoices, payments, "2025-12-31") == {"1": 1_000_00}


def test_a_prepayment_is_a_negative_item_until_the_invoice_is_dated(invoice: Invoices, payment: Payments) -> None:
    early = payment(paid=date(2025, 2, 1), amount=300_00)
    invoices = [invoice(balance=700_00)]
    assert amounts(invoices, [early], "2025-01-31") == {}
    assert amounts(invoices, [early], "2025-03-09") == {"1": -300_00}
    assert [each.type for each in claims(invoices, [early], "2025-03-09")] == [Type.PREPAYMENT]
    assert amounts(invoices, [early], "2025-03-10") == {"1": 700_00}


def test_an_overpaid_invoice_is_a_negative_item(invoice: Invoices, payment: Payments) -> None:
    (item,) = claims([invoice(balance=-200_00)], [payment(amount=1_200_00)], "2025-04-01")
    assert (item.open, item.type) == (-200_00, Type.OVERPAYMENT)


def test_a_credit_note_stays_negative_and_says_it_is_one(invoice: Invoices) -> None:
    (item,) = claims([invoice(total=-500_00, balance=-500_00)], [], "2025-04-30")
    assert (item.open, item.total, item.credit_note, item.type) == (-500_00, -500_00, True, Type.CREDIT_NOTE)


def test_a_credit_note_may_be_settled_by_a_negative_payment(invoice: Invoices, payment: Payments) -> None:
    note = invoice(total=-500_00, balance=0, settled=date(2025, 4, 1))
    assert amounts([note], [payment(amount=-500_00)], "2025-03-31") == {"1": -500_00}
    assert amounts([note], [payment(amount=-500_00)], "2025-04-01") == {}


def test_an_offset_takes_effect_on_the_day_of_the_credit_note(invoice: Invoices) -> None:
    credited = invoice(number="1", balance=0, settled=date(2025, 9, 1))
    note = invoice(number="2", total=-1_000_00, balance=0, invoiced=date(2025, 6, 15), settled=date(2025, 9, 1))
    assert amounts([credited, note], [], "2025-06-14") == {"1": 1_000_00}
    assert amounts([credited, note], [], "2025-06-15") == {}


def test_a_credit_note_is_matched_with_its_own_amount_before_the_older_invoice(invoice: Invoices) -> None:
    older = invoice(number="1", total=900_00, balance=300_00)
    same = invoice(number="2", invoiced=date(2025, 3, 11), total=500_00, balance=0)
    notes = [
        invoice(number="3", invoiced=date(2025, 5, 1), total=-500_00, balance=0),
        invoice(number="4", invoiced=date(2025, 6, 1), total=-200_00, balance=0),
        invoice(number="5", invoiced=date(2025, 7, 1), total=-400_00, balance=0),
    ]
    assert amounts([older, same, *notes], [], "2025-05-01") == {"1": 900_00}
    assert amounts([older, same, *notes], [], "2025-06-01") == {"1": 700_00}
    assert amounts([older, same, *notes], [], "2025-07-01") == {"1": 300_00}


def test_a_credit_note_of_another_party_is_not_matched(invoice: Invoices) -> None:
    credited = invoice(number="1", balance=0, settled=date(2025, 5, 1))
    note = invoice(number="2", party="11", total=-1_000_00, balance=0, invoiced=date(2025, 6, 1))
    histories = roll(Side.RECEIVABLE, [credited, note], [])
    assert [each.undated for each in histories] == [0, -1_000_00]
    assert amounts([credited, note], [], "2025-04-30") == {"1": 1_000_00}
    assert amounts([credited, note], [], "2025-05-01") == {}
    assert amounts([credited, note], [], "2025-06-01") == {}


def test_a_settlement_without_any_trace_counts_from_the_invoice_date(invoice: Invoices) -> None:
    assert amounts([invoice(balance=250_00)], [], "2025-03-10") == {"1": 250_00}


def test_a_payment_that_today_no_longer_counts_is_undone(invoice: Invoices, payment: Payments) -> None:
    reopened = invoice(balance=1_000_00)
    assert amounts([reopened], [payment()], "2025-12-31") == {"1": 1_000_00}


def test_foreign_currency_is_open_at_the_rate_it_was_booked_with(invoice: Invoices, payment: Payments) -> None:
    foreign = invoice(**EUR, total=100_01, balance=50_01)
    part = payment(currency="EUR", amount=570_00, amount_currency=50_00)
    (before,) = claims([foreign], [part], "2025-03-31")
    assert (before.total, before.open, before.open_currency) == (1_123_56, 1_123_56, 100_01)
    assert (before.paid_after, before.paid_after_date) == (570_00, date(2025, 4, 1))
    (after,) = claims([foreign], [part], "2025-04-01")
    assert (after.total, after.open, after.open_currency) == (1_123_56, 1_123_56 - 561_73, 50_01)


def test_the_last_foreign_payment_leaves_no_rounding_behind(invoice: Invoices, payment: Payments) -> None:
    foreign = invoice(**EUR, total=1_00, balance=0, settled=date(2025, 4, 2))
    halves = [
        payment(number=str(day), currency="EUR", paid=date(2025, 4, day), amount=5_70, amount_currency=50)
        for day in (1, 2)
    ]
    assert amounts([foreign], halves, "2025-03-31") == {"1": 11_23}
    assert amounts([foreign], halves, "2025-04-01") == {"1": 11_23 - 5_62}
    assert amounts([foreign], halves, "2025-04-02") == {}


def test_a_rate_counts_for_its_unit_and_a_write_off_in_sek_closes_a_foreign_invoice(
    invoice: Invoices, payment: Payments
) -> None:
    yen = invoice(currency="JPY", rate=Decimal("7.0"), unit=Decimal(100), total=10_000_00, balance=0)
    short = payment(currency="JPY", amount=690_00, amount_currency=9_900_00, write_offs=7_00, has_write_offs=True)
    assert amounts([yen], [short], "2025-03-31") == {"1": 700_00}
    assert amounts([yen], [short], "2025-04-01") == {}


def test_a_foreign_payment_without_its_currency_amount_stops_the_appendix(invoice: Invoices, payment: Payments) -> None:
    with pytest.raises(PaymentUnread, match="payment 7 of invoice 1"):
        claims([invoice(**EUR)], [payment(number="7", currency="EUR")], "2025-12-31")


def test_the_amount_in_currency_of_a_payment_in_sek_is_not_used(invoice: Invoices, payment: Payments) -> None:
    assert amounts([invoice(balance=0)], [payment(amount_currency=0)], "2025-03-31") == {"1": 1_000_00}


def test_offsets_at_different_rates_are_matched_last(invoice: Invoices) -> None:
    cheap = invoice(number="1", currency="EUR", rate=Decimal(10), total=100_00, balance=0)
    dear = invoice(number="2", currency="EUR", rate=Decimal(11), total=100_00, balance=0)
    note = {"currency": "EUR", "total": -100_00, "balance": 0}
    for_dear = invoice(number="3", rate=Decimal(11), invoiced=date(2025, 4, 1), **note)
    for_cheap = invoice(number="4", rate=Decimal(12), invoiced=date(2025, 5, 1), **note)
    assert amounts([cheap, dear, for_dear, for_cheap], [], "2025-04-01") == {"1": 1_000_00}
    assert amounts([cheap, dear, for_dear, for_cheap], [], "2025-05-01") == {}


def test_items_come_oldest_first_and_then_by_number(invoice: Invoices) -> None:
    invoices = [invoice(number="10"), invoice(number="9"), invoice(number="11", invoiced=date(2025, 3, 1))]
    assert [item.number for item in claims(invoices, [], "2025-12-31")] == ["11", "9", "10"]
