"""The tables an import keeps besides the vouchers, as rows of columns: what each column is, and how to read one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BALANCES = ("account", "name", "type", "opening", "closing", "stated")
CONTROL = ("account", "series", "number", "date", "text", "amount")
MARKERS = ("marker", "series", "number")
SERIES = ("series", "vouchers", "first", "last", "missing", "gaps", "unnumbered")


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's year in öre. `type` is T, S, K, I or empty; `stated` is the source's own closing balance, if it states one."""

    account: str
    name: str
    type: str
    opening: int
    closing: int
    stated: int | None

    @classmethod
    def read(cls, row: Sequence[Any]) -> Balance:
        """Read a row of the balances table."""
        return cls(*row)

    @property
    def movement(self) -> int:
        """Öre posted in the year."""
        return self.closing - self.opening
