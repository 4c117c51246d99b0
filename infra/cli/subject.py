"""Whom the main job is about: a company of the simulator, the years to import, and what to book in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

Entry = dict[str, Any]
"""A closing entry as the API takes it."""

_DEMO: Sequence[tuple[str, str, tuple[tuple[int, str], ...]]] = (
    ("V", "Upplupna kostnader, revision", ((6420, "28000.00"), (2990, "-28000.00"))),
    ("V", "Förutbetald hyra januari", ((1710, "18500.00"), (5010, "-18500.00"))),
    ("V", "Upplupen ränta", ((8410, "4312.50"), (2960, "-4312.50"))),
    ("S", "Årets avskrivningar inventarier", ((7832, "42750.00"), (1229, "-42750.00"))),
    ("S", "Skatt på årets resultat", ((8910, "61234.00"), (2512, "-61234.00"))),
    ("S", "Avsättning till periodiseringsfond", ((8811, "75000.00"), (2125, "-75000.00"))),
)
"""What a closing product would send of the demo company: kind, text, rows."""

DEMO_SERIES: Mapping[str, str] = {"V": "A", "S": "I"}
"""Which voucher series the demo sends each kind to."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A company at Fortnox as it is before anybody has connected to it. `years` are first and last days, oldest first."""

    name: str
    org_number: str
    years: tuple[tuple[date, date], ...]
    notes: tuple[str, ...]

    def active(self, today: date) -> tuple[date, date]:
        """Choose the year to close: the newest one that is over, or else the newest."""
        over = [year for year in self.years if year[1] < today]
        return over[-1] if over else self.years[-1]

    def engagement(self, today: date) -> dict[str, Any]:
        """Give the engagement as the API takes it."""
        return {
            "name": self.name,
            "orgNumber": self.org_number,
            "years": [_span(*year) for year in self.years],
            "activePeriod": _span(*self.active(today)),
        }


def read(fortnox_url: str) -> Subject:
    """Read the first company of the simulator from its panel: whom a person would choose at the login."""
    company = httpx.get(f"{fortnox_url}/_control", timeout=30).raise_for_status().json()["companies"][0]
    years = sorted((date.fromisoformat(each["first"]), date.fromisoformat(each["last"])) for each in company["years"])
    return Subject(company["name"], company["org_number"], tuple(years), tuple(company["notes"]))


def demo_entries(day: str) -> list[Entry]:
    """Give the six closing entries of the demo company, dated the last day of its year."""
    return [_entry(kind, day, text, rows) for kind, text, rows in _DEMO]


def entry_on(accounts: Sequence[Mapping[str, Any]], day: str) -> list[Entry]:
    """Give one balanced entry between two accounts of any company: the two that moved most, four digits both."""
    moved = [each for each in accounts if len(each["account"]) == 4 and each["account"].isdigit()]
    by_movement = sorted(moved, key=lambda each: (-abs(Decimal(each["movement"])), each["account"]))
    first, second = (int(each["account"]) for each in by_movement[:2])
    return [_entry("V", day, "Provbokning från Fortnox Bridge", ((first, "100.00"), (second, "-100.00")))]


def _entry(kind: str, day: str, text: str, rows: Sequence[tuple[int, str]]) -> Entry:
    return {
        "kind": kind,
        "date": day,
        "text": text,
        "rows": [{"account": account, "amount": amount} for account, amount in rows],
    }


def _span(first: date, last: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat()}
