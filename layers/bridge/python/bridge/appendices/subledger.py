"""The subledger (reskontra) as facts: invoices, payments, and which voucher came from which of them.

Amounts are öre in the document's own currency unless a field says SEK. Source: Fortnox's invoice and payment resources.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Side(StrEnum):
    """Which subledger: customers owe us (kundreskontra) or we owe suppliers (leverantörsreskontra)."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"


@dataclass(frozen=True, slots=True)
class VoucherKey:
    """A voucher in Fortnox: series, number and the *id* of its financial year (not the calendar year)."""

    series: str
    number: int
    year_id: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice (faktura); credit notes have negative amounts.

    `number` is Fortnox's own (DocumentNumber, GivenNumber); `external` the supplier's number or the OCR.
    `total` and `balance` are öre of `currency`; SEK is `total * rate / unit`. `balance` is what remains today.
    `vouchers` are those the invoice was booked with, not those of its payments.
    """

    side: Side
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
    balance: int
    booked: bool
    cancelled: bool
    settled: date | None
    vouchers: tuple[VoucherKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of one invoice (betalning); negative when it settles a credit note.

    `amount` is SEK öre as paid; `amount_currency` is öre of the invoice's currency, `write_offs` SEK öre taken off the
    invoice besides the payment. Lists leave the last two out: they are None and 0 until the single payment was read.
    """

    side: Side
    number: str
    invoice: str
    paid: date
    amount: int
    currency: str
    booked: bool
    has_write_offs: bool = False
    amount_currency: int | None = None
    write_offs: int = 0


@dataclass(frozen=True, slots=True)
class VoucherOrigin:
    """What a voucher was made from: Fortnox's reference type (open set: MANUAL, INVOICE, INVOICEPAYMENT, …) and number."""

    voucher: VoucherKey
    booked: date
    text: str
    reference_type: str
    reference: str
