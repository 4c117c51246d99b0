"""`/_control`: the knobs over HTTP, what was asked so far, and the truth about open items. Never rate limited."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from infra.local.fortnox import codec, money
from infra.local.fortnox.answers import Answer, json_answer
from infra.local.fortnox.incoming import Incoming
from infra.local.fortnox.knobs import Knobs
from infra.local.fortnox.model import Company, Year

if TYPE_CHECKING:
    from infra.local.fortnox.simulator import Simulator

_COMPANY_FIELDS = ("locked_until", "suspended", "active_year", "org_number", "name", "licences")


def control(simulator: Simulator, incoming: Incoming) -> Answer:
    """GET shows, POST changes; a body that is not understood is 400 with the reason."""
    try:
        return _answer(simulator, incoming)
    except (TypeError, ValueError, KeyError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _answer(simulator: Simulator, incoming: Incoming) -> Answer:
    place = (incoming.method, incoming.path.rstrip("/"))
    if place == ("GET", "/_control"):
        return _json(_shown(simulator))
    if place == ("POST", "/_control"):
        if not incoming.headers.get("content-type", "").startswith("application/json"):
            raise ValueError("send application/json")
        _change(simulator, json.loads(incoming.body))
        return _json(_shown(simulator))
    if place == ("GET", "/_control/stats"):
        return _json(codec.plain(simulator.stats))
    if place == ("GET", "/_control/truth"):
        return _truth(simulator, incoming.parameters)
    if place == ("POST", "/_control/save"):
        simulator.save()
        return _json({"saved": True})
    return _json({"error": "no such control"}, 404)


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False, indent=1).encode(), "application/json; charset=utf-8")


def _shown(simulator: Simulator) -> dict[str, Any]:
    return {
        "clock": {"now": simulator.clock_text(), "offset": round(simulator.now() - time.time())},
        "knobs": codec.plain(simulator.knobs),
        "companies": [_company(each) for each in simulator.companies.values()],
        "clients": sorted(simulator.clients),
        "users": sorted(simulator.users),
        "late": len(simulator.state.late),
    }


def _company(company: Company) -> dict[str, Any]:
    return {
        "number": company.number,
        "name": company.name,
        "org_number": company.org_number,
        "licences": sorted(company.licences),
        "locked_until": company.locked_until,
        "suspended": company.suspended,
        "active_year": company.active_year,
        "years": [_year(year) for year in company.years],
        "notes": company.notes,
        "planted": [list(each) for each in company.planted],
    }


def _year(year: Year) -> dict[str, Any]:
    return {"id": year.id, "first": year.first, "last": year.last, "vouchers": len(year.vouchers)}


def _change(simulator: Simulator, wanted: dict[str, Any]) -> None:
    """Everything is understood before anything is changed."""
    if wanted.pop("reset", False):
        simulator.state.knobs = Knobs()
    companies: dict[str, dict[str, Any]] = wanted.pop("companies", {})
    withdrawn: list[list[Any]] = wanted.pop("withdraw", [])
    knobs = codec.build(Knobs, {**codec.plain(simulator.knobs), **wanted})
    for number, fields in companies.items():
        if unknown := sorted(set(fields) - set(_COMPANY_FIELDS)):
            raise ValueError(f"a company has no {', '.join(unknown)}")
        changed = codec.build(Company, {**codec.plain(simulator.companies[int(number)]), **fields})
        simulator.companies[int(number)] = changed
    for client, number in withdrawn:
        simulator.state.grants.withdraw(str(client), int(number))
    simulator.state.knobs = knobs


def _truth(simulator: Simulator, asked: dict[str, str]) -> Answer:
    company = simulator.companies[int(asked["company"])]
    found = company.truth(asked["account"], asked["day"])
    return json_answer({"items": {number: money.decimal(amount) for number, amount in found.items()}})
