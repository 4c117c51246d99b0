"""SIE files in other forms. All of them stream: memory does not grow with the number of vouchers.

Booked rows alone are written; rows that were added or struck later are history, and no part of any balance.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from bridge.ledger import days, money
from bridge.ledger.columns import Part, Row
from bridge.sie import CheckReport, check
from infra.cli.files import chunks
from infra.cli.parquet import put_parquet

Json = dict[str, Any]

COLUMNS = ("series", "number", "date", "text", "account", "amount", "objects", "rowText", "quantity")


def put_csv(path: Path, file: IO[bytes]) -> CheckReport:
    """Write a line per booked row, with semicolons as spreadsheets in Sweden expect them."""

    def put(part: Part) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\n").writerows(_cells(row) for row in part.rows())
        file.write(text.getvalue().encode())

    file.write((";".join(COLUMNS) + "\n").encode())
    return check(chunks(path), name=path.name, sink=put)


def _cells(row: Row) -> tuple[str, ...]:
    objects = " ".join(f"{dimension}:{name}" for dimension, name in row.objects)
    cells = (row.series, row.number, days.iso(row.date), row.voucher_text, row.account, money.text(row.amount))
    return (*(_inert(each) for each in cells[:5]), cells[5], _inert(objects), _inert(row.text), row.quantity)


def _inert(text: str) -> str:
    """Keep a text from being a formula where the CSV is opened in a spreadsheet."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def put_json(path: Path, file: IO[bytes]) -> CheckReport:
    """Write the books as one object; the vouchers come first, as balances are known when all of them have been seen."""
    between = "\n"

    def put(part: Part) -> None:
        nonlocal between
        for each in _vouchers(part):
            file.write((between + json.dumps(each, ensure_ascii=False)).encode())
            between = ",\n"

    file.write(b'{"vouchers": [')
    report = check(chunks(path), name=path.name, sink=put)
    rest = json.dumps(_rest(report), ensure_ascii=False, indent=2)
    file.write(f"\n],{rest[1:]}\n".encode())
    return report


def _rest(report: CheckReport) -> Json:
    document = report.document
    return {
        "kind": document.kind.value,
        "company": document.header.company,
        "orgNumber": document.header.org_number,
        "program": document.header.program,
        "years": {number: [day.isoformat() for day in year] for number, year in document.years.items()},
        "accounts": [account(report, number) for number in sorted({*document.accounts, *report.ledger.accounts})],
        "dimensions": [
            {"dimension": number, "name": each.name, "above": each.above}
            for number, each in document.dimensions.items()
        ],
        "objects": [
            {"dimension": dimension, "object": name, "name": text}
            for (dimension, name), text in document.objects.items()
        ],
    }


def account(report: CheckReport, number: str) -> dict[str, str]:
    """Shape an account with what the year's rows make of it, or with what a file without vouchers says of it."""
    declared = report.document.accounts.get(number)
    ledger = report.ledger
    opening, closing = ledger.opening(number), ledger.closing(number)
    stated = {**ledger.stated.closing, **ledger.stated.result}
    if stated and not ledger.vouchers:
        closing = stated.get(number, 0)
    return {
        "account": number,
        "name": declared.name if declared else "",
        "opening": money.text(opening),
        "movement": money.text(closing - opening),
        "closing": money.text(closing),
    }


def _vouchers(part: Part) -> Iterator[Json]:
    each = part.vouchers
    for index, (first, end) in enumerate(part.spans()):
        yield {
            "series": each.series[index],
            "number": each.number[index],
            "date": days.iso(each.date[index]),
            "text": each.text[index],
            "registered": days.iso(each.registered[index]),
            "sign": each.sign[index],
            "rows": [_row(part, row) for row in range(first, end)],
        }


def _row(part: Part, index: int) -> Json:
    rows = part.transactions
    return {
        "account": part.accounts[rows.account[index]],
        "amount": money.text(rows.amount[index]),
        "objects": part.objects[rows.objects[index]],
        "date": days.iso(rows.date[index]),
        "text": rows.text[index],
        "quantity": rows.quantity[index],
        "sign": rows.sign[index],
    }


FORMS: Mapping[str, Callable[[Path, IO[bytes]], CheckReport]] = {
    "json": put_json,
    "csv": put_csv,
    "parquet": put_parquet,
}
"""How to write each form; all give what the check of the file found."""
