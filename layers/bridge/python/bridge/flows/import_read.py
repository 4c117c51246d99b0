"""Third step, once per year: the SIE bytes become a checked ledger, in parts, and nothing of it is shown yet.

The file is read twice: once to judge all of it, once to write it with the import's own rules applied, which need to
know the whole file first. Neither holds it in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import Any

from bridge.exports.marker import find
from bridge.flows.import_open import accounts_of, years_of
from bridge.jobs import keys, tables
from bridge.jobs.job import JobKey
from bridge.jobs.job import Part as JobPart
from bridge.jobs.years import ImportYear
from bridge.ledger import orgnumber, parts
from bridge.ledger.columns import Part
from bridge.ledger.findings import Findings
from bridge.ledger.importing import ObjectSkipper, SeriesFiller
from bridge.ledger.numbering import Numbering
from bridge.ports import World
from bridge.problem import Finding, Problem, Refused, Severity
from bridge.sie.check import CheckReport, check
from bridge.sie.document import Document
from bridge.sie.reader import read

MOST_FINDINGS = 500
"""Findings kept of one year, errors first; a job's part has a place of its own and a size it must not pass."""


class Markers:
    """Our own vouchers in the books, recognised by the marker at the end of their text."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []

    def add(self, part: Part) -> None:
        """Look through the next part."""
        vouchers = part.vouchers
        for series, number, text in zip(vouchers.series, vouchers.number, vouchers.text, strict=True):
            mark = find(text) if "FB-" in text else ""
            if mark:
                self.found.append((mark, series, number))


def read_year(world: World, key: JobKey, year_id: str) -> None:
    """Judge one year's file and write its ledger. Refused when the books cannot be trusted; the findings are kept either way."""
    year = next(year for year in years_of(world, key) if year.id == year_id)
    markers, filler = Markers(), SeriesFiller(world.settings.default_series)

    def see(part: Part) -> None:
        markers.add(part)
        filler.see(part)

    report = check(world.files.read(keys.raw(key, year.id)), control=_accounts(world, key), sink=see)
    problem = _wrong(world, key, year, report)
    if problem:
        world.jobs.put_part(key, JobPart(f"3-read-{year.id}", {}, _kept(report.findings), done=0, total=1))
        raise Refused(problem)
    writer = _Writer(world, key, year, report, (markers, filler))
    read(world.files.read(keys.raw(key, year.id)), writer.add)
    writer.finish()


class _Writer:
    """Writes one year's ledger: parts as they come, then balances, control postings and markers, the manifest last."""

    def __init__(
        self, world: World, key: JobKey, year: ImportYear, report: CheckReport, seen: tuple[Markers, SeriesFiller]
    ) -> None:
        self._world = world
        self._key = key
        self._year = year
        self._report = report
        self._markers, self._filler = seen
        self._files: list[parts.File] = []
        self._numbering = Numbering()
        names = {number: dimension.name for number, dimension in report.document.dimensions.items()}
        self._skipper = ObjectSkipper(report.document.dimension_sizes, names, world.settings.object_limit)

    def add(self, part: Part) -> None:
        """Write the next part with the import's rules applied."""
        part = self._skipper.apply(self._filler.apply(part))
        self._numbering.see(part)
        number = f"{len(self._files):05d}"
        self._put(f"vouchers-{number}.jsonl.gz", len(part.vouchers), parts.write_vouchers(part))
        self._put(f"transactions-{number}.jsonl.gz", len(part.transactions), parts.write_transactions(part))
        if len(part.history):
            self._put(f"history-{number}.jsonl.gz", len(part.history), parts.write_history(part))

    def finish(self) -> None:
        """Write what belongs to the whole year, and say what was found."""
        ledger = self._report.ledger
        self._table("balances", tables.BALANCES, list(_balances(self._report)))
        self._table("control", tables.CONTROL, list(_control(self._report, _accounts(self._world, self._key))))
        self._table("markers", tables.MARKERS, self._markers.found)
        self._table("series", tables.SERIES, list(map(astuple, self._numbering.all())))
        first, last = self._year.period.first.isoformat(), self._year.period.last.isoformat()
        counts = (ledger.vouchers, ledger.transactions, ledger.debit, ledger.credit)
        source = _source(self._report.document, _fetched(self._world, self._key, self._year))
        manifest = parts.Manifest(first, last, *counts, tuple(self._files), source)
        self._world.files.put(keys.ledger(self._key, self._year.id, "manifest.json"), manifest.write())
        facts = dict(zip(("vouchers", "transactions", "debit", "credit"), counts, strict=True))
        facts["statesPrevious"] = bool(self._report.document.balances.of("#UB", -1))
        found = _kept(self._rules() + self._report.findings)
        self._world.jobs.put_part(self._key, JobPart(f"3-read-{self._year.id}", facts, found, done=1, total=1))

    def _rules(self) -> tuple[Finding, ...]:
        findings = Findings()
        self._filler.report(findings)
        self._skipper.report(findings)
        return findings.all()

    def _table(self, name: str, columns: Iterable[str], rows: list[Any]) -> None:
        self._put(f"{name}.jsonl.gz", len(rows), parts.write_table(columns, rows))

    def _put(self, name: str, rows: int, data: bytes) -> None:
        self._world.files.put(keys.ledger(self._key, self._year.id, name), data)
        self._files.append(parts.file(name, rows, data))


