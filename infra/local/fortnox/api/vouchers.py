"""Vouchers: lists without rows, single vouchers with them, and creating one (there is no update)."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox import money
from infra.local.fortnox.answers import Answer, Call, iso, json_answer, listed, ordered, whole
from infra.local.fortnox.api.voucher_write import read_voucher
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Row, Voucher, Year
from infra.local.fortnox.routes import PAGING, YEAR, Route
from infra.local.fortnox.wire import url

_SORTS = {
    "referencenumber": lambda voucher: voucher.reference,
    "referencetype": lambda voucher: voucher.kind,
    "vouchernumber": lambda voucher: voucher.number,
    "voucherseries": lambda voucher: voucher.series,
}


def vouchers(call: Call) -> Answer:
    """GET vouchers and vouchers/sublist[/{VoucherSeries}]."""
    year = call.year()
    found = sorted(year.vouchers, key=lambda voucher: (voucher.series, voucher.number))
    wanted = call.values.get("VoucherSeries", call.query.get("voucherseries"))
    if wanted is not None:
        found = [voucher for voucher in found if voucher.series == wanted]
    if (first := call.query.get("fromdate")) is not None:
        found = [voucher for voucher in found if voucher.day >= iso(first)]
    if (last := call.query.get("todate")) is not None:
        found = [voucher for voucher in found if voucher.day <= iso(last)]
    if (since := call.query.get("lastmodified")) is not None:
        found = [voucher for voucher in found if voucher.registered >= since[:10]]
    if (center := call.query.get("costcenter")) is not None:
        found = [voucher for voucher in found if any(("1", center) in row.objects for row in voucher.rows)]
    return listed(call, "Vouchers", ordered(call, found, _SORTS), lambda voucher: _item(year, voucher))


def voucher(call: Call) -> Answer:
    """GET vouchers/{VoucherSeries}/{VoucherNumber}: with rows; struck ones are `Removed`."""
    number = whole(call.values["VoucherNumber"])
    year = call.year()
    found = year.voucher(call.values["VoucherSeries"], number)
    if found is None:
        raise Refusal("voucher-not-found")
    return json_answer({"Voucher": _single(year, found)})


def create(call: Call) -> Answer:
    """POST vouchers: into the year of the date, which must be the one asked for."""
    year, created = read_voucher(call)
    year.vouchers.append(created)
    return json_answer({"Voucher": _single(year, created)}, 201)


def _item(year: Year, voucher: Voucher) -> dict[str, Any]:
    return {
        "@url": url(f"vouchers/{voucher.series}/{voucher.number}?financialyear={year.id}"),
        "Comments": voucher.comments,
        "Description": voucher.text,
        "ReferenceNumber": voucher.reference,
        "ReferenceType": voucher.kind,
        "TransactionDate": voucher.day,
        "VoucherNumber": voucher.number,
        "VoucherSeries": voucher.series,
        "Year": year.id,
        "ApprovalState": 0,
    }


def _single(year: Year, voucher: Voucher) -> dict[str, Any]:
    rows = [_row(year, row) for row in voucher.rows if row.kind != "RTRANS"]
    more = {"CostCenter": "", "Project": "", "VoucherRows": rows}
    return dict(sorted((_item(year, voucher) | more).items()))


def _row(year: Year, row: Row) -> dict[str, Any]:
    objects, account = dict(row.objects), year.accounts.get(row.account)
    return {
        "Account": int(row.account) if row.account.isdecimal() else 0,
        "CostCenter": objects.get("1", ""),
        "Credit": money.decimal(max(-row.amount, 0)),
        "Description": account.name if account else "",
        "Debit": money.decimal(max(row.amount, 0)),
        "Project": objects.get("6", ""),
        "Quantity": money.decimal(_quantity(row)),
        "Removed": row.kind == "BTRANS",
        "TransactionInformation": row.text,
    }


def _quantity(row: Row) -> int:
    try:
        return money.ore(row.quantity)
    except ValueError:
        return 0


ROUTES = (
    Route(
        "GET",
        "vouchers",
        ("bookkeeping",),
        vouchers,
        PAGING | YEAR | {"costcenter", "fromdate", "todate", "voucherseries"},
    ),
    Route("POST", "vouchers", ("bookkeeping",), create, YEAR),
    Route("GET", "vouchers/sublist", ("bookkeeping",), vouchers, PAGING | YEAR | {"fromdate", "todate"}),
    Route(
        "GET", "vouchers/sublist/{VoucherSeries}", ("bookkeeping",), vouchers, PAGING | YEAR | {"fromdate", "todate"}
    ),
    Route("GET", "vouchers/{VoucherSeries}/{VoucherNumber}", ("bookkeeping",), voucher, YEAR),
)
