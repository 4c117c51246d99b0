"""The whole world in memory; the broker is the real one, over the stand-in token endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bridge.flows import broker
from bridge.ports import Granted, Settings
from bridge.tokens.connection import Connection, Mode
from tests.stand_ins.fortnox import FakeFortnox, FakeOAuth
from tests.stand_ins.stores import (
    MemoryConnections,
    MemoryConsents,
    MemoryEngagements,
    MemoryEntries,
    MemoryFiles,
    MemoryJobs,
    MemoryWorkflows,
)


@dataclass
class StoppedClock:
    """A clock that moves when told."""

    time: datetime = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class CountedIds:
    """Ids in the order they were asked for."""

    count: int = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count:04d}"

    def secret(self) -> str:
        self.count += 1
        return f"secret-{self.count:04d}"


@dataclass
class FakeWorld:
    """Every port. `fake` is the Fortnox behind every connection."""

    clock: StoppedClock = field(default_factory=StoppedClock)
    ids: CountedIds = field(default_factory=CountedIds)
    engagements: MemoryEngagements = field(default_factory=MemoryEngagements)
    connections: MemoryConnections = field(default_factory=MemoryConnections)
    consents: MemoryConsents = field(default_factory=MemoryConsents)
    oauth: FakeOAuth = field(default_factory=FakeOAuth)
    entries: MemoryEntries = field(default_factory=MemoryEntries)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    workflows: MemoryWorkflows = field(default_factory=MemoryWorkflows)
    fake: FakeFortnox = field(default_factory=FakeFortnox)
    settings: Settings = field(
        default_factory=lambda: Settings(
            client_id="client",
            apps_url="https://apps.fortnox.se",
            redirect_uri="https://bridge.example/oauth/callback",
            scopes=("bookkeeping", "companyinformation"),
            default_series="A",
            settle=timedelta(seconds=900),
        )
    )

    def __post_init__(self) -> None:
        self.jobs = MemoryJobs(self.entries)
        self.broker = DirectBroker(self)

    def fortnox(self, connection: Connection) -> FakeFortnox:
        self.broker.access_token(connection.fortnox_tenant)
        return self.fake


@dataclass
class DirectBroker:
    """The broker without a Lambda in between."""

    world: FakeWorld

    def exchange(self, code: str, mode: Mode) -> Granted:
        return broker.exchange(self.world, code, mode)

    def access_token(self, fortnox_tenant: int, *, fresh: bool = False) -> str:
        return broker.access_token(self.world, fortnox_tenant, fresh=fresh)

    def forget(self, fortnox_tenant: int) -> None:
        broker.forget(self.world, fortnox_tenant)

    def renew(self, fortnox_tenant: int) -> None:
        broker.renew(self.world, fortnox_tenant)
