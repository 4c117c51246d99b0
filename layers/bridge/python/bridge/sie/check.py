"""The whole check of a file: what the reader found, and whether the year adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.ledger.checks import check_periods, check_year
from bridge.ledger.columns import Part
from bridge.ledger.findings import Findings
from bridge.ledger.year import Stated, YearLedger
from bridge.problem import Finding, Severity
from bridge.sie.document import Document
from bridge.sie.findings import SEVERITIES, STRICT
from bridge.sie.limits import DEFAULT, Limits
from bridge.sie.reader import Sink, read
from bridge.sie.records import Kind


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A file's document, the ledger of its current year, and all findings of both."""

    document: Document
    ledger: YearLedger
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def check(
    chunks: Iterable[bytes],
    *,
    name: str = "",
    control: frozenset[str] = frozenset(),
    sink: Sink | None = None,
    limits: Limits = DEFAULT,
    strict: bool = False,
) -> CheckReport:
    """Read a file and control everything that can be controlled. Raises Refused("file-too-large"), nothing else.

    `control` are accounts whose postings are kept. A `sink` gets every part as it goes by. `strict` makes every
    deviation from the specification an error.
    """
    ledger = YearLedger(control)

    def both(part: Part) -> None:
        ledger.add(part)
        if sink:
            sink(part)

    document = read(chunks, both, name=name, limits=limits, strict=strict, controls=True)
    ledger.stated = stated(document)
    findings = Findings(STRICT if strict else SEVERITIES)
    if document.kind is Kind.EXPORT:
        check_year(ledger, findings)
        _check_months(document, ledger, findings)
    return CheckReport(document, ledger, document.findings + findings.all())


def _check_months(document: Document, ledger: YearLedger, findings: Findings) -> None:
    """Compare the balances of months with the vouchers, up to the day the balances are of."""
    periods = document.balances.totals().get(("#PSALDO", 0))
    through = document.header.through or ledger.stated.last
    if periods and through and ledger.vouchers:
        moved = {account: ledger.balance(account, through) - ledger.opening(account) for account in ledger.accounts}
        check_periods(periods, moved, findings)


def stated(document: Document, year: int = 0) -> Stated:
    """Take what a document says of one of its years, for a ledger.

    An account without opening balance opens at nothing: last year's closing may not have been carried over yet.
    """
    first, last = document.years.get(year, (None, None))
    balances = document.balances
    types = {account: each.type for account, each in document.accounts.items() if each.type}
    opening = balances.of("#IB", year)
    return Stated(first, last, opening, balances.of("#UB", year), balances.of("#RES", year), types)
