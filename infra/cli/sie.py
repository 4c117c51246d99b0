"""`fortnox-bridge sie`: a look into a SIE file: who, which accounts, which vouchers; as a table, JSON or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from bridge.ledger import days, money
from bridge.ledger.columns import Part, Row
from bridge.sie import CheckReport, check
from infra.cli.check import chunks
from infra.cli.exits import Exit
from infra.cli.screen import Screen, put_json

COLUMNS = ("series", "number", "date", "text", "account", "amount", "objects", "rowText", "quantity")


def run(screen: Screen, path: Path, *, as_json: bool, as_csv: bool) -> Exit:
    """Show a file. CSV has one line per voucher row and streams; JSON holds the whole file."""
    if as_csv:
        report = _csv(path, sys.stdout)
    elif as_json:
        report = _json(path)
    else:
        report = _read(path, lambda _part: None)
        _show(screen, report)
    return Exit.FINDINGS if report.errors else Exit.OK


def _read(path: Path, sink: Callable[[Part], None]) -> CheckReport:
    with path.open("rb") as file:
        return check(chunks(file), name=path.name, sink=sink)


def _csv(path: Path, out: TextIO) -> CheckReport:
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    return _read(path, lambda part: writer.writerows(_cells(row) for row in part.rows()))


def _cells(row: Row) -> tuple[str, ...]:
    objects = " ".join(f"{dimension}:{name}" for dimension, name in row.objects)
    cells = (row.series, row.number, days.iso(row.date), row.voucher_text, row.account, money.text(row.amount))
    return (*(_inert(each) for each in cells[:5]), cells[5], _inert(objects), _inert(row.text), row.quantity)


def _inert(text: str) -> str:
    """Keep a text from being a formula where the CSV is opened in a spreadsheet."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _json(path: Path) -> CheckReport:
    vouchers: list[dict[str, Any]] = []
    report = _read(path, lambda part: vouchers.extend(_vouchers(part)))
    document = report.document
    put_json(
        {
            "kind": document.kind.value,
            "company": document.header.company,
            "orgNumber": document.header.org_number,
            "program": document.header.program,
            "years": {number: [day.isoformat() for day in year] for number, year in document.years.items()},
            "accounts": [_account(report, number) for number in sorted({*document.accounts, *report.ledger.accounts})],
            "vouchers": vouchers,
        }
    )
    return report


def _account(report: CheckReport, number: str) -> dict[str, str]:
    declared = report.document.accounts.get(number)
    ledger = report.ledger
    return {
        "account": number,
        "name": declared.name if declared else "",
        "opening": money.text(ledger.opening(number)),
        "movement": money.text(ledger.movement(number)),
        "closing": money.text(ledger.closing(number)),
    }


def _vouchers(part: Part) -> list[dict[str, Any]]:
    rows = list(part.rows())
    return [
        {
            "series": part.vouchers.series[index],
            "number": part.vouchers.number[index],
            "date": days.iso(part.vouchers.date[index]),
            "text": part.vouchers.text[index],
            "rows": [_row(row) for row in rows[first:end]],
        }
        for index, (first, end) in enumerate(part.spans())
    ]


def _row(row: Row) -> dict[str, Any]:
    return {
        "account": row.account,
        "amount": money.text(row.amount),
        "objects": [list(each) for each in row.objects],
        "text": row.text,
        "quantity": row.quantity,
    }


def _show(screen: Screen, report: CheckReport) -> None:
    header, counts = report.document.header, report.document.counts
    screen.say(f"{header.company}  {header.org_number}  SIE {report.document.kind.value}  {header.program}")
    screen.say(f"{counts.vouchers} vouchers, {counts.transactions} rows, {len(report.findings)} findings (see: check)")
    amount = screen.amount
    accounts = [_account(report, number) for number in report.ledger.accounts]
    rows = [
        (each["account"], each["name"], *(amount(each[name]) for name in ("opening", "movement", "closing")))
        for each in accounts
    ]
    screen.table("Accounts", ("Account", "Name", ">Opening", ">Movement", ">Closing"), rows)
