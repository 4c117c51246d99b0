"""The stores in memory, with the same promises as the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bridge.engagements.engagement import Engagement
from bridge.exports.entry import ClosingEntry, EntryStatus
from bridge.exports.item import ExportItem, State
from bridge.jobs.job import Activity, Job, JobKey, Part, Status, Work
from bridge.jobs.keys import FileKey
from bridge.ports import Holder, Stored
from bridge.problem import Param, refuse
from bridge.tokens import lease
from bridge.tokens.capability import Known
from bridge.tokens.connection import Connection, Consent
from bridge.tokens.lease import Event
from bridge.tokens.timer import LeaseTimer, Timer, TokenTimer


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


class MemoryTimers:
    def __init__(self) -> None:
        self.kept: dict[Timer, datetime] = {}

    def due(self, now: datetime, part: int = 0, parts: int = 1) -> Iterator[Timer]:
        assert part < parts
        due = sorted((at, place) for place, at in enumerate(self.kept.values()) if at <= now)
        timers = list(self.kept)
        return iter([timers[place] for _, place in due])

    def put(self, timer: Timer, at: datetime) -> None:
        self.kept[timer] = at

    def delete(self, timer: Timer, now: datetime) -> None:
        if timer in self.kept and self.kept[timer] <= now:
            del self.kept[timer]

    def set(self, timer: Timer, at: datetime | None) -> None:
        """Set it with what it is about, or take it away."""
        self.kept.pop(timer, None)
        if at:
            self.kept[timer] = at


class MemoryEvents:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, str, dict[str, Param]]] = []

    def put(self, name: str, tenant: str, engagement: str, **details: Param) -> None:
        self.told.append((name, tenant, engagement, details))


class MemoryConnections:
    def __init__(self, engagements: MemoryEngagements, timers: MemoryTimers) -> None:
        self._engagements = engagements
        self._timers = timers
        self.kept: dict[tuple[str, str], Connection] = {}

    def put(self, connection: Connection) -> None:
        self.kept[connection.tenant, connection.engagement] = connection
        due = lease.next_look(self._purpose(connection), connection.renewed_at, connection.noticed)
        self._timers.set(LeaseTimer(connection.tenant, connection.engagement), connection.ended_at or due)

    def _purpose(self, connection: Connection) -> str:
        return self._engagements.kept[connection.tenant, connection.engagement].purpose

    def get(self, tenant: str, engagement: str) -> Connection | None:
        return self.kept.get((tenant, engagement))

    def renew(self, connection: Connection, event: Event, at: datetime) -> None:
        held = self.kept[connection.tenant, connection.engagement]
        renewed = lease.renewed(self._purpose(held), held.renewed_at, event, at)
        if not held.ended and renewed != held.renewed_at:
            self.put(replace(held, renewed_at=renewed, noticed=None))

    def notice(self, connection: Connection, days: int) -> bool:
        held = self.kept[connection.tenant, connection.engagement]
        if held == connection:
            self.put(replace(held, noticed=days))
        return held == connection

    def learn(self, connection: Connection, capabilities: Sequence[Known]) -> None:
        held = self.kept[connection.tenant, connection.engagement]
        self.kept[connection.tenant, connection.engagement] = replace(held, capabilities=tuple(capabilities))

    def end(self, connection: Connection) -> bool:
        held = self.kept[connection.tenant, connection.engagement]
        if held.ended or held.renewed_at > connection.renewed_at:
            return False
        self.put(connection)
        return True


class MemoryGrants:
    def __init__(self, connections: MemoryConnections) -> None:
        self._connections = connections

    def list(self, fortnox_tenant: int) -> Sequence[Holder]:
        kept = self._connections.kept.values()
        live = (each for each in kept if each.fortnox_tenant == fortnox_tenant and not each.ended)
        return [Holder(each.tenant, each.engagement) for each in live]


class MemoryConsents:
    def __init__(self, timers: MemoryTimers) -> None:
        self._timers = timers
        self.kept: dict[int, Consent] = {}

    def get(self, fortnox_tenant: int) -> Consent | None:
        return self.kept.get(fortnox_tenant)

    def put(self, consent: Consent, earlier: Consent | None = None) -> bool:
        held = self.kept.get(consent.fortnox_tenant)
        if held and held.fingerprint not in {consent.fingerprint, earlier.fingerprint if earlier else ""}:
            return False
        self.set(consent)
        return True

    def set(self, consent: Consent) -> None:
        """Save, whatever was there before."""
        self.kept[consent.fortnox_tenant] = consent
        self._timers.set(TokenTimer(consent.fortnox_tenant), consent.due())

    def replace(self, consent: Consent, consumed: str) -> bool:
        held = self.kept.get(consent.fortnox_tenant)
        if held is None or held.fingerprint != consumed:
            return held is not None and held.fingerprint == consent.fingerprint
        self.set(consent)
        return True

    def move(self, seen: Consent, moved: Consent) -> bool:
        held = self.kept.get(seen.fortnox_tenant)
        if held is None or (held.fingerprint, held.tries) != (seen.fingerprint, seen.tries):
            return held == moved
        self.set(moved)
        return True

    def delete(self, consent: Consent) -> None:
        held = self.kept.get(consent.fortnox_tenant)
        if held and held.fingerprint == consent.fingerprint:
            del self.kept[consent.fortnox_tenant]
            self._timers.set(TokenTimer(consent.fortnox_tenant), None)


class MemoryEscrow:
    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], Consent] = {}

    def put(self, consent: Consent, consumed: str) -> None:
        self.kept[consent.fortnox_tenant, consumed] = consent

    def get(self, fortnox_tenant: int, consumed: str) -> Consent | None:
        return self.kept.get((fortnox_tenant, consumed))

    def delete(self, fortnox_tenant: int, consumed: str) -> None:
        self.kept.pop((fortnox_tenant, consumed), None)


class FakeSeals:
    """A seal that anyone could make, but that fits only what it was made for."""

    def make(self, connection: Connection) -> str:
        bound = (connection.tenant, connection.engagement, connection.fortnox_tenant, connection.org_number)
        return hashlib.sha256(repr(bound).encode()).hexdigest()

    def fits(self, connection: Connection) -> bool:
        return connection.seal == self.make(connection)


class CountingMetrics:
    def __init__(self) -> None:
        self.counted: list[str] = []

    def count(self, name: str) -> None:
        self.counted.append(name)


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

    def newest(self, tenant: str, engagement: str, work: Work) -> Job | None:
        return next(iter(self.list(tenant, engagement, work)), None)

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
        self.kept: dict[FileKey, bytes] = {}

    def put(self, key: FileKey, data: bytes) -> None:
        self.kept[key] = data

    def get(self, key: FileKey) -> bytes | None:
        return self.kept.get(key)

    def write(self, key: FileKey, chunks: Iterable[bytes], limit: int) -> Stored:
        data = b"".join(chunks)
        if len(data) > limit:
            raise refuse("file-too-large", size=len(data), limit=limit)
        self.kept[key] = data
        return Stored(len(data), hashlib.sha256(data).hexdigest())

    def read(self, key: FileKey) -> Iterator[bytes]:
        return iter([self.kept[key]])


class MemoryWorkflows:
    def __init__(self) -> None:
        self.started: list[tuple[Work, JobKey]] = []
        self.broken = False

    def start(self, work: Work, key: JobKey) -> None:
        if self.broken:
            raise RuntimeError("the process died here")
        self.started.append((work, key))
