"""A ledger at rest: gzip JSON lines, one file per entity and part, the same bytes every time.

The first line of a file names its columns, every line after it is one row. Amounts are öre, days are numbers. The
manifest, written last, says what belongs together: counts, control sums and the SHA-256 of every file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from bridge.ledger.columns import History, Objects, Part, Transactions, Vouchers

SCHEMA = 1
"""Raised when a column changes its meaning or goes."""

_VOUCHER = ("series", "number", "date", "text", "registered", "sign", "rows", "total", "line", "source")
_ROW = ("voucher", "account", "amount", "objects", "date", "text", "quantity", "sign")
_HISTORY = ("kind", "before", "line", *_ROW)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Write any table (accounts, balances, objects …) as a file."""
    lines = map(_encode, chain([list(columns)], map(list, rows)))
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=1, mtime=0)


def read_table(data: bytes) -> Iterator[list[Any]]:
    """Read the rows of a file, without the line that names the columns."""
    lines = gzip.decompress(data).splitlines()
    return map(json.loads, lines[1:])


def write_vouchers(part: Part) -> bytes:
    """Write a part's vouchers."""
    each = part.vouchers
    source = (each.source.get(index) for index in range(len(each)))
    columns = (each.series, each.number, each.date, each.text, each.registered, each.sign, each.rows, each.total)
    return write_table(_VOUCHER, zip(*columns, each.line, source, strict=True))


def write_transactions(part: Part) -> bytes:
    """Write a part's booked rows; `voucher` is an index into the vouchers of the same part."""
    return write_table(_ROW, _rows(part, part.transactions))


def write_history(part: Part) -> bytes:
    """Write a part's added and struck rows."""
    each = part.history
    rows = zip(each.kind, each.before, each.line, _rows(part, each.rows), strict=True)
    return write_table(_HISTORY, ((kind, before, line, *row) for kind, before, line, row in rows))


def _rows(part: Part, rows: Transactions) -> Iterator[tuple[Any, ...]]:
    accounts = map(part.accounts.__getitem__, rows.account)
    objects = map(part.objects.__getitem__, rows.objects)
    return zip(
        rows.voucher, accounts, rows.amount, objects, rows.date, rows.text, rows.quantity, rows.sign, strict=True
    )


def read_part(vouchers: bytes, transactions: bytes, history: bytes | None = None) -> Part:
    """Read a part back from its files; it has pools of its own."""
    pools = _Pools()
    columns = Vouchers()
    for index, (*values, source) in enumerate(read_table(vouchers)):
        for name, value in zip(_VOUCHER, values, strict=False):
            getattr(columns, name).append(value)
        if source is not None:
            columns.source[index] = (source[0], source[1])
    booked = pools.rows(read_table(transactions))
    struck = list(read_table(history)) if history else []
    kept = History(
        [row[0] for row in struck],
        array("I", (row[1] for row in struck)),
        pools.rows(row[3:] for row in struck),
        array("I", (row[2] for row in struck)),
    )
    return Part(pools.accounts, pools.objects, columns, booked, kept)


class _Pools:
    """Pools that grow as rows are read."""

    def __init__(self) -> None:
        self.accounts: list[str] = []
        self.objects: list[Objects] = [()]
        self._accounts: dict[str, int] = {}
        self._objects: dict[Objects, int] = {(): 0}

    def rows(self, rows: Iterable[list[Any]]) -> Transactions:
        columns = Transactions()
        for voucher, account, amount, objects, day, text, quantity, sign in rows:
            columns.voucher.append(voucher)
            columns.account.append(_index(self._accounts, self.accounts, account))
            columns.amount.append(amount)
            pairs = tuple((dimension, name) for dimension, name in objects)
            columns.objects.append(_index(self._objects, self.objects, pairs))
            columns.date.append(day)
            columns.text.append(text)
            columns.quantity.append(quantity)
            columns.sign.append(sign)
        return columns


def _index(known: dict[Any, int], pool: list[Any], value: Any) -> int:
    index = known.setdefault(value, len(pool))
    if index == len(pool):
        pool.append(value)
    return index


@dataclass(frozen=True, slots=True)
class File:
    """A file of the ledger: its name beside the manifest, how many rows it has, the SHA-256 of its bytes in hex."""

    name: str
    rows: int
    sha256: str


def file(name: str, rows: int, data: bytes) -> File:
    """Describe a file that is written."""
    return File(name, rows, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs together in one imported year. Control sums are öre; `first` and `last` ISO days."""

    first: str
    last: str
    vouchers: int
    transactions: int
    debit: int
    credit: int
    files: tuple[File, ...]
    source: Mapping[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    def write(self) -> bytes:
        """Write it as JSON, keys in order."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1).encode()

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        """Read it back; ValueError when it is of another schema."""
        values = json.loads(data)
        if values["schema"] != SCHEMA:
            raise ValueError(f"a manifest of schema {values['schema']} cannot be read, only {SCHEMA}")
        files = tuple(File(**each) for each in values.pop("files"))
        return cls(files=files, **values)
