"""Accounts of a year, and the charts a new year can start from."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox import money
from infra.local.fortnox.answers import Answer, Call, json_answer, listed, ordered, whole
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Account, Year
from infra.local.fortnox.routes import PAGING, YEAR, Route
from infra.local.fortnox.sie_writer import Request, balances
from infra.local.fortnox.wire import url

CHARTS = ("Bas 2024", "Bas 2025", "Bas 2026", "K1 Mini 2026")


def accounts(call: Call) -> Answer:
    """GET accounts: inactive ones too, without the closing balance."""
    year = call.year()
    sru = call.query.get("sru")
    found = [each for each in year.accounts.values() if each.number.isdecimal()]
    if sru is not None:
        found = [each for each in found if str(whole(sru)) in each.sru]
    found.sort(key=lambda each: int(each.number))
    found = ordered(call, found, {"number": lambda each: int(each.number)})
    return listed(call, "Accounts", found, lambda each: _item(year, each))


def account(call: Call) -> Answer:
    """GET accounts/{Number}: with the closing balance of the year so far."""
    year = call.year()
    found = year.accounts.get(str(whole(call.values["Number"])))
    if found is None:
        raise Refusal("account-not-found")
    return json_answer({"Account": _single(call, year, found)})


def charts(_: Call) -> Answer:
    """GET accountcharts."""
    return json_answer({"AccountCharts": [{"Name": name} for name in CHARTS]})


def _item(year: Year, account: Account) -> dict[str, Any]:
    sru = next((code for code in account.sru if code.isdecimal()), "0")
    return {
        "@url": url(f"accounts/{account.number}?financialyear={year.id}"),
        "Active": account.active,
        "BalanceBroughtForward": money.decimal(year.opening.get(account.number, 0)),
        "CostCenter": "",
        "CostCenterSettings": account.cost_center,
        "Description": account.name,
        "Number": int(account.number),
        "Project": "",
        "ProjectSettings": account.project,
        "SRU": int(sru),
        "VATCode": account.vat_code,
        "Year": year.id,
    }


def _single(call: Call, year: Year, account: Account) -> dict[str, Any]:
    request = Request(call.company, year, 1, call.today, call.org_number)
    closing = sum(
        each.amount
        for each in balances(request)
        if each.account == account.number and each.year == "0" and each.label in ("UB", "RES")
    )
    more = {
        "BalanceCarriedForward": money.decimal(closing),
        "OpeningQuantities": [],
        "QuantitySettings": "ALLOWED",
        "QuantityUnit": account.unit,
        "TransactionInformation": "",
        "TransactionInformationSettings": "ALLOWED",
    }
    return dict(sorted((_item(year, account) | more).items()))


ROUTES = (
    Route("GET", "accounts", ("bookkeeping",), accounts, PAGING | YEAR | {"sru"}),
    Route("GET", "accounts/{Number}", ("bookkeeping",), account, YEAR),
    Route("GET", "accountcharts", ("bookkeeping",), charts, PAGING),
)
