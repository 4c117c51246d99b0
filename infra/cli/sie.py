"""`fortnox-bridge sie`: a look into a SIE file, the file as JSON, CSV or Parquet, or what differs from another."""

from __future__ import annotations

from pathlib import Path

from bridge.sie import CheckReport, check
from infra.cli import convert
from infra.cli.exits import Exit
from infra.cli.files import Trouble, check_is_sie, chunks, output, told
from infra.cli.screen import Screen


def run(screen: Screen, path: Path, to: str, out: Path | None) -> Exit:
    """Show a file, or write it in the form asked for. A file with errors is shown and written all the same."""
    with told(screen):
        if to == "parquet" and out is None and screen.out.is_terminal:
            raise Trouble("sie.no-terminal")
        if to:
            with output(out, path) as file:
                report = convert.FORMS[to](path, file)
                check_is_sie(path, report.document)
        else:
            report = check(chunks(path), name=path.name)
            check_is_sie(path, report.document)
            _show(screen, report)
    if not report.errors:
        return Exit.OK
    screen.warn(screen.word("sie.errors", count=sum(each.count for each in report.errors)))
    return Exit.FINDINGS


def _show(screen: Screen, report: CheckReport) -> None:
    document, word = report.document, screen.word
    header, counts = document.header, document.counts
    program, unknown = f"{header.program} {header.version}".strip(), word("check.unknown")
    screen.facts(
        [
            (word("check.company"), f"{header.company}  {header.org_number}".strip() or unknown),
            (word("check.program"), f"{program or unknown}, SIE {document.kind.value}"),
            (word("check.year"), screen.span(document.years.get(0, ()))),
            (word("check.vouchers"), screen.count(counts.vouchers)),
            (word("check.transactions"), screen.count(counts.transactions)),
        ]
    )
    screen.say()
    accounts = [convert.account(report, number) for number in report.ledger.accounts]
    names = ("opening", "movement", "closing")
    rows = [(each["account"], each["name"], *(screen.amount(each[name]) for name in names)) for each in accounts]
    columns = (word("sie.account"), word("sie.name"), *(f">{word(f'sie.{name}')}" for name in names))
    screen.table(word("sie.accounts"), columns, rows)
