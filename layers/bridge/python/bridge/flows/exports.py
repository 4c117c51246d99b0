"""Exports as a user meets them: hand closing entries to Fortnox, each exactly once, and see what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.engagements.caller import Caller
from bridge.exports.entry import ClosingEntry
from bridge.exports.item import ExportItem
from bridge.exports.marker import marked, marker
from bridge.exports.voucher import VoucherDraft
from bridge.flows import lookup
from bridge.flows.import_open import years_of
from bridge.flows.launch import launch
from bridge.jobs.job import Job, JobKey, Part, Status, Work
from bridge.jobs.years import ImportYear
from bridge.ports import World
from bridge.problem import Problem, Refused, refuse
from bridge.tokens.connection import Connection


@dataclass(frozen=True, slots=True)
class View:
    """An export with its parts and what became of each entry."""

    job: Job
    parts: Sequence[Part]
    items: Sequence[ExportItem]


def start(
    world: World, caller: Caller, engagement_id: str, ids: Sequence[str], series: Mapping[str, str], key: str
) -> Job:
    """Accept entries for export: the vouchers are frozen here, marker and all, and each entry is taken once."""
    if not key:
        raise refuse("idempotency-key-missing")
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    connection = lookup.connection(world, engagement)
    if not engagement.published:
        raise refuse("not-imported")
    years = years_of(world, JobKey(caller.tenant, engagement.id, engagement.published))
    entries = _chosen(world, caller.tenant, engagement.id, ids)
    job = Job(
        key=JobKey(caller.tenant, engagement.id, world.ids.new("exp")),
        work=Work.EXPORT,
        status=Status.QUEUED,
        created_at=world.clock.now(),
        created_by=caller.user,
        scope={
            "kind": "closing-entries",
            "entryIds": list(ids),
            "series": dict(series),
            "company": connection.fortnox_tenant,
        },
    )
    items = _planned(connection, years, entries, series, job.key.id)
    return launch(world, job, key, items)


def read(world: World, caller: Caller, engagement_id: str, job_id: str) -> View:
    """Read one export with the fate of each entry."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    job = lookup.job(world, JobKey(caller.tenant, engagement.id, job_id), Work.EXPORT)
    return View(job, world.jobs.parts(job.key), world.entries.items(job.key))


def list_all(world: World, caller: Caller, engagement_id: str) -> Sequence[Job]:
    """List the newest exports, newest first."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    return world.jobs.list(caller.tenant, engagement.id, Work.EXPORT)


def _chosen(world: World, tenant: str, engagement_id: str, ids: Sequence[str]) -> list[ClosingEntry]:
    known = {entry.id: entry for entry in world.entries.list(tenant, engagement_id)}
    wrong = [
        Problem("entry-unknown", {"entry": each}, f"/entryIds/{place}")
        for place, each in enumerate(ids)
        if each not in known
    ]
    if wrong:
        raise Refused(wrong[0], tuple(wrong))
    if not ids:
        raise Refused(Problem("invalid-value", {"reason": "required"}, "/entryIds"))
    return [known[each] for each in dict.fromkeys(ids)]


def _planned(
    connection: Connection,
    years: Sequence[ImportYear],
    entries: Sequence[ClosingEntry],
    series: Mapping[str, str],
    job: str,
) -> list[ExportItem]:
    items = []
    for entry in entries:
        year = next((year for year in years if year.period.has(entry.booked)), None)
        if year is None:
            raise refuse("year-unknown", year=entry.booked.isoformat())
        if entry.kind not in series:
            raise Refused(Problem("invalid-value", {"reason": "required"}, f"/series/{entry.kind}"))
        mark = marker(connection.fortnox_tenant, year.fortnox_id, entry.id, entry.content)
        draft = VoucherDraft(series[entry.kind], entry.booked, marked(entry.text, mark), entry.rows, comments=job)
        items.append(ExportItem(entry=entry.id, year=year.id, year_id=year.fortnox_id, draft=draft, marker=mark))
    return items
