"""Entries: what each invoice, payment and offset of the subledger does to the control account, and when it says it does.

On every day the entries of an invoice add up to what is open of it, so that whatever the ledger has instead can be
laid at the door of one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby

from bridge.appendices.offsets import Offset
from bridge.appendices.rolling import BASE, History, Reduction
from bridge.appendices.subledger import Side, VoucherKey


class Kind(StrEnum):
    """What an entry was made by. An offset (kvittning) has no voucher."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    OFFSET = "offset"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document's amount on the control account, SEK öre, debit positive, on the document's own day.

    `invoice` is the invoice's number; `reference` the payment's number, or of an offset the document it was settled
    against, else the invoice's. `as_paid` is a foreign payment in SEK at its own day's rate. `vouchers` are those the
    invoice itself names.
    """

    kind: Kind
    invoice: str
    reference: str
    invoiced: date
    day: date
    amount: int
    foreign: bool
    as_paid: int | None = None
    vouchers: tuple[VoucherKey, ...] = ()


def entries(side: Side, histories: Iterable[History]) -> Iterator[Entry]:
    """List the entries of all invoices of a side."""
    sign = 1 if side is Side.RECEIVABLE else -1
    for history in histories:
        for entry in _of(history):
            as_paid = None if entry.as_paid is None else sign * entry.as_paid
            yield replace(entry, amount=sign * entry.amount, as_paid=as_paid)


def _of(history: History) -> Iterator[Entry]:
    """Split one invoice by day; the last entry of a day takes the rounding that `History.open` lets go that day."""
    made = [_invoice(history), *(_reduction(history, each) for each in history.reductions)]
    before = 0
    for day, group in groupby(sorted(made, key=lambda entry: entry.day), key=lambda entry: entry.day):
        *others, last = group
        after = history.open(day).amount
        yield from others
        yield replace(last, amount=after - before - sum(entry.amount for entry in others))
        before = after


def _invoice(history: History) -> Entry:
    invoice = history.invoice
    return Entry(
        Kind.INVOICE,
        invoice.number,
        invoice.number,
        invoice.invoiced,
        invoice.invoiced,
        history.total,
        invoice.currency != BASE,
        vouchers=invoice.vouchers,
    )


def _reduction(history: History, reduction: Reduction) -> Entry:
    invoice, by = history.invoice, reduction.by
    foreign = invoice.currency != BASE
    if isinstance(by, Offset):
        kind, reference, as_paid = Kind.OFFSET, by.against, None
    else:
        kind, reference, as_paid = Kind.PAYMENT, by.number, -by.amount if foreign else None
    return Entry(
        kind, invoice.number, reference, invoice.invoiced, reduction.day, -reduction.amount, foreign, as_paid=as_paid
    )
