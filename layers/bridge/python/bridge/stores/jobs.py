"""Jobs, their parts and the activity log in the work table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.exports.item import ExportItem
from bridge.jobs.job import Activity, Job, JobKey, Part, Status, Work
from bridge.stores import keys, shapes, writes
from bridge.stores.attributes import Item
from bridge.stores.creation import Creation
from bridge.stores.table import Table

SHOWN = 100
"""Jobs and lines of the log that a list gives."""


class Jobs:
    """Implements `ports.Jobs`."""

    def __init__(self, client: Any, table: str, most: int = writes.MOST) -> None:
        """`client` is boto3's for DynamoDB, `table` the work table, `most` how many writes go into one transaction."""
        self._table = Table(client, table)
        self._most = most

    def create(self, job: Job, idempotency: str, fingerprint: str, entries: Sequence[ExportItem] = ()) -> Job:
        """Create it, all or nothing; see `creation` for how, and for what a crash leaves."""
        return Creation(self._table, job, idempotency, fingerprint, entries, self._most).run()

    def get(self, key: JobKey) -> Job | None:
        """Read one; its key does not tell its work, so every kind is looked for."""
        stored = (self._table.read(keys.job(key, work)) for work in Work)
        return next((_read(item) for item in stored if item), None)

    def list(self, tenant: str, engagement: str, work: Work) -> Sequence[Job]:
        """Read the newest hundred, newest first: ids sort by time."""
        newest = self._table.newest(keys.of_engagement(tenant, engagement), f"JOB#{work.value}#", SHOWN)
        return [_read(item) for item in newest]

    def newest(self, tenant: str, engagement: str, work: Work) -> Job | None:
        """Read the newest one."""
        newest = self._table.newest(keys.of_engagement(tenant, engagement), f"JOB#{work.value}#", 1)
        return next(map(_read, newest), None)

    def running(self, tenant: str, engagement: str, work: Work) -> Job | None:
        """Read the job that holds the running mark. A mark that outlived its job's end, or came before it, is none."""
        mark = self._table.read(keys.running(tenant, engagement, work))
        item = mark and self._table.read(keys.job(JobKey(tenant, engagement, mark["job"]), work))
        job = _read(item) if item else None
        return job if job and not job.status.ended else None

    def begin(self, key: JobKey) -> None:
        """Mark a queued job as running; at any other time nothing happens."""
        job = self.get(key)
        if job:
            queued = writes.when("#status = :queued", queued=Status.QUEUED)
            self._table.try_write(writes.update(keys.job(key, job.work), {"status": Status.RUNNING}, queued))

    def end(self, job: Job) -> bool:
        """Save the end, once, then lift the mark. A crash between the two leaves a mark that the next job takes over."""
        live = writes.when("#status = :queued OR #status = :running", queued=Status.QUEUED, running=Status.RUNNING)
        facts = shapes.write(job)
        changes = {name: facts[name] for name in ("status", "result", "problem", "ended_at")}
        saved = writes.update(keys.job(job.key, job.work), changes, live)
        ended = self._table.try_write(saved, ours=lambda stored: all(stored[name] == changes[name] for name in changes))
        mark = keys.running(job.key.tenant, job.key.engagement, job.work)
        self._table.try_write(writes.delete(mark, writes.when("#job = :job", job=job.key.id)))
        return ended

    def put_part(self, key: JobKey, part: Part) -> None:
        """Save what a step found."""
        self._table.write(writes.put(keys.part(key, part.name), shapes.write(part)))

    def parts(self, key: JobKey) -> Sequence[Part]:
        """Read all parts in the order of their names."""
        return [shapes.read(Part, item) for item in self._table.list(keys.of_job(key), "PART#")]

    def log(self, tenant: str, engagement: str, activity: Activity) -> None:
        """Add a line to the log; again with the same id it is the same line."""
        self._table.write(writes.put(keys.activity(tenant, engagement, activity.id), shapes.write(activity)))

    def activity(self, tenant: str, engagement: str) -> Sequence[Activity]:
        """Read the newest hundred lines, newest first."""
        newest = self._table.newest(keys.of_engagement(tenant, engagement), "ACT#", SHOWN)
        return [shapes.read(Activity, item) for item in newest]


def _read(item: Item) -> Job:
    return shapes.read(Job, item)
