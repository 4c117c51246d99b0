"""Financial years: the newest first, under ids that follow no order."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox.answers import Answer, Call, iso, json_answer, listed, whole
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Year
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.wire import url


def years(call: Call) -> Answer:
    """GET financialyears[?date=]."""
    found = sorted(call.company.years, key=lambda year: year.first, reverse=True)
    wanted = call.query.get("date", call.query.get("Date"))
    if wanted is not None:
        day = iso(wanted)
        found = [year for year in found if year.first <= day <= year.last]
    return listed(call, "FinancialYears", found, _year)


def year(call: Call) -> Answer:
    """GET financialyears/{Id}."""
    found = call.company.year(whole(call.values["Id"]))
    if found is None:
        raise Refusal("year-not-found")
    return json_answer({"FinancialYear": _year(found)})


def _year(year: Year) -> dict[str, Any]:
    return {
        "@url": url(f"financialyears/{year.id}"),
        "Id": year.id,
        "FromDate": year.first,
        "ToDate": year.last,
        "AccountingMethod": year.method,
        "AccountChartType": year.chart,
    }


ROUTES = (
    Route("GET", "financialyears", ("bookkeeping",), years, PAGING | {"date", "Date"}),
    Route("GET", "financialyears/{Id}", ("bookkeeping",), year),
)
