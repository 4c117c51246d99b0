"""GET invoices and supplierinvoices: both subledgers as one kind of invoice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.appendices.subledger import Invoice, Side, VoucherKey
from bridge.fortnox.pages import Listing, fetch_rows
from bridge.fortnox.payloads import InvoicePayload, SupplierInvoicePayload
from bridge.fortnox.session import Session

ONE = Decimal(1)

INVOICES = Listing("/invoices", "Invoices", InvoicePayload, lambda row: row.document_number)
SUPPLIER_INVOICES = Listing(
    "/supplierinvoices", "SupplierInvoices", SupplierInvoicePayload, lambda row: row.given_number
)


def fetch_invoices(session: Session, side: Side) -> Iterator[Invoice]:
    """Read all invoices of the side, unbooked and cancelled ones too. A credit note is known by its negative total."""
    if side is Side.RECEIVABLE:
        return map(_customer, fetch_rows(session, INVOICES))
    return map(_supplier, fetch_rows(session, SUPPLIER_INVOICES))


def _customer(row: InvoicePayload) -> Invoice:
    booked_as: tuple[VoucherKey, ...] = ()
    if row.voucher_number is not None and row.voucher_year is not None:
        booked_as = (VoucherKey(row.voucher_series, row.voucher_number, row.voucher_year),)
    return _invoice(
        row, Side.RECEIVABLE, (row.document_number, row.ocr), (row.customer_number, row.customer_name), booked_as
    )


def _supplier(row: SupplierInvoicePayload) -> Invoice:
    own = (voucher for voucher in row.vouchers if "PAYMENT" not in voucher.reference_type)
    booked_as = tuple(VoucherKey(voucher.series, voucher.number, voucher.year) for voucher in own)
    return _invoice(
        row, Side.PAYABLE, (row.given_number, row.invoice_number), (row.supplier_number, row.supplier_name), booked_as
    )


def _invoice(
    row: InvoicePayload | SupplierInvoicePayload,
    side: Side,
    numbers: tuple[str, str],
    party: tuple[str, str],
    booked_as: tuple[VoucherKey, ...],
) -> Invoice:
    return Invoice(
        side=side,
        number=numbers[0],
        external=numbers[1],
        party=party[0],
        party_name=party[1],
        invoiced=row.invoice_date,
        due=row.due_date,
        currency=row.currency or "SEK",
        rate=row.currency_rate or ONE,
        unit=row.currency_unit or ONE,
        total=row.total,
        balance=row.balance,
        booked=row.booked,
        cancelled=row.cancelled,
        settled=row.final_pay_date,
        vouchers=booked_as,
    )
