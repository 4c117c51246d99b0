"""GET companyinformation and settings/lockedperiod."""

from __future__ import annotations

from datetime import date

from bridge.fortnox.payloads import CompanyPayload, LockedPeriodPayload, member, read
from bridge.fortnox.session import Session
from bridge.ports import Company


def fetch_company(session: Session) -> Company:
    """Read name, organisation number as Fortnox writes it (555555-5555) and tenant id of the company behind the token."""
    found = read(CompanyPayload, member(session.get("/companyinformation"), "CompanyInformation"))
    return Company(found.company_name, found.organization_number, found.database_number)


def fetch_locked_until(session: Session) -> date | None:
    """Read the last day of the locked period (låst t.o.m.), or None when nothing is locked."""
    body = session.get("/settings/lockedperiod")
    return read(LockedPeriodPayload, member(body, "LockedPeriod") or {}).end_date
