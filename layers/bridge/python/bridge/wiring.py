"""The only reader of the environment, the clock and chance. Builds each port when it is first asked for, once per process.

Only doors and their wall (`bridge.edge`) may import this. Handlers are the same everywhere; only endpoint URLs differ.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from bridge.jobs.job import Work
from bridge.ports import (
    Attempts,
    Broker,
    Clock,
    Connections,
    Consents,
    Engagements,
    Entries,
    Escrow,
    Events,
    Files,
    Fortnox,
    Grants,
    Ids,
    Jobs,
    LeaseTimers,
    Links,
    LinkTokens,
    Logins,
    Metrics,
    OAuth,
    Seals,
    Settings,
    Shared,
    Timers,
    Workflows,
    World,
)
from bridge.ports.budget import BULK
from bridge.tokens.connection import Connection

if TYPE_CHECKING:
    from bridge.fortnox.limiter import Tempo
    from bridge.fortnox.tokens import AccessTokens

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

FRESH = 45 * 60
"""Seconds after which a tenant's credentials are taken anew. They live for an hour, and a Lambda for a quarter of one."""

MOST_WORLDS = 32
"""Tenants whose clients are kept at once."""

_now: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - replaced whole by `use_clock`


def use_clock(now: Callable[[], datetime]) -> None:
    """Take time from somewhere else: the local runner moves it, tests stop it."""
    global _now  # noqa: PLW0603 - one clock per process is the point
    _now = now


class SystemClock:
    """The process's clock."""

    def now(self) -> datetime:
        """Give the time in UTC."""
        return _now()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


class RandomIds:
    """Ids that sort by time (48 bits of milliseconds, 80 of chance), and secrets."""

    def new(self, prefix: str) -> str:
        """Give a new id: `imp_01JD…`."""
        number = int(_now().timestamp() * 1000) << 80 | secrets.randbits(80)
        return prefix + "_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

    def secret(self) -> str:
        """Give 256 random bits."""
        return secrets.token_urlsafe(32)

    def chance(self) -> float:
        """Give a number in [0, 1)."""
        return random.random()  # noqa: S311 - spreads tries in time, guards nothing


def tenant_claim() -> str:
    """Name the claim of the login that holds the tenant."""
    return _env("TENANT_CLAIM")


def roles_claim() -> str:
    """Name the claim of the login that holds the roles."""
    return _env("ROLES_CLAIM")


def forget() -> None:
    """Forget everything built so far: the environment has changed (the local runner starts another stack)."""
    for built in (shared, _world, _tempo, _client):
        built.cache_clear()


@cache
def shared() -> Shared:
    """Give the ports of what belongs to no tenant; nothing of it is built before it is used."""
    return _Shared()


