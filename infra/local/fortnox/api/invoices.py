"""Customer invoices. List and single differ: CurrencyRate is a string here and a number there, Credit is a string."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox import money
from infra.local.fortnox.answers import Answer, Call, json_answer, listed, ordered
from infra.local.fortnox.api import filters
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Company
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.subledger import Customer, Invoice, Line
from infra.local.fortnox.wire import url

_TEXTS = {
    "customernumber": lambda each: each.customer,
    "documentnumber": lambda each: each.number,
    "ocr": lambda each: each.ocr,
    "currency": lambda each: each.currency,
    "project": lambda each: each.project,
    "externalinvoicereference1": lambda each: each.reference1,
    "externalinvoicereference2": lambda each: each.reference2,
    "sent": lambda each: str(each.sent),
    "credit": lambda each: str(each.credit),
}
_NEVER_SET = (
    "costcenter",
    "label",
    "ourreference",
    "yourreference",
    "yourordernumber",
    "articlenumber",
    "articledescription",
)
_IGNORED = ("notcompleted", "invoicetype", "accountnumberfrom", "accountnumberto")
_DAYS = ("fromdate", "todate", "fromfinalpaydate", "tofinalpaydate")


def invoices(call: Call) -> Answer:
    """GET invoices."""
    company = call.company
    found = sorted(company.invoices.values(), key=lambda each: int(each.number))
    found = filters.filtered(call, found)
    found = filters.between(call, found, "fromdate", "todate", lambda each: each.day)
    found = filters.between(call, found, "fromfinalpaydate", "tofinalpaydate", lambda each: each.final_pay_day)
    texts = {**_TEXTS, "customername": lambda each: _customer(company, each).name}
    found = filters.containing(call, found, texts)
    found = filters.containing(call, found, dict.fromkeys(_NEVER_SET, lambda _: ""))
    found = filters.modified(call, found, lambda each: each.modified)
    sorts = {
        "customername": texts["customername"],
        "customernumber": lambda each: each.customer,
        "documentnumber": lambda each: int(each.number),
        "invoicedate": lambda each: each.day,
        "ocr": lambda each: each.ocr,
        "total": lambda each: each.total,
    }
    return listed(call, "Invoices", ordered(call, found, sorts), lambda each: _item(company, each))


def invoice(call: Call) -> Answer:
    """GET invoices/{DocumentNumber}."""
    found = call.company.invoices.get(call.values["DocumentNumber"])
    if found is None:
        raise Refusal("invoice-not-found")
    return json_answer({"Invoice": _single(call.company, found)})


def _customer(company: Company, invoice: Invoice) -> Customer:
    return company.customers[invoice.customer]


def _both(company: Company, invoice: Invoice) -> dict[str, Any]:
    """Say what list and single show alike."""
    link = invoice.voucher
    return {
        "@url": url(f"invoices/{invoice.number}"),
        "Balance": money.decimal(invoice.balance),
        "Booked": invoice.booked,
        "Cancelled": invoice.cancelled,
        "CostCenter": "",
        "Currency": invoice.currency,
        "CurrencyUnit": invoice.unit,
        "CustomerName": _customer(company, invoice).name,
        "CustomerNumber": invoice.customer,
        "DocumentNumber": invoice.number,
        "DueDate": invoice.due,
        "ExternalInvoiceReference1": invoice.reference1,
        "ExternalInvoiceReference2": invoice.reference2,
        "InvoiceDate": invoice.day,
        "InvoiceType": "INVOICE",
        "NoxFinans": False,
        "OCR": invoice.ocr,
        "VoucherNumber": link.number if link else None,
        "VoucherSeries": link.series if link else None,
        "VoucherYear": link.year if link else None,
        "WayOfDelivery": "",
        "TermsOfPayment": "30",
        "Project": invoice.project,
        "Sent": invoice.sent,
        "Total": money.decimal(invoice.total),
        "FinalPayDate": invoice.final_pay_day,
    }


def _item(company: Company, invoice: Invoice) -> dict[str, Any]:
    found = {}
    for name, value in _both(company, invoice).items():
        found[name] = value
        if name == "Currency":
            found["CurrencyRate"] = money.plain(invoice.rate)
    return found


_EMPTY = [
    "Address1",
    "Address2",
    "Comments",
    "Country",
    "DeliveryAddress1",
    "DeliveryAddress2",
    "DeliveryCity",
    "DeliveryCountry",
    "DeliveryName",
    "DeliveryZipCode",
    "InvoicePeriodStart",
    "InvoicePeriodEnd",
    "OurReference",
    "PaymentWay",
    "Phone1",
    "Phone2",
    "Remarks",
    "TermsOfDelivery",
    "YourOrderNumber",
    "YourReference",
]
_ZERO = [
    "AdministrationFee",
    "AdministrationFeeVAT",
    "BasisTaxReduction",
    "ContractReference",
    "ContributionPercent",
    "ContributionValue",
    "Freight",
    "FreightVAT",
    "Reminders",
    "RoundOff",
]
_NULL = ("DeliveryDate", "LastRemindDate", "TaxReduction", "TimeBasisReference")
_FALSE = ("EUQuarterlyReport", "HouseWork", "NotCompleted", "VATIncluded")
_EDI = [
    "EDIGlobalLocationNumber",
    "EDIGlobalLocationNumberDelivery",
    "EDIInvoiceExtra1",
    "EDIInvoiceExtra2",
    "EDIOurElectronicReference",
    "EDIYourElectronicReference",
]


def _single(company: Company, invoice: Invoice) -> dict[str, Any]:
    customer = _customer(company, invoice)
    fixed = dict.fromkeys(_EMPTY, "") | dict.fromkeys(_ZERO, 0) | dict.fromkeys(_NULL) | dict.fromkeys(_FALSE, False)
    own = {
        "@urlTaxReductionList": url(f"taxreductions?filter=invoices&referencenumber={invoice.number}"),
        "AccountingMethod": "ACCRUAL",
        "City": customer.city,
        "Credit": "true" if invoice.credit else "false",
        "CreditInvoiceReference": invoice.credited_by,
        "CurrencyRate": invoice.rate,
        "EDIInformation": {**dict.fromkeys(_EDI), "EDIStatus": ""},
        "EmailInformation": _email(customer, invoice),
        "Gross": money.decimal(invoice.net),
        "InvoiceReference": invoice.credits,
        "InvoiceRows": [_row(number, line) for number, line in enumerate(invoice.lines, 1)],
        "Labels": [],
        "Language": "SV",
        "Net": money.decimal(invoice.net),
        "OfferReference": "0",
        "OrderReference": "0",
        "OrganisationNumber": customer.org_number,
        "OutboundDate": invoice.day,
        "PriceList": "A",
        "PrintTemplate": "st",
        "TaxReductionType": "none",
        "TotalToPay": money.decimal(invoice.total),
        "TotalVAT": money.decimal(invoice.vat),
        "WarehouseReady": True,
        "ZipCode": customer.zip_code,
    }
    return dict(sorted((_both(company, invoice) | fixed | own).items()))


def _email(customer: Customer, invoice: Invoice) -> dict[str, Any]:
    return {
        "EmailAddressFrom": None,
        "EmailAddressTo": customer.email,
        "EmailAddressCC": None,
        "EmailAddressBCC": None,
        "EmailSubject": f"Faktura {invoice.number} bifogas",
        "EmailBody": " ",
    }


def _row(number: int, line: Line) -> dict[str, Any]:
    amount = money.decimal(line.amount)
    return {
        "AccountNumber": int(line.account),
        "ArticleNumber": "",
        "ContributionPercent": "0",
        "ContributionValue": "0",
        "CostCenter": "",
        "DeliveredQuantity": str(line.quantity),
        "Description": line.text,
        "Discount": 0,
        "DiscountType": "PERCENT",
        "HouseWork": False,
        "Price": amount / line.quantity,
        "PriceExcludingVAT": amount / line.quantity,
        "Project": line.project,
        "RowId": number,
        "Total": amount,
        "TotalExcludingVAT": amount,
        "Unit": "",
        "VAT": line.vat,
        "VATCode": "",
    }


ROUTES = (
    Route(
        "GET",
        "invoices",
        ("invoice",),
        invoices,
        PAGING | {"filter", "customername", *_TEXTS, *_NEVER_SET, *_IGNORED, *_DAYS},
    ),
    Route("GET", "invoices/{DocumentNumber}", ("invoice",), invoice),
)
