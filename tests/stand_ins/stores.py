"""The stores in memory, with the same promises as the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.engagements.engagement import Engagement
from bridge.exports.entry import ClosingEntry, EntryStatus
from bridge.exports.item import ExportItem, State
from bridge.jobs.job import Activity, Job, JobKey, Part, Status, Work
from bridge.ports import Holder, Stored
from bridge.problem import refuse
from bridge.tokens.connection import Attempt, Connection, Consent


class MemoryEngagements:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Engagement] = {}

    def put(self, engagement: Engagement) -> None:
        if (engagement.tenant, engagement.id) in self.kept:
            raise refuse("conflict")
        self.kept[engagement.tenant, engagement.id] = engagement

    def get(self, tenant: str, engagement: str) -> Engagement | None:
        return self.kept.get((tenant, engagement))

    def list(self, tenant: str) -> Sequence[Engagement]:
        return sorted((each for (owner, _), each in self.kept.items() if owner == tenant), key=lambda each: each.name)

    def publish(self, engagement: Engagement, job: str) -> bool:
        held = self.kept[engagement.tenant, engagement.id]
        if held.published not in {engagement.published, job}:
            return False
        self.kept[engagement.tenant, engagement.id] = replace(held, published=job)
        return True


class MemoryConnections:
    def __init__(self) -> None:
        self.attempts: dict[str, Attempt] = {}
        self.kept: dict[tuple[str, str], Connection] = {}

    def put_attempt(self, state: str, attempt: Attempt) -> None:
        self.attempts[state] = attempt

    def take_attempt(self, state: str, now: datetime) -> Attempt | None:
        attempt = self.attempts.pop(state, None)
        return attempt if attempt and attempt.expires > now else None

    def put(self, connection: Connection) -> None:
        self.kept[connection.tenant, connection.engagement] = connection

    def get(self, tenant: str, engagement: str) -> Connection | None:
        return self.kept.get((tenant, engagement))

    def renew(self, connection: Connection, now: datetime) -> None:
        held = self.kept[connection.tenant, connection.engagement]
        if not held.ended:
            self.put(replace(held, renewed_at=max(held.renewed_at, now)))

    def end(self, connection: Connection) -> bool:
        held = self.kept[connection.tenant, connection.engagement]
        if held.renewed_at > connection.renewed_at:
            return False
        self.put(connection)
        return True

    def grants(self, fortnox_tenant: int) -> Sequence[Holder]:
        live = (each for each in self.kept.values() if each.fortnox_tenant == fortnox_tenant and not each.ended)
        return [Holder(each.tenant, each.engagement) for each in live]

    def leases(self, now: datetime) -> Iterator[Connection]:
        return iter(
            [each for each in self.kept.values() if not each.ended and each.renewed_at + timedelta(days=30) <= now]
        )


class MemoryConsents:
    def __init__(self) -> None:
        self.kept: dict[int, Consent] = {}

    def get(self, fortnox_tenant: int) -> Consent | None:
        return self.kept.get(fortnox_tenant)

    def put(self, consent: Consent) -> None:
        self.kept[consent.fortnox_tenant] = consent

    def replace(self, consent: Consent, consumed: str) -> bool:
        held = self.kept[consent.fortnox_tenant]
        if held.fingerprint != consumed:
            return held.fingerprint == consent.fingerprint
        self.put(consent)
        return True

    def delete(self, fortnox_tenant: int) -> None:
        self.kept.pop(fortnox_tenant, None)

    def due(self, now: datetime) -> Iterator[int]:
        return iter([key for key, each in self.kept.items() if (due := each.due()) and due <= now])


class MemoryJobs:
    def __init__(self, entries: MemoryEntries) -> None:
        self.kept: dict[JobKey, Job] = {}
        self.known: dict[tuple[str, str], tuple[str, JobKey]] = {}
        self.found: dict[JobKey, dict[str, Part]] = {}
        self.lines: list[Activity] = []
        self._entries = entries

    def create(self, job: Job, idempotency: str, fingerprint: str, entries: Sequence[ExportItem] = ()) -> Job:
        known = self.known.get((job.key.tenant, idempotency))
        if known:
            if known[0] != fingerprint:
                raise refuse("idempotency-key-reused")
            return self.kept[known[1]]
        if self.running(job.key.tenant, job.key.engagement, job.work):
            raise refuse(f"{job.work}-running")
        self._entries.accept(job.key, entries)
        self.kept[job.key] = job
        self.known[job.key.tenant, idempotency] = (fingerprint, job.key)
        return job

    def get(self, key: JobKey) -> Job | None:
        return self.kept.get(key)

    def list(self, tenant: str, engagement: str, work: Work) -> Sequence[Job]:
        found = [
            job
            for key, job in self.kept.items()
            if (key.tenant, key.engagement, job.work) == (tenant, engagement, work)
        ]
        return found[::-1]

    def running(self, tenant: str, engagement: str, work: Work) -> Job | None:
        return next((job for job in self.list(tenant, engagement, work) if not job.status.ended), None)

    def begin(self, key: JobKey) -> None:
        if not self.kept[key].status.ended:
            self.kept[key] = replace(self.kept[key], status=Status.RUNNING)

    def end(self, job: Job) -> bool:
        if self.kept[job.key].status.ended:
            return False
        self.kept[job.key] = job
        return True

    def put_part(self, key: JobKey, part: Part) -> None:
        self.found.setdefault(key, {})[part.name] = part

    def parts(self, key: JobKey) -> Sequence[Part]:
        return [part for _, part in sorted(self.found.get(key, {}).items())]

    def log(self, tenant: str, engagement: str, activity: Activity) -> None:
        del tenant, engagement
        self.lines.append(activity)

    def activity(self, tenant: str, engagement: str) -> Sequence[Activity]:
        del tenant, engagement
        return self.lines[::-1]


class MemoryEntries:
    def __init__(self) -> None:
        self.kept: dict[str, ClosingEntry] = {}
        self.moving: dict[tuple[JobKey, str], ExportItem] = {}

    def put(self, tenant: str, engagement: str, entries: Sequence[ClosingEntry]) -> None:
        del tenant, engagement
        self.kept.update({entry.id: entry for entry in entries})

    def list(self, tenant: str, engagement: str) -> Sequence[ClosingEntry]:
        del tenant, engagement
        return sorted(self.kept.values(), key=lambda entry: entry.id)

    def accept(self, key: JobKey, items: Sequence[ExportItem]) -> None:
        for item in items:
            held = next((each for (_, entry), each in self.moving.items() if entry == item.entry), None)
            if held and held.state is not State.REJECTED:
                raise refuse("already-exported", entry=item.entry, series=held.draft.series, number=held.number)
        self.moving.update({(key, item.entry): item for item in items})

    def items(self, key: JobKey) -> Sequence[ExportItem]:
        return [item for (job, _), item in sorted(self.moving.items(), key=lambda each: each[0][1]) if job == key]

    def item(self, key: JobKey, entry: str) -> ExportItem:
        return self.moving[key, entry]

    def move(self, key: JobKey, item: ExportItem) -> ExportItem | None:
        if self.moving[key, item.entry].version != item.version:
            return None
        moved = replace(item, version=item.version + 1)
        self.moving[key, item.entry] = moved
        if item.state is State.CONFIRMED:
            self.kept[item.entry] = replace(self.kept[item.entry], status=EntryStatus.TRANSFERRED)
        return moved

    def sent(self, tenant: str, engagement: str) -> Mapping[str, ExportItem]:
        del tenant, engagement
        return {item.marker: item for item in self.moving.values() if item.state is not State.REJECTED}


class MemoryFiles:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        self.kept[key] = data

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def write(self, key: str, chunks: Iterable[bytes], limit: int) -> Stored:
        data = b"".join(chunks)
        if len(data) > limit:
            raise refuse("file-too-large", size=len(data), limit=limit)
        self.kept[key] = data
        return Stored(len(data), hashlib.sha256(data).hexdigest())

    def read(self, key: str) -> Iterator[bytes]:
        return iter([self.kept[key]])


class MemoryWorkflows:
    def __init__(self) -> None:
        self.started: list[tuple[Work, JobKey]] = []
        self.broken = False

    def start(self, work: Work, key: JobKey) -> None:
        if self.broken:
            raise RuntimeError("the process died here")
        self.started.append((work, key))
