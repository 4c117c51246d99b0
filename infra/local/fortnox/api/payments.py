"""Payments of both ledgers: `Amount` is SEK; what it is in the invoice's currency only the single payment says."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox import money
from infra.local.fortnox.answers import Answer, Call, json_answer, listed, ordered, whole
from infra.local.fortnox.api import filters
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Company
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.subledger import Payment
from infra.local.fortnox.wire import url


def invoice_payments(call: Call) -> Answer:
    """GET invoicepayments: Number is text, InvoiceNumber a number."""
    return listed(call, "InvoicePayments", _chosen(call, call.company.payments), _customer_item)


def supplier_payments(call: Call) -> Answer:
    """GET supplierinvoicepayments: the other way round."""
    return listed(call, "SupplierInvoicePayments", _chosen(call, call.company.supplier_payments), _supplier_item)


def invoice_payment(call: Call) -> Answer:
    """GET invoicepayments/{Number}."""
    payment = _found(call, call.company.payments)
    invoice = call.company.invoices[payment.invoice]
    more = {
        "ExternalInvoiceReference1": invoice.reference1,
        "ExternalInvoiceReference2": invoice.reference2,
        "InvoiceCustomerName": call.company.customers[invoice.customer].name,
        "InvoiceCustomerNumber": invoice.customer,
        "InvoiceDueDate": invoice.due,
        "InvoiceOCR": invoice.ocr,
        "InvoiceTotal": money.text(invoice.total),
        "ModeOfPaymentAccount": int(payment.account),
    }
    return json_answer({"InvoicePayment": _single(call.company, payment, _customer_item(payment) | more)})


def supplier_payment(call: Call) -> Answer:
    """GET supplierinvoicepayments/{Number}: without the account it was paid from."""
    payment = _found(call, call.company.supplier_payments)
    invoice = call.company.supplier_invoices[payment.invoice]
    more = {
        "Information": "",
        "InvoiceDueDate": invoice.due,
        "InvoiceOCR": invoice.ocr,
        "InvoiceSupplierName": call.company.suppliers[invoice.supplier].name,
        "InvoiceSupplierNumber": invoice.supplier,
        "InvoiceTotal": money.text(invoice.total),
    }
    return json_answer({"SupplierInvoicePayment": _single(call.company, payment, _supplier_item(payment) | more)})


def _chosen(call: Call, payments: dict[str, Payment]) -> list[Payment]:
    found = sorted(payments.values(), key=lambda each: each.number)
    if (invoice := call.query.get("invoicenumber")) is not None:
        found = [each for each in found if each.invoice == str(whole(invoice))]
    found = filters.modified(call, found, lambda each: each.modified)
    return ordered(call, found, {"paymentdate": lambda each: each.day})


def _found(call: Call, payments: dict[str, Payment]) -> Payment:
    found = payments.get(str(whole(call.values["Number"])))
    if found is None:
        raise Refusal("payment-not-found")
    return found


def _item(payment: Payment) -> dict[str, Any]:
    return {
        "Amount": money.decimal(payment.amount),
        "Booked": payment.booked,
        "Currency": payment.currency,
        "CurrencyRate": payment.rate,
        "CurrencyUnit": payment.unit,
        "PaymentDate": payment.day,
        "Source": payment.source,
        "WriteOffExist": bool(payment.write_offs),
    }


def _customer_item(payment: Payment) -> dict[str, Any]:
    own = {
        "@url": url(f"invoicepayments/{payment.number}"),
        "InvoiceNumber": int(payment.invoice),
        "Number": str(payment.number),
    }
    return dict(sorted((_item(payment) | own).items()))


def _supplier_item(payment: Payment) -> dict[str, Any]:
    own = {
        "@url": url(f"supplierinvoicepayments/{payment.number}"),
        "InvoiceNumber": payment.invoice,
        "Number": payment.number,
    }
    return dict(sorted((_item(payment) | own).items()))


def _single(company: Company, payment: Payment, shown: dict[str, Any]) -> dict[str, Any]:
    del shown["WriteOffExist"]
    link = payment.voucher
    more = {
        "AmountCurrency": money.decimal(payment.amount_currency),
        "ModeOfPayment": payment.mode,
        "VoucherNumber": link.number if link else None,
        "VoucherSeries": link.series if link else None,
        "VoucherYear": link.year if link else None,
        "WriteOffs": [
            {
                "AccountNumber": int(each.account),
                "Amount": money.decimal(each.amount),
                "CostCenter": "",
                "Currency": payment.currency,
                "Description": _account_name(company, payment.day, each.account),
                "Project": "",
                "TransactionInformation": "",
            }
            for each in payment.write_offs
        ],
    }
    return dict(sorted((shown | more).items()))


def _account_name(company: Company, day: str, account: str) -> str:
    year = company.year_of(day)
    known = year.accounts.get(account) if year else None
    return known.name if known else ""


_PARAMETERS = PAGING | {"invoicenumber"}
ROUTES = (
    Route("GET", "invoicepayments", ("payment",), invoice_payments, _PARAMETERS),
    Route("GET", "invoicepayments/{Number}", ("payment",), invoice_payment),
    Route("GET", "supplierinvoicepayments", ("payment",), supplier_payments, _PARAMETERS),
    Route("GET", "supplierinvoicepayments/{Number}", ("payment",), supplier_payment),
)
