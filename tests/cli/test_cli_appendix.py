from __future__ import annotations

from datetime import date
from random import Random

import pytest

from bridge.appendices import revaluation
from bridge.appendices.appendix import Appendix, Missing, to_json
from bridge.appendices.control import Control, ControlYear, joined
from bridge.appendices.reconciliation import reconcile, unavailable
from bridge.appendices.subledger import Side
from infra.cli import appendix as command
from infra.cli import report
from infra.cli.screen import Screen
from infra.local.fortnox.histories import carry_forward, random_company
from infra.local.fortnox.troubles import Troubles
from tests.cli.conftest import Run
from tests.truth.simulated import Fetched, fetch

DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def company() -> Fetched:
    made = random_company(1, size=30)
    Troubles(made, Random(1)).plant(1)  # noqa: S311 - a made-up company, the same every time
    carry_forward(made, *made.years)
    return fetch(made)


def shown(capsys: pytest.CaptureFixture[str], appendix: Appendix, language: str = "en") -> str:
    report.show_appendix(Screen(language), to_json(appendix))
    return capsys.readouterr().out


def test_an_appendix_names_each_cause_with_its_document_and_says_what_to_do(
    company: Fetched, capsys: pytest.CaptureFixture[str]
) -> None:
    appendix = company.appendix("1510", DAY)
    told = shown(capsys, appendix, "sv")
    changed = next(each for each in appendix.explanations if each.cause == "changed-voucher")
    assert f"Faktura {changed.document}, {changed.series} {changed.number}" in told
    assert told.count("Någon har ändrat verifikationen efter att dokumentet bokfördes.") == 1
    assert "Kreditsaldon, att redovisa för sig" in told
    assert "inte bokförd" in told


def test_an_appendix_of_several_accounts_shows_each_balance(
    company: Fetched, capsys: pytest.CaptureFixture[str]
) -> None:
    control = company.controls["1510"]
    doubtful = Control("1515", Side.RECEIVABLE, tuple(ControlYear(y.first, y.last, 7_00, ()) for y in control.years))
    told = shown(capsys, reconcile(joined([control, doubtful]), DAY, company.histories["1510"], company.origins))
    assert "1515  7.00" in told


def test_an_appendix_of_the_cash_method_says_what_is_to_be_booked(capsys: pytest.CaptureFixture[str]) -> None:
    fetched = fetch(random_company(5, size=10, method="CASH"))
    assert "To be booked on the balance day: SEK" in shown(capsys, fetched.appendix("1510", DAY))


def test_an_appendix_without_a_subledger_says_whose_turn_it_is(
    company: Fetched, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(capsys, unavailable(company.controls["1510"], DAY, Missing("no-licence", "invoice")))
    assert "licence" in told
    assert "0.00" not in told


def test_a_revaluation_shows_each_item_and_the_entry(company: Fetched, capsys: pytest.CaptureFixture[str]) -> None:
    valued = revaluation.revalue(company.appendix("1510", DAY), command.rates(["EUR=12.5"]))
    report.show_revaluation(Screen("en"), revaluation.to_json(valued))
    told = capsys.readouterr().out
    assert all(f"{each.item.number} EUR" in told for each in valued.items)
    assert "3960" in told
    report.show_revaluation(Screen("en"), revaluation.to_json(revaluation.revalue(company.appendix("1510", DAY), {})))
    assert "No rate was given for EUR" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["EUR", "EUR=x", "eur=1", "EUR=1,5", "EUR=-1"])
def test_a_rate_is_a_currency_and_a_decimal_number(given: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        command.rates([given])


@pytest.mark.parametrize("given", ["EUR=0", "EUR=0.00"])
def test_a_rate_is_more_than_nothing(run: Run, given: str) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        command.rates([given])
    assert run("appendix", "1510", "--rate", given).exit_code == 2


def test_a_currency_has_one_rate(run: Run) -> None:
    with pytest.raises(ValueError, match="EUR has two rates"):
        command.rates(["EUR=11.42", "USD=9", "EUR=11.43"])
    assert run("appendix", "1510", "--rate", "EUR=11.42", "--rate", "EUR=11.42").exit_code == 2
