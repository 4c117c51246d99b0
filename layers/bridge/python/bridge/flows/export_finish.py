"""Last steps of an export: read the vouchers back, row by row, and say how it ended."""

from __future__ import annotations

from dataclasses import replace

from bridge.exports.item import State, same
from bridge.flows import journal, lookup
from bridge.jobs.job import JobKey, Part, Status
from bridge.ports import World
from bridge.problem import Finding, Severity

PART = "3-read-back"


def read_back_export(world: World, key: JobKey) -> None:
    """Compare each created voucher with what was sent. One that differs stays unverified and is a finding."""
    engagement = lookup.engagement(world, key.tenant, key.engagement)
    client = world.fortnox(lookup.connection(world, engagement))
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
    job = lookup.job(world, key)
    items = world.entries.items(key)
    done = sum(item.state is State.CONFIRMED for item in items)
    status = Status.SUCCEEDED if done == len(items) else Status.PARTLY if done else Status.FAILED
    problem = next((item.problem for item in items if item.problem), None) if not done else None
    connection = world.connections.get(key.tenant, key.engagement)
    if connection and done:
        world.connections.renew(connection, world.clock.now())
    result = {"exported": done, "verified": sum(item.verified for item in items), "entries": len(items)}
    if world.jobs.end(job.end(status, world.clock.now(), problem=problem, result=result)):
        series = ", ".join(sorted({item.draft.series for item in items if item.state is State.CONFIRMED}))
        journal.write_job(world, job, "export-done", count=done, series=series)
