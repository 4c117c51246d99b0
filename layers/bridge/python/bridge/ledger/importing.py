"""The import's own rules, applied to parts on the way in: missing series are filled, crowded dimensions skipped.

Both need to know the whole file first, which the check that precedes every import gives.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace

from bridge.ledger.columns import History, Objects, Part, Transactions
from bridge.ledger.findings import Findings

OBJECT_LIMIT = 500
"""Objects a dimension may have before its tags are left out."""


class SeriesFiller:
    """Gives vouchers without series (serie) the default one, and numbers that are unique in it.

    `highest` is the highest number the books themselves use in the default series, 0 when they do not use it: then
    the numbers stay as they are where they can. What the source said is kept in the vouchers' `source`.
    """

    def __init__(self, default: str, highest: int = 0) -> None:
        self.default = default
        self.filled = 0
        self._keeps_numbers = highest == 0
        self._next = highest + 1
        self._taken: set[str] = set()

    def apply(self, part: Part) -> Part:
        """Fill the part's gaps; the part is not changed, a new one is given."""
        vouchers = part.vouchers
        if "" not in vouchers.series:
            return part
        series, number, source = list(vouchers.series), list(vouchers.number), dict(vouchers.source)
        for index, name in enumerate(vouchers.series):
            if not name:
                source[index] = (name, number[index])
                series[index], number[index] = self.default, self._number(number[index])
        self.filled += len(source) - len(vouchers.source)
        return replace(part, vouchers=replace(vouchers, series=series, number=number, source=source))

    def _number(self, wanted: str) -> str:
        if not self._keeps_numbers or wanted in {"", "0"} or wanted in self._taken:
            wanted = str(self._next)
        self._taken.add(wanted)
        if wanted.isdecimal():
            self._next = max(self._next, int(wanted[:18]) + 1)
        return wanted

    def report(self, findings: Findings) -> None:
        """Tell how many vouchers were given a series."""
        if self.filled:
            findings.add("voucher-series-filled", count=self.filled, series=self.default)


class ObjectSkipper:
    """Drops the tags of dimensions with more objects than the limit; rows and amounts stay.

    `sizes` is the number of objects per dimension, `names` what the dimensions are called.
    """

    def __init__(self, sizes: Mapping[str, int], names: Mapping[str, str], limit: int = OBJECT_LIMIT) -> None:
        self.skipped = {dimension: size for dimension, size in sizes.items() if size > limit}
        self._names = names
        self._limit = limit
        self._pool: list[Objects] = [()]
        self._indexes: dict[Objects, int] = {(): 0}
        self._moved: list[int] = []

    def apply(self, part: Part) -> Part:
        """Drop the tags; the part is not changed, a new one with a pool of its own is given."""
        if not self.skipped:
            return part
        for objects in part.objects[len(self._moved) :]:
            self._moved.append(self._index(self.kept(objects)))
        history = part.history
        return replace(
            part,
            objects=self._pool,
            transactions=self._renumbered(part.transactions),
            history=History(history.kind, history.before, self._renumbered(history.rows), history.line),
        )

    def kept(self, objects: Objects) -> Objects:
        """Give the objects that are not of a skipped dimension."""
        return tuple(pair for pair in objects if pair[0] not in self.skipped)

    def report(self, findings: Findings) -> None:
        """Tell which dimensions were skipped."""
        for dimension, size in sorted(self.skipped.items()):
            name = self._names.get(dimension, "") or dimension
            findings.add("objects-skipped", dimension=name, count=size, limit=self._limit)

    def _index(self, objects: Objects) -> int:
        if objects not in self._indexes:
            self._indexes[objects] = len(self._pool)
            self._pool.append(objects)
        return self._indexes[objects]

    def _renumbered(self, rows: Transactions) -> Transactions:
        return replace(rows, objects=array("I", map(self._moved.__getitem__, rows.objects)))
