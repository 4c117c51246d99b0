"""The one `filter` of invoice lists, and the days and texts a list can be cut by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from infra.local.fortnox.answers import Call, iso
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.subledger import Invoice, SupplierInvoice

Document = TypeVar("Document", Invoice, SupplierInvoice)
Item = TypeVar("Item")


def filtered(call: Call, documents: list[Document], more: Sequence[str] = ()) -> list[Document]:
    """Keep what `filter` says. Payment filters mean booked invoices; overdue is before today."""
    wanted = call.query.get("filter")
    if wanted is None:
        return documents
    rules: Mapping[str, Callable[[Document], bool]] = {
        "cancelled": lambda each: each.cancelled,
        "fullypaid": lambda each: each.booked and each.balance == 0,
        "unpaid": lambda each: each.booked and each.balance != 0,
        "unpaidoverdue": lambda each: each.booked and each.balance != 0 and each.due < call.today,
        "unbooked": lambda each: not each.booked and not each.cancelled,
    }
    if wanted in more:
        return []
    if wanted not in rules:
        raise Refusal("filter")
    return [each for each in documents if rules[wanted](each)]


def between(call: Call, items: list[Item], first: str, last: str, day: Callable[[Item], str | None]) -> list[Item]:
    """Keep the items whose day is within two parameters, both included; without a day they are left out."""
    if (given := call.query.get(first)) is not None:
        low = iso(given)
        items = [each for each in items if (day(each) or "") >= low]
    if (given := call.query.get(last)) is not None:
        high = iso(given)
        items = [each for each in items if "" < (day(each) or "") <= high]
    return items


def containing(call: Call, items: list[Item], texts: Mapping[str, Callable[[Item], str]]) -> list[Item]:
    """Keep the items whose texts contain the parameters of those names, whatever their case."""
    for name, text in texts.items():
        if (given := call.query.get(name)) is not None:
            items = [each for each in items if given.casefold() in text(each).casefold()]
    return items


def modified(call: Call, items: list[Item], when: Callable[[Item], str]) -> list[Item]:
    """Keep what changed at `lastmodified` or later."""
    since = call.query.get("lastmodified")
    return items if since is None else [each for each in items if when(each) >= since]
