"""Supplier invoices: their money is text, and what is `Cancel` in the list is `Cancelled` alone."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox import money
from infra.local.fortnox.answers import Answer, Call, json_answer, listed, ordered, whole
from infra.local.fortnox.api import filters
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.ledgers import PAYABLE, VAT_IN
from infra.local.fortnox.model import Company
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.subledger import Supplier, SupplierInvoice
from infra.local.fortnox.wire import url

_AWAITING = ("pendingpayment", "authorizepending")
_NEVER_SET = ("costcenter", "project")


def supplier_invoices(call: Call) -> Answer:
    """GET supplierinvoices. There is no fromdate and no todate."""
    company = call.company
    found = sorted(company.supplier_invoices.values(), key=lambda each: int(each.number))
    found = filters.filtered(call, found, _AWAITING)
    texts = {
        "suppliernumber": lambda each: each.supplier,
        "suppliername": lambda each: _supplier(company, each).name,
        "ocr": lambda each: each.ocr,
    }
    found = filters.containing(call, found, texts)
    found = filters.containing(call, found, dict.fromkeys(_NEVER_SET, lambda _: ""))
    found = filters.modified(call, found, lambda each: each.modified)
    return listed(call, "SupplierInvoices", ordered(call, found, {}), lambda each: _item(company, each))


def supplier_invoice(call: Call) -> Answer:
    """GET supplierinvoices/{GivenNumber}."""
    found = call.company.supplier_invoices.get(str(whole(call.values["GivenNumber"])))
    if found is None:
        raise Refusal("supplier-invoice-not-found")
    return json_answer({"SupplierInvoice": _single(call.company, found)})


def _supplier(company: Company, invoice: SupplierInvoice) -> Supplier:
    return company.suppliers[invoice.supplier]


def _both(company: Company, invoice: SupplierInvoice) -> dict[str, Any]:
    """Say what list and single show alike."""
    return {
        "@url": url(f"supplierinvoices/{invoice.number}"),
        "Balance": money.text(invoice.balance),
        "Booked": invoice.booked,
        "CostCenter": "",
        "Credit": invoice.credit,
        "Currency": invoice.currency,
        "CurrencyRate": money.plain(invoice.rate),
        "CurrencyUnit": invoice.unit,
        "DueDate": invoice.due,
        "ExternalInvoiceNumber": "",
        "ExternalInvoiceSeries": "",
        "FinalPayDate": invoice.final_pay_day,
        "GivenNumber": invoice.number,
        "InvoiceDate": invoice.day,
        "InvoiceNumber": invoice.external,
        "Project": "",
        "SupplierName": _supplier(company, invoice).name,
        "SupplierNumber": invoice.supplier,
        "Total": money.text(invoice.total),
        "Vouchers": [
            {"Number": link.number, "ReferenceType": link.kind, "Series": link.series, "Year": link.year}
            for link in invoice.vouchers
        ],
    }


def _item(company: Company, invoice: SupplierInvoice) -> dict[str, Any]:
    more = {"AuthorizerName": "", "Cancel": invoice.cancelled}
    return dict(sorted((_both(company, invoice) | more).items()))


def _single(company: Company, invoice: SupplierInvoice) -> dict[str, Any]:
    booked = next((link for link in invoice.vouchers if link.kind == "SUPPLIERINVOICE"), None)
    more = {
        "AccountingMethod": "ACCRUAL",
        "AdministrationFee": "0",
        "Cancelled": invoice.cancelled,
        "Comments": None,
        "CreditReference": invoice.credit_reference,
        "DisablePaymentFile": False,
        "Freight": "0",
        "OCR": invoice.ocr,
        "OurReference": "",
        "PaymentPending": False,
        "RoundOffValue": "0",
        "SalesType": "STOCK",
        "SupplierInvoiceRows": _rows(company, invoice),
        "VAT": money.text(invoice.vat),
        "VATType": "NORMAL" if invoice.currency == "SEK" else "EUINTERNAL",
        "VoucherNumber": booked.number if booked else None,
        "VoucherSeries": booked.series if booked else None,
        "VoucherYear": booked.year if booked else None,
        "YourReference": "",
    }
    return dict(sorted((_both(company, invoice) | more).items()))


def _rows(company: Company, invoice: SupplierInvoice) -> list[dict[str, Any]]:
    """Give the rows with those Fortnox adds itself: TOT, and VAT where there is any."""
    rows = [_row(company, invoice, PAYABLE, "TOT", -invoice.total)]
    if invoice.vat:
        rows.append(_row(company, invoice, VAT_IN, "VAT", invoice.vat))
    return rows + [
        _row(company, invoice, line.account, "ACC", line.amount, line.text, line.project) for line in invoice.lines
    ]


def _row(
    company: Company, invoice: SupplierInvoice, account: str, code: str, amount: int, text: str = "", project: str = ""
) -> dict[str, Any]:
    year = company.year_of(invoice.day)
    known = year.accounts.get(account) if year else None
    sek = money.converted(amount, invoice.rate, invoice.unit)
    foreign = amount if invoice.currency != "SEK" else 0
    return {
        "Account": int(account),
        "AccountDescription": known.name if known else "",
        "ArticleNumber": "",
        "Code": code,
        "CostCenter": "",
        "Credit": money.decimal(max(-sek, 0)),
        "CreditCurrency": money.decimal(max(-foreign, 0)),
        "Debit": money.decimal(max(sek, 0)),
        "DebitCurrency": money.decimal(max(foreign, 0)),
        "ItemDescription": "",
        "Price": 0,
        "Project": project,
        "Quantity": 0,
        "Total": money.decimal(sek),
        "TransactionInformation": text,
        "Unit": "",
    }


ROUTES = (
    Route(
        "GET",
        "supplierinvoices",
        ("supplierinvoice",),
        supplier_invoices,
        PAGING | {"filter", "suppliernumber", "suppliername", "ocr", *_NEVER_SET},
    ),
    Route("GET", "supplierinvoices/{GivenNumber}", ("supplierinvoice",), supplier_invoice),
)
