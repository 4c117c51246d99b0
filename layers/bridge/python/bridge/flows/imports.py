"""Imports as a user meets them: start one, see how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.flows import journal, lookup
from bridge.flows.launch import launch
from bridge.jobs.job import Job, JobKey, Part, Status, Work
from bridge.ports import World
from bridge.problem import Problem, Refused, refuse

FIRST_YEARS = 3
"""Financial years a first import takes when none are named: the newest three."""


@dataclass(frozen=True, slots=True)
class View:
    """A job with what its steps found."""

    job: Job
    parts: Sequence[Part]


def start(world: World, caller: Caller, engagement_id: str, years: Sequence[str], key: str) -> Job:
    """Start an import of the named years (or the newest three) from Fortnox. The same key gives the same job."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    connection = lookup.connection(world, engagement)
    chosen = _chosen(engagement, years)
    job = Job(
        key=JobKey(caller.tenant, engagement.id, world.ids.new("imp")),
        work=Work.IMPORT,
        status=Status.QUEUED,
        created_at=world.clock.now(),
        created_by=caller.user,
        scope={"source": "fortnox", "years": chosen, "company": connection.fortnox_tenant},
    )
    return launch(world, job, key)


def read(world: World, caller: Caller, engagement_id: str, job_id: str) -> View:
    """Read one import with its steps and findings."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    job = lookup.job(world, JobKey(caller.tenant, engagement.id, job_id), Work.IMPORT)
    return View(job, world.jobs.parts(job.key))


def list_all(world: World, caller: Caller, engagement_id: str) -> Sequence[Job]:
    """List the newest imports, newest first."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    return world.jobs.list(caller.tenant, engagement.id, Work.IMPORT)


def fail(world: World, key: JobKey, problem: Problem) -> None:
    """End an import that cannot go on. What was published before stays published."""
    job = lookup.job(world, key)
    if world.jobs.end(job.end(Status.FAILED, world.clock.now(), problem=problem)):
        journal.write_job(world, job, "import-failed", problem=problem)


def _chosen(engagement: Engagement, years: Sequence[str]) -> list[str]:
    known = {year.id: year for year in engagement.years}
    chosen = sorted(set(years)) or [year.id for year in engagement.years][-FIRST_YEARS:]
    wrong = [
        Problem("year-unknown", {"year": year}, f"/years/{place}")
        for place, year in enumerate(years)
        if year not in known
    ]
    if wrong:
        raise Refused(wrong[0], tuple(wrong))
    locked = [year for year in chosen if known[year].locked]
    if locked:
        raise refuse("year-locked", year=locked[0])
    return chosen
