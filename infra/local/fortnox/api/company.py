"""Who the company is: companyinformation, settings, locked period, currencies, predefined accounts."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox.answers import Answer, Call, json_answer, listed
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.subledger import Currency
from infra.local.fortnox.wire import url

_UNSET = ("BG", "BIC", "BranchCode", "ContactFirstName", "ContactLastName", "Domicile", "Email", "Fax", "IBAN", "PG")
_VISIT = ("VisitAddress", "VisitCity", "VisitCountry", "VisitCountryCode", "VisitName", "VisitZipCode", "WWW")


def information(call: Call) -> Answer:
    """GET companyinformation: what is not set is null; DatabaseNumber is a number."""
    company = call.company
    shown = {
        "Address": company.address,
        "City": company.city,
        "CountryCode": "SE",
        "DatabaseNumber": company.number,
        "CompanyName": company.name,
        "OrganizationNumber": call.org_number,
        "VisitAddress": None,
        "VisitCity": None,
        "VisitCountryCode": None,
        "VisitZipCode": None,
        "ZipCode": company.zip_code,
    }
    return json_answer({"CompanyInformation": shown})


def settings(call: Call) -> Answer:
    """GET settings/company: DatabaseNumber is a string here."""
    company = call.company
    shown: dict[str, Any] = {
        "Address": company.address,
        "City": company.city,
        "Country": "Sverige",
        "CountryCode": "SE",
        "DatabaseNumber": str(company.number),
        "Name": company.name,
        "OrganizationNumber": call.org_number,
        "Phone1": company.phone or None,
        "Phone2": None,
        "TaxEnabled": True,
        "VATNumber": f"SE{call.org_number.replace('-', '')}01",
        "ZipCode": company.zip_code,
    }
    return json_answer({"CompanySettings": dict(sorted((shown | dict.fromkeys(_UNSET + _VISIT)).items()))})


def locked_period(call: Call) -> Answer:
    """GET settings/lockedperiod: everything up to and including EndDate is locked; null is no lock."""
    return json_answer({"LockedPeriod": {"EndDate": call.company.locked_until}})


def currencies(call: Call) -> Answer:
    """GET currencies."""
    found = list(call.company.currencies.values())
    return listed(call, "Currencies", found, lambda each: _currency(call, each))


def currency(call: Call) -> Answer:
    """GET currencies/{Code}."""
    found = call.company.currencies.get(call.values["Code"])
    if found is None:
        raise Refusal("currency-not-found")
    return json_answer({"Currency": _currency(call, found)})


def _currency(call: Call, currency: Currency) -> dict[str, Any]:
    return {
        "@url": url(f"currencies/{currency.code}"),
        "BuyRate": currency.rate,
        "Code": currency.code,
        "Date": call.today,
        "Description": currency.name,
        "SellRate": currency.rate,
        "Unit": currency.unit,
        "IsAutomatic": currency.code != "SEK",
    }


def predefined_accounts(call: Call) -> Answer:
    """GET predefinedaccounts."""
    return listed(call, "PreDefinedAccounts", list(call.company.predefined), lambda name: _predefined(call, name))


def predefined_account(call: Call) -> Answer:
    """GET predefinedaccounts/{name}."""
    name = call.values["name"]
    if name not in call.company.predefined:
        raise Refusal("predefined-not-found")
    return json_answer({"PreDefinedAccount": _predefined(call, name)})


def _predefined(call: Call, name: str) -> dict[str, Any]:
    return {"@url": url(f"predefinedaccounts/{name}"), "Name": name, "Account": int(call.company.predefined[name])}


ROUTES = (
    Route("GET", "companyinformation", ("companyinformation",), information),
    Route("GET", "settings/company", ("settings",), settings),
    Route("GET", "settings/lockedperiod", ("settings", "bookkeeping"), locked_period),
    Route("GET", "currencies", ("currency",), currencies, PAGING),
    Route("GET", "currencies/{Code}", ("currency",), currency),
    Route("GET", "predefinedaccounts", ("settings",), predefined_accounts, PAGING),
    Route("GET", "predefinedaccounts/{name}", ("settings",), predefined_account),
)
