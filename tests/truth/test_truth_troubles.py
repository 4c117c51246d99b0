"""Companies made by chance whose books and subledgers differ in every way: each difference is explained, document by document."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.appendices.appendix import Appendix
from infra.local.fortnox.histories import carry_forward, random_company
from infra.local.fortnox.troubles import Troubles
from tests.truth.simulated import ACCOUNTS, Fetched, fetch, month_ends

MONTHS = month_ends(date(2024, 1, 1), date(2025, 12, 31))
FULL = bool(os.environ.get("BRIDGE_FULL"))  # noqa: TID251 - asks for the long run
LARGE = pytest.param(0, marks=pytest.mark.skip(reason="companies of 6 500 invoices; set BRIDGE_FULL=1"), id="6500")
SEEDS = st.integers(0, 2**32)


def troubled(seed: int, size: int, each: int) -> tuple[Fetched, Troubles]:
    """Make a company, plant so many troubles of each kind, and fetch it."""
    company = random_company(seed, size)
    troubles = Troubles(company, Random(seed))  # noqa: S311 - a made-up company, the same for the same seed
    troubles.plant(each)
    carry_forward(company, *company.years)
    return fetch(company), troubles


def explained(appendix: Appendix) -> dict[tuple[str, str], int]:
    """Add up what the appendix explains, by cause and document."""
    found: dict[tuple[str, str], int] = {}
    for each in appendix.explanations:
        document = "" if each.cause.value == "missing-document" else each.document
        found[each.cause.value, document] = found.get((each.cause.value, document), 0) + each.amount
    return {key: amount for key, amount in found.items() if amount}


def check_every_month_end(fetched: Fetched, troubles: Troubles) -> None:
    """Compare open items, causes and their sum with the truth."""
    for account in ACCOUNTS:
        for day in MONTHS:
            appendix = fetched.appendix(account, day)
            assert {item.number: item.open for item in appendix.items} == fetched.truth(account, day)
            assert explained(appendix) == troubles.active(account, day.isoformat())
            assert appendix.unexplained == 0


@given(seed=SEEDS, size=st.integers(5, 40), each=st.integers(1, 3))
@settings(max_examples=15, deadline=None, database=None)
def test_every_difference_is_explained_by_what_was_planted(seed: int, size: int, each: int) -> None:
    check_every_month_end(*troubled(seed, size, each))


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2_000, 2_004) if FULL else [LARGE])
def test_every_difference_of_a_large_company_is_explained(seed: int) -> None:
    check_every_month_end(*troubled(seed, size=3_000, each=25))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong product: how it finds what is open, and how it joins vouchers with documents."""

    name: str
    open: Callable[[Fetched, str, date], dict[str, int]] = Fetched.open
    appendix: Callable[[Fetched, str, date], Appendix] = Fetched.appendix


def _without_origins(fetched: Fetched, account: str, day: date) -> Appendix:
    return replace(fetched, origins=()).appendix(account, day)


def _all_direct(fetched: Fetched, account: str, day: date) -> Appendix:
    origins = tuple(replace(each, reference_type="MANUAL") for each in fetched.origins)
    invoices = tuple(replace(each, invoice=replace(each.invoice, vouchers=())) for each in fetched.histories[account])
    return replace(fetched, origins=origins, histories={account: invoices}).appendix(account, day)


def _by_day_of_payment(fetched: Fetched, account: str, day: date) -> dict[str, int]:
    """Settle every invoice on the day of its last payment, as one that reads FinalPayDate alone."""
    found = {}
    for history in fetched.histories[account]:
        invoice = history.invoice
        settled = invoice.settled is not None and invoice.settled <= day
        if invoice.invoiced <= day and not settled:
            found[invoice.number] = history.total
    return found


MUTANTS = (
    Mutant("today's list", open=Fetched.open_today),
    Mutant("the day it was paid in full", open=_by_day_of_payment),
    Mutant("no references", appendix=_without_origins),
    Mutant("every voucher is direct", appendix=_all_direct),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_wrong_version_is_caught_by_the_same_truth(mutant: Mutant) -> None:
    fetched, troubles = troubled(1, size=40, each=2)
    right = [
        (account, day)
        for account in ACCOUNTS
        for day in MONTHS[6:-1]
        if mutant.open(fetched, account, day) == fetched.truth(account, day)
        and explained(mutant.appendix(fetched, account, day)) == troubles.active(account, day.isoformat())
    ]
    assert len(right) <= 1
