"""Companies made by chance, with every way an invoice can end: on each month end the open items are the truth."""

from __future__ import annotations

import os
from datetime import date

import pytest

from infra.local.fortnox.histories import random_company
from tests.truth.simulated import ACCOUNTS, Fetched, fetch, month_ends

MONTHS = month_ends(date(2024, 1, 1), date(2025, 12, 31))
FULL = bool(os.environ.get("BRIDGE_FULL"))  # noqa: TID251 - asks for the long run
SMALL, LARGE = range(25), range(1_000, 1_500)


def differing_days(fetched: Fetched, account: str) -> list[date]:
    """List the month ends on which open items differ from the truth, or anything of the difference is unexplained."""
    return [day for day in MONTHS if not _is_right(fetched, account, day)]


def _is_right(fetched: Fetched, account: str, day: date) -> bool:
    appendix = fetched.appendix(account, day)
    open_items = {item.number: item.open for item in appendix.items}
    return open_items == fetched.truth(account, day) and appendix.unexplained == 0 == appendix.difference


@pytest.mark.parametrize("seed", SMALL)
def test_every_month_end_of_a_history_is_the_truth(seed: int) -> None:
    fetched = fetch(random_company(seed, size=40))
    assert {account: differing_days(fetched, account) for account in ACCOUNTS} == {"1510": [], "2440": []}


@pytest.mark.full
@pytest.mark.skipif(not FULL, reason="500 longer histories; set BRIDGE_FULL=1 to run them")
@pytest.mark.parametrize("seed", LARGE)
def test_every_month_end_of_a_long_history_is_the_truth(seed: int) -> None:
    fetched = fetch(random_company(seed, size=120))
    assert {account: differing_days(fetched, account) for account in ACCOUNTS} == {"1510": [], "2440": []}
