"""Vouchers under construction: pools, columns, and the part they become."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import fields
from itertools import chain
from sys import intern

from bridge.ledger.columns import History, Objects, Part, Transactions, Vouchers

_MOST = 2**63 - 1


class Pools:
    """Accounts and object sets that the rows name, each once, with the line where it was first met."""

    def __init__(self, limit: int, size: int) -> None:
        self.accounts: list[str] = []
        self.objects: list[Objects] = [()]
        self.account_lines = array("I")
        self.object_lines = array("I", [0])
        self.uses: Counter[int] = Counter()
        self._limit = limit
        self._size = size
        self._members = 0
        self._accounts: dict[str, int] = {}
        self._objects: dict[Objects, int] = {(): 0}

    def account(self, account: str, line: int) -> int | None:
        """Index of an account; None when the pool is full."""
        index = self._accounts.get(account)
        if index is None and len(self.accounts) < self._limit and self._fits([account]):
            index = self._accounts[account] = len(self.accounts)
            self.accounts.append(account)
            self.account_lines.append(line)
        return index

    def object_set(self, names: list[str], line: int) -> int | None:
        """Index of the set that a list of dimension, object, dimension, object names; None when the pool is full."""
        objects = tuple(zip(map(intern, names[::2]), names[1::2], strict=True))
        index = self._objects.get(objects)
        most = max(len(self.objects) + 1, self._members + len(objects))
        if index is None and most <= self._limit and self._fits(names):
            self._members += len(objects)
            index = self._objects[objects] = len(self.objects)
            self.objects.append(objects)
            self.object_lines.append(line)
        return index

    def _fits(self, names: list[str]) -> bool:
        """Take the names' share of the size there may be; tells whether it was left."""
        size = sum(map(len, names))
        if size > self._size:
            return False
        self._size -= size
        return True

    def shrink(self, accounts: int, objects: int) -> bool:
        """Forget the names that came after the first so many; tells whether there were any."""
        later = self.accounts[accounts:], self.objects[objects:]
        for account in later[0]:
            del self._accounts[account]
            self._size += len(account)
        for each in later[1]:
            del self._objects[each]
            self._members -= len(each)
            self._size += sum(map(len, chain.from_iterable(each)))
        del self.accounts[accounts:], self.account_lines[accounts:], self.objects[objects:], self.object_lines[objects:]
        return any(later)


class Body:
    """Columns that grow until they are taken as a part. Rows are added in bulk or one by one."""

    def __init__(self, pools: Pools) -> None:
        self.pools = pools
        self._opened = 0, 0
        self._is_open = False
        self._start()

    def _start(self) -> None:
        self.vouchers = Vouchers()
        self.transactions = Transactions()
        self.history = History()

    def take(self) -> Part:
        """Hand over the whole vouchers that have been gathered, and begin anew with the one that is open, if any."""
        part = Part(self.pools.accounts, self.pools.objects, self.vouchers, self.transactions, self.history)
        vouchers, rows, history = self._whole()
        self._start()
        if self._is_open:
            _move(part.vouchers, vouchers, self.vouchers)
            _move(part.transactions, rows, self.transactions)
            _move(part.history, history, self.history)
            _move(part.history.rows, history, self.history.rows)
            self._renumber(vouchers, rows)
        self.pools.uses.update(part.transactions.objects)
        self.pools.uses.update(part.history.rows.objects)
        return part

    def _renumber(self, vouchers: int, rows: int) -> None:
        """Let the open voucher and its rows be the first of the part."""
        for columns in (self.transactions, self.history.rows):
            columns.voucher[:] = array("I", [number - vouchers for number in columns.voucher])
        self.history.before[:] = array("I", [before - rows for before in self.history.before])
        self._opened = 0, 0

    @property
    def size(self) -> int:
        """Rows of whole vouchers gathered, or vouchers or rows of the history where there are more of them."""
        return max(self._whole())

    def _whole(self) -> tuple[int, int, int]:
        """Count whole vouchers, their rows and their history."""
        if self._is_open:
            return len(self.vouchers) - 1, *self._opened
        return len(self.vouchers), len(self.transactions), len(self.history)

    def open(self, texts: tuple[str, str, str, str], days: tuple[int, int], line: int) -> None:
        """Begin a voucher: series, number, text and sign; its date and the day it was registered."""
        series, number, text, sign = texts
        vouchers = self.vouchers
        vouchers.series.append(series)
        vouchers.number.append(number)
        vouchers.text.append(text)
        vouchers.sign.append(sign)
        vouchers.date.append(days[0])
        vouchers.registered.append(days[1])
        vouchers.line.append(line)
        self._opened = len(self.transactions), len(self.history)
        self._is_open = True

    def close(self) -> None:
        """End the voucher that is open."""
        amounts = self.transactions.amount[self._opened[0] :]
        self._is_open = False
        self.vouchers.rows.append(len(amounts))
        self.vouchers.total.append(clamped(sum(amounts)))

    @property
    def open_rows(self) -> int:
        """Rows of the open voucher, booked and kept."""
        return len(self.transactions) + len(self.history) - sum(self._opened)

    def add(self, kind: str, booking: tuple[int, int, int], rest: tuple[int, str, str, str], line: int) -> None:
        """Add a row to the open voucher: `kind` T is booked, R and B are history.

        The booking is account, object set and amount; the rest is day, text, quantity and sign.
        """
        account, objects, amount = booking
        rows = self.transactions
        if kind != "T":
            self.history.kind.append(kind)
            self.history.before.append(len(rows))
            self.history.line.append(line)
            rows = self.history.rows
        rows.voucher.append(len(self.vouchers) - 1)
        rows.account.append(account)
        rows.objects.append(objects)
        rows.amount.append(amount)
        rows.date.append(rest[0])
        rows.text.append(rest[1])
        rows.quantity.append(rest[2])
        rows.sign.append(rest[3])


def _move(columns: Vouchers | Transactions | History, start: int, to: Vouchers | Transactions | History) -> None:
    """Move what comes after the first so many entries to other columns of the same kind."""
    for each in fields(columns):
        column = getattr(columns, each.name)
        if isinstance(column, list | array):
            getattr(to, each.name).extend(column[start:])
            del column[start:]


def clamped(total: int) -> int:
    """Cut a sum to what fits a column; only a hostile file has larger ones, and stays unbalanced."""
    return max(-_MOST, min(_MOST, total))


def totals(sums: list[int]) -> array[int]:
    """Put sums into a column."""
    try:
        return array("q", sums)
    except OverflowError:
        return array("q", map(clamped, sums))
