"""GET invoicepayments and supplierinvoicepayments.

A list row lacks the amount in the invoice's currency and the write-offs; the single payment is read only where they
differ from nothing, which keeps 5 000 payments at ten requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from bridge.appendices.subledger import Payment, Side
from bridge.fortnox.errors import NotFound
from bridge.fortnox.pages import Listing, fetch_rows
from bridge.fortnox.payloads import PaymentPayload, SinglePaymentPayload, member, read
from bridge.fortnox.session import Session

LISTINGS = {
    Side.RECEIVABLE: Listing("/invoicepayments", "InvoicePayments", PaymentPayload, lambda row: row.number),
    Side.PAYABLE: Listing(
        "/supplierinvoicepayments", "SupplierInvoicePayments", PaymentPayload, lambda row: row.number
    ),
}


def fetch_payments(session: Session, side: Side) -> Iterator[Payment]:
    """Read all payments of the side, unbooked ones too; one that was deleted while we read is left out."""
    listing = LISTINGS[side]
    for row in fetch_rows(session, listing):
        if (row.currency or "SEK") == "SEK" and not row.write_off_exist:
            yield _payment(row, side, None)
            continue
        try:
            body = session.get(f"{listing.path}/{quote(row.number, safe='')}")
        except NotFound:
            continue
        yield _payment(row, side, read(SinglePaymentPayload, member(body, listing.name.removesuffix("s"))))


def _payment(row: PaymentPayload, side: Side, single: SinglePaymentPayload | None) -> Payment:
    return Payment(
        side=side,
        number=row.number,
        invoice=row.invoice_number,
        paid=row.payment_date,
        amount=row.amount,
        currency=row.currency or "SEK",
        booked=row.booked,
        has_write_offs=row.write_off_exist,
        amount_currency=single.amount_currency if single else None,
        write_offs=sum(write_off.amount or 0 for write_off in single.write_offs) if single else 0,
    )
