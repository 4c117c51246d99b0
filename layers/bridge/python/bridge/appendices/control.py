"""The ledger's side: a control account (reskontrakonto), or several taken as one, year by year, posting by posting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bridge.appendices.subledger import Side
from bridge.problem import BridgeError


class DayNotImported(BridgeError):
    """The balance day lies in no year of the control account: its year was never imported."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A row on the control account, öre, debit positive."""

    series: str
    number: int
    booked: date
    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class ControlYear:
    """One imported year of the control account: its opening balance (ingående balans) and every posting on it.

    `fortnox_id` is Fortnox's id of the year, the one voucher origins use; None for a year that Fortnox does not have.
    `cash` tells kontantmetoden: invoices are booked when they are paid, so the account holds none before the cut-off.
    """

    first: date
    last: date
    opening: int
    postings: tuple[Posting, ...]
    fortnox_id: int | None = None
    cash: bool = False

    @property
    def name(self) -> str:
        """The year's name everywhere outside Fortnox: its last day, ISO 8601."""
        return self.last.isoformat()

    def balance(self, day: date) -> int:
        """Add up opening balance and every posting up to and including the day."""
        return self.opening + sum(posting.amount for posting in self.postings if posting.booked <= day)


@dataclass(frozen=True, slots=True)
class Control:
    """A control account and its years. Several taken as one go under the first one's number; `members` are they, one by one."""

    account: str
    side: Side
    years: tuple[ControlYear, ...]
    currency: str = "SEK"
    members: tuple[Control, ...] = ()

    def balances(self, day: date) -> tuple[tuple[str, int], ...]:
        """Give each account's own balance at the end of a day."""
        return tuple((each.account, year_of(each.years, day).balance(day)) for each in self.members or (self,))


def joined(members: Sequence[Control]) -> Control:
    """Take several control accounts of the same years as one: what moves between them is no movement of the whole."""
    first = members[0]
    years = tuple(_joined(each) for each in zip(*(member.years for member in members), strict=True))
    return Control(first.account, first.side, years, first.currency, tuple(members))


def year_of(years: Iterable[ControlYear], day: date) -> ControlYear:
    """Find the year that has the day. Raises DayNotImported."""
    found = next((year for year in years if year.first <= day <= year.last), None)
    if found is None:
        raise DayNotImported(f"no imported year has {day}")
    return found


def chain_to(years: Iterable[ControlYear], day: date) -> list[ControlYear]:
    """Years of one method without a hole between them, oldest first, the last one having the day. Raises DayNotImported."""
    chain: list[ControlYear] = []
    for year in sorted(years, key=lambda each: each.first):
        if year.first > day:
            break
        if chain and (chain[-1].last + timedelta(days=1) != year.first or chain[-1].cash != year.cash):
            chain.clear()
        chain.append(year)
    year_of(chain[-1:], day)
    return chain


def _joined(years: Sequence[ControlYear]) -> ControlYear:
    first = years[0]
    postings = tuple(posting for year in years for posting in year.postings)
    opening = sum(year.opening for year in years)
    return ControlYear(first.first, first.last, opening, postings, first.fortnox_id, first.cash)
