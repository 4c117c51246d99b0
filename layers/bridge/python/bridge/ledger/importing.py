"""The import's own rules, applied to parts on the way in: missing series are filled, crowded dimensions skipped.

Both need to know the whole file first, which the check that precedes every import gives: the one by seeing its parts.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bridge.ledger.columns import History, Objects, Part, Transactions
from bridge.ledger.findings import Findings
from bridge.ledger.numbering import is_number

OBJECT_LIMIT = 500
"""Objects a dimension may have before its tags are left out."""


class SeriesFiller:
    """Gives vouchers without series (serie) the default one. Let it `see` all parts of a year, then `apply` it to each.

    A voucher keeps its number where the series has it free, also of the vouchers that come later; else it gets the
    next after the highest of them all. What the source said is kept in the vouchers' `source`.
    """

    def __init__(self, default: str) -> None:
        self.default = default
        self.filled = 0
        self._highest = 0
        self._taken: set[str] = set()

    def see(self, part: Part) -> None:
        """Learn which numbers the books use in the default series, and which vouchers without series bring along."""
        for series, written in zip(part.vouchers.series, part.vouchers.number, strict=True):
            if series == self.default or not series:
                number = _plain(written)
                if is_number(number):
                    self._highest = max(self._highest, int(number))
                if series:
                    self._taken.add(number)

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

    def _number(self, written: str) -> str:
        number = _plain(written)
        if not number or number in self._taken:
            self._highest += 1
            written = number = str(self._highest)
        self._taken.add(number)
        return written

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
        self._dropped: Counter[str] = Counter()

    def apply(self, part: Part) -> Part:
        """Drop the tags; the part is not changed, a new one with a pool of its own is given."""
        if not self.skipped:
            return part
        for objects in part.objects[len(self._moved) :]:
            self._moved.append(self._index(self.kept(objects)))
        history = part.history
        self._count(part.objects, part.transactions.objects)
        self._count(part.objects, history.rows.objects)
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
        """Tell which dimensions were skipped, how many objects they have and how many rows were tagged with them."""
        for dimension, size in sorted(self.skipped.items()):
            name, tags = self._names.get(dimension, "") or dimension, self._dropped[dimension]
            findings.add("objects-skipped", dimension=name, count=size, tags=tags, limit=self._limit)

    def _count(self, pool: list[Objects], rows: Iterable[int]) -> None:
        for index, times in Counter(rows).items():
            for dimension, _ in pool[index]:
                if dimension in self.skipped:
                    self._dropped[dimension] += times

    def _index(self, objects: Objects) -> int:
        if objects not in self._indexes:
            self._indexes[objects] = len(self._pool)
            self._pool.append(objects)
        return self._indexes[objects]

    def _renumbered(self, rows: Transactions) -> Transactions:
        return replace(rows, objects=array("I", map(self._moved.__getitem__, rows.objects)))


def _plain(number: str) -> str:
    """Give a number as it is compared: without zeros in front. Zero is how some write that there is none yet."""
    return number.lstrip("0") if number.isdecimal() else number
