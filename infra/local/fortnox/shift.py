"""An item that appears in front of the others while somebody reads a list page by page."""

from __future__ import annotations

import re
from dataclasses import replace

from infra.local.fortnox.answers import Call
from infra.local.fortnox.model import Row, Voucher
from infra.local.fortnox.routes import Route


def wanted(pattern: str, route: Route, call: Call) -> bool:
    """Whether this was the first page of a list that the pattern means."""
    first = call.query.get("page", "1") == "1"
    return route.method == "GET" and first and route.template in _INSERTS and bool(re.search(pattern, call.path))


def insert(call: Call, template: str) -> None:
    """Put a new item before the rest: unbooked documents, or a voucher that moves nothing."""
    _INSERTS[template](call)


def _voucher(call: Call) -> None:
    year = call.year()
    code = next(each.code for each in sorted(year.series.values(), key=lambda each: each.code) if each.manual)
    account = next(iter(year.accounts))
    rows = (Row(account, 100), Row(account, -100))
    year.vouchers.append(Voucher(code, year.next_number(code), year.last, "Inskjuten", rows, call.today))


def _invoice(call: Call) -> None:
    invoices = call.company.invoices
    first = min(invoices.values(), key=lambda each: int(each.number))
    number = str(int(first.number) - 1)
    new = replace(first, number=number, booked=False, voucher=None, final_pay_day=None, balance=0, day=call.today)
    invoices[number] = new


def _supplier_invoice(call: Call) -> None:
    invoices = call.company.supplier_invoices
    first = min(invoices.values(), key=lambda each: int(each.number))
    number = str(int(first.number) - 1)
    new = replace(first, number=number, booked=False, vouchers=[], final_pay_day=None, balance=0, day=call.today)
    invoices[number] = new


def _payment(call: Call) -> None:
    payments = call.company.payments
    first = min(payments.values(), key=lambda each: each.number)
    payments[str(first.number - 1)] = replace(first, number=first.number - 1, booked=False, voucher=None, write_offs=[])


def _supplier_payment(call: Call) -> None:
    payments = call.company.supplier_payments
    first = min(payments.values(), key=lambda each: each.number)
    payments[str(first.number - 1)] = replace(first, number=first.number - 1, booked=False, voucher=None, write_offs=[])


_INSERTS = {
    "vouchers": _voucher,
    "vouchers/sublist/{VoucherSeries}": _voucher,
    "invoices": _invoice,
    "supplierinvoices": _supplier_invoice,
    "invoicepayments": _payment,
    "supplierinvoicepayments": _supplier_payment,
}
