"""GET vouchers: the list, which has no rows, and one voucher with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from bridge.appendices.subledger import VoucherKey, VoucherOrigin
from bridge.exports.voucher import PostedVoucher, Row
from bridge.fortnox.errors import NotFound
from bridge.fortnox.pages import Listing, fetch_count, fetch_rows
from bridge.fortnox.payloads import VoucherOriginPayload, VoucherPayload, VoucherRowPayload, member, read
from bridge.fortnox.session import Session

VOUCHERS = Listing(
    "/vouchers", "Vouchers", VoucherOriginPayload, lambda row: (row.voucher_series, row.voucher_number, row.year)
)


def fetch_origins(session: Session, year_id: int) -> Iterator[VoucherOrigin]:
    """Read what each voucher of the year was made from (ReferenceType, ReferenceNumber)."""
    for row in fetch_rows(session, VOUCHERS, financialyear=year_id):
        voucher = VoucherKey(row.voucher_series, row.voucher_number, row.year)
        yield VoucherOrigin(voucher, row.transaction_date, row.description, row.reference_type, row.reference_number)


def fetch_voucher_count(session: Session, year_id: int) -> int:
    """Read how many vouchers the year has."""
    return fetch_count(session, VOUCHERS, financialyear=year_id)


def fetch_voucher(session: Session, series: str, number: int, year_id: int) -> PostedVoucher | None:
    """Read one voucher with its rows; None only when Fortnox itself says that there is none."""
    try:
        body = session.get(f"/vouchers/{quote(series, safe='')}/{number}", financialyear=year_id)
    except NotFound:
        return None
    return read_voucher(body)


def read_voucher(body: object) -> PostedVoucher:
    """Read a `{"Voucher": …}` answer; rows that were struck (Removed) are left out."""
    voucher = read(VoucherPayload, member(body, "Voucher"))
    return PostedVoucher(
        voucher.voucher_series,
        voucher.voucher_number,
        voucher.year,
        voucher.transaction_date,
        voucher.description,
        tuple(_row(row) for row in voucher.voucher_rows if not row.removed),
        voucher.comments,
    )


def _row(row: VoucherRowPayload) -> Row:
    amount = (row.debit or 0) - (row.credit or 0)
    return Row(row.account, amount, row.transaction_information, row.cost_center, row.project)
