"""Closing entries (bokslutshändelser): what the closing product wants booked in Fortnox."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from bridge.exports.voucher import Row


class EntryStatus(StrEnum):
    """Where an entry stands towards Fortnox."""

    PENDING = "not-transferred"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class ClosingEntry:
    """One voucher to be: `kind` is the product's own letter (V for manual, S for system entries) and only data to us."""

    id: str
    kind: str
    booked: date
    text: str
    rows: tuple[Row, ...]
    status: EntryStatus = EntryStatus.PENDING

    @property
    def debit(self) -> int:
        """Sum of debit in öre."""
        return sum(row.amount for row in self.rows if row.amount > 0)

    @property
    def credit(self) -> int:
        """Sum of credit in öre, as a positive number."""
        return -sum(row.amount for row in self.rows if row.amount < 0)

    @property
    def content(self) -> str:
        """SHA-256 of what would be booked: two entries of the same content hash are the same voucher."""
        facts = [self.kind, self.booked.isoformat(), self.text, [list(asdict(row).values()) for row in self.rows]]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()
