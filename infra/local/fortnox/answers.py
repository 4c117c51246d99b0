"""An answer on its way out, and a request on its way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from infra.local.fortnox import wire
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.knobs import Knobs
from infra.local.fortnox.model import Company, Year

JSON = "application/json"
Item = TypeVar("Item")


@dataclass(slots=True)
class Answer:
    """Status, bytes (or a stream of them) and headers. `text` answers carry their own content type."""

    status: int
    body: bytes | Iterable[bytes]
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(value: Any, status: int = 200, content_type: str = JSON) -> Answer:
    """Send a value as Fortnox writes JSON."""
    return Answer(status, wire.dump(value).encode(), content_type)


@dataclass(slots=True)
class Call:
    """An API request that may be answered: the token's company, parameters, the path's own values, the body."""

    company: Company
    org_number: str
    knobs: Knobs
    now: str
    path: str
    query: Mapping[str, str]
    body: bytes
    content_type: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> str:
        """The day in Sweden, ISO."""
        return self.now[:10]

    def number(self, name: str, default: int | None = None) -> int | None:
        """Read a whole number of the query."""
        given = self.query.get(name)
        return default if given is None else whole(given)

    def year(self) -> Year:
        """Give the year asked for by id or date; else the company's preselected one."""
        wanted, day = self.number("financialyear"), self.query.get("financialyeardate")
        if wanted is None and day is not None:
            found = self.company.year_of(iso(day))
        else:
            found = self.company.year(self.company.active_year if wanted is None else wanted)
        if found is None:
            raise Refusal("year-not-found")
        return found

    def sent(self, name: str, fields: frozenset[str]) -> dict[str, Any]:
        """Read the object of a write, which may have only these fields; refuse what Fortnox would."""
        if not self.content_type.startswith(JSON):
            raise Refusal("content-type")
        try:
            body = wire.load(self.body)
        except (ValueError, RecursionError):
            raise Refusal("json") from None
        sent = body.get(name) if isinstance(body, dict) else None
        if not isinstance(sent, dict) or len(body) != 1:
            raise Refusal("no-data")
        if set(sent) - fields:
            raise Refusal("field")
        return sent


def whole(given: str) -> int:
    """Read a whole number out of a parameter."""
    if not given.removeprefix("-").isdecimal() or not given.isascii() or len(given) > 18:
        raise Refusal("not-numeric", value=given)
    return int(given)


def iso(given: object) -> str:
    """Read a day out of a parameter or a field."""
    from datetime import date

    if not isinstance(given, str) or len(given) != 10:
        raise Refusal("date", value=given)
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise Refusal("date", value=given) from None


def listed(call: Call, key: str, items: Sequence[Item], shape: Callable[[Item], dict[str, Any]]) -> Answer:
    """Give a page of a list: MetaInformation first, 100 items unless `limit` says otherwise, 500 at the most."""
    limit, page = call.number("limit", 100) or 0, call.number("page", 1) or 0
    offset = call.number("offset", 0) or 0
    if not 1 <= limit <= 500 or page < 1 or offset < 0:
        raise Refusal("parameter")
    start = offset + (page - 1) * limit
    meta = {
        "@TotalResources": len(items),
        "@TotalPages": -(-len(items) // limit),
        "@CurrentPage": page,
    }
    return json_answer({"MetaInformation": meta, key: [shape(item) for item in items[start : start + limit]]})


def ordered(call: Call, items: list[Item], keys: Mapping[str, Callable[[Item], Any]]) -> list[Item]:
    """Give the items by `sortby` and `sortorder`; as they stand without them."""
    by, order = call.query.get("sortby"), call.query.get("sortorder", "ascending")
    if order not in ("ascending", "descending") or (by is not None and by not in keys):
        raise Refusal("parameter")
    found = sorted(items, key=keys[by]) if by is not None else list(items)
    return found[::-1] if order == "descending" else found
