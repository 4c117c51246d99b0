"""How every job starts and ends: created, logged and its workflow started once; ended once. Harmless to repeat at any point."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from bridge.exports.item import ExportItem
from bridge.flows import journal
from bridge.jobs.job import Job, Status
from bridge.ports import World
from bridge.problem import BridgeError
from bridge.tokens.lease import Event


def launch(world: World, job: Job, key: str, items: Sequence[ExportItem] = ()) -> Job:
    """Start the job, or give the one that the same idempotency key started before.

    Where another job is queued but its workflow never started (a crash between the two), that one gets going.
    """
    asked = json.dumps([job.work, job.key.engagement, job.scope], sort_keys=True)
    try:
        created = world.jobs.create(job, key or job.key.id, hashlib.sha256(asked.encode()).hexdigest(), items)
    except BridgeError:
        running = world.jobs.running(job.key.tenant, job.key.engagement, job.work)
        if running and running.status is Status.QUEUED:
            world.workflows.start(running.work, running.key)
        raise
    if created.key == job.key:
        journal.write_job(world, job, f"{job.work}-started")
    world.workflows.start(job.work, created.key)
    return created


def end(world: World, job: Job) -> bool:
    """Save the end of a job, once; False when it had ended before. The lease is renewed first if such an end does that.

    A renewal counts from when the user started the job, however long it took. As long as the job is not seen to have
    ended, no look at the lease ends it, so none comes in between.
    """
    connection = world.connections.get(job.key.tenant, job.key.engagement)
    if connection:
        world.connections.renew(connection, Event(f"{job.work}-{job.status}"), job.created_at)
    return world.jobs.end(job)
