"""The imported books as everybody sees them: those of the published import, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement, Year
from bridge.flows import lookup
from bridge.jobs import keys
from bridge.jobs.job import Activity, JobKey
from bridge.jobs.tables import Balance
from bridge.ledger import parts
from bridge.ports import World
from bridge.problem import refuse


@dataclass(frozen=True, slots=True)
class YearBooks:
    """A financial year and what is imported of it; None where nothing is."""

    year: Year
    source: str | None
    vouchers: int | None
    transactions: int | None


def years(world: World, caller: Caller, engagement_id: str) -> list[YearBooks]:
    """List the engagement's years with what the published import has of each."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    job = world.jobs.get(_published(engagement)) if engagement.published else None
    counted = {each["id"]: each for each in job.result.get("years", ())} if job else {}
    return [_year(year, counted.get(year.id)) for year in engagement.years]


def accounts(world: World, caller: Caller, engagement_id: str, year_id: str) -> list[Balance]:
    """List the accounts of an imported year."""
    data = _of_year(world, caller, engagement_id, year_id, "balances.jsonl.gz")
    return [Balance.read(row) for row in parts.read_table(data)]


def certificate(world: World, caller: Caller, engagement_id: str, year_id: str) -> dict[str, Any]:
    """Read the certificate of an imported year."""
    return dict(json.loads(_of_year(world, caller, engagement_id, year_id, "certificate.json")))


def appendices(world: World, caller: Caller, engagement_id: str) -> list[dict[str, Any]]:
    """List the published appendices without the invoices they are made of."""
    found = [_appendix(world, caller, engagement_id, account) for account in _accounts(world)]
    return [
        {name: value for name, value in each.items() if name not in {"items", "unbooked"}} for each in found if each
    ]


def appendix(world: World, caller: Caller, engagement_id: str, account: str) -> dict[str, Any]:
    """Read a published appendix."""
    found = _appendix(world, caller, engagement_id, account)
    if found is None:
        raise refuse("appendix-missing", account=account[:10])
    return found


def activity(world: World, caller: Caller, engagement_id: str) -> Sequence[Activity]:
    """List the newest lines of the activity log, newest first."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    return world.jobs.activity(caller.tenant, engagement.id)


def _appendix(world: World, caller: Caller, engagement_id: str, account: str) -> dict[str, Any] | None:
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    if not engagement.published or account not in _accounts(world):
        return None
    data = world.files.get(keys.appendix(_published(engagement), account))
    found: dict[str, Any] | None = json.loads(data) if data else None
    return found


def _accounts(world: World) -> list[str]:
    """List the accounts that appendices go under: the first of each side."""
    return [accounts[0] for accounts in world.settings.control_accounts.values()]


def _of_year(world: World, caller: Caller, engagement_id: str, year_id: str, name: str) -> bytes:
    """Read a file of the published ledger of a year."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    if year_id not in {year.id for year in engagement.years}:
        raise refuse("year-unknown", year=year_id[:20])
    data = world.files.get(keys.ledger(_published(engagement), year_id, name)) if engagement.published else None
    if data is None:
        raise refuse("not-imported")
    return data


def _published(engagement: Engagement) -> JobKey:
    return JobKey(engagement.tenant, engagement.id, engagement.published)


def _year(year: Year, counted: dict[str, Any] | None) -> YearBooks:
    if counted is None:
        return YearBooks(year, None, None, None)
    return YearBooks(year, "fortnox", counted["vouchers"], counted["transactions"])
