"""Imports, exports and closing entries over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from bridge.edge.models.base import Amount, Asked, Given, Id, Json, Params


class ImportAsked(Asked):
    """Import the named years (each by its last day), or the newest three when none are named."""

    source: Literal["fortnox"] = "fortnox"
    years: list[str] = Field(default_factory=list, max_length=20)


class StepGiven(Given):
    """A step of a job: how much of it is done."""

    id: str
    status: str
    done: int
    total: int


class FindingGiven(Given):
    """Something seen in the books: code and parameters, and the sentence in the language asked for."""

    code: str
    severity: str
    params: Params
    text: str
    line: int | None = None
    count: int = 1


class ProblemGiven(Given):
    """Why something was not done (RFC 9457), with `code` and `action` for programs."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    action: str
    params: Params
    instance: str | None = None
    errors: list[FieldProblem] = Field(default_factory=list)


class FieldProblem(Given):
    """One thing to correct; `pointer` names the field (RFC 6901)."""

    pointer: str | None
    code: str
    detail: str
    params: Params


class ItemGiven(Given):
    """What became of one entry of an export."""

    entry: str
    status: str
    series: str
    number: int | None
    year: str
    verified: bool
    marker: str
    problem: ProblemGiven | None


class JobGiven(Given):
    """An import or export as it stands."""

    id: str
    kind: str
    status: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    scope: Json
    steps: list[StepGiven]
    findings: list[FindingGiven]
    result: Json
    items: list[ItemGiven] = Field(default_factory=list)
    problem: ProblemGiven | None


class JobList(Given):
    """Jobs, newest first."""

    items: list[JobGiven]


class RowAsked(Asked):
    """One row of a voucher; debit is positive."""

    account: Annotated[int, Field(ge=1000, le=9999)]
    amount: Amount
    text: Annotated[str, Field(max_length=100)] = ""
    cost_center: Annotated[str, Field(max_length=20)] = ""
    project: Annotated[str, Field(max_length=20)] = ""


class EntryAsked(Asked):
    """A closing entry: `kind` is V (manual), S (system) or whatever the closing product calls it."""

    id: Id | Literal[""] = ""
    kind: Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[A-Za-z0-9]+$")]
    date: date
    text: str
    rows: Annotated[list[RowAsked], Field(max_length=500)]


class EntriesAsked(Asked):
    """Closing entries, taken in all or none."""

    entries: Annotated[list[EntryAsked], Field(min_length=1, max_length=100)]


class EntryGiven(Given):
    """A closing entry with its status towards Fortnox."""

    id: str
    kind: str
    date: date
    text: str
    rows: list[RowAsked]
    status: str


class EntryList(Given):
    """The engagement's closing entries."""

    items: list[EntryGiven]


class SeriesGiven(Given):
    """A voucher series in Fortnox; only a manual one takes closing entries."""

    code: str
    name: str
    manual: bool


class SeriesList(Given):
    """Voucher series of one financial year."""

    items: list[SeriesGiven]


class ExportAsked(Asked):
    """Send closing entries: `series` says which voucher series each kind goes to."""

    kind: Literal["closing-entries"] = "closing-entries"
    entry_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]
    series: dict[str, Annotated[str, Field(min_length=1, max_length=10)]]
