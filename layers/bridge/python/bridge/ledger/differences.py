"""What two versions of the same books do not have in common: new, changed and vanished vouchers.

A voucher is its series, number, date, text and booked rows, in whatever order the rows stand. Who registered it and
when, and rows that were added or struck on the way, are its history and make no difference. Vouchers with a number
are the same voucher when series and number are; one without a number can only be new or vanished.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from bridge.ledger.columns import Objects, Part

_Value = TypeVar("_Value")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class BookedRow(NamedTuple):
    """A row of a voucher. `amount` in öre; `date` is 0 unless the row has another day than its voucher."""

    account: str
    objects: Objects
    amount: int
    date: int
    text: str
    quantity: str


class BookedVoucher(NamedTuple):
    """A voucher with its rows in an order of their own, the same whatever order they stood in."""

    series: str
    number: str
    date: int
    text: str
    rows: tuple[BookedRow, ...]

    @property
    def name(self) -> str:
        """Series and number as people say them: `KF 3`."""
        return f"{self.series} {self.number}".strip()

    @property
    def debit(self) -> int:
        """Öre on the debit side."""
        return sum(row.amount for row in self.rows if row.amount > 0)


RowChange = tuple[BookedRow | None, BookedRow | None]
"""A row before and after; None where there is none."""


class Kind(StrEnum):
    """What became of a voucher."""

    NEW = "new"
    CHANGED = "changed"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class Change:
    """A voucher that is not the same: as it is now, or as it was where it has vanished. `before` is of changed ones."""

    kind: Kind
    voucher: BookedVoucher
    before: BookedVoucher | None = None

    def rows(self) -> list[RowChange]:
        """List what a changed voucher's rows differ in; one on the same account and objects as before is the same row."""
        if self.before is None:
            return []
        before, after = Counter(self.before.rows), Counter(self.voucher.rows)
        came: defaultdict[tuple[str, Objects], deque[BookedRow]] = defaultdict(deque)
        for row in sorted((after - before).elements()):
            came[row.account, row.objects].append(row)
        found: list[RowChange] = []
        for row in sorted((before - after).elements()):
            others = came[row.account, row.objects]
            found.append((row, others.popleft() if others else None))
        return found + [(None, row) for rows in came.values() for row in rows]


class Matching:
    """Finds the vouchers that two versions of the books do not share, in three passes: before, after, before again.

    Of a voucher that is in both only a mark of 16 bytes is kept, and that of one version; those that differ are kept
    as text. `keep` takes the parts of the first pass, `meet` of the second, `recall` of the third, which is needed
    when `is_short` says so.
    """

    def __init__(self) -> None:
        self._marks: dict[bytes, int] = {}
        self._before: list[bytes] = []
        self._after: list[bytes] = []

    def keep(self, part: Part) -> None:
        """Mark the vouchers there were before."""
        for content in _contents(part):
            mark = _mark(content)
            self._marks[mark] = self._marks.get(mark, 0) + 1

    def meet(self, part: Part) -> None:
        """Match the vouchers there are after; once for each time they were there before."""
        self._after += (content for content in _contents(part) if not self._take(content))

    @property
    def is_short(self) -> bool:
        """Tell whether there were vouchers before that are not there after."""
        return bool(self._marks)

    def recall(self, part: Part) -> None:
        """Find the vouchers whose marks are left."""
        self._before += (content for content in _contents(part) if self._take(content))

    def _take(self, content: bytes) -> bool:
        mark = _mark(content)
        left = self._marks.get(mark, 0)
        if left > 1:
            self._marks[mark] = left - 1
        elif left:
            del self._marks[mark]
        return left > 0

    @property
    def differs(self) -> bool:
        """Tell whether any voucher is not in both."""
        return bool(self._before or self._after)

    def changes(self) -> Iterator[Change]:
        """Give what differs, by series and number; several vouchers of one number are compared in the order they stand."""
        sides: dict[tuple[str, str], tuple[list[bytes], list[bytes]]] = {}
        for side, contents in enumerate((self._before, self._after)):
            for content in contents:
                sides.setdefault(_key(content), ([], []))[side].append(content)
        for key in sorted(sides, key=_order):
            before, after = sides[key]
            both = min(len(before), len(after)) if key[1] else 0
            for old, new in zip(before[:both], after[:both], strict=True):
                yield Change(Kind.CHANGED, _voucher(new), _voucher(old))
            yield from (Change(Kind.VANISHED, _voucher(content)) for content in before[both:])
            yield from (Change(Kind.NEW, _voucher(content)) for content in after[both:])


def changed(
    before: Mapping[str, _Value], after: Mapping[str, _Value], absent: _Value
) -> list[tuple[str, _Value, _Value]]:
    """List the names whose value is not the same on both sides; `absent` stands for a value that is not given."""
    names = sorted({*before, *after})
    found = [(name, before.get(name, absent), after.get(name, absent)) for name in names]
    return [each for each in found if each[1] != each[2]]


def _contents(part: Part) -> Iterator[bytes]:
    """Give every voucher as text that is the same for the same voucher."""
    vouchers, rows = part.vouchers, part.transactions
    accounts = map(part.accounts.__getitem__, rows.account)
    objects = map(part.objects.__getitem__, rows.objects)
    columns = zip(accounts, objects, rows.amount, rows.date, rows.text, rows.quantity, strict=True)
    for index, count in enumerate(vouchers.rows):
        day = vouchers.date[index]
        booked = sorted(
            (account, sorted(tags), amount, 0 if own == day else own, text, quantity)
            for account, tags, amount, own, text, quantity in (next(columns) for _ in range(count))
        )
        yield _encode((vouchers.series[index], vouchers.number[index], day, vouchers.text[index], booked)).encode()


def _mark(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _key(content: bytes) -> tuple[str, str]:
    voucher = _voucher(content)
    return voucher.series, voucher.number


def _voucher(content: bytes) -> BookedVoucher:
    series, number, day, text, rows = json.loads(content)
    booked = (BookedRow(each[0], tuple((pair[0], pair[1]) for pair in each[1]), *each[2:]) for each in rows)
    return BookedVoucher(series, number, day, text, tuple(booked))


def _order(key: tuple[str, str]) -> tuple[str, int, str]:
    """Order numbers as numbers, and those that are none before them."""
    series, number = key
    return series, int(number) if number.isdecimal() else -1, number
