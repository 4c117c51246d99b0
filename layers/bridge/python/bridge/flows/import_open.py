"""First step of an import: check that this is the right company, and find the years in Fortnox that were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.appendices import accounts
from bridge.appendices.accounts import Accounts
from bridge.appendices.subledger import Side
from bridge.engagements.engagement import Year
from bridge.flows import lookup, probing
from bridge.jobs.job import JobKey, Part
from bridge.jobs.years import ImportYear
from bridge.ledger import orgnumber
from bridge.ports import FortnoxYear, World
from bridge.problem import Refused, refuse

PART = "1-company"


def open_import(world: World, key: JobKey) -> list[str]:
    """Check the company behind the connection, match the years and choose the control accounts; gives the years' ids, oldest first."""
    engagement = lookup.engagement(world, key.tenant, key.engagement)
    job = lookup.job(world, key)
    world.jobs.begin(key)
    client = lookup.fortnox(world, key, calls=3)
    company = client.company()
    if not orgnumber.same_company(company.org_number, engagement.org_number):
        raise Refused(orgnumber.mismatch(company.org_number, engagement.org_number, company.name, engagement.name))
    probing.refresh(world, lookup.live(world, key.tenant, key.engagement), client)
    offered = client.years()
    years = [_matched(year, offered) for year in engagement.years if year.id in job.scope["years"]]
    chosen = accounts.choose(world.settings.control_accounts, client.presets())
    facts = {
        "company": company.name,
        "years": [year.to_json() for year in years],
        "accounts": {side.value: list(found) for side, found in chosen.items()},
    }
    world.jobs.put_part(key, Part(PART, facts, done=1, total=1))
    return [year.id for year in years]


def years_of(world: World, key: JobKey) -> Sequence[ImportYear]:
    """Read the years the first step matched, oldest first."""
    part = next((part for part in world.jobs.parts(key) if part.name == PART), None)
    return [ImportYear.from_json(year) for year in part.facts["years"]] if part else []


def accounts_of(world: World, key: JobKey) -> Accounts:
    """Read the control accounts the first step chose."""
    facts = next(part.facts for part in world.jobs.parts(key) if part.name == PART)
    return {side: tuple(facts["accounts"][side]) for side in Side}


def _matched(year: Year, offered: Sequence[FortnoxYear]) -> ImportYear:
    for candidate in offered:
        if candidate.period == year.period:
            return ImportYear(year.id, candidate.id, year.period, candidate.cash_method)
    raise refuse("year-unknown", year=year.id)
