"""An engagement (uppdrag): one client company's closing, audit or billing, and the years it covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What is being worked on: the year-end closing (bokslut) or a period reconciliation (periodavstämning)."""

    YEAR_END = "year-end"
    PERIOD = "period-reconciliation"


class Purpose(StrEnum):
    """Which product the connection serves; it decides the lease (see `bridge.tokens.lease`)."""

    YEAR_END = "year-end"
    AUDIT = "audit"
    BILLING = "billing"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        """Tell whether the day lies in the period."""
        return self.first <= day <= self.last

    def overlaps(self, other: Period) -> bool:
        """Tell whether the two share a day."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Year:
    """A financial year (räkenskapsår) of the engagement; a locked one is never replaced by an import."""

    period: Period
    locked: bool = False

    @property
    def id(self) -> str:
        """The year's name everywhere outside Fortnox: its last day, ISO 8601."""
        return self.period.last.isoformat()


@dataclass(frozen=True, slots=True)
class Engagement:
    """The client company and what is to be done for it. `org_number` is ten digits without hyphen."""

    tenant: str
    id: str
    name: str
    org_number: str
    kind: Kind
    purpose: Purpose
    years: tuple[Year, ...]
    active: Period
    currency: str = "SEK"
    published: str = ""

    def year(self, day: date) -> Year | None:
        """Find the engagement's year that has the day, or None."""
        return next((year for year in self.years if year.period.has(day)), None)
