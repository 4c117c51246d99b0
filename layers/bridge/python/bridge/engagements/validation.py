"""From what a person filled in to an engagement, or every reason why not, each pointing at its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.ledger import orgnumber
from bridge.problem import Problem

LONGEST_NAME = 200
LONGEST_YEAR = 18
"""Months: a first or changed financial year may be extended to at most that (förlängt räkenskapsår)."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories that are not to be read: control, format (text direction), lone surrogates."""

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the request says of a new engagement; nothing in it is checked yet, and the years come in any order."""

    name: str
    org_number: str
    kind: str
    purpose: str
    years: tuple[Period, ...]
    active: Period
    currency: str = "SEK"


def create(tenant: str, key: str, draft: Draft) -> Engagement | tuple[Problem, ...]:
    """Make the engagement with the id `key`, years oldest first, or give every problem there is.

    Problems are `org-number-invalid` (see `orgnumber.parse`) and `invalid-value` with the param `reason`: required,
    too-long, control-characters, unknown, ends-before-start, longer-than-18-months, overlap, outside-years, currency.
    """
    number = orgnumber.parse(draft.org_number)
    problems = (*_name(draft.name), *_number(number), *_choices(draft), *_years(draft.years), *_active(draft))
    if problems or isinstance(number, Problem):
        return problems
    return Engagement(
        tenant=tenant,
        id=key,
        name=draft.name.strip(),
        org_number=number,
        kind=Kind(draft.kind),
        purpose=Purpose(draft.purpose),
        years=tuple(Year(period) for period in sorted(draft.years)),
        active=draft.active,
        currency=draft.currency,
    )


def _invalid(pointer: str, reason: str) -> Problem:
    return Problem("invalid-value", {"reason": reason}, pointer)


def is_readable(text: str) -> bool:
    """Tell whether a text has only characters that are meant to be read."""
    return not any(unicodedata.category(each) in _UNSEEN for each in text)


def _name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield _invalid("/name", "required")
    if len(name.strip()) > LONGEST_NAME:
        yield _invalid("/name", "too-long")
    if not is_readable(name):
        yield _invalid("/name", "control-characters")


def _number(number: str | Problem) -> Iterator[Problem]:
    if isinstance(number, Problem):
        yield replace(number, pointer="/orgNumber")


def _choices(draft: Draft) -> Iterator[Problem]:
    if not _is_one_of(Kind, draft.kind):
        yield _invalid("/kind", "unknown")
    if not _is_one_of(Purpose, draft.purpose):
        yield _invalid("/purpose", "unknown")
    if not _CURRENCY.fullmatch(draft.currency):
        yield _invalid("/currency", "currency")


def _is_one_of(choices: type[StrEnum], value: str) -> bool:
    return value in {choice.value for choice in choices}


def _years(years: tuple[Period, ...]) -> Iterator[Problem]:
    if not years:
        yield _invalid("/years", "required")
    for place, year in enumerate(years):
        if year.last < year.first:
            yield _invalid(f"/years/{place}/to", "ends-before-start")
        elif _is_too_long(year):
            yield _invalid(f"/years/{place}/to", "longer-than-18-months")
    yield from _overlaps(years)


def _overlaps(years: tuple[Period, ...]) -> Iterator[Problem]:
    """Point at every year that begins before all years that began earlier have ended."""
    ended = date.min
    for year, place in sorted((year, place) for place, year in enumerate(years)):
        if year.first <= ended:
            yield _invalid(f"/years/{place}/from", "overlap")
        ended = max(ended, year.last)


def _is_too_long(year: Period) -> bool:
    """Compare as (months, day): a year from the 15th may last until the 14th eighteen months on."""
    first = (year.first.year * 12 + year.first.month + LONGEST_YEAR, year.first.day)
    return (year.last.year * 12 + year.last.month, year.last.day) >= first


def _active(draft: Draft) -> Iterator[Problem]:
    if draft.active.last < draft.active.first:
        yield _invalid("/activePeriod/to", "ends-before-start")
    elif not any(year.has(draft.active.first) and year.has(draft.active.last) for year in draft.years):
        yield _invalid("/activePeriod", "outside-years")
