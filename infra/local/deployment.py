"""What a provisioned template amounts to for those who serve it: functions, routes, schedules, streams. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Role:
    """A role: who may take it, and what it allows."""

    arn: str
    trust: Sequence[Mapping[str, Any]]
    statements: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def tagged(self) -> bool:
        """Whether it is taken with tags: in the name of a tenant."""
        return any("sts:TagSession" in each["Action"] for each in self.trust)


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda: its handler string is relative to `folder`; timeout in seconds, memory in MB, its role by ARN."""

    name: str
    folder: Path
    handler: str
    timeout: int
    memory: int
    runtime: str
    environment: Mapping[str, str]
    arn: str
    concurrency: int | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Authorizer:
    """A JWT authoriser: tokens of this issuer for one of these audiences, found in the Authorization header."""

    issuer: str
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API. `timeout` is the integration's, in seconds; no authoriser means open to all."""

    key: str
    function: str
    timeout: float
    authorizer: Authorizer | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cors:
    """The API's CORS configuration, as API Gateway applies it."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """One HTTP API with its routes."""

    id: str
    name: str
    routes: tuple[Route, ...]
    cors: Cors | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """What EventBridge invokes: `expression` is rate(…), cron(…) or at(…) in `timezone`; `payload` is JSON or empty."""

    name: str
    expression: str
    function: str
    payload: str = ""
    timezone: str = "UTC"
    source: str = "scheduler"


@dataclass(frozen=True, slots=True)
class StreamMapping:
    """A table's stream into a function. `filters` are event patterns; any that matches lets a record through."""

    table: str
    function: str
    batch: int
    filters: tuple[Mapping[str, object], ...] = ()
    retries: int = -1
    bisect: bool = False
    partial: bool = False
    failure_queue: str = ""


@dataclass(slots=True)
class Deployment:
    """Everything a template made, gathered while it is provisioned."""

    functions: dict[str, Function] = field(default_factory=dict)
    schedules: list[Schedule] = field(default_factory=list)
    streams: list[StreamMapping] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    buckets: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    machines: dict[str, str] = field(default_factory=dict)
    apis: dict[str, Api] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
