"""Offsets (kvittningar): what was settled without a payment, and the day each one took effect.

Fortnox settles an invoice against its credit note (kreditfaktura) without telling when, or which with which: the
lists only show that total minus payments is more than today's balance. The rule:

1. An invoice and a credit note of the same party and currency that both lack payments are matched: same rate, same
   amount and settled on the same day (FinalPayDate) first, then without the day, then same rate, then any; the oldest
   first. The offset takes effect on the later of their two dates.
2. What finds no match takes effect on the day the invoice was settled (FinalPayDate), else on its own date.

The two halves of a match take effect together, so whichever pairs are made the sum of a day stays right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date

from bridge.appendices.subledger import Invoice


@dataclass(frozen=True, slots=True)
class Offset:
    """A part of an invoice, in öre of its currency and with its sign, that went away on a day without a payment.

    `against` is the number of what it was settled against, empty where nothing was found. `dated` is False where nothing
    tells the day and the invoice's own date was taken.
    """

    day: date
    amount: int
    against: str = ""
    dated: bool = True


@dataclass(slots=True)
class _Remainder:
    """What payments do not explain of one invoice: `left` is used up while offsets are found."""

    invoice: Invoice
    left: int
    offsets: list[Offset] = field(default_factory=list)

    def take(self, offset: Offset) -> None:
        """Let an offset use up its amount."""
        self.left -= offset.amount
        self.offsets.append(offset)


def find(unexplained: Iterable[tuple[Invoice, int]]) -> list[tuple[Offset, ...]]:
    """Find the offsets of each invoice, in the same order, from what its payments do not explain (öre, signed)."""
    remainders = [_Remainder(invoice, left) for invoice, left in unexplained]
    for key in (_same_day, _same_amount, _same_rate, _same_party):
        _match(remainders, key)
    for remainder in remainders:
        if remainder.left:
            settled = remainder.invoice.settled
            remainder.take(Offset(settled or remainder.invoice.invoiced, remainder.left, dated=settled is not None))
    return [tuple(remainder.offsets) for remainder in remainders]


def _same_party(remainder: _Remainder) -> Hashable:
    return remainder.invoice.party, remainder.invoice.currency


def _same_rate(remainder: _Remainder) -> Hashable:
    return _same_party(remainder), remainder.invoice.rate, remainder.invoice.unit


def _same_amount(remainder: _Remainder) -> Hashable:
    return _same_rate(remainder), abs(remainder.left)


def _same_day(remainder: _Remainder) -> Hashable:
    return _same_amount(remainder), remainder.invoice.settled


def _match(remainders: Iterable[_Remainder], key: Callable[[_Remainder], Hashable]) -> None:
    """Match debit invoices with credit notes of the same key, oldest first."""
    debits: dict[Hashable, list[_Remainder]] = defaultdict(list)
    credits_: dict[Hashable, list[_Remainder]] = defaultdict(list)
    for remainder in sorted(remainders, key=lambda each: (each.invoice.invoiced, each.invoice.number)):
        if remainder.left > 0 and remainder.invoice.total > 0:
            debits[key(remainder)].append(remainder)
        elif remainder.left < 0 and remainder.invoice.total < 0:
            credits_[key(remainder)].append(remainder)
    for name, notes in credits_.items():
        _settle(debits[name], notes)


def _settle(debits: list[_Remainder], notes: list[_Remainder]) -> None:
    """Use up the oldest debit against the oldest credit note until one side has nothing left."""
    waiting = iter(debits)
    debit = next(waiting, None)
    for note in notes:
        while note.left and debit:
            amount = min(debit.left, -note.left)
            day = max(debit.invoice.invoiced, note.invoice.invoiced)
            debit.take(Offset(day, amount, note.invoice.number))
            note.take(Offset(day, -amount, debit.invoice.number))
            debit = debit if debit.left else next(waiting, None)
