"""Engagements and connections over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from bridge.edge.models.base import Asked, Given, Span
from bridge.edge.models.work import ProblemGiven


class EngagementAsked(Asked):
    """A new engagement (uppdrag). Everything wrong with it is answered at once."""

    name: str
    org_number: str
    kind: str = "year-end"
    purpose: str = "year-end"
    years: Annotated[list[Span], Field(min_length=1, max_length=20)]
    active_period: Span
    currency: str = "SEK"


class YearGiven(Given):
    """A financial year of the engagement; its id is its last day."""

    id: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    locked: bool


class EngagementGiven(Given):
    """An engagement. `publishedImport` is the import whose books are shown."""

    id: str
    name: str
    org_number: str
    kind: str
    purpose: str
    years: list[YearGiven]
    active_period: Span
    currency: str
    published_import: str | None


class EngagementList(Given):
    """The tenant's engagements."""

    items: list[EngagementGiven]


Part = Literal["ledger", "appendices", "documents", "billing"]
"""A part of the work that a connection can be for."""

ConnectMode = Literal["service", "personal"]
"""`service` connects for the whole company (administrators), `personal` only as the one who logs in."""


class ImportThen(Asked):
    """An import to start at once when the company is connected: of these years, or the newest three."""

    years: list[str] = Field(default_factory=list, max_length=20)


class AuthorizationAsked(Asked):
    """Start a login. Without `capabilities` what the engagement's purpose is for is asked for; an empty list asks for its main job alone."""

    mode: ConnectMode = "service"
    capabilities: list[Part] | None = None
    destination: Literal["overview", "import", "payments"] = "overview"
    then_import: ImportThen | None = None


class CompanyAuthorizationAsked(AuthorizationAsked):
    """Start a login whose company becomes an engagement of that kind and purpose."""

    kind: Literal["year-end", "period-reconciliation"] = "year-end"
    purpose: Literal["year-end", "audit", "billing"] = "year-end"


class AuthorizationGiven(Given):
    """Where to send the browser, at its top level; good once, until `expiresAt`."""

    authorize_url: str
    expires_at: datetime


class CapabilityGiven(Given):
    """What is known of a part of the work: yes, no-scope, no-licence, no-right or unknown; `fixer` is user, administrator or fortnox."""

    id: str
    answer: str
    scope: str | None
    fixer: str | None
    text: str


class ExportStateGiven(Given):
    """Whether something can be exported now; if not, the first reason, and what to tell the user."""

    allowed: bool
    reason: str | None = None
    text: str | None = None


class LoginGiven(Given):
    """The latest login when it did not lead to a connection: under way until `expiresAt`, or its problem and what to offer."""

    mode: str
    expires_at: datetime
    ended_at: datetime | None
    problem: ProblemGiven | None
    offers: list[str]


class SharingGiven(Given):
    """Another engagement of the firm that is connected to the same company."""

    id: str
    name: str


class ConnectionGiven(Given):
    """How the engagement stands with Fortnox; always answered, also when nothing is connected."""

    status: str
    text: str
    company: str | None = None
    org_number: str | None = None
    fortnox_tenant: int | None = None
    mode: str | None = None
    scopes: list[str] = Field(default_factory=list)
    connected_by: str | None = None
    connected_at: datetime | None = None
    renewed_at: datetime | None = None
    expires_at: datetime | None = None
    days_left: int | None = None
    capabilities: list[CapabilityGiven] = Field(default_factory=list)
    also_connected: list[SharingGiven] = Field(default_factory=list)
    unreachable_since: datetime | None = None
    login: LoginGiven | None = None
    export: ExportStateGiven


class Health(Given):
    """The service answers."""

    status: str
