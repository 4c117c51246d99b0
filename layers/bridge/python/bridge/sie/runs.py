"""The hot path: runs of well-formed vouchers, read a block at a time into columns, without an object per row.

One regular expression takes a block apart, one match per line, so that a line's number is its index. The lines'
kinds joined to a text, their shape (`V{TTT}V{TT}`), tell which stretches are whole vouchers. A stretch goes in as
columns only when every field of it is beyond doubt; all else is left to `bridge.sie.lines`, which knows the rules.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate, chain, compress, repeat
from operator import add, sub
from typing import Any, NamedTuple, TypeVar

from bridge.ledger.columns import Transactions, Vouchers, extend
from bridge.sie.body import Body, totals
from bridge.sie.values import day_number, quantity

_GAP = r"[ \t]+"
_TEXT = r'"[^"\\\x00-\x1f\x7f]*"|[^ \t"{}\\\x00-\x1f\x7f]+'
_DAY = r'[0-9]{8}|""|"[0-9]{8}"'
_LINE = re.compile(
    r"[ \t]*(#(?:VER|[RB]?TRANS)|[{}](?=[ \t]*\r?\n)|(?=\r?\n)|[{}]?[^\n])"
    rf"(?:{_GAP}({_TEXT})"  # account or series
    r"(?:[ \t]*(\{[^}\\\x00-\x08\x0a-\x1f\x7f]*\})[ \t]*(-?[0-9]{1,15})(?:\.([0-9]{1,2}))?"
    rf"|{_GAP}({_TEXT}))"  # objects and amount, or number
    rf"(?:{_GAP}({_DAY})(?:{_GAP}({_TEXT})(?:{_GAP}({_TEXT})(?:{_GAP}({_TEXT}))?)?)?)?[ \t]*\r?\n"
    r"|[^\n]*\n)"
)
_RUN = re.compile(r"(?:V-*\{[TRB-]*\}-*)+")
_ITEM = re.compile(r'"[^"]*"|[^ \t"]+')
_ORES = {"": "00"} | {f"{ore}": f"{ore}0" for ore in range(10)} | {f"{ore:02d}": f"{ore:02d}" for ore in range(100)}
_CACHED = 50_000
_ADDED_OR_STRUCK = re.compile("[RB]")

_Value = TypeVar("_Value", int, str)
_Rows = Sequence[tuple[str, ...]]


class _Shapes(dict[str, str]):
    """One letter per kind of line; `?` for what the careful reader must look at, `-` for a blank line."""

    def __missing__(self, key: str) -> str:
        return "?"


_SHAPE = _Shapes({"#VER": "V", "#TRANS": "T", "#RTRANS": "R", "#BTRANS": "B", "{": "{", "}": "}", "": "-"})
_BOOKED = bytes(letter == ord("T") for letter in range(256))
_HISTORY = bytes(letter in b"RB" for letter in range(256))
_ROW = bytes(letter in b"TRB" for letter in range(256))
_NO_ROW = b"V{}-"
_VOUCHER = bytes(letter == ord("V") for letter in range(256))


class Run(NamedTuple):
    """A stretch of whole vouchers: its lines taken apart, their shape, the number of the first."""

    lines: _Rows
    shape: str
    first: int


def take_apart(block: str, first: int) -> Run:
    """Take a block of whole lines apart; `first` is the number of its first line."""
    lines = _LINE.findall(block)
    return Run(lines, "".join([_SHAPE[line[0]] for line in lines]), first)


def whole_vouchers(run: Run, start: int) -> Run | None:
    """Find the stretch of whole vouchers that begins at the index, None when there is none."""
    match = _RUN.match(run.shape, start)
    return match and _part_of(run, start, match.end())


def halves(run: Run) -> tuple[Run, Run] | None:
    """Split a run between two vouchers near its middle, None when it holds only one."""
    middle = run.shape.find("V", len(run.shape) // 2)
    if middle < 0:
        middle = run.shape.rfind("V")
    return (_part_of(run, 0, middle), _part_of(run, middle, len(run.shape))) if middle > 0 else None


def _part_of(run: Run, start: int, end: int) -> Run:
    return Run(run.lines[start:end], run.shape[start:end], run.first + start)


class _Doubt(Exception):
    """A field of the run is not beyond doubt."""


class Columns:
    """Puts runs into a body. Keeps what it has learnt about heads (account and objects), days and quantities."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._accounts: dict[str, int] = {}
        self._objects: dict[str, int] = {}
        self._days: dict[str, int] = {"": 0, '""': 0}
        self._quantities: dict[str, str] = {"": "", '""': ""}

    def read(self, run: Run) -> bool:
        """Add a run of whole vouchers; False, and nothing is added, when a field of it is not beyond doubt."""
        letters = run.shape.encode()
        try:
            vouchers = self._vouchers(run, letters.translate(_VOUCHER))
            rows = self._rows(run, letters.translate(_ROW))
        except _Doubt:
            return False
        if "R" in run.shape or "B" in run.shape:
            kept = letters.translate(None, _NO_ROW)
            self._add_history(run, _chosen(rows, kept.translate(_HISTORY)))
            rows = _chosen(rows, kept.translate(_BOOKED))
        self._add_rows(run.shape, vouchers, rows)
        return True

    def _vouchers(self, run: Run, chosen: bytes) -> Vouchers:
        lines = list(compress(run.lines, chosen))
        _, series, objects, _, _, number, date, text, registered, sign = zip(*lines, strict=True)
        days = self._days_of(date)
        if any(objects) or 0 in days:
            raise _Doubt
        return Vouchers(
            series=_unquoted(series),
            number=_unquoted(number),
            date=days,
            text=_unquoted(text),
            registered=self._days_of(registered),
            sign=_unquoted(sign),
            line=array("I", compress(range(run.first, run.first + len(chosen)), chosen)),
        )

    def _rows(self, run: Run, chosen: bytes) -> Transactions:
        lines = list(compress(run.lines, chosen))
        if not lines:
            return Transactions()
        _, accounts, objects, kronor, ores, _, dates, texts, quantities, signs = zip(*lines, strict=True)
        where = list(compress(range(run.first, run.first + len(chosen)), chosen))
        return Transactions(
            account=self._pooled(self._accounts, accounts, self._learn_account, where),
            objects=self._pooled(self._objects, objects, self._learn_objects, where),
            amount=array("q", map(int, map(add, kronor, map(_ORES.__getitem__, ores)))),
            date=self._days_of(dates),
            text=_unquoted(texts),
            quantity=self._quantities_of(quantities),
            sign=_unquoted(signs),
        )

    @staticmethod
    def _pooled(
        known: dict[str, int], texts: Sequence[str], learn: Callable[[str, int], int | None], lines: Sequence[int]
    ) -> array[int]:
        """Indexes into a pool; what is new is learnt with the line it stands on, beyond doubt or not at all."""
        try:
            return array("I", map(known.__getitem__, texts))
        except KeyError:
            _forget(known)
        for text, line in zip(texts, lines, strict=True):
            if text not in known:
                index = learn(text, line)
                if index is None:
                    raise _Doubt
                known[text] = index
        return array("I", map(known.__getitem__, texts))

    def _learn_account(self, text: str, line: int) -> int | None:
        account = text.strip('"')
        return self._body.pools.account(account, line) if account else None

    def _learn_objects(self, text: str, line: int) -> int | None:
        """Resolve an object list; the pattern lets neither a backslash nor a closing brace into it."""
        names = text[1:-1]
        if not text or "{" in names or names.count('"') % 2:
            return None
        items = _unquoted(_ITEM.findall(names))
        return None if len(items) % 2 else self._body.pools.object_set(items, line)

    def _days_of(self, texts: Sequence[str]) -> array[int]:
        known = self._days
        try:
            return array("I", map(known.__getitem__, texts))
        except KeyError:
            _learn(known, texts, day_number)
        return array("I", map(known.__getitem__, texts))

    def _quantities_of(self, texts: Sequence[str]) -> list[str]:
        known = self._quantities
        try:
            return list(map(known.__getitem__, texts))
        except KeyError:
            _learn(known, texts, quantity)
        return list(map(known.__getitem__, texts))

    def _add_rows(self, shape: str, vouchers: Vouchers, booked: Transactions) -> None:
        body = self._body
        counts = [piece.count("T") for piece in shape.split("V")[1:]]
        ends = list(accumulate(counts))
        sums = list(accumulate(booked.amount, initial=0))
        at_ends = [sums[end] for end in ends]
        vouchers.rows.extend(counts)
        vouchers.total.extend(totals(list(map(sub, at_ends, [0, *at_ends]))))
        first = len(body.vouchers)
        booked.voucher.extend(chain.from_iterable(map(repeat, range(first, first + len(counts)), counts)))
        extend(body.vouchers, vouchers)
        extend(body.transactions, booked)

    def _add_history(self, run: Run, rows: Transactions) -> None:
        history = self._body.history
        vouchers, booked = len(self._body.vouchers), len(self._body.transactions)
        for match in _ADDED_OR_STRUCK.finditer(run.shape):
            at = match.start()
            history.kind.append(match[0])
            history.before.append(booked + run.shape.count("T", 0, at))
            history.line.append(run.first + at)
            rows.voucher.append(vouchers + run.shape.count("V", 0, at) - 1)
        extend(history.rows, rows)


def _chosen(rows: Transactions, chosen: bytes) -> Transactions:
    return Transactions(
        account=array("I", compress(rows.account, chosen)),
        amount=array("q", compress(rows.amount, chosen)),
        objects=array("I", compress(rows.objects, chosen)),
        date=array("I", compress(rows.date, chosen)),
        text=list(compress(rows.text, chosen)),
        quantity=list(compress(rows.quantity, chosen)),
        sign=list(compress(rows.sign, chosen)),
    )


def _unquoted(column: Sequence[str]) -> list[str]:
    return list(map(str.strip, column, repeat('"'))) if any(column) else [""] * len(column)


def _learn(known: dict[str, _Value], texts: Sequence[str], read: Callable[[str], _Value | None]) -> None:
    """Add what the texts mean to what is known; an empty text means nothing, and is known from the start."""
    nothing = known[""]
    _forget(known)
    known[""] = known['""'] = nothing
    for text in set(texts) - known.keys():
        value = read(text.strip('"'))
        if value is None:
            raise _Doubt
        known[text] = value


def _forget(known: dict[str, Any]) -> None:
    """Keep what is remembered within bounds."""
    if len(known) > _CACHED:
        known.clear()
