"""The hot path: runs of well-formed vouchers, read a block at a time into columns, without an object per row.

A run is cut at what stands between vouchers, between a voucher and its rows, and around the object lists: what is
left are columns of short texts, most of which have been met before. A run goes in only when every text of it is
beyond doubt; all else is left to `bridge.sie.lines`, which knows the rules.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import fields
from itertools import accumulate, chain, repeat
from operator import add, sub
from typing import NamedTuple, TypeVar

from bridge.ledger.columns import Transactions, Vouchers, extend
from bridge.sie.body import Body, totals
from bridge.sie.table import Doubt, amounts, columns
from bridge.sie.values import day_number, quantity

_BEGIN = "\n{\n"
_END = "\n}\n"
_ODD = re.compile(r"[\\\x00-\x08\x0b-\x1f\x7f]")
_HEAD = re.compile(r'#([RB]?T)RANS[ \t]+("[^"{}\t]+"|[^ \t"{}]+)[ \t]*')
_LIST = re.compile(r'\{(?:[ \t]*(?:"[^"{}\t]*"|[^ \t"{}]+))*+[ \t]*\}')
_ITEM = re.compile(r'"[^"]*"|[^ \t"{}]+')
_CACHED = 50_000
_LONGEST = 200
"""How many texts are remembered, and how long they may be."""

_Value = TypeVar("_Value", int, str)
_Column = TypeVar("_Column", list[str], "array[int]")


class Run(NamedTuple):
    """Whole vouchers as they stand in the file, and the number of their first line.

    Only an odd run may hold a backslash or a control character.
    """

    text: str
    first: int
    odd: bool = False


def find_run(text: str, *, is_open: bool) -> tuple[int, int]:
    """Where the vouchers of a block begin and end; `is_open` tells that the block begins inside one."""
    start = text.find(_END) if is_open else 0
    at = text.find("#VER", start) if start >= 0 else -1
    if at < 0:
        return len(text), len(text)
    return text.rfind("\n", 0, at) + 1, text.find("\n", max(at, text.rfind("}"))) + 1


def halves(run: Run) -> list[Run]:
    """Split a run between two vouchers near its middle; nothing when it holds only one."""
    last = max(len(run.text) - len(_END), 0)
    middle = run.text.find(_END, len(run.text) // 2, last)
    if middle < 0:
        middle = run.text.rfind(_END, 0, last)
    if middle < 0:
        return []
    one, other = run.text[: middle + len(_END)], run.text[middle + len(_END) :]
    return [run._replace(text=one), run._replace(text=other, first=run.first + one.count("\n"))]


def tidied(run: Run) -> list[Run]:
    """Take away the blanks at both ends of every line, which mean nothing; nothing when there are none."""
    text = "\n".join([line.strip(" \t") for line in run.text.split("\n")])
    return [] if text == run.text else [run._replace(text=text)]


class Columns:
    """Puts runs into a body. Keeps what it has learnt about accounts, object lists, days and quantities."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._accounts: dict[str, int] = {}
        self._objects: dict[str, int] = {}
        self._days: dict[str, int] = {}
        self._quantities: dict[str, str] = {}

    def read(self, run: Run) -> dict[str, int] | None:
        """Add a run of whole vouchers and count its records; None, and nothing is added, when it is in doubt."""
        pools = self._body.pools
        known = len(pools.accounts), len(pools.objects)
        try:
            return self._read(run)
        except Doubt:
            if pools.shrink(*known):
                self._accounts.clear()
                self._objects.clear()
            return None

    def _read(self, run: Run) -> dict[str, int]:
        if not run.text.endswith(_END) or (run.odd and _ODD.search(run.text)):
            raise Doubt
        texts = run.text[: -len(_END)].split(_END)
        records, braces, bodies = zip(*map(str.partition, texts, repeat(_BEGIN)), strict=True)
        if "" in braces:
            raise Doubt
        counts = list(map(add, map(str.count, bodies, repeat("\n")), repeat(1)))
        vouchers = self._vouchers(records, counts, run.first)
        lines = _RowLines(vouchers.line, tuple(counts))
        rows, kinds = self._rows("\n".join(bodies), sum(counts), lines)
        first = len(self._body.vouchers)
        rows.voucher.extend(chain.from_iterable(map(repeat, range(first, first + len(counts)), counts)))
        for index in kinds:
            counts[rows.voucher[index] - first] -= 1
        self._move_to_history(rows, kinds, lines)
        self._add(vouchers, rows, counts)
        added = list(kinds.values()).count("R")
        return {"#VER": len(counts), "#TRANS": len(rows), "#RTRANS": added, "#BTRANS": len(kinds) - added}

    def _vouchers(self, records: Sequence[str], counts: Sequence[int], first: int) -> Vouchers:
        blank = list(map(str.count, records, repeat("\n")))
        if any(blank):
            records = [record.lstrip("\n") for record in records]
        labels, series, number, date, text, registered, sign = columns("\n".join(records) + "\n", len(records), 7)
        days = self._days_of(date)
        if labels.count("#VER") != len(labels) or 0 in days:
            raise Doubt
        lengths = map(add, map(add, blank, counts), repeat(3))
        return Vouchers(
            series=series,
            number=number,
            date=days,
            text=text,
            registered=self._days_of(registered),
            sign=sign,
            line=array("I", map(add, accumulate(lengths, initial=first), blank)),
        )

    def _rows(self, text: str, count: int, lines: _RowLines) -> tuple[Transactions, dict[int, str]]:
        """Read the rows of all kinds, in their order; with them the kind of each that is not booked, by its index."""
        if "\t" in text:
            text = text.replace("\t{", " {").replace("}\t", "} ")
        pieces = text.replace(" {", "\n{").replace("} ", "}\n").split("\n")
        heads, lists, rests = pieces[::3], pieces[1::3], pieces[2::3]
        if len(pieces) != 3 * count:
            raise Doubt
        rows = self._rests(rests, tabbed="\t" in text)
        kinds: dict[int, str] = {}
        _look_up(self._accounts, heads, rows.account, lambda head, row: self._learn_head(head, row, lines, kinds))
        _look_up(self._objects, lists, rows.objects, lambda names, row: self._learn_objects(names, lines[row]))
        return rows, kinds

    def _rests(self, rests: list[str], *, tabbed: bool) -> Transactions:
        """Read what stands after the object lists: an amount, and in some rows more."""
        longer = [row for row, rest in enumerate(rests) if " " in rest or (tabbed and "\t" in rest)]
        text = "\n".join(rests if len(longer) == len(rests) else map(rests.__getitem__, longer)) + "\n"
        if "{" in text or "}" in text:
            raise Doubt
        numbers, dates, texts, quantities, signs = columns(text, len(longer), 5) if longer else ([], [], [], [], [])
        count = len(rests)
        return Transactions(
            amount=amounts(_spread(numbers, longer, rests)),
            date=_spread(self._days_of(dates), longer, _no_days(count)),
            text=_spread(texts, longer, [""] * count),
            quantity=_spread(self._quantities_of(quantities), longer, [""] * count),
            sign=_spread(signs, longer, [""] * count),
        )

    def _learn_head(self, head: str, row: int, lines: _RowLines, kinds: dict[int, str]) -> int | None:
        """Learn the account of a booked row. The heads of others are never learnt, so that each of them is met here."""
        match = _HEAD.fullmatch(head)
        if match is None:
            return None
        if match[1] != "T":
            kinds[row] = match[1][0]
            return self._body.pools.account(match[2].strip('"'), lines[row])
        return _learn(self._accounts, head, self._body.pools.account(match[2].strip('"'), lines[row]))

    def _learn_objects(self, names: str, line: int) -> int | None:
        items = [item.strip('"') for item in _ITEM.findall(names)]
        if len(items) % 2 or _LIST.fullmatch(names) is None:
            return None
        return _learn(self._objects, names, self._body.pools.object_set(items, line))

    def _days_of(self, texts: list[str]) -> array[int]:
        if not any(texts):
            return _no_days(len(texts))
        found, known = array("I"), self._days
        _look_up(known, texts, found, lambda text, _row: _learn(known, text, day_number(text) if text else 0))
        return found

    def _quantities_of(self, texts: list[str]) -> list[str]:
        found: list[str] = []
        if not any(texts):
            return texts
        known = self._quantities
        _look_up(known, texts, found, lambda text, _row: _learn(known, text, quantity(text) if text else ""))
        return found

    def _move_to_history(self, rows: Transactions, kinds: dict[int, str], lines: _RowLines) -> None:
        """Take the rows that are not booked out and put them where they are kept."""
        if not kinds:
            return
        history, booked = self._body.history, len(self._body.transactions)
        history.kind.extend(kinds.values())
        history.before.extend(booked + row - order for order, row in enumerate(kinds))
        history.line.extend(map(lines.__getitem__, kinds))
        for each in fields(rows):
            column = getattr(rows, each.name)
            getattr(history.rows, each.name).extend([column[row] for row in kinds])
            for row in reversed(kinds):
                del column[row]

    def _add(self, vouchers: Vouchers, rows: Transactions, counts: list[int]) -> None:
        sums = list(accumulate(rows.amount, initial=0))
        at_ends = [sums[end] for end in accumulate(counts)]
        vouchers.rows.extend(counts)
        vouchers.total.extend(totals(list(map(sub, at_ends, [0, *at_ends]))))
        extend(self._body.vouchers, vouchers)
        extend(self._body.transactions, rows)