def _wrong(world: World, key: JobKey, year: ImportYear, report: CheckReport) -> Problem | None:
    """Say why these books cannot be imported, the first reason first; None when they can."""
    if report.errors:
        return _from_finding(report.errors[0], len(report.errors))
    listed, imported = int(_fetched(world, key, year)["listed"]), report.ledger.vouchers
    if imported < listed:
        return Problem("sie-incomplete", {"year": year.id, "listed": listed, "imported": imported})
    if report.document.years.get(0) != (year.period.first, year.period.last):
        return Problem("sie-wrong-year", {"year": year.id})
    number = orgnumber.parse(report.document.header.org_number)
    engagement = world.engagements.get(key.tenant, key.engagement)
    if engagement and isinstance(number, str) and number != engagement.org_number:
        return orgnumber.mismatch(number, engagement.org_number, report.document.header.company, engagement.name)
    return None


def _fetched(world: World, key: JobKey, year: ImportYear) -> Mapping[str, Any]:
    """Read what was noted when the file came: its size, its SHA-256, and how many vouchers Fortnox said the year has."""
    return next(part.facts for part in world.jobs.parts(key) if part.name == f"2-fetch-{year.id}")


def _source(document: Document, fetched: Mapping[str, Any]) -> dict[str, str]:
    """Tell where the ledger is from: the bytes as they came, and what the file says of itself."""
    header = document.header
    return {
        "kind": "fortnox",
        "sha256": str(fetched["sha256"]),
        "bytes": str(fetched["bytes"]),
        "type": document.kind.value,
        "program": f"{header.program} {header.version}".strip(),
        "generated": header.generated.isoformat() if header.generated else "",
        "encoding": document.encoding.name,
        "checksum": document.checksum.verdict.value,
    }


def _kept(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep the findings that matter most where there are too many, in the order they came."""
    order = {severity: place for place, severity in enumerate((Severity.ERROR, Severity.WARNING, Severity.INFO))}
    ranked = sorted(range(len(findings)), key=lambda place: order[findings[place].severity])
    return tuple(findings[place] for place in sorted(ranked[:MOST_FINDINGS]))


def _from_finding(finding: Finding, count: int) -> Problem:
    line = finding.place.line if finding.place and finding.place.line else 0
    if finding.code == "file-not-sie":
        return Problem("file-not-sie")
    if finding.code == "voucher-unbalanced":
        return Problem("sie-unbalanced", {**finding.params, "line": line, "count": count})
    return Problem("sie-invalid", {**finding.params, "line": line, "finding": finding.code, "count": count})


def _balances(report: CheckReport) -> Iterable[tuple[Any, ...]]:
    ledger, document = report.ledger, report.document
    for account in ledger.accounts:
        declared = document.accounts.get(account)
        name, type_ = (declared.name, declared.type) if declared else ("", "")
        given = ledger.stated.closing if ledger.stated.is_balance_account(account) else ledger.stated.result
        yield account, name, type_, ledger.opening(account), ledger.closing(account), given.get(account)


def _accounts(world: World, key: JobKey) -> frozenset[str]:
    return frozenset(account for accounts in accounts_of(world, key).values() for account in accounts)


def _control(report: CheckReport, accounts: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    for account in sorted(accounts):
        for row in report.ledger.postings(account):
            text = row.text or row.row_text
            yield account, row.series, row.number, row.day.isoformat(), text, row.amount
