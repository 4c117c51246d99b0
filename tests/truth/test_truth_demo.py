"""The demo company: what was open on any day, and why ledger and subledger differ, against the simulator's own history."""

from __future__ import annotations

from datetime import date

import pytest

from bridge.appendices.causes import Cause, Explanation
from bridge.engagements.engagement import Period
from bridge.flows import books
from infra.local.fortnox import demo
from tests.flows.runs import run_import
from tests.truth.simulated import ACCOUNTS, Fetched, client_of, fetch, month_ends, product_of

PLANTED_DAY = date(2025, 8, 20)
LAST_DAY = date(2026, 10, 31)
ODD_DAYS = [
    date(2024, 1, 1),
    date(2024, 2, 29),
    date(2024, 12, 30),
    date(2025, 1, 1),
    date(2025, 6, 20),
    date(2025, 8, 19),
    PLANTED_DAY,
    date(2026, 3, 17),
    date(2026, 11, 20),
]
MONTHS = month_ends(date(2024, 1, 1), date(2026, 12, 31))
DAYS = sorted({*MONTHS, *ODD_DAYS})


@pytest.fixture(scope="module")
def nordvik() -> Fetched:
    return fetch(demo.company())


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_what_was_open_on_a_day_is_the_truth_invoice_by_invoice(nordvik: Fetched, account: str, day: date) -> None:
    assert nordvik.open(account, day) == nordvik.truth(account, day)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_from_its_day_on_the_planted_voucher_is_the_whole_difference_of_1510(nordvik: Fetched, day: date) -> None:
    appendix = nordvik.appendix("1510", day)
    (planted,) = nordvik.company.planted
    series, number, _year_id = planted
    text = "Rättelse kund Nordvik"
    named = Explanation(Cause.DIRECT, 250_000, PLANTED_DAY, "2025-12-31", series, number, text)
    assert appendix.explanations == ((named,) if day >= PLANTED_DAY else ())
    assert (appendix.difference, appendix.unexplained) == (250_000 if day >= PLANTED_DAY else 0, 0)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_2440_never_differs(nordvik: Fetched, day: date) -> None:
    appendix = nordvik.appendix("2440", day)
    assert (appendix.difference, appendix.explanations) == (0, ())


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("day", MONTHS, ids=str)
def test_todays_balances_are_the_truth_of_no_earlier_month(nordvik: Fetched, account: str, day: date) -> None:
    today, truth = nordvik.open_today(account, day), nordvik.truth(account, day)
    assert (today.keys() == truth.keys()) is (day >= LAST_DAY)
    assert sum(today.values()) != sum(truth.values()) or day >= LAST_DAY


def test_the_truth_has_open_items_to_compare(nordvik: Fetched) -> None:
    assert {account: len(nordvik.truth(account, date(2025, 12, 31))) for account in ACCOUNTS} == {
        "1510": 71,
        "2440": 60,
    }


def test_the_import_makes_the_appendices_of_the_balance_day() -> None:
    company = demo.company()
    with client_of(company) as client:
        product = product_of(company, client, Period(date(2025, 1, 1), date(2025, 12, 31)))
        run_import(product.world, product.start_import())
    made = books.appendices(product.world, product.caller, product.engagement)
    sums = {each["account"]: (each["day"], each["difference"], each["unexplained"]) for each in made}
    assert sums == {"1510": ("2025-12-31", "2500.00", "0.00"), "2440": ("2025-12-31", "0.00", "0.00")}
    ((cause, voucher, year),) = [
        (each["cause"], (each["series"], each["number"]), each["year"]) for each in made[0]["explanations"]
    ]
    assert (cause, voucher, year) == ("direct-posting", company.planted[0][:2], "2025-12-31")
