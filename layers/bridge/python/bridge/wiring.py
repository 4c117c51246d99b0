"""The only reader of the environment, the clock and chance. Builds each port when it is first asked for, once per process.

Only doors and their wall (`bridge.edge`) may import this. Handlers are the same everywhere; only endpoint URLs differ.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, cached_property
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
    Ids,
    Jobs,
    Links,
    Metrics,
    OAuth,
    Seals,
    Settings,
    Timers,
    Workflows,
    World,
)
from bridge.tokens.connection import Connection

if TYPE_CHECKING:
    from bridge.fortnox.tokens import AccessTokens

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

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
    for built in (world, _pacer, _client):
        built.cache_clear()


@cache
def world() -> World:
    """Give the process's world; nothing of it is built before it is used."""
    return _World()


class _World:
    """Every port, lazily."""

    @cached_property
    def clock(self) -> Clock:
        return SystemClock()

    @cached_property
    def ids(self) -> Ids:
        return RandomIds()

    @cached_property
    def engagements(self) -> Engagements:
        from bridge.stores import engagements

        return engagements.Engagements(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def connections(self) -> Connections:
        from bridge.stores import connections

        return connections.Connections(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def attempts(self) -> Attempts:
        from bridge.stores import attempts

        return attempts.Attempts(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def links(self) -> Links:
        from bridge.stores import links

        return links.Links(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

    @cached_property
    def timers(self) -> Timers:
        from bridge.stores import timers

        return timers.Timers(_client("dynamodb"), _env("CONNECTIONS_TABLE"))

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
    def jobs(self) -> Jobs:
        from bridge.stores import jobs

        return jobs.Jobs(_client("dynamodb"), _env("WORK_TABLE"))

    @cached_property
    def entries(self) -> Entries:
        from bridge.stores import entries

        return entries.Entries(_client("dynamodb"), _env("WORK_TABLE"), self.ids)

    @cached_property
    def files(self) -> Files:
        from bridge.stores import files

        return files.Files(_client("s3"), _env("DATA_BUCKET"))

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
    def broker(self) -> Broker:
        from bridge.stores.lambdas import BrokerClient

        return BrokerClient(_client("lambda", Pace.ONCE), _env("BROKER_FUNCTION"))

    @cached_property
    def oauth(self) -> OAuth:
        from bridge.fortnox.auth import OAuth as FortnoxOAuth

        secret = _client("secretsmanager").get_secret_value(SecretId=_env("CLIENT_SECRET"))
        client = json.loads(secret["SecretString"])
        return FortnoxOAuth(client["client_id"], client["client_secret"], f"{_env('FORTNOX_APPS_URL')}/oauth-v1")

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

    @cached_property
    def tokens(self) -> AccessTokens:
        from bridge.fortnox.tokens import AccessTokens

        return AccessTokens(self.broker, self.clock.now)

    def fortnox(self, connection: Connection, access_token: str = "") -> Fortnox:
        """Give a client of the connection's company; clients of one company share their pace."""
        from bridge.fortnox.client import Client
        from bridge.fortnox.tokens import only

        company = connection.fortnox_tenant
        return Client(
            only(access_token, connection) if access_token else self.tokens.of(connection),
            f"{_env('FORTNOX_API_URL')}/3",
            pacer=_pacer(company),
            sleep=time.sleep,
            chance=random.random,
            clock=lambda: _now().timestamp(),
        )


@cache
def _pacer(_company: int) -> Any:
    from bridge.fortnox.limiter import LocalPacer

    return LocalPacer(time.monotonic, time.sleep)


class Pace(Enum):
    """How a client of AWS insists: (times a call is sent, seconds it waits for an answer)."""

    STEADY = (8, 60)
    BRISK = (2, 5)
    """For the broker, which must know soon that a token cannot be saved, and tries again by itself."""
    ONCE = (1, 310)
    """For questions to the broker: the code in one works once."""


@cache
def _client(service: str, pace: Pace = Pace.STEADY) -> Any:
    import boto3
    from botocore.config import Config

    attempts, seconds = pace.value
    if pace is Pace.ONCE:
        seconds = int(os.environ.get("BROKER_SECONDS", seconds))
    retries = {"mode": "standard", "total_max_attempts": attempts}
    return boto3.client(service, config=Config(retries=retries, connect_timeout=3, read_timeout=seconds))


def _env(name: str) -> str:
    return os.environ[name]
