"""The activity log: a code and parameters, so that a line reads in either language for ever."""

from __future__ import annotations

from bridge.jobs.job import Activity, Job
from bridge.ports import World
from bridge.problem import Param, Problem


def write(
    world: World, tenant: str, engagement: str, by: str, code: str, *, problem: Problem | None = None, **params: Param
) -> None:
    """Log one line; a problem goes in by its code and parameters."""
    if problem:
        params = {**params, **problem.params, "problem": problem.code}
    activity = Activity(world.ids.new("act"), world.clock.now(), by, code, params)
    world.jobs.log(tenant, engagement, activity)


def write_job(world: World, job: Job, code: str, *, problem: Problem | None = None, **params: Param) -> None:
    """Log one line about a job."""
    write(world, job.key.tenant, job.key.engagement, job.created_by, code, problem=problem, **params)
