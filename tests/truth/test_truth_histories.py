"""Companies made by chance, with every way an invoice can end: on each month end the open items are the truth."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.appendices.causes import Cause
from infra.local.fortnox.histories import carry_forward, random_company
from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.model import Company, Row
from infra.local.fortnox.trade import plus
from tests.truth.simulated import ACCOUNTS, Fetched, fetch, month_ends

MONTHS = month_ends(date(2024, 1, 1), date(2025, 12, 31))
NEW_YEAR = date(2025, 1, 1)
FULL = bool(os.environ.get("BRIDGE_FULL"))  # noqa: TID251 - asks for the long run
LONG = pytest.param(0, marks=pytest.mark.skip(reason="500 longer histories; set BRIDGE_FULL=1 to run them"), id="500")
NONE: dict[str, list[date]] = {account: [] for account in ACCOUNTS}


@dataclass(frozen=True, slots=True)
class Planted:
    """What a ledger was given that no subledger has: direct postings by day and voucher, and a gap between the years."""

    postings: tuple[tuple[date, str, int, int], ...]
    gap: int

    def amount(self, day: date) -> int:
        """Say by how much the ledger differs at the end of a day."""
        posted = sum(amount for booked, _series, _number, amount in self.postings if booked <= day)
        return posted + (self.gap if day >= NEW_YEAR else 0)


def plant(company: Company, seed: int) -> dict[str, Planted]:
    """Post manual vouchers on both control accounts, and open the second year with other balances than the first closed with."""
    chance, ledgers = Random(seed), Ledgers(company)  # noqa: S311 - a made-up company, the same for the same seed
    first, second = company.years
    planted = {}
    for account in ACCOUNTS:
        postings = []
        for _ in range(4):
            day, amount = plus("2024-01-01", chance.randint(0, 730)), chance.randint(-99_999, 99_999) or 1
            link = ledgers.post("A", day, "Direkt", [Row(account, amount), Row("3001", -amount)])
            postings.append((date.fromisoformat(day), link.series, link.number, amount))
        planted[account] = Planted(tuple(postings), chance.choice((0, chance.randint(1, 50_000))))
    carry_forward(company, first, second)
    for account, each in planted.items():
        second.opening[account] = second.opening.get(account, 0) + each.gap
    return planted


def wrong_months(fetched: Fetched, account: str) -> list[date]:
    """List the month ends whose open items are not the truth, or whose ledger is not what they add up to."""
    return [day for day in MONTHS if not _is_right(fetched, account, day)]


def _is_right(fetched: Fetched, account: str, day: date) -> bool:
    appendix = fetched.appendix(account, day)
    open_items = {item.number: item.open for item in appendix.items}
    return open_items == fetched.truth(account, day) and appendix.difference == 0 == len(appendix.explanations)


@given(seed=st.integers(0, 2**32), size=st.integers(1, 60))
@settings(max_examples=15, deadline=None, database=None)
def test_every_month_end_of_a_history_is_the_truth(seed: int, size: int) -> None:
    fetched = fetch(random_company(seed, size))
    assert {account: wrong_months(fetched, account) for account in ACCOUNTS} == NONE


@pytest.mark.full
@pytest.mark.parametrize("seed", range(1_000, 1_500) if FULL else [LONG])
def test_every_month_end_of_a_long_history_is_the_truth(seed: int) -> None:
    fetched = fetch(random_company(seed, size=120))
    assert {account: wrong_months(fetched, account) for account in ACCOUNTS} == NONE


@pytest.mark.parametrize("seed", range(100, 110))
def test_whatever_is_planted_is_the_difference_and_is_named(seed: int) -> None:
    company = random_company(seed, size=20)
    planted = plant(company, seed)
    fetched = fetch(company)
    for account, each in planted.items():
        for day in MONTHS:
            appendix = fetched.appendix(account, day)
            assert fetched.open(account, day) == fetched.truth(account, day)
            assert (appendix.difference, appendix.unexplained) == (each.amount(day), 0)
        named = [found for found in appendix.explanations if found.cause is Cause.DIRECT]
        assert {(found.booked, found.series, found.number, found.amount) for found in named} == set(each.postings)
        assert sum(found.amount for found in appendix.explanations if found.cause is Cause.OPENING_GAP) == each.gap


@pytest.mark.parametrize("account", ACCOUNTS)
def test_todays_balances_are_caught_by_the_same_truth(account: str) -> None:
    fetched = fetch(random_company(1, size=40))
    assert [day for day in MONTHS[6:-1] if fetched.open_today(account, day) == fetched.truth(account, day)] == []


@given(seed=st.integers(0, 2**32), size=st.integers(1, 60))
@settings(max_examples=10, deadline=None, database=None)
def test_with_the_cash_method_nothing_differs_and_all_that_is_open_is_to_be_booked(seed: int, size: int) -> None:
    fetched = fetch(random_company(seed, size, method="CASH"))
    for account, sign in (("1510", 1), ("2440", -1)):
        for day in MONTHS:
            appendix = fetched.appendix(account, day)
            truth = fetched.truth(account, day)
            assert {item.number: item.open for item in appendix.items} == truth
            assert (appendix.ledger, appendix.difference, appendix.explanations) == (0, 0, ())
            assert appendix.cut_off == sign * sum(truth.values())
