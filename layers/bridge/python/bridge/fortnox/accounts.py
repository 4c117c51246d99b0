"""GET accounts."""

from __future__ import annotations

from bridge.fortnox.pages import Listing, fetch_rows
from bridge.fortnox.payloads import AccountPayload
from bridge.fortnox.session import Session
from bridge.ports import FortnoxAccount

ACCOUNTS = Listing("/accounts", "Accounts", AccountPayload, lambda account: account.number)


def fetch_accounts(session: Session, year_id: int) -> list[FortnoxAccount]:
    """Read the chart of accounts (kontoplan) of the year, inactive accounts too."""
    rows = fetch_rows(session, ACCOUNTS, financialyear=year_id)
    return [FortnoxAccount(row.number, row.description, active=row.active) for row in rows]
