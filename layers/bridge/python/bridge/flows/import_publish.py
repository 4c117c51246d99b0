"""Last step: the controls over all years, then one pointer is moved, and what was imported is what everybody sees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from bridge.engagements.engagement import Engagement
from bridge.flows import journal, launch, lookup
from bridge.flows.import_open import years_of
from bridge.jobs import keys
from bridge.jobs.certificate import YearEvidence, certificate
from bridge.jobs.job import Job, JobKey, Part, Status
from bridge.jobs.tables import Balance
from bridge.jobs.years import ImportYear
from bridge.ledger import money, parts
from bridge.ledger.checks import check_opening
from bridge.ledger.findings import Findings
from bridge.ledger.numbering import Numbered
from bridge.ledger.year import Stated, YearLedger
from bridge.ports import World
from bridge.problem import Finding, Param, refuse

PART = "6-publish"


def publish_import(world: World, key: JobKey) -> None:
    """Publish, renew the lease and end the job. Each is done once, however often the step runs."""
    engagement = lookup.engagement(world, key.tenant, key.engagement)
    job = lookup.job(world, key)
    years = years_of(world, key)
    world.jobs.put_part(key, Part(PART, {}, _openings(world, key, years), done=1, total=1))
    if not job.status.ended:
        _certify(world, engagement, job, years)
    counts = _counts(world, key, years)
    result = {"years": counts, **_own_entries(world, key, years)}
    if not job.status.ended and not world.engagements.publish(engagement, key.id):
        raise refuse("conflict")
    if launch.end(world, job.end(Status.SUCCEEDED, world.clock.now(), result=result)):
        _log(world, job, counts)


def _openings(world: World, key: JobKey, years: Sequence[ImportYear]) -> tuple[Finding, ...]:
    """Compare each year's opening balances with what the year before it closed with, where that was imported too.

    A year's own file may state last year's closing balances and so have told of a gap already.
    """
    told = {_gap(finding) for part in world.jobs.parts(key) if part.name != PART for finding in part.findings}
    findings = Findings()
    for before, after in _adjacent(years):
        closed = YearLedger(
            stated=Stated(opening={each.account: each.closing for each in _balances(world, key, before)})
        )
        check_opening(closed, _opened(_balances(world, key, after), after.period.first), findings)
    return tuple(finding for finding in findings.all() if _gap(finding) not in told)


def _adjacent(years: Sequence[ImportYear]) -> list[tuple[ImportYear, ImportYear]]:
    """Give each year that was imported together with the year just before it, that one first."""
    day = timedelta(days=1)
    return [(before, after) for before, after in pairwise(years) if before.period.last + day == after.period.first]


def _gap(finding: Finding) -> tuple[Param, ...]:
    return finding.code, *(finding.params.get(name, "") for name in ("account", "date", "amount"))


def _opened(balances: Sequence[Balance], first: date) -> YearLedger:
    types = {each.account: each.type for each in balances if each.type}
    return YearLedger(stated=Stated(first, opening={each.account: each.opening for each in balances}, types=types))


def _certify(world: World, engagement: Engagement, job: Job, years: Sequence[ImportYear]) -> None:
    """Write the certificate of every year. What is published already keeps the one it has."""
    found = {part.name: part for part in world.jobs.parts(job.key)}
    followed = {after.id for _, after in _adjacent(years)}
    for year in years:
        manifest = world.files.get(keys.ledger(job.key, year.id, "manifest.json")) or b""
        series = parts.read_table(world.files.get(keys.ledger(job.key, year.id, "series.jsonl.gz")) or b"")
        fetched, read = found[f"2-fetch-{year.id}"], found[f"3-read-{year.id}"]
        made = YearEvidence(
            year=year,
            manifest=parts.Manifest.read(manifest),
            series=[Numbered(*row) for row in series],
            balances=_balances(world, job.key, year),
            findings=read.findings + found[PART].findings,
            listed=int(fetched.facts["listed"]),
            compared=bool(read.facts.get("statesPrevious")) or year.id in followed,
        )
        written = certificate(engagement, job, made, world.clock.now())
        name = keys.ledger(job.key, year.id, "certificate.json")
        world.files.put(name, json.dumps(written, ensure_ascii=False, indent=1).encode())


def _counts(world: World, key: JobKey, years: Iterable[ImportYear]) -> list[dict[str, Any]]:
    found = {part.name: part.facts for part in world.jobs.parts(key)}
    counted = []
    for year in years:
        facts = found[f"3-read-{year.id}"]
        sums: dict[str, Any] = {name: money.text(int(facts[name])) for name in ("debit", "credit")}
        counts = {name: int(facts[name]) for name in ("vouchers", "transactions")}
        first, last = year.period.first.isoformat(), year.period.last.isoformat()
        counted.append({"id": year.id, "from": first, "to": last, **counts, **sums})
    return counted


def _own_entries(world: World, key: JobKey, years: Iterable[ImportYear]) -> dict[str, int]:
    """Recognise our own vouchers in the imported books by their markers; one that stands there twice is counted as double."""
    seen: Counter[str] = Counter()
    for year in years:
        rows = parts.read_table(world.files.get(keys.ledger(key, year.id, "markers.jsonl.gz")) or b"")
        seen.update(mark for mark, _series, _number in rows)
    own = world.entries.sent(key.tenant, key.engagement)
    found = {mark: count for mark, count in seen.items() if mark in own}
    return {"ownEntries": len(found), "doubleCounted": sum(count - 1 for count in found.values())}


def _balances(world: World, key: JobKey, year: ImportYear) -> list[Balance]:
    data = world.files.get(keys.ledger(key, year.id, "balances.jsonl.gz"))
    return [Balance.read(row) for row in parts.read_table(data)] if data else []


def _log(world: World, job: Job, years: Sequence[dict[str, Any]]) -> None:
    warnings = sum(finding.severity != "info" for part in world.jobs.parts(job.key) for finding in part.findings)
    counts = {"years": len(years), "vouchers": sum(year["vouchers"] for year in years), "warnings": warnings}
    journal.write_job(world, job, "import-done", **counts)
