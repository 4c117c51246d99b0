"""Customers and suppliers: what lists show of them, and single ones with their nulls and empty texts."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox.answers import Answer, Call, json_answer, listed, ordered
from infra.local.fortnox.api import filters
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.subledger import Customer, Supplier
from infra.local.fortnox.wire import url

Party = Customer | Supplier
_TEXTS = {
    "name": lambda each: each.name,
    "zipcode": lambda each: each.zip_code,
    "city": lambda each: each.city,
    "email": lambda each: each.email,
    "organisationnumber": lambda each: each.org_number,
}
_NEVER_SET = ("phone", "gln", "glndelivery")
_NULL = [
    "Address1",
    "Address2",
    "Country",
    "Comments",
    "CostCenter",
    "CountryCode",
    "DeliveryAddress1",
    "DeliveryAddress2",
    "DeliveryCity",
    "DeliveryCountry",
    "DeliveryCountryCode",
    "DeliveryFax",
    "DeliveryName",
    "DeliveryPhone1",
    "DeliveryPhone2",
    "DeliveryZipCode",
    "ExternalReference",
    "Fax",
    "GLN",
    "GLNDelivery",
    "InvoiceAdministrationFee",
    "InvoiceDiscount",
    "InvoiceFreight",
    "Phone1",
    "Phone2",
    "SalesAccount",
    "VisitingAddress",
    "VisitingCity",
    "VisitingCountry",
    "VisitingCountryCode",
    "VisitingZipCode",
]
_EMPTY = [
    "EmailInvoice",
    "EmailInvoiceBCC",
    "EmailInvoiceCC",
    "EmailOffer",
    "EmailOfferBCC",
    "EmailOfferCC",
    "EmailOrder",
    "EmailOrderBCC",
    "EmailOrderCC",
    "InvoiceRemark",
    "OurReference",
    "Project",
    "TermsOfDelivery",
    "TermsOfPayment",
    "VATNumber",
    "WayOfDelivery",
    "WWW",
    "YourReference",
]
_SUPPLIER_NULL = [
    "Address1",
    "Address2",
    "BIC",
    "Bank",
    "BankAccountNumber",
    "BranchCode",
    "ClearingNumber",
    "Comments",
    "CostCenter",
    "Country",
    "CountryCode",
    "Fax",
    "IBAN",
    "OurCustomerNumber",
    "OurReference",
    "PG",
    "Phone1",
    "Phone2",
    "PreDefinedAccount",
    "Project",
    "TermsOfPayment",
    "VATNumber",
    "VisitingAddress",
    "VisitingCity",
    "VisitingCountry",
    "VisitingCountryCode",
    "VisitingZipCode",
    "WWW",
    "WorkPlace",
    "YourReference",
]


def customers(call: Call) -> Answer:
    """GET customers."""
    sorts = {"customernumber": lambda each: int(each.number), "name": lambda each: each.name}
    found = _chosen(call, list(call.company.customers.values()), "customernumber")
    return listed(call, "Customers", ordered(call, found, sorts), lambda each: _item(each, "customers", "Customer"))


def suppliers(call: Call) -> Answer:
    """GET suppliers."""
    sorts = {"suppliernumber": lambda each: int(each.number), "name": lambda each: each.name}
    found = _chosen(call, list(call.company.suppliers.values()), "suppliernumber")
    return listed(call, "Suppliers", ordered(call, found, sorts), lambda each: _item(each, "suppliers", "Supplier"))


def _chosen(call: Call, parties: list[Any], number: str) -> list[Any]:
    wanted = call.query.get("filter", "active")
    if wanted not in ("active", "inactive"):
        raise Refusal("filter")
    found = parties if wanted == "active" else []
    found = filters.containing(call, found, {**_TEXTS, number: lambda each: each.number})
    return filters.containing(call, found, dict.fromkeys(_NEVER_SET, lambda _: ""))


def _item(party: Party, path: str, kind: str) -> dict[str, Any]:
    return {
        "@url": url(f"{path}/{party.number}"),
        "Address1": None,
        "Address2": None,
        "City": party.city,
        f"{kind}Number": party.number,
        "Email": party.email,
        "Name": party.name,
        "OrganisationNumber": party.org_number,
        "Phone": None,
        "ZipCode": party.zip_code,
    }


def customer(call: Call) -> Answer:
    """GET customers/{CustomerNumber}."""
    found = call.company.customers.get(call.values["CustomerNumber"])
    if found is None:
        raise Refusal("customer-not-found")
    ways, templates = ("Invoice", "Order", "Offer"), ("Order", "Offer", "Invoice", "CashInvoice")
    shown = _item(found, "customers", "Customer") | {
        "Active": True,
        "Currency": found.currency,
        "DefaultDeliveryTypes": dict.fromkeys(ways, "PRINT"),
        "DefaultTemplates": dict.fromkeys(templates, "DEFAULTTEMPLATE"),
        "PriceList": "A",
        "ShowPriceVATIncluded": False,
        "Type": "COMPANY",
        "VATType": "SEVAT" if found.currency == "SEK" else "EUVAT",
    }
    del shown["Phone"]
    return json_answer({"Customer": dict(sorted((dict.fromkeys(_NULL) | dict.fromkeys(_EMPTY, "") | shown).items()))})


def supplier(call: Call) -> Answer:
    """GET suppliers/{SupplierNumber}."""
    found = call.company.suppliers.get(call.values["SupplierNumber"])
    if found is None:
        raise Refusal("supplier-not-found")
    shown = _item(found, "suppliers", "Supplier") | {
        "Active": True,
        "BG": found.bankgiro or None,
        "Currency": found.currency,
        "DisablePaymentFile": False,
        "VATType": "NORMAL" if found.currency == "SEK" else "EUINTERNAL",
    }
    del shown["Phone"]
    return json_answer({"Supplier": dict(sorted((dict.fromkeys(_SUPPLIER_NULL) | shown).items()))})


_SEARCHES = PAGING | {"filter", *_TEXTS, *_NEVER_SET}
ROUTES = (
    Route("GET", "customers", ("customer",), customers, _SEARCHES | {"customernumber"}),
    Route("GET", "customers/{CustomerNumber}", ("customer",), customer),
    Route("GET", "suppliers", ("supplier",), suppliers, _SEARCHES | {"suppliernumber"}),
    Route("GET", "suppliers/{SupplierNumber}", ("supplier",), supplier),
)
