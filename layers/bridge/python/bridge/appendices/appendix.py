"""The appendix (bilaga) of a control account: ledger minus subledger on a day, what explains it, and the open items.

Signs. `ledger`, `subledger`, `difference`, explanations and history are as the ledger has them: debit positive, so 1510
is normally positive and 2440 negative. Items and buckets are as a person reads them: a claim or a debt is positive.
For receivables the buckets sum to `subledger`, for payables to its negative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bridge.appendices.ageing import Age, Bucket, buckets
from bridge.appendices.causes import Cause, Explanation
from bridge.appendices.open_items import OpenItem, Type
from bridge.appendices.subledger import Side
from bridge.ledger import money

VERSION = 2
"""Version of the stored form; `from_json` reads this one only."""


@dataclass(frozen=True, slots=True)
class Point:
    """Ledger and subledger at the end of a day, öre, debit positive. `cash` is kontantmetoden: then the two need not agree."""

    day: date
    ledger: int
    subledger: int
    cash: bool = False

    @property
    def difference(self) -> int:
        """Ledger minus subledger; none where the ledger is not meant to hold the invoices."""
        return 0 if self.cash else self.ledger - self.subledger


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no subledger to compare with: what Fortnox answered about the scope, of `tokens.capability.Answer`."""

    answer: str
    scope: str


@dataclass(frozen=True, slots=True)
class CreditBalance:
    """A party whose items sum to less than nothing: a customer in credit, a supplier in debit. `amount` is negative öre."""

    party: str
    name: str
    amount: int
    items: int


@dataclass(frozen=True, slots=True)
class Appendix:
    """The whole specification of one control account as of `day`; sums are derived, so they cannot disagree.

    `history` is up to twelve month ends, oldest first, the last one being `day` itself. `accounts` are the control accounts
    one by one with the balance of each; `unbooked` the invoices of that day that nobody has booked, which no sum has. Where
    the subledger could not be read, `missing` says why, and what depends on it is empty and means nothing.
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
    accounts: tuple[tuple[str, int], ...] = ()
    unbooked: tuple[OpenItem, ...] = ()
    cash: bool = False
    missing: Missing | None = None

    @property
    def difference(self) -> int:
        """Ledger minus subledger; none with kontantmetoden."""
        return Point(self.day, self.ledger, self.subledger, self.cash).difference

    @property
    def cut_off(self) -> int:
        """What kontantmetoden still has to book on the account at the end of its year: all that is open and not booked yet."""
        return self.subledger - self.ledger if self.cash else 0

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
    def credit_balances(self) -> tuple[CreditBalance, ...]:
        """Parties in credit, which a balance sheet may not set off against the others (ÅRL 2:4), the largest first."""
        parties: dict[str, list[OpenItem]] = defaultdict(list)
        for item in self.items:
            parties[item.party].append(item)
        sums = [
            CreditBalance(party, items[0].party_name, sum(item.open for item in items), len(items))
            for party, items in parties.items()
        ]
        return tuple(sorted((each for each in sums if each.amount < 0), key=lambda each: (each.amount, each.party)))

    @property
    def arose(self) -> date | None:
        """Month end from which today's difference has stood; None when there is none, or it is as old as the history."""
        changed = [after.day for before, after in pairwise(self.history) if before.difference != after.difference]
        return changed[-1] if changed and self.difference else None


def to_json(appendix: Appendix) -> dict[str, Any]:
    """Plain dict of an appendix: camelCase keys, amounts as decimal text, dates as ISO 8601, null where there is none."""
    missing = appendix.missing

    def known(amount: int) -> str | None:
        return None if missing else money.text(amount)

    return {
        "version": VERSION,
        "account": appendix.account,
        "side": appendix.side.value,
        "day": appendix.day.isoformat(),
        "currency": appendix.currency,
        "ledger": money.text(appendix.ledger),
        "missing": {"answer": missing.answer, "scope": missing.scope} if missing else None,
        "subledger": known(appendix.subledger),
        "difference": known(appendix.difference),
        "explained": known(appendix.explained),
        "unexplained": known(appendix.unexplained),
        "arose": _iso(appendix.arose),
        "cashMethod": appendix.cash,
        "cutOff": known(appendix.cut_off),
        "accounts": [{"account": account, "balance": money.text(balance)} for account, balance in appendix.accounts],
        "buckets": [
            {"bucket": each.age.value, "count": each.count, "amount": money.text(each.amount)}
            for each in appendix.buckets
        ],
        "creditBalance": known(sum(each.amount for each in appendix.credit_balances)),
        "creditBalances": [_credit_json(each) for each in appendix.credit_balances],
        "explanations": [_explanation_json(each) for each in appendix.explanations],
        "history": [_point_json(each) for each in appendix.history],
        "items": [_item_json(each) for each in appendix.items],
        "unbooked": [_item_json(each) for each in appendix.unbooked],
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
        subledger=money.ore(stored["subledger"] or "0"),
        items=tuple(_item(each) for each in stored["items"]),
        explanations=tuple(_explanation(each) for each in stored["explanations"]),
        history=tuple(_point(each) for each in stored["history"]),
        accounts=tuple((each["account"], money.ore(each["balance"])) for each in stored["accounts"]),
        unbooked=tuple(_item(each) for each in stored["unbooked"]),
        cash=stored["cashMethod"],
        missing=Missing(**stored["missing"]) if stored["missing"] else None,
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
        "document": explanation.document,
        "reference": explanation.reference,
        "documentDate": _iso(explanation.dated),
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
        document=stored["document"],
        reference=stored["reference"],
        dated=_day(stored["documentDate"]),
    )


def _point_json(point: Point) -> dict[str, Any]:
    return {
        "day": point.day.isoformat(),
        "ledger": money.text(point.ledger),
        "subledger": money.text(point.subledger),
        "difference": money.text(point.difference),
        "cashMethod": point.cash,
    }


def _point(stored: Mapping[str, Any]) -> Point:
    day, ledger, subledger = (
        date.fromisoformat(stored["day"]),
        money.ore(stored["ledger"]),
        money.ore(stored["subledger"]),
    )
    return Point(day, ledger, subledger, stored["cashMethod"])


def _credit_json(credit: CreditBalance) -> dict[str, Any]:
    return {
        "party": credit.party,
        "partyName": credit.name,
        "amount": money.text(credit.amount),
        "items": credit.items,
    }


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
        "type": item.type.value,
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
        type=Type(stored["type"]),
    )
