"""Time, chance, configuration, and all ports together: the world of one tenant, and what all tenants share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bridge.appendices.accounts import DEFAULTS, Accounts
from bridge.ledger.importing import OBJECT_LIMIT
from bridge.ports.budget import BULK
from bridge.ports.fortnox import Fortnox
from bridge.ports.logins import Attempts, Links, LinkTokens, Logins
from bridge.ports.stores import (
    Connections,
    Engagements,
    Entries,
    Events,
    Files,
    Grants,
    Jobs,
    LeaseTimers,
    Timers,
    Workflows,
)
from bridge.ports.tokens import Broker, Consents, Escrow, OAuth, Seals
from bridge.tokens.connection import Connection


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class Ids(Protocol):
    """The only source of identity and chance."""

    def new(self, prefix: str) -> str:
        """Give a new id, sortable by time: `imp_01JD…`."""
        ...

    def secret(self) -> str:
        """Give 256 random bits as URL-safe text."""
        ...

    def chance(self) -> float:
        """Give a number in [0, 1)."""
        ...


class Metrics(Protocol):
    """What alarms are set on."""

    def count(self, name: str) -> None:
        """Count that it happened once."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """Configuration that flows read; built by wiring from the environment. `public_url` is the API's, where Fortnox sends back."""

    client_id: str
    apps_url: str
    public_url: str
    console_url: str
    default_series: str
    settle: timedelta
    object_limit: int = OBJECT_LIMIT
    control_accounts: Accounts = field(default_factory=lambda: DEFAULTS)
    service_accounts: bool = True

    @property
    def redirect_uri(self) -> str:
        """Where Fortnox sends the browser back; registered there."""
        return f"{self.public_url}/oauth/callback"

    @property
    def start_uri(self) -> str:
        """Where a browser begins a login, with its ticket."""
        return f"{self.public_url}/oauth/start"


class Common(Protocol):
    """Ports over which no tenant's data can be reached."""

    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def ids(self) -> Ids: ...  # noqa: D102
    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def attempts(self) -> Attempts: ...  # noqa: D102
    @property
    def link_tokens(self) -> LinkTokens: ...  # noqa: D102
    @property
    def grants(self) -> Grants: ...  # noqa: D102


class World(Common, Protocol):
    """All ports of one tenant: nothing of another's can be reached over them. `bridge.wiring` builds each when it is first used."""

    @property
    def engagements(self) -> Engagements: ...  # noqa: D102
    @property
    def connections(self) -> Connections: ...  # noqa: D102
    @property
    def logins(self) -> Logins: ...  # noqa: D102
    @property
    def links(self) -> Links: ...  # noqa: D102
    @property
    def timers(self) -> LeaseTimers: ...  # noqa: D102
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
    def events(self) -> Events: ...  # noqa: D102

    def fortnox(
        self, connection: Connection, access_token: str = "", *, calls: int = BULK, until: datetime | None = None
    ) -> Fortnox:
        """Give a client of the connection's company; before it is sealed, with the access token that the code gave.

        `calls` is how many requests find their place in the company's budget at a time: what somebody who waits needs.
        `until` is when nobody waits any more: nothing is repeated, waited for or read after it.
        """
        ...


class Shared(Common, Protocol):
    """All ports of what belongs to no tenant: what is due, logins of whoever comes, Fortnox companies and their tokens."""

    @property
    def timers(self) -> Timers: ...  # noqa: D102
    @property
    def consents(self) -> Consents: ...  # noqa: D102
    @property
    def escrow(self) -> Escrow: ...  # noqa: D102
    @property
    def seals(self) -> Seals: ...  # noqa: D102
    @property
    def metrics(self) -> Metrics: ...  # noqa: D102
    @property
    def oauth(self) -> OAuth: ...  # noqa: D102
    @property
    def broker(self) -> Broker: ...  # noqa: D102

    def of(self, tenant: str) -> World:
        """Give the world of a tenant, once it is known which it is."""
        ...
