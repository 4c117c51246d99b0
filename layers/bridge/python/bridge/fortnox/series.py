"""GET voucherseries."""

from __future__ import annotations

from urllib.parse import quote

from bridge.fortnox.errors import FortnoxUnreadable
from bridge.fortnox.pages import Listing, fetch_rows
from bridge.fortnox.payloads import SeriesPayload, member, read
from bridge.fortnox.session import Session
from bridge.ports import FortnoxSeries

SERIES = Listing("/voucherseries", "VoucherSeriesCollection", SeriesPayload, lambda series: series.code)


def fetch_series(session: Session, year_id: int) -> list[FortnoxSeries]:
    """Read the voucher series (verifikationsserier) of the year."""
    rows = fetch_rows(session, SERIES, financialyear=year_id)
    return [FortnoxSeries(row.code, row.description, manual=row.manual) for row in rows]


def fetch_next_number(session: Session, series: str, year_id: int) -> int:
    """Read the number that the series' next voucher gets."""
    body = session.get(f"/voucherseries/{quote(series, safe='')}", financialyear=year_id)
    number = read(SeriesPayload, member(body, "VoucherSeries")).next_voucher_number
    if number is None:
        raise FortnoxUnreadable("the voucher series has no NextVoucherNumber")
    return number
