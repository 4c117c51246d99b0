"""The whole world in memory; the broker is the real one, over the stand-in token endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bridge.flows import broker
from bridge.ports import Access, Granted, Settings
from bridge.ports.budget import BULK
from bridge.tokens.connection import Connection, Mode
from tests.stand_ins.fortnox import FakeFortnox, FakeOAuth
from tests.stand_ins.logins import MemoryAttempts, MemoryLinks, MemoryLinkTokens, MemoryLogins
from tests.stand_ins.stores import (
    CountingMetrics,
    FakeSeals,
    MemoryConnections,
    MemoryConsents,
    MemoryEngagements,
    MemoryEntries,
    MemoryEscrow,
    MemoryEvents,
    MemoryFiles,
    MemoryGrants,
    MemoryJobs,
    MemoryTimers,
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

    def sleep(self, seconds: float) -> None:
        self.move(seconds=seconds)


@dataclass
class CountedIds:
    """Ids in the order they were asked for."""

    count: int = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count:04d}"

    def secret(self) -> str:
        self.count += 1
        return f"secret-{self.count:04d}".rjust(43, "-")

    def chance(self) -> float:
        return 0.5


@dataclass
class FakeWorld:
    """Every port, of all tenants at once. `fake` is the Fortnox behind every connection; `calls` how many were announced."""

    clock: StoppedClock = field(default_factory=StoppedClock)
    ids: CountedIds = field(default_factory=CountedIds)
    engagements: MemoryEngagements = field(default_factory=MemoryEngagements)
    attempts: MemoryAttempts = field(default_factory=MemoryAttempts)
    logins: MemoryLogins = field(default_factory=MemoryLogins)
    links: MemoryLinks = field(default_factory=MemoryLinks)
    link_tokens: MemoryLinkTokens = field(default_factory=MemoryLinkTokens)
    timers: MemoryTimers = field(default_factory=MemoryTimers)
    events: MemoryEvents = field(default_factory=MemoryEvents)
    escrow: MemoryEscrow = field(default_factory=MemoryEscrow)
    seals: FakeSeals = field(default_factory=FakeSeals)
    metrics: CountingMetrics = field(default_factory=CountingMetrics)
    oauth: FakeOAuth = field(default_factory=FakeOAuth)
    entries: MemoryEntries = field(default_factory=MemoryEntries)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    workflows: MemoryWorkflows = field(default_factory=MemoryWorkflows)
    fake: FakeFortnox = field(default_factory=FakeFortnox)
    calls: list[int] = field(default_factory=list)
    settings: Settings = field(
        default_factory=lambda: Settings(
            client_id="client",
            apps_url="https://apps.fortnox.se",
            public_url="https://bridge.example",
            console_url="https://console.example",
            default_series="A",
            settle=timedelta(seconds=900),
        )
    )

    def __post_init__(self) -> None:
        self.connections = MemoryConnections(self.engagements, self.timers)
        self.grants = MemoryGrants(self.connections)
        self.consents = MemoryConsents(self.timers)
        self.jobs = MemoryJobs(self.entries)
        self.broker = DirectBroker(self)

    def of(self, _tenant: str) -> FakeWorld:
        """Give the one world there is: its stores are told whose each thing is."""
        return self

    def fortnox(
        self, connection: Connection, access_token: str = "", *, calls: int = BULK, until: datetime | None = None
    ) -> FakeFortnox:
        self.calls.append(calls)
        self.fake.until = until
        assert access_token or self.broker.access_token(connection.tenant, connection.engagement).token
        return self.fake


@dataclass
class DirectBroker:
    """The broker without a Lambda in between."""

    world: FakeWorld

    def exchange(self, code: str, mode: Mode) -> Granted:
        return broker.exchange(self.world, code, mode)

    def seal(self, connection: Connection) -> str:
        return broker.seal(self.world, connection)

    def access_token(self, tenant: str, engagement: str, *, rejected: str = "") -> Access:
        return broker.access_token(self.world, tenant, engagement, rejected=rejected)

    def forget(self, fortnox_tenant: int) -> None:
        broker.forget(self.world, fortnox_tenant)

    def unclaim(self, fortnox_tenant: int) -> None:
        broker.unclaim(self.world, fortnox_tenant)

    def renew(self, fortnox_tenant: int) -> None:
        broker.renew(self.world, fortnox_tenant)
