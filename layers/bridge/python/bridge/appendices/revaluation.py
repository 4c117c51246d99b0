"""Foreign items at the rate of the balance day (ÅRL 4:13): what they are worth then, and the entry that books the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bridge.appendices.appendix import Appendix
from bridge.appendices.open_items import OpenItem
from bridge.appendices.rolling import BASE
from bridge.appendices.subledger import Side
from bridge.ledger import money

GAIN, LOSS = "3960", "7960"
"""Exchange gains and losses on claims and debts of the business (valutakursvinster, valutakursförluster)."""


@dataclass(frozen=True, slots=True)
class Revalued:
    """A foreign item: what is open of it in SEK öre at the booked rate and at the balance day's."""

    item: OpenItem
    rate: Decimal
    closing: int

    @property
    def difference(self) -> int:
        """How much larger the claim or debt is at the balance day's rate."""
        return self.closing - self.item.open


@dataclass(frozen=True, slots=True)
class Revaluation:
    """All items in the currencies a rate was given for; `unrated` are the currencies without one."""

    account: str
    side: Side
    items: tuple[Revalued, ...]
    unrated: tuple[str, ...]

    @property
    def difference(self) -> int:
        """The unrealised difference with the ledger's sign: positive is a gain, on a claim that grew or a debt that shrank."""
        grown = sum(each.difference for each in self.items)
        return grown if self.side is Side.RECEIVABLE else -grown

    @property
    def proposal(self) -> tuple[tuple[str, int], ...]:
        """Account and öre, debit positive, of the entry that books it; empty when there is nothing to book."""
        if not self.difference:
            return ()
        return (self.account, self.difference), (GAIN if self.difference > 0 else LOSS, -self.difference)


def revalue(appendix: Appendix, rates: Mapping[str, Decimal]) -> Revaluation:
    """Value the foreign items at a rate per currency, which counts for as many units as the invoices' own rates do."""
    foreign = [item for item in appendix.items if item.currency != BASE]
    items = tuple(_revalued(item, rates[item.currency]) for item in foreign if item.currency in rates)
    unrated = sorted({item.currency for item in foreign} - rates.keys())
    return Revaluation(appendix.account, appendix.side, items, tuple(unrated))


def to_json(revaluation: Revaluation) -> dict[str, Any]:
    """Plain dict of a revaluation, written as an appendix is."""
    return {
        "difference": money.text(revaluation.difference),
        "items": [_item_json(each) for each in revaluation.items],
        "unrated": list(revaluation.unrated),
        "proposal": [{"account": account, "amount": money.text(amount)} for account, amount in revaluation.proposal],
    }


def _revalued(item: OpenItem, rate: Decimal) -> Revalued:
    return Revalued(item, rate, money.rounded(money.decimal(item.open_currency) * rate / item.unit))


def _item_json(each: Revalued) -> dict[str, Any]:
    return {
        "number": each.item.number,
        "currency": each.item.currency,
        "openCurrency": money.text(each.item.open_currency),
        "bookedRate": str(each.item.rate),
        "open": money.text(each.item.open),
        "rate": str(each.rate),
        "closing": money.text(each.closing),
        "difference": money.text(each.difference),
    }
