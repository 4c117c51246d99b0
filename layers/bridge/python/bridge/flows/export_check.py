"""First step of an export: everything Fortnox would refuse is found here, for all entries at once, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bridge.exports.item import ExportItem, refused
from bridge.flows import lookup
from bridge.jobs.job import JobKey, Part
from bridge.ledger import orgnumber
from bridge.ports import Fortnox, World
from bridge.problem import Problem, Refused

PART = "1-check"


@dataclass(frozen=True, slots=True)
class Chart:
    """What Fortnox has in one year: accounts by number (active or not) and series by code (manual or not)."""

    accounts: Mapping[int, bool]
    series: Mapping[str, bool]


def check_export(world: World, key: JobKey) -> list[str]:
    """Check company, locked period, series and accounts; gives the entries to send, in the order asked for. Refused with every problem there is."""
    engagement = lookup.engagement(world, key.tenant, key.engagement)
    world.jobs.begin(key)
    client = lookup.fortnox(world, key)
    company = client.company()
    if not orgnumber.same_company(company.org_number, engagement.org_number):
        raise Refused(orgnumber.mismatch(company.org_number, engagement.org_number, company.name, engagement.name))
    asked = lookup.job(world, key).scope["entryIds"]
    items = sorted(
        (item for item in world.entries.items(key) if not item.state.final), key=lambda item: asked.index(item.entry)
    )
    charts = {year: _chart(client, year) for year in sorted({item.year_id for item in items})}
    locked = client.locked_until()
    wrong = {item: tuple(_wrong(item, charts[item.year_id], locked)) for item in items}
    for item, problems in wrong.items():
        if problems:
            world.entries.move(key, refused(item, problems[0]))
    found = tuple(problem for problems in wrong.values() for problem in problems)
    if found:
        raise Refused(found[0], found)
    world.jobs.put_part(key, Part(PART, {"entries": len(items)}, done=1, total=1))
    return [item.entry for item in items]


def _chart(client: Fortnox, year: int) -> Chart:
    accounts: Sequence[tuple[int, bool]] = [(account.number, account.active) for account in client.accounts(year)]
    return Chart(dict(accounts), {series.code: series.manual for series in client.series(year)})


def _wrong(item: ExportItem, chart: Chart, locked: date | None) -> Iterator[Problem]:
    draft = item.draft
    if draft.series not in chart.series:
        yield Problem("series-unknown", {"series": draft.series, "year": item.year})
    elif not chart.series[draft.series]:
        yield Problem("series-not-manual", {"series": draft.series, "year": item.year})
    if locked and draft.booked <= locked:
        yield Problem("period-locked", {"date": locked.isoformat(), "entry": item.entry})
    for account in sorted({row.account for row in draft.rows}):
        if account not in chart.accounts:
            yield Problem("account-unknown", {"account": str(account), "year": item.year})
        elif not chart.accounts[account]:
            yield Problem("account-inactive", {"account": str(account), "year": item.year})
