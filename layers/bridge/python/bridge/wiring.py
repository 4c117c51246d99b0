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
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bridge.jobs.job import Work
from bridge.ports import (
    Broker,
    Clock,
    Connections,
    Consents,
    Engagements,
    Entries,
    Files,
    Fortnox,
    Ids,
    Jobs,
    OAuth,
    Settings,
    Workflows,
    World,
)
from bridge.tokens.connection import Connection

if TYPE_CHECKING:
    from bridge.fortnox.session import AccessToken

SCOPES = ("bookkeeping", "companyinformation", "settings", "invoice", "supplierinvoice", "payment")
"""What is asked for at Fortnox: no more than the import and the export use, as each needs a licence of the customer's."""

TOKEN_KEPT = timedelta(minutes=4)
"""How long a client keeps an access token to itself; the broker hands out none that lives less than five."""

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


class RandomIds:
    """Ids that sort by time (48 bits of milliseconds, 80 of chance), and secrets."""

    def new(self, prefix: str) -> str:
        """Give a new id: `imp_01JD…`."""
        number = int(_now().timestamp() * 1000) << 80 | secrets.randbits(80)
        return prefix + "_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

    def secret(self) -> str:
        """Give 256 random bits."""
        return secrets.token_urlsafe(32)


def console(engagement: str, problem: str) -> str:
    """Give the console address where a browser ends that comes back from Fortnox."""
    query = {"problem": problem} if problem else {"connected": "1"}
    path = f"/engagements/{engagement}" if engagement else "/"
    return f"{_env('CONSOLE_URL').rstrip('/')}{path}?{urlencode(query)}"


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
    def consents(self) -> Consents:
        from bridge.stores import consents

        return consents.Consents(
            _client("dynamodb"), _env("CONNECTIONS_TABLE"), _client("kms"), os.environ.get("TOKENS_KEY", "")
        )

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
    def broker(self) -> Broker:
        from bridge.stores.lambdas import BrokerClient

        return BrokerClient(_client("lambda"), _env("BROKER_FUNCTION"))

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
            redirect_uri=f"{os.environ.get('PUBLIC_URL', '').rstrip('/')}/oauth/callback",
            scopes=SCOPES,
            default_series=os.environ.get("DEFAULT_SERIES", "A"),
            settle=timedelta(seconds=int(os.environ.get("SETTLE_SECONDS", "900"))),
            object_limit=int(os.environ.get("OBJECT_LIMIT", "500")),
        )

    def fortnox(self, connection: Connection) -> Fortnox:
        """Give a client of the connection's company; clients of one company share their pace."""
        from bridge.fortnox.client import Client

        company = connection.fortnox_tenant
        return Client(
            self.tokens_of(company),
            f"{_env('FORTNOX_API_URL')}/3",
            pacer=_pacer(company),
            sleep=time.sleep,
            chance=random.random,
            clock=lambda: _now().timestamp(),
        )

    def tokens_of(self, company: int) -> AccessToken:
        """Give a source of access tokens that asks the broker every few minutes, and at once when Fortnox rejected one."""
        held: list[tuple[str, datetime]] = []

        def access_token(rejected: str = "") -> str:
            if not held or rejected == held[-1][0] or _now() - held[-1][1] > TOKEN_KEPT:
                held[:] = [(self.broker.access_token(company, fresh=bool(rejected)), _now())]
            return held[-1][0]

        return access_token


@cache
def _pacer(_company: int) -> Any:
    from bridge.fortnox.limiter import LocalPacer

    return LocalPacer(time.monotonic, time.sleep)


@cache
def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    # A question to the broker is never sent twice: the code in it works once. A rotated token must reach its table.
    attempts = 1 if service == "lambda" else 8
    retries = {"mode": "standard", "total_max_attempts": attempts}
    return boto3.client(service, config=Config(retries=retries, connect_timeout=3, read_timeout=310))


def _env(name: str) -> str:
    return os.environ[name]
