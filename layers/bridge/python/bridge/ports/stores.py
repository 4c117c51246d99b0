"""Where things are kept: engagements, connections, jobs, closing entries and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.engagements.engagement import Engagement
from bridge.exports.entry import ClosingEntry
from bridge.exports.item import ExportItem
from bridge.jobs.job import Activity, Job, JobKey, Part, Work
from bridge.jobs.keys import FileKey
from bridge.problem import Param
from bridge.tokens.capability import Known
from bridge.tokens.connection import Connection
from bridge.tokens.lease import Event
from bridge.tokens.timer import LeaseTimer, Timer, TokenTimer


@dataclass(frozen=True, slots=True)
class Holder:
    """An engagement that holds a grant on a Fortnox company."""

    tenant: str
    engagement: str


class Engagements(Protocol):
    """Engagements of a tenant (connections table)."""

    def put(self, engagement: Engagement) -> None:
        """Create it; `Conflict` when the id is taken."""
        ...

    def get(self, tenant: str, engagement: str) -> Engagement | None:
        """Read one; another tenant's is None."""
        ...

    def list(self, tenant: str) -> Sequence[Engagement]:
        """Read all of the tenant, by name."""
        ...

    def publish(self, engagement: Engagement, job: str) -> bool:
        """Point the engagement at what the job imported, if it still points where `engagement` says. True also when it already does."""
        ...


class Connections(Protocol):
    """Connections and who else uses a Fortnox company (connections table)."""

    def put(self, connection: Connection) -> None:
        """Save the engagement's connection, replacing an older one, and its place among the company's grants."""
        ...

    def get(self, tenant: str, engagement: str) -> Connection | None:
        """Read the engagement's connection, ended ones too."""
        ...

    def renew(self, connection: Connection, event: Event, at: datetime) -> None:
        """Move the lease of a live connection forward if the event renews it; never back, and never that of one that ended."""
        ...

    def notice(self, connection: Connection, days: int) -> bool:
        """Remember that its end was announced so many days ahead; False when someone else did or the lease moved."""
        ...

    def end(self, connection: Connection) -> bool:
        """Save the end of the connection and take it off the company's grants; False when a renewal was first.

        Its timer is due from then on, until whoever forgets the consent takes it away.
        """
        ...

    def learn(self, connection: Connection, capabilities: Sequence[Known]) -> None:
        """Save what is known now of what a live connection can be used for."""
        ...


class Grants(Protocol):
    """Who uses a Fortnox company (connections table): engagements of any tenant, for its consent goes with the last of them."""

    def list(self, fortnox_tenant: int) -> Sequence[Holder]:
        """List who holds a live grant on the company."""
        ...


class LeaseTimers(Protocol):
    """When a tenant's leases are to be looked at (connections table)."""

    def put(self, timer: LeaseTimer, at: datetime) -> None:
        """Have it looked at then, whatever was set before."""
        ...

    def delete(self, timer: LeaseTimer, now: datetime) -> None:
        """Take it away unless it was set anew: nothing is left to look at."""
        ...


class Timers(Protocol):
    """What is due, whoever's it is, and when the refresh token of a company is to be looked at (connections table)."""

    def due(self, now: datetime, part: int = 0, parts: int = 1) -> Iterator[Timer]:
        """List what is due over all tenants, the longest overdue first; of several parts, only that one."""
        ...

    def put(self, timer: TokenTimer, at: datetime) -> None:
        """Have it looked at then, whatever was set before."""
        ...

    def delete(self, timer: TokenTimer, now: datetime) -> None:
        """Take it away unless it was set anew: nothing is left to look at."""
        ...


class Jobs(Protocol):
    """Jobs and what their steps found (work table)."""

    def create(self, job: Job, idempotency: str, fingerprint: str, entries: Sequence[ExportItem] = ()) -> Job:
        """Create a job, its running mark, idempotency record and export items, all or nothing.

        Gives the job that the same idempotency key made before, if any. Raises Refused: idempotency-key-reused (other
        fingerprint), import-running or export-running, already-exported (params entry, series, number).
        """
        ...

    def get(self, key: JobKey) -> Job | None:
        """Read one."""
        ...

    def list(self, tenant: str, engagement: str, work: Work) -> Sequence[Job]:
        """Read the newest hundred, newest first."""
        ...

    def newest(self, tenant: str, engagement: str, work: Work) -> Job | None:
        """Read the newest one, running or ended."""
        ...

    def running(self, tenant: str, engagement: str, work: Work) -> Job | None:
        """Read the job that holds the running mark."""
        ...

    def begin(self, key: JobKey) -> None:
        """Mark a queued job as running; a job that ended stays ended."""
        ...

    def end(self, job: Job) -> bool:
        """Save the end (status, result, problem) and lift the running mark, once; False when it had ended before."""
        ...

    def put_part(self, key: JobKey, part: Part) -> None:
        """Save what a step found, replacing an earlier run of the same step."""
        ...

    def parts(self, key: JobKey) -> Sequence[Part]:
        """Read all parts in the order of their names."""
        ...

    def log(self, tenant: str, engagement: str, activity: Activity) -> None:
        """Add a line to the activity log; the same id twice is one line."""
        ...

    def activity(self, tenant: str, engagement: str) -> Sequence[Activity]:
        """Read the newest hundred lines, newest first."""
        ...


class Entries(Protocol):
    """Closing entries and their way into Fortnox (work table)."""

    def put(self, tenant: str, engagement: str, entries: Sequence[ClosingEntry]) -> None:
        """Save new entries; Refused conflict when an id is taken by other content."""
        ...

    def list(self, tenant: str, engagement: str) -> Sequence[ClosingEntry]:
        """Read all, by id, each with its status towards Fortnox."""
        ...

    def items(self, key: JobKey) -> Sequence[ExportItem]:
        """Read an export's items, by entry."""
        ...

    def item(self, key: JobKey, entry: str) -> ExportItem:
        """Read one, strongly consistent; NotFound when the export has no such entry."""
        ...

    def move(self, key: JobKey, item: ExportItem) -> ExportItem | None:
        """Save the item if its stored version is still `item.version`; gives it with the next version, or None when someone was first.

        A rejected item frees its entry for a later export; a confirmed one marks it transferred.
        """
        ...

    def sent(self, tenant: str, engagement: str) -> Mapping[str, ExportItem]:
        """Read every item that holds its entry (accepted, being sent, confirmed or in review), by marker."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes written to the data bucket: how many, and their SHA-256 in hex."""

    size: int
    sha256: str


class Files(Protocol):
    """The data bucket. Keys hold ids only, never a name or a number of a person."""

    def put(self, key: FileKey, data: bytes) -> None:
        """Write an object whole."""
        ...

    def get(self, key: FileKey) -> bytes | None:
        """Read an object whole; None when there is none."""
        ...

    def write(self, key: FileKey, chunks: Iterable[bytes], limit: int) -> Stored:
        """Stream into an object in bounded memory. Refused file-too-large past `limit` bytes, and nothing is left behind."""
        ...

    def read(self, key: FileKey) -> Iterator[bytes]:
        """Stream an object in chunks."""
        ...


class Workflows(Protocol):
    """Step Functions."""

    def start(self, work: Work, key: JobKey) -> None:
        """Start the job's execution, named by the job: starting it again is harmless."""
        ...


class Events(Protocol):
    """The bus on which a host product hears what became of its connections."""

    def put(self, name: str, tenant: str, engagement: str, **details: Param) -> None:
        """Tell it once: a name as `ConnectionExpiring`, ids, and what the name promises; never a name of a company or person."""
        ...
