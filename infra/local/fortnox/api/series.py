"""Voucher series of a year."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox.answers import Answer, Call, json_answer, listed, ordered
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Series, Year
from infra.local.fortnox.routes import PAGING, YEAR, Route
from infra.local.fortnox.wire import url

_FIELDS = frozenset(("@url", "Approver", "Code", "Description", "Manual", "NextVoucherNumber", "Year"))


def series_list(call: Call) -> Answer:
    """GET voucherseries: without the next number."""
    year = call.year()
    found = ordered(call, sorted(year.series.values(), key=lambda each: each.code), {"code": lambda each: each.code})
    return listed(call, "VoucherSeriesCollection", found, lambda each: _item(year, each))


def series(call: Call) -> Answer:
    """GET voucherseries/{Code}: with the number it gives next."""
    year = call.year()
    found = year.series.get(call.values["Code"])
    if found is None:
        raise Refusal("series-not-found")
    return json_answer({"VoucherSeries": _single(year, found)})


def create(call: Call) -> Answer:
    """POST voucherseries."""
    sent, year = call.sent("VoucherSeries", _FIELDS), call.year()
    code, name, manual = sent.get("Code"), sent.get("Description") or "", sent.get("Manual", True)
    if not isinstance(code, str) or not code.isalnum() or len(code) > 10:
        raise Refusal("not-alphanumeric", value=code)
    if not isinstance(name, str) or len(name) > 200:
        raise Refusal("too-long", field="Description")
    if not isinstance(manual, bool):
        raise Refusal("not-boolean", value=manual)
    if code in year.series:
        raise Refusal("series-exists")
    year.series[code] = Series(code, name, manual)
    return json_answer({"VoucherSeries": _single(year, year.series[code])}, 201)


def _item(year: Year, series: Series) -> dict[str, Any]:
    return {
        "@url": url(f"voucherseries/{series.code}?financialyear={year.id}"),
        "Code": series.code,
        "Description": series.name,
        "Manual": series.manual,
        "Year": year.id,
        "Approver": None,
    }


def _single(year: Year, series: Series) -> dict[str, Any]:
    return _item(year, series) | {"NextVoucherNumber": year.next_number(series.code)}


ROUTES = (
    Route("GET", "voucherseries", ("bookkeeping",), series_list, PAGING | YEAR),
    Route("POST", "voucherseries", ("bookkeeping",), create, YEAR),
    Route("GET", "voucherseries/{Code}", ("bookkeeping",), series, YEAR),
)
