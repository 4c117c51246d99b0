"""Vouchers as values, for the few that are made one by one: closing entries, a simulator's books, tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bridge.ledger import days
from bridge.ledger.columns import Objects, Part


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row: `amount` in öre, debit positive."""

    account: str
    amount: int
    text: str = ""
    objects: Objects = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A voucher. Series and number are empty when the receiver is to give them."""

    day: date
    text: str
    rows: tuple[EntryRow, ...]
    series: str = ""
    number: str = ""
    registered: date | None = None


def part_of(entries: Iterable[Entry]) -> Part:
    """Put vouchers into columns, in their order, as one part with pools of its own."""
    part = Part()
    accounts: dict[str, int] = {}
    objects: dict[Objects, int] = {(): 0}
    for index, entry in enumerate(entries):
        _add_voucher(part, entry)
        for row in entry.rows:
            rows = part.transactions
            rows.voucher.append(index)
            rows.account.append(accounts.setdefault(row.account, len(accounts)))
            rows.amount.append(row.amount)
            rows.objects.append(objects.setdefault(row.objects, len(objects)))
            rows.date.append(days.NONE)
            rows.text.append(row.text)
            rows.quantity.append("")
            rows.sign.append("")
    part.accounts.extend(accounts)
    part.objects[:] = objects
    return part


def _add_voucher(part: Part, entry: Entry) -> None:
    vouchers = part.vouchers
    vouchers.series.append(entry.series)
    vouchers.number.append(entry.number)
    vouchers.date.append(days.number(entry.day))
    vouchers.text.append(entry.text)
    vouchers.registered.append(days.number(entry.registered) if entry.registered else days.NONE)
    vouchers.sign.append("")
    vouchers.rows.append(len(entry.rows))
    vouchers.total.append(sum(row.amount for row in entry.rows))
    vouchers.line.append(0)
