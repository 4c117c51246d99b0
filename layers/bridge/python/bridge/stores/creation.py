"""How a job comes to be: all or nothing, with its running mark, its idempotency record and its hold on each entry.

What fits in one transaction (an import, and about forty-five entries) is one, and there is nothing in between. More is
staged. First the mark is claimed; then entries are held, batch by batch, each on the condition that the mark is still ours;
the last transaction brings the job and the idempotency record, and only then does anyone see a job. The mark is the
fence: whoever has lost it can write nothing more.

A crash while staging leaves the mark and some held entries of a job that does not exist. The same idempotency key takes
the mark over at once, any other job after `STAGING`; either frees those entries first. An error that leaves it open
whether the last transaction was carried out is not rolled back, for the same reason: the next attempt finds out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bridge.exports.item import ExportItem, State
from bridge.jobs.job import Job, JobKey, Work
from bridge.problem import Refused, refuse
from bridge.stores import keys, shapes, timers, writes
from bridge.stores.attributes import Item
from bridge.stores.table import Conflicted, Table
from bridge.stores.writes import MOST, When, Write

KEPT = timedelta(hours=24)
"""How long an idempotency key is remembered."""

STAGING = timedelta(minutes=2)
"""How long a mark without a job is left to whoever is staging; longer than any API call lives."""


class Creation:
    """One attempt to create one job."""

    def __init__(
        self,
        table: Table,
        job: Job,
        idempotency: str,
        fingerprint: str,
        entries: Sequence[ExportItem],
        most: int = MOST,
    ) -> None:
        """`most` is how many writes go into one transaction."""
        self._table = table
        self._most = most
        self._job = job
        self._fingerprint = fingerprint
        self._entries = entries
        self._place = job.key.tenant, job.key.engagement
        self._memory = keys.idempotency(job.key.tenant, job.work, idempotency)
        self._mark = keys.running(*self._place, job.work)

    def run(self) -> Job:
        """Give the new job, or the one the same idempotency key made before; Refused as `ports.Jobs.create` tells."""
        earlier = self._earlier()
        if earlier:
            return earlier
        *first, last = writes.batches(map(self._held, self._entries), self._most - 3)
        if not first and self._table.try_write(*self._visible(writes.ABSENT), *last):
            return self._job
        return self._earlier() or self._staged(first, last)

    def _earlier(self) -> Job | None:
        """Read the job that the same key made in the last day, this one included."""
        known = self._table.read(self._memory)
        if known is None or known["ttl"] <= timers.epoch(self._job.created_at):
            return None
        if known["fingerprint"] != self._fingerprint:
            raise refuse("idempotency-key-reused")
        return self._read(JobKey(self._job.key.tenant, known["engagement"], known["job"]))

    def _read(self, key: JobKey) -> Job | None:
        item = self._table.read(keys.job(key, self._job.work))
        return shapes.read(Job, item) if item else None

    def _staged(self, first: Sequence[Sequence[Write]], last: Sequence[Write]) -> Job:
        """Create under a claimed mark. It is also how one finds out what stood in the way of a single transaction."""
        self._claim()
        ours = writes.when("#job = :job", job=self._job.key.id)
        try:
            for batch in first:
                self._table.write(writes.check(self._mark, ours), *batch)
            self._table.write(*self._visible(ours), *last)
        except Conflicted as conflict:
            if self._read(self._job.key):
                return self._job
            self._roll_back()
            return self._earlier() or self._refused(conflict)
        return self._job

    def _claim(self) -> None:
        """Take the mark: a free one, or one that was left behind."""
        try:
            self._table.write(self._marked(writes.ABSENT, ready=False))
        except Conflicted as conflict:
            held = conflict.stored[0]
            if held["job"] == self._job.key.id:
                return
            if not self._left_behind(held):
                raise self._running() from None
            self._take_over(held)

    def _left_behind(self, held: Item) -> bool:
        """Tell whether nobody needs the mark any more: its job ended, or never came to be."""
        job = self._read(JobKey(*self._place, held["job"]))
        if job:
            return job.status.ended
        same_caller = held["memory"] == self._memory[1]
        return same_caller or datetime.fromisoformat(held["at"]) + STAGING <= self._job.created_at

    def _take_over(self, held: Item) -> None:
        """Take the mark from its holder unless that moved on in the meantime, and free what was staged under it."""
        as_seen = writes.when("#job = :left AND #ready = :ready", left=held["job"], ready=held["ready"])
        taken = self._marked(as_seen, ready=False)
        if not self._table.try_write(taken, ours=lambda stored: stored["job"] == self._job.key.id):
            raise self._running()
        if self._job.work is Work.EXPORT:  # only an export knows whether the exports that hold entries exist
            for export, entry in self._orphans():
                self._free(export, entry)

    def _orphans(self) -> Iterator[tuple[str, str]]:
        """Find entries held by exports that never came to be: staged once, and given up or crashed."""
        exists: dict[str, bool] = {}
        for item in self._table.list(keys.of_engagement(*self._place), "SENT#"):
            export = item["export"]
            if export not in exists:
                exists[export] = self._read(JobKey(*self._place, export)) is not None
            if not exists[export]:
                yield export, item["entry"]

    def _free(self, export: str, entry: str) -> None:
        """Forget an entry's place in an export, and the export's hold on it if it has one."""
        self._table.write(writes.delete(keys.item(JobKey(*self._place, export), entry)))
        ours = writes.when("#export = :export", export=export)
        self._table.try_write(writes.delete(keys.sent(*self._place, entry), ours))

    def _roll_back(self) -> None:
        """Free what was staged, then the mark; nobody saw any of it."""
        for item in self._entries:
            self._free(self._job.key.id, item.entry)
        ours = writes.when("#job = :job", job=self._job.key.id)
        self._table.try_write(writes.delete(self._mark, ours))

    def _refused(self, conflict: Conflicted) -> Job:
        """Say what was in the way: a job that took the mark from us, or an entry that another export holds."""
        if conflict.failed[0]:
            raise self._running()
        held = next((item for item in conflict.stored if "marker" in item), None)
        if held is None:
            raise refuse("conflict")
        series, number = held["draft"]["series"], held["number"]
        raise refuse("already-exported", entry=held["entry"], series=series, number=number)

    def _running(self) -> Refused:
        return refuse(f"{self._job.work}-running")

    def _marked(self, condition: When, *, ready: bool) -> Write:
        """Build the mark; it is ready when its job is there."""
        at = shapes.time(self._job.created_at)
        item = {"job": self._job.key.id, "memory": self._memory[1], "at": at, "ready": ready}
        return writes.put(self._mark, item, condition)

    def _visible(self, condition: When) -> tuple[Write, Write, Write]:
        """Build what makes the job visible: its mark, itself, and the record of its idempotency key."""
        job, now = self._job, self._job.created_at
        record = {
            "job": job.key.id,
            "engagement": job.key.engagement,
            "fingerprint": self._fingerprint,
            "ttl": timers.epoch(now + KEPT),
        }
        forgotten = writes.when("attribute_not_exists(#PK) OR #ttl <= :now", now=timers.epoch(now))
        return (
            self._marked(condition, ready=True),
            writes.put(keys.job(job.key, job.work), shapes.write(job), writes.ABSENT),
            writes.put(self._memory, record, forgotten),
        )

    def _held(self, item: ExportItem) -> tuple[Write, Write]:
        """Build an entry's place in this export and the export's hold on the entry, which is free or freed or ours."""
        export, facts = self._job.key.id, shapes.write(item)
        free = writes.when(
            "attribute_not_exists(#PK) OR #state = :rejected OR #export = :export",
            rejected=State.REJECTED,
            export=export,
        )
        return (
            writes.put(keys.item(self._job.key, item.entry), facts),
            writes.put(keys.sent(*self._place, item.entry), {**facts, "export": export}, free),
        )
