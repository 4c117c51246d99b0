"""GET financialyears."""

from __future__ import annotations

from bridge.engagements.engagement import Period
from bridge.fortnox.pages import Listing, fetch_rows
from bridge.fortnox.payloads import YearPayload
from bridge.fortnox.session import Session
from bridge.ports import FortnoxYear

YEARS = Listing("/financialyears", "FinancialYears", YearPayload, lambda year: year.id)


def fetch_years(session: Session) -> list[FortnoxYear]:
    """Read the financial years (räkenskapsår), oldest first; Fortnox's ids follow no order."""
    found = [
        FortnoxYear(year.id, Period(year.from_date, year.to_date), cash_method=year.accounting_method == "CASH")
        for year in fetch_rows(session, YEARS)
    ]
    return sorted(found, key=lambda year: year.period)