def world(tenant: str) -> World:
    """Give the tenant's world. It comes from who asks, never from what is asked for: its credentials open nothing else."""
    return _world(tenant, int(time.time()) // FRESH)


@lru_cache(maxsize=MOST_WORLDS)
def _world(tenant: str, _period: int) -> World:
    return _World(tenant)


class _Common:
    """Ports over which no tenant's data can be reached, with the function's own credentials, lazily."""

    @cached_property
    def clock(self) -> Clock:
        return SystemClock()

    @cached_property
    def ids(self) -> Ids:
        return RandomIds()

    @cached_property
    def attempts(self) -> Attempts:
        from bridge.stores import attempts

        return attempts.Attempts(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def link_tokens(self) -> LinkTokens:
        from bridge.stores import links

        return links.LinkTokens(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def broker(self) -> Broker:
        from bridge.stores.lambdas import BrokerClient

        return BrokerClient(_client("lambda", Pace.ONCE), _env("BROKER_FUNCTION"))

    @cached_property
    def settings(self) -> Settings:
        return Settings(
            client_id=os.environ.get("CLIENT_ID", ""),
            apps_url=os.environ.get("FORTNOX_APPS_URL", ""),
            public_url=os.environ.get("PUBLIC_URL", "").rstrip("/"),
            console_url=os.environ.get("CONSOLE_URL", "").rstrip("/"),
            default_series=os.environ.get("DEFAULT_SERIES", "A"),
            settle=timedelta(seconds=int(os.environ.get("SETTLE_SECONDS", "900"))),
            object_limit=int(os.environ.get("OBJECT_LIMIT", "500")),
            service_accounts=os.environ.get("SERVICE_ACCOUNTS", "true") == "true",
        )


class _Shared(_Common):
    """What belongs to no tenant."""

    def of(self, tenant: str) -> World:
        return world(tenant)

    @cached_property
    def timers(self) -> Timers:
        from bridge.stores import timers

        return timers.Timers(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def grants(self) -> Grants:
        from bridge.stores import connections

        return connections.Grants(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def consents(self) -> Consents:
        from bridge.stores import cipher, consents

        tokens = cipher.Cipher(_client("kms", Pace.BRISK), os.environ.get("TOKENS_KEY", ""))
        return consents.Consents(_client("dynamodb", Pace.BRISK), _env("CONNECTIONS_TABLE"), tokens)

    @cached_property
    def escrow(self) -> Escrow:
        from bridge.stores import escrow

        return escrow.Escrow(_client("s3", Pace.BRISK), _env("DATA_BUCKET"))

    @cached_property
    def seals(self) -> Seals:
        from bridge.stores import seals

        return seals.Seals(_client("kms"), os.environ.get("SEALS_KEY", ""))

    @cached_property
    def metrics(self) -> Metrics:
        from bridge.stores import metrics

        return metrics.Metrics()

    @cached_property
    def oauth(self) -> OAuth:
        from bridge.fortnox.auth import OAuth as FortnoxOAuth

        secret = _client("secretsmanager").get_secret_value(SecretId=_env("CLIENT_SECRET"))
        client = json.loads(secret["SecretString"])
        return FortnoxOAuth(client["client_id"], client["client_secret"], f"{_env('FORTNOX_APPS_URL')}/oauth-v1")


class _World(_Common):
    """What is one tenant's, with credentials that are cut to it."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    @cached_property
    def _credentials(self) -> Mapping[str, str]:
        from bridge.stores import clients

        return clients.credentials(_client("sts"), _env("TENANT_ROLE"), self._tenant)

    @cached_property
    def _dynamodb(self) -> Any:
        return _made("dynamodb", Pace.STEADY, **self._credentials)

    @cached_property
    def engagements(self) -> Engagements:
        from bridge.stores import engagements

        return engagements.Engagements(self._dynamodb, _env("CONNECTIONS_TABLE"))

    @cached_property
    def connections(self) -> Connections:
        from bridge.stores import connections

        return connections.Connections(self._dynamodb, _env("CONNECTIONS_TABLE"))

    @cached_property
    def grants(self) -> Grants:
        from bridge.stores import connections

        return connections.Grants(self._dynamodb, _env("CONNECTIONS_TABLE"))

    @cached_property
    def logins(self) -> Logins:
        from bridge.stores import attempts

        return attempts.Logins(self._dynamodb, _env("CONNECTIONS_TABLE"))

    @cached_property
    def links(self) -> Links:
        from bridge.stores import links

        return links.Links(self._dynamodb, _env("CONNECTIONS_TABLE"))

    @cached_property
    def timers(self) -> LeaseTimers:
        from bridge.stores import timers

        return timers.Timers(self._dynamodb, _env("CONNECTIONS_TABLE"))

    @cached_property
    def jobs(self) -> Jobs:
        from bridge.stores import jobs

        return jobs.Jobs(self._dynamodb, _env("WORK_TABLE"))

    @cached_property
    def entries(self) -> Entries:
        from bridge.stores import entries

        return entries.Entries(self._dynamodb, _env("WORK_TABLE"), self.ids)

    @cached_property
    def files(self) -> Files:
        from bridge.stores import files

        client = _made("s3", Pace.STEADY, **self._credentials)
        return files.Files(client, _env("DATA_BUCKET"), _env("DATA_KEY"), self._tenant)

    @cached_property
    def workflows(self) -> Workflows:
        from bridge.stores import workflows

        machines = {work: os.environ.get(f"{work.upper()}_MACHINE", "") for work in Work}
        return workflows.Workflows(_client("stepfunctions"), machines)

    @cached_property
    def events(self) -> Events:
        from bridge.stores import events

        return events.Events(_client("events"), _env("EVENT_BUS"))

    @cached_property
    def tokens(self) -> AccessTokens:
        from bridge.fortnox.tokens import AccessTokens

        return AccessTokens(self.broker, self.clock.now)

    def fortnox(
        self, connection: Connection, access_token: str = "", *, calls: int = BULK, until: datetime | None = None
    ) -> Fortnox:
        """Give a client of the connection's company; whoever talks to that company shares its request budget."""
        from bridge.fortnox.client import Client
        from bridge.fortnox.limiter import SharedPacer
        from bridge.fortnox.tokens import only
        from bridge.fortnox.waiting import Brief, Waiting
        from bridge.fortnox.wire import reading_transport
        from bridge.stores.budgets import SharedBudget

        company = connection.fortnox_tenant
        waiting = Waiting(until.timestamp(), _seconds, time.sleep) if until else None
        sleep = waiting.sleep if waiting else time.sleep
        budget = SharedBudget(_client("dynamodb", Pace.BRISK), _env("LIMITS_TABLE"), _env("CLIENT_ID"), company)
        return Client(
            only(access_token, connection) if access_token else self.tokens.of(connection),
            f"{_env('FORTNOX_API_URL')}/3",
            pacer=SharedPacer(budget, _tempo(company), _seconds, sleep, calls),
            sleep=sleep,
            chance=random.random,
            clock=_seconds,
            transport=Brief(waiting, reading_transport()) if waiting else None,
        )


@cache
def _tempo(_company: int) -> Tempo:
    from bridge.fortnox.limiter import Tempo

    return Tempo(int(_env("RATE_CEILING")))


def _seconds() -> float:
    return _now().timestamp()


class Pace(Enum):
    """How a client of AWS insists: (times a call is sent, seconds it waits for an answer)."""

    STEADY = (8, 60)
    BRISK = (2, 5)
    """For the broker, which must know soon that a token cannot be saved, and tries again by itself; and for who has a slot."""
    ONCE = (1, 310)
    """For questions to the broker: the code in one works once."""


@cache
def _client(service: str, pace: Pace = Pace.STEADY) -> Any:
    """Give a client with the function's own credentials, one for all that ask."""
    return _made(service, pace)


def _made(service: str, pace: Pace, **credentials: str) -> Any:
    from bridge.stores import clients

    attempts, seconds = pace.value
    if pace is Pace.ONCE:
        seconds = int(os.environ.get("BROKER_SECONDS", seconds))
    return clients.make(service, attempts, seconds, **credentials)


def _env(name: str) -> str:
    return os.environ[name]
