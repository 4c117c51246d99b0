"""The numbers of every voucher series of a year: from, to, and those left out (verifikationsnummerluckor).

What a certificate of an import says of its series. Vouchers are seen as they were imported: a series that the import
filled in is counted like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bridge.ledger.columns import Part

MOST_GAPS = 100
"""Gaps of a series that are listed; all of them are counted."""

_MOST_RUNS = 100_000
_NUMERIC = 18
"""Runs of consecutive numbers that are followed in a series, and digits of a number: no company comes near either."""

Span = tuple[int, int]
"""From the first number to the last, both included."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """One series: its vouchers, its lowest and highest number, how many between them are not used, the first such gaps.

    `first` and `last` are None when no voucher has a number; `unnumbered` counts those without.
    """

    series: str
    vouchers: int
    first: int | None
    last: int | None
    missing: int
    gaps: tuple[Span, ...]
    unnumbered: int


class Numbering:
    """Sees the parts of a year go by."""

    def __init__(self) -> None:
        self._runs: dict[str, list[Span]] = {}
        self._vouchers: dict[str, int] = {}
        self._unnumbered: dict[str, int] = {}

    def see(self, part: Part) -> None:
        """Take in the vouchers of the next part."""
        for series, number in zip(part.vouchers.series, part.vouchers.number, strict=True):
            self._vouchers[series] = self._vouchers.get(series, 0) + 1
            if number.isascii() and number.isdecimal() and len(number) <= _NUMERIC and int(number):
                self._add(self._runs.setdefault(series, []), int(number))
            else:
                self._unnumbered[series] = self._unnumbered.get(series, 0) + 1

    @staticmethod
    def _add(runs: list[Span], number: int) -> None:
        if runs and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number)
        elif len(runs) < _MOST_RUNS:
            runs.append((number, number))
        else:  # what lies between is taken as used: a gap must not be told that is none
            runs[-1] = (min(runs[-1][0], number), max(runs[-1][1], number))

    def all(self) -> list[Numbered]:
        """Give every series, by name."""
        return [self._numbered(series) for series in sorted(self._vouchers)]

    def _numbered(self, series: str) -> Numbered:
        runs = _merged(self._runs.get(series, ()))
        gaps = [(before[1] + 1, after[0] - 1) for before, after in pairwise(runs)]
        return Numbered(
            series=series,
            vouchers=self._vouchers[series],
            first=runs[0][0] if runs else None,
            last=runs[-1][1] if runs else None,
            missing=sum(last - first + 1 for first, last in gaps),
            gaps=tuple(gaps[:MOST_GAPS]),
            unnumbered=self._unnumbered.get(series, 0),
        )


def _merged(runs: Iterable[Span]) -> list[Span]:
    """Put runs in order; those that touch or overlap become one."""
    found: list[Span] = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
