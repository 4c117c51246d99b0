"""Gathering findings: every code has one severity, repeats beyond a limit are counted instead of listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridge.problem import Finding, Param, Place, Severity

LIMIT = 50
"""How many findings of one code are listed; the last one listed counts the rest. Of some it is one: see SUMMED."""

SEVERITIES: Mapping[str, Severity] = {
    "voucher-unbalanced": Severity.ERROR,
    "voucher-empty": Severity.WARNING,
    "voucher-number-duplicate": Severity.WARNING,
    "voucher-number-descending": Severity.WARNING,
    "voucher-number-gap": Severity.INFO,
    "voucher-number-missing": Severity.WARNING,
    "voucher-outside-year": Severity.WARNING,
    "voucher-registered-early": Severity.INFO,
    "voucher-registered-late": Severity.INFO,
    "row-added-unmatched": Severity.WARNING,
    "row-added-differs": Severity.WARNING,
    "closing-differs": Severity.WARNING,
    "result-differs": Severity.WARNING,
    "closing-missing": Severity.WARNING,
    "vouchers-missing": Severity.WARNING,
    "balances-missing": Severity.WARNING,
    "balances-unbalanced": Severity.WARNING,
    "period-balance-differs": Severity.WARNING,
    "ib-gap": Severity.WARNING,
    "voucher-series-filled": Severity.INFO,
    "objects-skipped": Severity.WARNING,
}
"""What the ledger itself can find, whatever format the books came in."""

SUMMED = frozenset(
    {"voucher-number-missing", "voucher-registered-early", "voucher-registered-late", "text-too-long"}
    | {"letters-replaced"}
)
"""Codes that say something of the books as a whole: the first is listed as an example, and counts the others."""


@dataclass(slots=True)
class Findings:
    """A growing list of findings, in the order they were met. The counts add up to every occurrence."""

    severities: Mapping[str, Severity] = field(default_factory=lambda: SEVERITIES)
    limit: int = LIMIT
    _listed: dict[str, list[Finding]] = field(default_factory=dict)
    _further: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, place: Place | None = None, *, times: int = 1, **params: Param) -> None:
        """Note a finding, met so many times; its code must be in the table of severities (KeyError otherwise)."""
        listed = self._listed.setdefault(code, [])
        if len(listed) < (1 if code in SUMMED else self.limit):
            listed.append(Finding(code, self.severities[code], params, place, times))
        else:
            self._further[code] += times

    def all(self) -> tuple[Finding, ...]:
        """All findings, by the line they stand on; those of the whole file come last."""
        listed = [finding for code in self._listed for finding in self._counted(code)]
        return tuple(sorted(listed, key=lambda finding: _line(finding.place)))

    def _counted(self, code: str) -> list[Finding]:
        listed, further = self._listed[code], self._further[code]
        return [*listed[:-1], replace(listed[-1], count=listed[-1].count + further)] if further else listed


def _line(place: Place | None) -> float:
    return float("inf") if place is None or place.line is None else place.line
