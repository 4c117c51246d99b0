"""The numbers of every voucher series of a year: what goes down, what is left out, first and last (verifikationsnummer).

The controls of vouchers ask it as a file is read; the certificate of an import asks it of the vouchers as they were
imported, with the series that the import filled in.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import lt

from bridge.ledger.columns import Part

MOST_GAPS = 100
"""Gaps of a series that a certificate lists; all of them are counted."""

_DIGITS = 18
"""Digits of the longest voucher number that is read as a number; longer ones are names."""

_MOST_SERIES = 10_000
"""Series whose numbers are followed: a number that no company reaches, so that a hostile file cannot fill the memory."""

_MOST_NUMBERS = 1_000_000
"""Vouchers of a series whose numbers are followed: beyond any company and any file of honest vouchers, as above."""


def is_number(text: str) -> bool:
    """Tell whether a voucher's number is one that can be compared."""
    return text.isdecimal() and len(text) <= _DIGITS


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers left out, from the first to the last; `line` is that of the voucher after them, 0 when it has none."""

    first: int
    last: int
    line: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """One series: its vouchers, its lowest and highest number, how many are left out, and the first gaps (`Series.gaps`).

    `first` and `last` are None when no voucher has a number; `unnumbered` counts those without.
    """

    series: str
    vouchers: int
    first: int | None
    last: int | None
    missing: int
    gaps: tuple[tuple[int, int], ...]
    unnumbered: int


class Series:
    """The numbers of one series in the order of the books, with their lines. Zero is how some write that there is none yet."""

    def __init__(self) -> None:
        self.numbers: array[int] = array("q")
        self.lines: array[int] = array("I")
        self.in_order = True
        self.vouchers = 0
        self._highest = -1

    def add(self, part: Part, indexes: list[int]) -> list[int]:
        """Follow the numbers of these vouchers; gives those whose number is not above all that came before."""
        self.vouchers += len(indexes)
        indexes = indexes[: _MOST_NUMBERS - len(self.numbers)]
        numbers = list(map(int, map(part.vouchers.number.__getitem__, indexes)))
        self.numbers.extend(numbers)
        self.lines.extend(map(part.vouchers.line.__getitem__, indexes))
        rising = [self._highest, *numbers]
        if all(map(lt, rising, numbers)):
            self._highest = rising[-1]
            return []
        self.in_order = False
        fallen: list[int] = []
        for index, number in zip(indexes, numbers, strict=True):
            if 0 < number <= self._highest:
                fallen.append(index)
            self._highest = max(self._highest, number)
        return fallen

    def gaps(self) -> Iterator[Gap]:
        """Give the numbers left out, the lowest first; counted from zero where a voucher has it."""
        numbers = self.numbers
        if self.in_order and (not numbers or numbers[-1] - numbers[0] == len(numbers) - 1):
            return
        order = range(len(numbers)) if self.in_order else sorted(range(len(numbers)), key=numbers.__getitem__)
        for before, after in pairwise(order):
            first, last = numbers[before] + 1, numbers[after] - 1
            if first <= last:
                yield Gap(first, last, self.lines[after])

    def numbered(self, name: str, unnumbered: int) -> Numbered:
        """Sum the series up; `unnumbered` are its vouchers whose number is none."""
        zeros = self.numbers.count(0)
        used = len(self.numbers) > zeros
        gaps = list(self.gaps())
        return Numbered(
            series=name,
            vouchers=self.vouchers + unnumbered,
            first=min(filter(None, self.numbers)) if used else None,
            last=self._highest if used else None,
            missing=sum(gap.last - gap.first + 1 for gap in gaps),
            gaps=tuple((gap.first, gap.last) for gap in gaps[:MOST_GAPS]),
            unnumbered=zeros + unnumbered,
        )


class Numbering:
    """Follows every series as the parts of a year go by."""

    def __init__(self) -> None:
        self.series: dict[str, Series] = {}
        self._unnumbered: Counter[str] = Counter()

    def see(self, part: Part) -> list[int]:
        """Take in the next part; gives its vouchers whose number is not above those before it in its series."""
        fallen: list[int] = []
        for name, indexes in self._by_series(part).items():
            fallen += self.series[name].add(part, indexes)
        return fallen

    def all(self) -> list[Numbered]:
        """Sum up every series, by name."""
        return [series.numbered(name, self._unnumbered[name]) for name, series in sorted(self.series.items())]

    def _by_series(self, part: Part) -> dict[str, list[int]]:
        """Give the part's numbered vouchers per series that is followed, and count the others."""
        numbered: defaultdict[str, list[int]] = defaultdict(list)
        others: Counter[str] = Counter()
        for index, (name, number) in enumerate(zip(part.vouchers.series, part.vouchers.number, strict=True)):
            if number.isdecimal() and len(number) <= _DIGITS:  # as `is_number`, once per voucher
                numbered[name].append(index)
            else:
                others[name] += 1
        for name in {**numbered, **others}:
            if name not in self.series and len(self.series) < _MOST_SERIES:
                self.series[name] = Series()
        self._unnumbered.update({name: times for name, times in others.items() if name in self.series})
        return {name: indexes for name, indexes in numbered.items() if name in self.series}
