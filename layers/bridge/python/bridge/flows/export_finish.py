"""Last steps of an export: read the vouchers back, row by row, and say how it ended."""

from __future__ import annotations

from dataclasses import replace

from bridge.exports.item import State, parked, refused, same
from bridge.flows import journal, launch, lookup
from bridge.jobs.job import JobKey, Part, Status
from bridge.ports import World
from bridge.problem import Finding, Problem, Severity

PART = "3-read-back"


def read_back_export(world: World, key: JobKey) -> None:
    """Compare each created voucher with what was sent. One that differs stays unverified and is a finding."""
    client = lookup.fortnox(world, key)
    items = [item for item in world.entries.items(key) if item.state is State.CONFIRMED]
    findings = []
    for item in items:
        voucher = client.voucher(item.draft.series, item.number, item.year_id)
        if voucher and same(item.draft, voucher):
            world.entries.move(key, replace(item, verified=True))
        else:
            params = {"entry": item.entry, "voucher": f"{item.draft.series} {item.number}"}
            findings.append(Finding("read-back-differs", Severity.WARNING, params))
    world.jobs.put_part(key, Part(PART, {}, tuple(findings), done=len(items), total=len(items)))


def finish_export(world: World, key: JobKey) -> None:
    """End the export. Any voucher that arrived renews the lease; rejected entries are free to be corrected."""
    _end(world, key, next((item.problem for item in world.entries.items(key) if item.problem), None))


def fail_export(world: World, key: JobKey, problem: Problem) -> None:
    """End an export that cannot go on: what was never sent is free again, what may have been sent is left to a person."""
    for item in world.entries.items(key):
        if item.state is State.PLANNED:
            world.entries.move(key, refused(item, problem))
        elif item.state is State.SENDING:
            world.entries.move(key, parked(item))
    _end(world, key, problem)


def _end(world: World, key: JobKey, problem: Problem | None) -> None:
    job = lookup.job(world, key)
    items = world.entries.items(key)
    done = sum(item.state is State.CONFIRMED for item in items)
    status = Status.SUCCEEDED if done == len(items) else Status.PARTLY if done else Status.FAILED
    result = {"exported": done, "verified": sum(item.verified for item in items), "entries": len(items)}
    ended = job.end(status, world.clock.now(), problem=None if done else problem, result=result)
    if not launch.end(world, ended):
        return
    if done:
        series = ", ".join(sorted({item.draft.series for item in items if item.state is State.CONFIRMED}))
        journal.write_job(world, job, "export-done", count=done, series=series)
    else:
        journal.write_job(world, job, "export-failed", problem=problem)
