"""What a SIE file cannot hold as it is, told before it is written: letters that PC8 lacks, texts that Fortnox cuts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.ledger.columns import Part
from bridge.ledger.findings import Findings
from bridge.problem import Finding, Severity
from bridge.sie.controls import check_texts
from bridge.sie.document import Document
from bridge.sie.letters import fold

_SEVERITIES = {"letters-replaced": Severity.WARNING, "text-too-long": Severity.WARNING}


def unfit(parts: Iterable[Part], document: Document | None = None) -> tuple[Finding, ...]:
    """Find what will not be written, or not be read by Fortnox, as it stands: one finding of each kind, with a count."""
    findings = Findings(_SEVERITIES)
    if document:
        _check_letters(findings, _texts(document))
    for part in parts:
        check_texts(findings, part)
        it, rows = part.vouchers, part.transactions
        for texts in (it.text, it.series, it.number, it.sign, rows.text, rows.sign, part.history.rows.text):
            _check_letters(findings, texts)
        _check_letters(findings, (name for objects in part.objects for pair in objects for name in pair))
    return findings.all()


def _texts(document: Document) -> Iterator[str]:
    """Every text of the document that people read."""
    it = document.header
    yield from (it.company, it.program, it.generated_by, *it.comments, *it.address)
    for account in document.accounts.values():
        yield from (account.name, account.unit)
    for (_, number), name in document.objects.items():
        yield from (number, name)
    yield from (dimension.name for dimension in document.dimensions.values())


def _check_letters(findings: Findings, texts: Iterable[str]) -> None:
    replaced = [text for text in texts if fold(text) != text]
    if replaced:
        letter = next(each for each in replaced[0] if fold(each) != each)
        findings.add("letters-replaced", times=len(replaced), letter=letter, written=fold(letter))
