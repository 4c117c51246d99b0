"""`fortnox-bridge check`: everything that can be checked of SIE files, in sentences or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bridge import messages
from bridge.ledger import money
from bridge.problem import Refused
from bridge.sie import CheckReport, check
from infra.cli.exits import Exit
from infra.cli.screen import Screen, put_json

BLOCK = 1 << 16


def run(screen: Screen, files: Iterable[Path], *, as_json: bool) -> Exit:
    """Check every file; findings of severity error anywhere give exit code 1."""
    reports = [checked(path, screen.language) for path in files]
    if as_json:
        put_json({"files": reports})
    else:
        for each in reports:
            _show(screen, each)
    return Exit.OK if all(each["ok"] for each in reports) else Exit.FINDINGS


def checked(path: Path, language: str) -> dict[str, Any]:
    """Check one file and shape what came out of it. A file beyond 100 MB is refused, not read."""
    try:
        with path.open("rb") as file:
            report = check(chunks(file), name=path.name)
    except Refused as refused:
        problem = refused.problem
        text = messages.detail(problem.code, problem.params, language)
        found = [{"code": problem.code, "severity": "error", "params": dict(problem.params), "text": text}]
        return {"file": str(path), "ok": False, "findings": found}
    return {"file": str(path), "ok": not report.errors, **_facts(report), "findings": list(_findings(report, language))}


def chunks(file: Any) -> Iterator[bytes]:
    """Read a binary file in blocks."""
    return iter(lambda: file.read(BLOCK), b"")


def _facts(report: CheckReport) -> dict[str, Any]:
    document, ledger = report.document, report.ledger
    year = document.years.get(0)
    return {
        "kind": document.kind.value,
        "program": f"{document.header.program} {document.header.version}".strip(),
        "company": document.header.company,
        "year": [day.isoformat() for day in year] if year else None,
        "encoding": document.encoding.name,
        "checksum": document.checksum.verdict.value,
        "vouchers": document.counts.vouchers,
        "transactions": document.counts.transactions,
        "added": document.counts.added,
        "struck": document.counts.struck,
        "debit": money.text(ledger.debit),
        "credit": money.text(ledger.credit),
    }


def _findings(report: CheckReport, language: str) -> Iterator[dict[str, Any]]:
    for each in report.findings:
        yield {
            "code": each.code,
            "severity": each.severity.value,
            "params": dict(each.params),
            "line": each.place.line if each.place else None,
            "count": each.count,
            "text": messages.finding(each, language),
        }


def _show(screen: Screen, report: dict[str, Any]) -> None:
    word = messages.text("words", "check.ok" if report["ok"] else "check.errors", {}, screen.language)
    screen.say(f"{report['file']}: {word}")
    if "kind" in report:
        amount = screen.amount
        year = " - ".join(report["year"] or ())
        screen.say(f"  SIE {report['kind']}  {report['program']}  {report['company']}  {year}")
        params = {name: report[name] for name in ("vouchers", "transactions")}
        counts = messages.text("words", "check.counts", params, screen.language)
        screen.say(f"  {counts}  {amount(report['debit'])} / {amount(report['credit'])}")
        screen.say(f"  {report['encoding']}  #KSUMMA {report['checksum']}")
    screen.findings(report["findings"])
    screen.say()