class _RowLines:
    """The line of every row of a run, worked out when one is asked for."""

    def __init__(self, vouchers: Sequence[int], counts: Sequence[int]) -> None:
        self._vouchers = vouchers
        self._counts = counts
        self._ends: list[int] = []

    def __getitem__(self, row: int) -> int:
        if not self._ends:
            self._ends = list(accumulate(self._counts))
        voucher = bisect(self._ends, row)
        return self._vouchers[voucher] + 2 + row - self._ends[voucher] + self._counts[voucher]


def _no_days(count: int) -> array[int]:
    return array("I", bytes(array("I").itemsize * count))


def _spread(values: _Column, rows: list[int], column: _Column) -> _Column:
    """Put the values of some rows into a column of all; where they are of all rows, they are the column."""
    if len(rows) == len(column):
        return values
    if not any(values):
        return column
    for row, value in zip(rows, values, strict=True):
        column[row] = value
    return column


def _look_up(
    known: dict[str, _Value],
    texts: Sequence[str],
    found: MutableSequence[_Value],
    learn: Callable[[str, int], _Value | None],
) -> None:
    """Append what is known of each text; what is new is learnt, with its index, or in doubt."""
    each = map(known.__getitem__, texts)
    while len(found) < len(texts):
        try:
            found.extend(each)
        except KeyError as new:  # the texts before it are in; the map goes on after it
            value = learn(new.args[0], len(found))
            if value is None:
                raise Doubt from None
            found.append(value)


def _learn(known: dict[str, _Value], text: str, value: _Value | None) -> _Value | None:
    """Remember what a text means, within bounds."""
    if value is not None and len(text) <= _LONGEST:
        if len(known) >= _CACHED:
            known.clear()
        known[text] = value
    return value
