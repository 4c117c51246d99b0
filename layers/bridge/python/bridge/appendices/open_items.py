"""Open items (öppna poster): the invoices that make up a control account's balance on a day, one line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bridge.appendices.ageing import Age, age, overdue
from bridge.appendices.rolling import History, Open, roll
from bridge.appendices.subledger import Invoice, Payment, Side


class Type(StrEnum):
    """What an open item is. The last three are credit balances: what a customer has to get, or we from a supplier."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PREPAYMENT = "prepayment"
    OVERPAYMENT = "overpayment"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One invoice that was open at the end of the balance day (balansdag).

    `total` and `open` are SEK öre at the rate the invoice was booked with; `open_currency` is öre of `currency`.
    `open` is positive for a claim on a customer as for a debt to a supplier, negative for credit notes, overpayments and
    prepayments (paid by the balance day, which `invoiced` is after). `overdue` is whole days. `paid_after` is SEK öre as paid after
    the balance day, `paid_after_date` the last such day: the strongest evidence that a claim was good.
    """

    number: str
    external: str
    party: str
    party_name: str
    invoiced: date
    due: date | None
    currency: str
    rate: Decimal
    unit: Decimal
    total: int
    open: int
    open_currency: int
    overdue: int
    bucket: Age
    paid_after: int
    paid_after_date: date | None
    credit_note: bool
    type: Type


def open_items(side: Side, invoices: Iterable[Invoice], payments: Iterable[Payment], day: date) -> list[OpenItem]:
    """List what was open at the end of the day, oldest invoice first, from *all* invoices and payments there are.

    Counted are booked, not cancelled invoices and booked payments of the side. Raises PaymentUnread as `roll` does.
    """
    return items(roll(side, invoices, payments), day)


def items(histories: Iterable[History], day: date) -> list[OpenItem]:
    """List what was open at the end of the day in histories that are already rolled, oldest invoice first."""
    found = [(history, history.open(day)) for history in histories]
    listed = [_item(history, left, day) for history, left in found if left.amount]
    return sorted(listed, key=lambda item: (item.invoiced, len(item.number), item.number))


def _item(history: History, left: Open, day: date) -> OpenItem:
    invoice = history.invoice
    days = overdue(invoice.due, day)
    later = [payment for payment in history.payments if payment.paid > day]
    return OpenItem(
        number=invoice.number,
        external=invoice.external,
        party=invoice.party,
        party_name=invoice.party_name,
        invoiced=invoice.invoiced,
        due=invoice.due,
        currency=invoice.currency,
        rate=invoice.rate,
        unit=invoice.unit,
        total=history.total,
        open=left.amount,
        open_currency=left.currency,
        overdue=days,
        bucket=age(days),
        paid_after=sum(payment.amount for payment in later),
        paid_after_date=max((payment.paid for payment in later), default=None),
        credit_note=invoice.total < 0,
        type=_type(invoice, left, day),
    )


def _type(invoice: Invoice, left: Open, day: date) -> Type:
    if invoice.invoiced > day:
        return Type.PREPAYMENT
    if invoice.total < 0:
        return Type.CREDIT_NOTE
    return Type.INVOICE if left.amount > 0 else Type.OVERPAYMENT
