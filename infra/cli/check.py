"""`fortnox-bridge check`: everything that can be checked of SIE files, in sentences or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bridge import messages
from bridge.ledger import money
from bridge.problem import Param, Refused
from bridge.sie import CheckReport, check
from infra.cli.exits import Exit
from infra.cli.files import Trouble, chunks, told
from infra.cli.screen import STYLES, Screen, put_json

Json = dict[str, Any]

UNREADABLE = "file-unreadable"
"""Code of a file that is not there or cannot be opened; the others are checked all the same."""

NO_BOOKS = frozenset({UNREADABLE, "file-too-large", "file-not-sie"})
"""Findings after which there is nothing else to say of a file."""

SHOWN = 3
"""Findings of one kind that are told in full; of the others only where they stand."""

PLACES = 10


def run(screen: Screen, files: Iterable[Path], *, strict: bool, as_json: bool) -> Exit:
    """Check every file. A finding of severity error anywhere gives exit code 1, a file that cannot be read 2."""
    reports = []
    with told(screen):
        for path in files:
            reports.append(checked(path, screen.language, strict=strict))
            if not as_json:
                _show(screen, reports[-1])
        if as_json:
            put_json({"files": reports})
    if any(found["code"] == UNREADABLE for each in reports for found in each["findings"]):
        return Exit.USAGE
    return Exit.OK if all(each["ok"] for each in reports) else Exit.FINDINGS


def checked(path: Path, language: str, *, strict: bool = False) -> Json:
    """Check one file and shape what came out of it. A file beyond 100 MB is refused, not read."""
    try:
        report = check(chunks(path), name=path.name, strict=strict)
    except Refused as refused:
        problem = refused.problem
        text = messages.detail(problem.code, problem.params, language)
        return _failed(path, problem.code, dict(problem.params), text)
    except Trouble as trouble:
        return _failed(path, UNREADABLE, trouble.params, trouble.text(language))
    return {"file": str(path), "ok": not report.errors, **_facts(report), "findings": list(_findings(report, language))}


def _failed(path: Path, code: str, params: dict[str, Param], text: str) -> Json:
    found = {"code": code, "severity": "error", "params": params, "count": 1, "text": text}
    found |= dict.fromkeys(("line", "column", "account"))
    return {"file": str(path), "ok": False, "findings": [found]}


def _facts(report: CheckReport) -> Json:
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


def _findings(report: CheckReport, language: str) -> Iterator[Json]:
    for each in report.findings:
        yield {
            "code": each.code,
            "severity": each.severity.value,
            "params": dict(each.params),
            "line": each.place.line if each.place else None,
            "column": each.place.column if each.place else None,
            "account": each.place.account if each.place else None,
            "count": each.count,
            "text": messages.finding(each, language),
        }


def _show(screen: Screen, report: Json) -> None:
    found = report["findings"]
    alone = next((each["text"] for each in found if each["code"] in NO_BOOKS), "")
    if alone:
        screen.head(f"{report['file']}: {alone}\n", STYLES["error"])
        return
    warnings = sum(each["count"] for each in found if each["severity"] == "warning")
    verdict = screen.word("check.ok" if report["ok"] else "check.errors")
    told = [verdict, screen.word("check.warnings", count=warnings)] if warnings else [verdict]
    screen.head(f"{report['file']}: {', '.join(told)}", "green" if report["ok"] else STYLES["error"])
    screen.facts(_lines(screen, report))
    for severity in ("error", "warning", "info"):
        _show_severity(screen, severity, [each for each in found if each["severity"] == severity])
    screen.say()


def _lines(screen: Screen, report: Json) -> list[tuple[str, str]]:
    """Give the facts as label and value; those of vouchers only where the kind of file has them."""
    booked = {
        **{name: screen.count(report[name]) for name in ("vouchers", "transactions")},
        **{name: screen.count(report[name]) for name in ("added", "struck") if report[name]},
        **{name: screen.amount(report[name]) for name in ("debit", "credit")},
    }
    values = {
        "company": report["company"] or screen.word("check.unknown"),
        "program": f"{report['program'] or screen.word('check.unknown')}, SIE {report['kind']}",
        "year": screen.span(map(date.fromisoformat, report["year"] or ())),
        **(booked if report["kind"].startswith("4") else {}),
        "encoding": report["encoding"].upper(),
        "checksum": screen.word(f"checksum.{report['checksum']}"),
    }
    return [(screen.word(f"check.{name}"), value) for name, value in values.items()]


def _show_severity(screen: Screen, severity: str, found: Sequence[Json]) -> None:
    """Show the findings of a severity by code, in the order the codes were met."""
    if not found:
        return
    total = sum(each["count"] for each in found)
    screen.head(f"  {screen.word(f'check.{severity}', count=total)}", STYLES[severity])
    for code in dict.fromkeys(each["code"] for each in found):
        same = [each for each in found if each["code"] == code]
        for each in same[:SHOWN]:
            where = screen.word("check.line", line=each["line"]) + ": " if each["line"] else ""
            screen.point(f"{where}{each['text']}")
        _show_rest(screen, same[SHOWN:])


def _show_rest(screen: Screen, rest: Sequence[Json]) -> None:
    """Show how many more there are, and where the first of them stand: by line, else by account."""
    if not rest:
        return
    more = sum(each["count"] for each in rest)
    for name in ("line", "account"):
        places = list(dict.fromkeys(str(each[name]) for each in rest if each[name]))
        if places:
            listed = ", ".join(places[:PLACES]) + (" …" if more > PLACES else "")
            screen.point(screen.word(f"check.more-{name}s", count=more, places=listed))
            return
    screen.point(screen.word("check.more", count=more))
