"""A financial year inside an import: our name for it, and Fortnox's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bridge.engagements.engagement import Period


@dataclass(frozen=True, slots=True)
class ImportYear:
    """`id` is the year's last day; `fortnox_id` Fortnox's id; `cash_method` tells kontantmetoden."""

    id: str
    fortnox_id: int
    period: Period
    cash_method: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give it as a small JSON object."""
        first, last = self.period.first.isoformat(), self.period.last.isoformat()
        return {"id": self.id, "fortnoxId": self.fortnox_id, "from": first, "to": last, "cashMethod": self.cash_method}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImportYear:
        """Read it back."""
        period = Period(date.fromisoformat(stored["from"]), date.fromisoformat(stored["to"]))
        return cls(stored["id"], int(stored["fortnoxId"]), period, bool(stored["cashMethod"]))
