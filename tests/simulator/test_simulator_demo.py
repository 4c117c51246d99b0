from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.fortnox import codec, demo, histories, orgnumbers
from infra.local.fortnox.ledgers import PAYABLE, RECEIVABLE
from infra.local.fortnox.model import Company
from infra.local.fortnox.sides import Document

MONTHS = [f"{year}-{month:02}-31" for year in (2024, 2025, 2026) for month in range(1, 13)]


def ledger(company: Company, account: str, day: str) -> int:
    """The balance of an account at the end of a day: opening balance of its year plus what was booked since."""
    year = company.year_of(day[:8] + "28")
    assert year is not None
    booked = (row for voucher in year.vouchers if voucher.day <= day for row in voucher.booked)
    return year.opening.get(account, 0) + sum(row.amount for row in booked if row.account == account)


def by_balance(company: Company, account: str) -> dict[str, int]:
    """What today's balances of booked documents say is open; SEK documents alone, which need no rate."""
    documents = company.invoices if account == RECEIVABLE else company.supplier_invoices
    return {
        each.number: each.balance
        for each in documents.values()
        if each.booked and each.balance and each.currency == "SEK"
    }


@pytest.mark.parametrize("day", MONTHS)
def test_the_ledgers_agree_with_the_open_items_at_every_month_end(made_demo: Company, day: str) -> None:
    planted = demo.PLANTED_AMOUNT if day >= "2025-08-20" else 0
    assert ledger(made_demo, RECEIVABLE, day) == sum(made_demo.truth(RECEIVABLE, day).values()) + planted
    assert -ledger(made_demo, PAYABLE, day) == sum(made_demo.truth(PAYABLE, day).values())


def test_the_truth_of_the_last_day_is_what_the_balances_say(made_demo: Company) -> None:
    for account in (RECEIVABLE, PAYABLE):
        truth = made_demo.truth(account, demo.LAST_DAY)
        balances = by_balance(made_demo, account)
        assert {number: truth[number] for number in balances} == balances


def test_todays_list_is_the_wrong_list_for_the_balance_day(made_demo: Company) -> None:
    then, now = made_demo.truth(RECEIVABLE, "2025-12-31"), made_demo.truth(RECEIVABLE, demo.LAST_DAY)
    paid_since = [number for number in then if number not in now]
    assert len(paid_since) > 30


def test_the_demo_company_is_the_same_every_time(made_demo: Company) -> None:
    assert demo.company() == made_demo


def test_the_demo_company_is_as_large_as_it_says(made_demo: Company) -> None:
    assert [(year.id, len(year.vouchers)) for year in made_demo.years] == [(3, 1414), (1, 1472), (2, 1213)]
    assert (len(made_demo.customers), len(made_demo.suppliers)) == (61, 44)
    assert len(made_demo.objects("6")) == 612
    assert len(made_demo.connections) == 40
    assert max(voucher.day for voucher in made_demo.years[2].vouchers) == demo.LAST_DAY
    assert orgnumbers.valid(made_demo.org_number)
    assert made_demo.active_year == 1


def test_every_special_case_is_in_the_demo(made_demo: Company) -> None:
    invoices, payments = made_demo.invoices.values(), made_demo.payments.values()
    assert any(each.credit for each in invoices)
    assert any(each.cancelled for each in invoices)
    assert any(not each.booked and not each.cancelled for each in invoices)
    assert any(each.currency == "EUR" for each in invoices)
    assert any(each.write_offs for each in payments)
    assert any(not each.booked for each in payments)
    assert any(each.amount < 0 for each in payments)
    assert [each.account for each in payments if each.account != "1930"] == ["2420"]
    assert any(each.credit for each in made_demo.supplier_invoices.values())


def test_the_planted_voucher_is_remembered(made_demo: Company) -> None:
    ((series, number, year_id),) = made_demo.planted
    year = made_demo.year(year_id)
    assert year is not None
    voucher = year.voucher(series, number)
    assert voucher is not None
    assert (voucher.day, voucher.kind, voucher.rows[0].amount) == ("2025-08-20", "MANUAL", 250_000)


def test_one_opening_balance_does_not_follow_from_the_year_before(made_demo: Company) -> None:
    def gaps(place: int) -> dict[str, int]:
        closing, opening = histories.closing(made_demo, made_demo.years[place]), made_demo.years[place + 1].opening
        accounts = closing.keys() | opening.keys()
        differing = {account: opening.get(account, 0) - closing.get(account, 0) for account in accounts}
        return {account: amount for account, amount in differing.items() if amount}

    assert gaps(0) == {"1630": -demo.GAP_AMOUNT, "2091": demo.GAP_AMOUNT}
    assert gaps(1) == {}
    assert all(sum(year.opening.values()) == 0 for year in made_demo.years)


def test_only_a_and_i_take_manual_vouchers(made_demo: Company) -> None:
    for year in made_demo.years:
        assert "".join(code for code, series in year.series.items() if series.manual) == "AI"
        assert "".join(year.series) == "ABCDEFGHIJKLM"
        assert all(sum(row.amount for row in voucher.booked) == 0 for voucher in year.vouchers)


def test_two_more_companies_cannot_be_connected_as_they_are() -> None:
    _, unlicensed, wrong = demo.companies()
    assert "integration" not in unlicensed.licences
    assert not orgnumbers.valid(wrong.org_number)
    assert orgnumbers.valid(unlicensed.org_number)


def test_a_company_goes_through_json_unchanged(made_demo: Company) -> None:
    assert codec.build(Company, codec.plain(made_demo)) == made_demo


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 40))
def test_the_truth_is_the_ledger_at_every_month_end_of_any_history(seed: int, size: int) -> None:
    company = histories.random_company(seed, size)
    for day in MONTHS[:24]:
        assert ledger(company, RECEIVABLE, day) == sum(company.truth(RECEIVABLE, day).values())
        assert -ledger(company, PAYABLE, day) == sum(company.truth(PAYABLE, day).values())
    for account in (RECEIVABLE, PAYABLE):
        truth = company.truth(account, "2025-12-31")
        assert all(truth.get(number) == amount for number, amount in by_balance(company, account).items())


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_a_history_calls_settled_is_settled(seed: int) -> None:
    company = histories.random_company(seed, 30)
    truth = company.truth(RECEIVABLE, "2025-12-31") | company.truth(PAYABLE, "2025-12-31")
    documents: list[Document] = [*company.invoices.values(), *company.supplier_invoices.values()]
    for document in documents:
        if document.booked and document.final_pay_day and document.number not in truth:
            assert document.balance == 0
