"""GET accounts and predefinedaccounts."""

from __future__ import annotations

from bridge.fortnox.pages import Listing, fetch_rows
from bridge.fortnox.payloads import AccountPayload, PresetPayload
from bridge.fortnox.session import Session
from bridge.ports import FortnoxAccount

ACCOUNTS = Listing("/accounts", "Accounts", AccountPayload, lambda account: account.number)
PRESETS = Listing("/predefinedaccounts", "PreDefinedAccounts", PresetPayload, lambda preset: preset.name)


def fetch_accounts(session: Session, year_id: int) -> list[FortnoxAccount]:
    """Read the chart of accounts (kontoplan) of the year, inactive accounts too."""
    rows = fetch_rows(session, ACCOUNTS, financialyear=year_id)
    return [FortnoxAccount(row.number, row.description, active=row.active) for row in rows]


def fetch_presets(session: Session) -> list[tuple[str, str]]:
    """Read name and number of the preset accounts (förvalda konton)."""
    return [(row.name, row.account) for row in fetch_rows(session, PRESETS)]
