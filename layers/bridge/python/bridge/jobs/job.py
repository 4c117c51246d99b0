"""A job: an import or an export under way, its steps, findings and end. Shared by the API, the workflows and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bridge.problem import Finding, Param, Problem


class Work(StrEnum):
    """What kind of job; one of each runs at a time for an engagement."""

    IMPORT = "import"
    EXPORT = "export"


class Status(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTLY = "partly-succeeded"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self in {Status.SUCCEEDED, Status.PARTLY, Status.FAILED}


@dataclass(frozen=True, slots=True)
class JobKey:
    """Names a job. Workflow state carries these three and nothing of the books."""

    tenant: str
    engagement: str
    id: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `scope` is what was asked for, `result` what came of it; both are small JSON objects."""

    key: JobKey
    work: Work
    status: Status
    created_at: datetime
    created_by: str
    scope: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    ended_at: datetime | None = None

    def end(
        self, status: Status, now: datetime, *, problem: Problem | None = None, result: Mapping[str, Any] | None = None
    ) -> Job:
        """Give the job as it is when it has ended."""
        return replace(self, status=status, ended_at=now, problem=problem, result=result or {})


@dataclass(frozen=True, slots=True)
class Part:
    """What one step of a job found out, replaced whole when the step runs again. `facts` is a small JSON object."""

    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    done: int = 0
    total: int = 0

    @property
    def status(self) -> Status:
        """A step is done when all it counted is."""
        return Status.SUCCEEDED if self.total and self.done >= self.total else Status.RUNNING


@dataclass(frozen=True, slots=True)
class Activity:
    """A line of the activity log: a code and parameters, never a finished sentence."""

    id: str
    at: datetime
    by: str
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
