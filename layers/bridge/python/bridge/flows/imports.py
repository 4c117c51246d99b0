"""Imports as a user meets them: start one, see how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.flows import journal, launch, lookup
from bridge.jobs.job import Job, JobKey, Part, Status, Work
from bridge.ports import World
from bridge.problem import Problem, Refused, refuse
from bridge.tokens.connection import Connection

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
    return launch.launch(world, new_job(world, engagement, connection, caller.user, years), key)


def new_job(world: World, engagement: Engagement, connection: Connection, user: str, years: Sequence[str]) -> Job:
    """Make the job of an import of the named years (or the newest three)."""
    return Job(
        key=JobKey(engagement.tenant, engagement.id, world.ids.new("imp")),
        work=Work.IMPORT,
        status=Status.QUEUED,
        created_at=world.clock.now(),
        created_by=user,
        scope={"source": "fortnox", "years": choose(engagement, years), "company": connection.fortnox_tenant},
    )


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
    if launch.end(world, job.end(Status.FAILED, world.clock.now(), problem=problem)):
        journal.write_job(world, job, "import-failed", problem=problem)


def choose(engagement: Engagement, years: Sequence[str]) -> list[str]:
    """Choose the years of an import, oldest first; Refused for one that the engagement does not have or has locked."""
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
