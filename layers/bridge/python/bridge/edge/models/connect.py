"""Engagements and connections over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from bridge.edge.models.base import Asked, Given, Span


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


class AuthorizationAsked(Asked):
    """Start a login: `service` connects for the whole company (administrators), `personal` only as the one who logs in."""

    mode: Literal["service", "personal"] = "service"


class AuthorizationGiven(Given):
    """Where to send the browser."""

    authorize_url: str
    expires_at: datetime


class ConnectionGiven(Given):
    """How the engagement stands with Fortnox; always answered, also when nothing is connected."""

    status: str
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
    can_export: bool = False


class Health(Given):
    """The service answers."""

    status: str
