"""Invoices, payments and origins as rows of plain values and back, for files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.appendices.subledger import Invoice, Payment, Side, VoucherKey, VoucherOrigin

INVOICE = (
    "side", "number", "external", "party", "party_name", "invoiced", "due", "currency", "rate", "unit",
    "total", "balance", "booked", "cancelled", "settled", "vouchers",
)  # fmt: skip
PAYMENT = (
    "side", "number", "invoice", "paid", "amount", "currency", "booked", "has_write_offs", "amount_currency", "write_offs",
)  # fmt: skip
ORIGIN = ("series", "number", "year", "booked", "text", "reference_type", "reference")

Row = Sequence[Any]


def invoice_row(invoice: Invoice) -> Row:
    """Write an invoice."""
    due = invoice.due and invoice.due.isoformat()
    settled = invoice.settled and invoice.settled.isoformat()
    vouchers = [[each.series, each.number, each.year_id] for each in invoice.vouchers]
    return (
        invoice.side, invoice.number, invoice.external, invoice.party, invoice.party_name, invoice.invoiced.isoformat(), due,
        invoice.currency, str(invoice.rate), str(invoice.unit), invoice.total, invoice.balance, invoice.booked,
        invoice.cancelled, settled, vouchers,
    )  # fmt: skip


def read_invoice(row: Row) -> Invoice:
    """Read an invoice back."""
    side, number, external, party, name, invoiced, due, currency, rate, unit, *rest = row
    total, balance, booked, cancelled, settled, vouchers = rest
    return Invoice(
        side=Side(side), number=number, external=external, party=party, party_name=name, invoiced=_day(invoiced),
        due=due and _day(due), currency=currency, rate=Decimal(rate), unit=Decimal(unit), total=total, balance=balance,
        booked=booked, cancelled=cancelled, settled=settled and _day(settled),
        vouchers=tuple(VoucherKey(*each) for each in vouchers),
    )  # fmt: skip


def payment_row(payment: Payment) -> Row:
    """Write a payment."""
    return (
        payment.side, payment.number, payment.invoice, payment.paid.isoformat(), payment.amount, payment.currency,
        payment.booked, payment.has_write_offs, payment.amount_currency, payment.write_offs,
    )  # fmt: skip


def read_payment(row: Row) -> Payment:
    """Read a payment back."""
    side, number, invoice, paid, *rest = row
    return Payment(Side(side), number, invoice, _day(paid), *rest)


def origin_row(origin: VoucherOrigin) -> Row:
    """Write an origin."""
    made = origin.voucher
    booked = origin.booked.isoformat()
    return made.series, made.number, made.year_id, booked, origin.text, origin.reference_type, origin.reference


def read_origin(row: Row) -> VoucherOrigin:
    """Read an origin back."""
    series, number, year, booked, *rest = row
    return VoucherOrigin(VoucherKey(series, number, year), _day(booked), *rest)


def _day(text: str) -> date:
    return date.fromisoformat(text)
