"""The subledger rolled through time: each invoice with its dated reductions, so that any day can be asked for.

Today's list of unpaid invoices says nothing about an earlier day: what was paid since is missing from it. So the
whole history is kept, and `History.open` adds up what had happened on the day asked for.

Currency: every amount becomes SEK once, at the rate the *invoice* was booked with, half öre away from zero, as its
posting on the control account was made. The exchange difference of a payment is on its own account and not in here.
When nothing is left in the currency nothing is left in SEK either: the last settlement takes the rounding with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bridge.appendices import offsets
from bridge.appendices.offsets import Offset
from bridge.appendices.subledger import Invoice, Payment, Side
from bridge.ledger import money
from bridge.problem import BridgeError

BASE = "SEK"


class PaymentUnread(BridgeError):
    """A payment in foreign currency came without its currency amount: the single payment was never read."""


@dataclass(frozen=True, slots=True)
class Open:
    """What is open: SEK öre and öre of the invoice's currency; positive is a claim on a customer or a debt to a supplier."""

    amount: int
    currency: int


@dataclass(frozen=True, slots=True)
class Reduction:
    """What made an invoice smaller on a day: a payment with its write-offs, or an offset. Öre of SEK and of the currency."""

    day: date
    amount: int
    currency: int
    by: Payment | Offset


@dataclass(frozen=True, slots=True)
class History:
    """A booked invoice and everything that reduced it, by day.

    `total` is SEK öre at the booked rate; `undated` the SEK öre of it that went away with nothing that tells when.
    """

    invoice: Invoice
    total: int
    payments: tuple[Payment, ...]
    reductions: tuple[Reduction, ...]
    undated: int

    def open(self, day: date) -> Open:
        """Add up what was open at the end of the day. Before the invoice's date only prepayments count, negative."""
        amount, currency = (self.total, self.invoice.total) if self.invoice.invoiced <= day else (0, 0)
        for reduction in self.reductions:
            if reduction.day <= day:
                amount -= reduction.amount
                currency -= reduction.currency
        return Open(amount if currency else 0, currency)


def roll(side: Side, invoices: Iterable[Invoice], payments: Iterable[Payment]) -> tuple[History, ...]:
    """Build the history of every booked, not cancelled invoice of the side, from its booked payments and offsets.

    Raises PaymentUnread when a payment in foreign currency lacks `amount_currency`.
    """
    paid: dict[str, list[Payment]] = defaultdict(list)
    for payment in payments:
        if payment.side is side and payment.booked:
            paid[payment.invoice].append(payment)
    booked = [each for each in invoices if each.side is side and each.booked and not each.cancelled]
    made = [[_reduction(invoice, payment) for payment in paid[invoice.number]] for invoice in booked]
    found = offsets.find((invoice, _unexplained(invoice, each)) for invoice, each in zip(booked, made, strict=True))
    return tuple(
        _history(invoice, tuple(paid[invoice.number]), reductions, settled)
        for invoice, reductions, settled in zip(booked, made, found, strict=True)
    )


def unbooked(side: Side, invoices: Iterable[Invoice]) -> tuple[History, ...]:
    """Give the invoices of the side that nobody has booked or cancelled yet: neither ledger nor subledger counts them."""
    found = (each for each in invoices if each.side is side and not each.booked and not each.cancelled)
    return tuple(History(each, sek(each, each.total), (), (), 0) for each in found)


def total(histories: Iterable[History], day: date) -> int:
    """Sum of what was open at the end of the day, in SEK öre."""
    return sum(history.open(day).amount for history in histories)


def sek(invoice: Invoice, amount: int) -> int:
    """SEK öre of an amount in the invoice's currency, at its booked rate."""
    return amount if invoice.currency == BASE else money.rounded(money.decimal(amount) * invoice.rate / invoice.unit)


def _reduction(invoice: Invoice, payment: Payment) -> Reduction:
    """Take a payment with its write-offs, which Fortnox keeps in SEK even for a foreign invoice."""
    paid, written_off = _paid(invoice, payment), payment.write_offs
    if invoice.currency != BASE and written_off:
        written_off = money.rounded(money.decimal(written_off) * invoice.unit / invoice.rate)
    return Reduction(payment.paid, sek(invoice, paid) + payment.write_offs, paid + written_off, payment)


def _paid(invoice: Invoice, payment: Payment) -> int:
    """Öre of the invoice's currency. In SEK the list's amount is it, whatever the single payment says besides."""
    if invoice.currency == BASE:
        return payment.amount
    if payment.amount_currency is None:
        raise PaymentUnread(f"payment {payment.number} of invoice {invoice.number}")
    return payment.amount_currency


def _unexplained(invoice: Invoice, made: list[Reduction]) -> int:
    """Tell how much less than the total is open today that no payment explains, in öre of the currency."""
    return invoice.total - invoice.balance - sum(each.currency for each in made)


def _history(
    invoice: Invoice, payments: tuple[Payment, ...], made: list[Reduction], settled: tuple[Offset, ...]
) -> History:
    away = [Reduction(each.day, sek(invoice, each.amount), each.amount, each) for each in settled]
    undated = sum(sek(invoice, each.amount) for each in settled if not each.dated)
    return History(invoice, sek(invoice, invoice.total), payments, (*made, *away), undated)
