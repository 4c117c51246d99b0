"""The appendix (bilaga) of a control account: ledger minus subledger on a day, what explains it, and the open items.

Signs. `ledger`, `subledger`, `difference`, explanations and history are as the ledger has them: debit positive, so 1510
is normally positive and 2440 negative. Items and buckets are as a person reads them: a claim or a debt is positive.
For receivables the buckets sum to `subledger`, for payables to its negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from bridge.appendices.ageing import Age, Bucket, buckets
from bridge.appendices.open_items import OpenItem
from bridge.appendices.subledger import Side
from bridge.ledger import money

VERSION = 1
"""Version of the stored form; `from_json` reads this one only."""


class Cause(StrEnum):
    """Why the ledger has an amount on the control account that the subledger has not."""

    DIRECT = "direct-posting"
    """A voucher that was made from no invoice or payment of this subledger (bokfört direkt på kontot)."""
    OPENING_GAP = "opening-gap"
    """A year's opening balance is not the closing balance of the year before."""
    BROUGHT_FORWARD = "brought-forward"
    """The difference was there when the first year read began; the vouchers behind it lie in years before."""
    MISSING_HISTORY = "missing-history"
    """An opening balance from before the first invoice: what it consists of never was in the subledger."""
    NO_SUBLEDGER = "no-subledger"
    """There are no booked invoices at all: the account is kept without a subledger."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An amount (öre, debit positive) of the difference. `series`, `number`, `text` only of a direct posting's voucher."""

    cause: Cause
    amount: int
    booked: date
    year: str
    series: str = ""
    number: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Ledger and subledger at the end of a day, öre, debit positive."""

    day: date
    ledger: int
    subledger: int

    @property
    def difference(self) -> int:
        """Ledger minus subledger."""
        return self.ledger - self.subledger


@dataclass(frozen=True, slots=True)
class Appendix:
    """The whole specification of one control account as of `day`; sums are derived, so they cannot disagree.

    `history` is up to twelve month ends, oldest first, the last one being `day` itself.
    """

    account: str
    side: Side
    day: date
    currency: str
    ledger: int
    subledger: int
    items: tuple[OpenItem, ...]
    explanations: tuple[Explanation, ...]
    history: tuple[Point, ...]

    @property
    def difference(self) -> int:
        """Ledger minus subledger."""
        return self.ledger - self.subledger

    @property
    def explained(self) -> int:
        """Sum of the explanations."""
        return sum(each.amount for each in self.explanations)

    @property
    def unexplained(self) -> int:
        """What of the difference no explanation covers."""
        return self.difference - self.explained

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Ageing of the items."""
        return buckets((item.bucket, item.open) for item in self.items)

    @property
    def arose(self) -> date | None:
        """Month end from which today's difference has stood; None when there is none, or it is as old as the history."""
        changed = [after.day for before, after in pairwise(self.history) if before.difference != after.difference]
        return changed[-1] if changed and self.difference else None


def to_json(appendix: Appendix) -> dict[str, Any]:
    """Plain dict of an appendix: camelCase keys, amounts as decimal text, dates as ISO 8601, null where there is none."""
    return {
        "version": VERSION,
        "account": appendix.account,
        "side": appendix.side.value,
        "day": appendix.day.isoformat(),
        "currency": appendix.currency,
        "ledger": money.text(appendix.ledger),
        "subledger": money.text(appendix.subledger),
        "difference": money.text(appendix.difference),
        "explained": money.text(appendix.explained),
        "unexplained": money.text(appendix.unexplained),
        "arose": _iso(appendix.arose),
        "buckets": [
            {"bucket": each.age.value, "count": each.count, "amount": money.text(each.amount)}
            for each in appendix.buckets
        ],
        "explanations": [_explanation_json(each) for each in appendix.explanations],
        "history": [_point_json(each) for each in appendix.history],
        "items": [_item_json(each) for each in appendix.items],
    }


def from_json(stored: Mapping[str, Any]) -> Appendix:
    """Read back what `to_json` made; derived sums are made anew. ValueError on another version."""
    if stored["version"] != VERSION:
        raise ValueError(f"appendix of version {stored['version']}, this code reads version {VERSION}")
    return Appendix(
        account=stored["account"],
        side=Side(stored["side"]),
        day=date.fromisoformat(stored["day"]),
        currency=stored["currency"],
        ledger=money.ore(stored["ledger"]),
        subledger=money.ore(stored["subledger"]),
        items=tuple(_item(each) for each in stored["items"]),
        explanations=tuple(_explanation(each) for each in stored["explanations"]),
        history=tuple(_point(each) for each in stored["history"]),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _explanation_json(explanation: Explanation) -> dict[str, Any]:
    return {
        "cause": explanation.cause.value,
        "amount": money.text(explanation.amount),
        "booked": explanation.booked.isoformat(),
        "year": explanation.year,
        "series": explanation.series,
        "number": explanation.number,
        "text": explanation.text,
    }


def _explanation(stored: Mapping[str, Any]) -> Explanation:
    return Explanation(
        cause=Cause(stored["cause"]),
        amount=money.ore(stored["amount"]),
        booked=date.fromisoformat(stored["booked"]),
        year=stored["year"],
        series=stored["series"],
        number=stored["number"],
        text=stored["text"],
    )


def _point_json(point: Point) -> dict[str, Any]:
    return {
        "day": point.day.isoformat(),
        "ledger": money.text(point.ledger),
        "subledger": money.text(point.subledger),
        "difference": money.text(point.difference),
    }


def _point(stored: Mapping[str, Any]) -> Point:
    return Point(date.fromisoformat(stored["day"]), money.ore(stored["ledger"]), money.ore(stored["subledger"]))


def _item_json(item: OpenItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "external": item.external,
        "party": item.party,
        "partyName": item.party_name,
        "invoiced": item.invoiced.isoformat(),
        "due": _iso(item.due),
        "currency": item.currency,
        "rate": str(item.rate),
        "unit": str(item.unit),
        "total": money.text(item.total),
        "open": money.text(item.open),
        "openCurrency": money.text(item.open_currency),
        "overdue": item.overdue,
        "bucket": item.bucket.value,
        "paidAfter": money.text(item.paid_after),
        "paidAfterDate": _iso(item.paid_after_date),
        "creditNote": item.credit_note,
    }


def _item(stored: Mapping[str, Any]) -> OpenItem:
    return OpenItem(
        number=stored["number"],
        external=stored["external"],
        party=stored["party"],
        party_name=stored["partyName"],
        invoiced=date.fromisoformat(stored["invoiced"]),
        due=_day(stored["due"]),
        currency=stored["currency"],
        rate=Decimal(stored["rate"]),
        unit=Decimal(stored["unit"]),
        total=money.ore(stored["total"]),
        open=money.ore(stored["open"]),
        open_currency=money.ore(stored["openCurrency"]),
        overdue=stored["overdue"],
        bucket=Age(stored["bucket"]),
        paid_after=money.ore(stored["paidAfter"]),
        paid_after_date=_day(stored["paidAfterDate"]),
        credit_note=stored["creditNote"],
    )
