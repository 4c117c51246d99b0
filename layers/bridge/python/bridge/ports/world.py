"""Time, chance, configuration, and all ports together as one world that a flow is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bridge.ledger.importing import OBJECT_LIMIT
from bridge.ports.fortnox import Fortnox
from bridge.ports.stores import Connections, Engagements, Entries, Files, Jobs, Workflows
from bridge.ports.tokens import Broker, Consents, OAuth
from bridge.tokens.connection import Connection


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""
        ...


class Ids(Protocol):
    """The only source of identity and chance."""

    def new(self, prefix: str) -> str:
        """Give a new id, sortable by time: `imp_01JD…`."""
        ...

    def secret(self) -> str:
        """Give 256 random bits as URL-safe text."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """Configuration that flows read; built by wiring from the environment."""

    client_id: str
    apps_url: str
    redirect_uri: str
    scopes: tuple[str, ...]
    default_series: str
    settle: timedelta
    object_limit: int = OBJECT_LIMIT


class World(Protocol):
    """All ports a flow may ask for; `bridge.wiring` builds each when it is first used."""

    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def ids(self) -> Ids: ...  # noqa: D102
    @property
    def engagements(self) -> Engagements: ...  # noqa: D102
    @property
    def connections(self) -> Connections: ...  # noqa: D102
    @property
    def consents(self) -> Consents: ...  # noqa: D102
    @property
    def oauth(self) -> OAuth: ...  # noqa: D102
    @property
    def broker(self) -> Broker: ...  # noqa: D102
    @property
    def jobs(self) -> Jobs: ...  # noqa: D102
    @property
    def entries(self) -> Entries: ...  # noqa: D102
    @property
    def files(self) -> Files: ...  # noqa: D102
    @property
    def workflows(self) -> Workflows: ...  # noqa: D102
    @property
    def settings(self) -> Settings: ...  # noqa: D102

    def fortnox(self, connection: Connection) -> Fortnox:
        """Give a client of the connection's company."""
        ...
