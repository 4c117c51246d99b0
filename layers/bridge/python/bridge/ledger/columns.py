"""Vouchers and their rows in columns: arrays instead of an object per row, in parts that are read and let go.

A `Part` holds whole vouchers, about `PART_ROWS` rows of them. Amounts are öre, debit positive; days are numbers
(see `days`). `accounts` and `objects` are pools shared by all parts of a ledger; columns hold indexes into them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import accumulate, pairwise
from typing import NamedTuple

PART_ROWS = 50_000
"""Rows after which a part is full; it ends with the voucher that filled it."""

Objects = tuple[tuple[str, str], ...]
"""The objects a row is tagged with: pairs of dimension and object, both as the source writes them."""


def _small() -> array[int]:
    return array("I")


def _large() -> array[int]:
    return array("q")


@dataclass(frozen=True, slots=True)
class Vouchers:
    """One entry per voucher (verifikation). `rows` counts its booked rows and `total` is their sum in öre.

    `source` keeps, by index, the series and number a voucher came with where an import rule gave it others.
    """

    series: list[str] = field(default_factory=list)
    number: list[str] = field(default_factory=list)
    date: array[int] = field(default_factory=_small)
    text: list[str] = field(default_factory=list)
    registered: array[int] = field(default_factory=_small)
    sign: list[str] = field(default_factory=list)
    rows: array[int] = field(default_factory=_small)
    total: array[int] = field(default_factory=_large)
    line: array[int] = field(default_factory=_small, compare=False)
    source: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.series)

    def name(self, index: int) -> str:
        """Series and number as people say them: `KF 3`."""
        return f"{self.series[index]} {self.number[index]}".strip()


@dataclass(frozen=True, slots=True)
class Transactions:
    """One entry per row. `voucher` is an index within the part; `quantity` is decimal text, empty for none.

    `date` is the row's own day, 0 when it has none: the voucher's date is the booking day, always.
    """

    voucher: array[int] = field(default_factory=_small)
    account: array[int] = field(default_factory=_small)
    amount: array[int] = field(default_factory=_large)
    objects: array[int] = field(default_factory=_small)
    date: array[int] = field(default_factory=_small)
    text: list[str] = field(default_factory=list)
    quantity: list[str] = field(default_factory=list)
    sign: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.amount)


@dataclass(frozen=True, slots=True)
class History:
    """Rows that were added (`R`) or struck (`B`) later: kept as an audit trail, never booked.

    `before` tells where a row stood: the number of booked rows of the part that came before it.
    """

    kind: list[str] = field(default_factory=list)
    before: array[int] = field(default_factory=_small)
    rows: Transactions = field(default_factory=Transactions)
    line: array[int] = field(default_factory=_small, compare=False)

    def __len__(self) -> int:
        return len(self.kind)


class Row(NamedTuple):
    """One booked row with its voucher, for the few places that want rows."""

    series: str
    number: str
    date: int
    voucher_text: str
    account: str
    amount: int
    objects: Objects
    text: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Part:
    """Whole vouchers with their rows. Every part of a ledger refers to the same two pools."""

    accounts: list[str] = field(default_factory=list)
    objects: list[Objects] = field(default_factory=lambda: [()])
    vouchers: Vouchers = field(default_factory=Vouchers)
    transactions: Transactions = field(default_factory=Transactions)
    history: History = field(default_factory=History)

    def spans(self) -> Iterator[tuple[int, int]]:
        """First row and the row after the last, per voucher."""
        ends = list(accumulate(self.vouchers.rows, initial=0))
        return pairwise(ends)

    def rows(self) -> Iterator[Row]:
        """Walk through every booked row in the order of the books."""
        vouchers, rows = self.vouchers, self.transactions
        for index, voucher in enumerate(rows.voucher):
            yield Row(
                vouchers.series[voucher],
                vouchers.number[voucher],
                vouchers.date[voucher],
                vouchers.text[voucher],
                self.accounts[rows.account[index]],
                rows.amount[index],
                self.objects[rows.objects[index]],
                rows.text[index],
                rows.quantity[index],
            )


def extend(columns: Vouchers | Transactions, more: Vouchers | Transactions) -> None:
    """Append columns to columns of the same kind."""
    for each in fields(columns):
        if each.name != "source":
            getattr(columns, each.name).extend(getattr(more, each.name))
