"""The ledger's files to the letter: what other programs, and we ourselves next year, read them by."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest

from bridge.ledger.columns import History, Part, Row
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.parts import File, Manifest, read_part, write_history, write_transactions, write_vouchers

DAY = date(2025, 1, 1)


def lines(data: bytes) -> list[str]:
    return gzip.decompress(data).decode().split("\n")


@pytest.fixture
def part() -> Part:
    made = part_of(
        [
            Entry(DAY, "x", (EntryRow("1930", 5, "å", (("6", "P"),)),), "A", "1", date(2025, 1, 2)),
            Entry(DAY, "y", (EntryRow("1930", 7),), "A", "2"),
        ]
    )
    made.vouchers.sign[0] = "AB"
    made.vouchers.line.extend([made.vouchers.line.pop() + 9])
    made.vouchers.source[1] = ("", "7")
    struck = made.history
    struck.kind.append("B")
    struck.before.append(1)
    struck.line.append(12)
    rows = struck.rows
    for column, value in ((rows.voucher, 0), (rows.account, 0), (rows.objects, 1), (rows.date, 20250103)):
        column.append(value)
    rows.amount.append(-3)
    for texts, text in ((rows.text, "z"), (rows.quantity, "2.5"), (rows.sign, "CD")):
        texts.append(text)
    return made


def test_the_file_of_vouchers(part: Part) -> None:
    assert lines(write_vouchers(part)) == [
        '["series","number","date","text","registered","sign","rows","total","line","source"]',
        '["A","1",20250101,"x",20250102,"AB",1,5,0,null]',
        '["A","2",20250101,"y",0,"",1,7,9,["","7"]]',
        "",
    ]


def test_the_file_of_rows(part: Part) -> None:
    assert lines(write_transactions(part)) == [
        '["voucher","account","amount","objects","date","text","quantity","sign"]',
        '[0,"1930",5,[["6","P"]],0,"å","",""]',
        '[1,"1930",7,[],0,"","",""]',
        "",
    ]


def test_the_file_of_added_and_struck_rows(part: Part) -> None:
    assert lines(write_history(part)) == [
        '["kind","before","line","voucher","account","amount","objects","date","text","quantity","sign"]',
        '["B",1,12,0,"1930",-3,[["6","P"]],20250103,"z","2.5","CD"]',
        "",
    ]


def test_every_column_comes_back_in_its_place(part: Part) -> None:
    again = read_part(write_vouchers(part), write_transactions(part), write_history(part))
    assert again == part
    assert list(again.vouchers.line) == [0, 9]
    assert (again.history.kind, list(again.history.before), list(again.history.line)) == (["B"], [1], [12])
    assert next(again.rows()) == Row("A", "1", 20250101, "x", "1930", 5, (("6", "P"),), "å", "")


def test_where_a_row_stood_in_the_file_is_no_part_of_the_books(part: Part) -> None:
    moved = read_part(write_vouchers(part), write_transactions(part), write_history(part))
    moved.vouchers.line[0] = moved.history.line[0] = 99
    assert moved == part
    assert History(["B"]) != History(["R"])


def test_the_manifest_is_the_same_text_every_time() -> None:
    manifest = Manifest("2025-01-01", "2025-12-31", 1, 2, 500, 500, (File("å.gz", 2, "ff"),), {"sha256": "x", "a": "y"})
    assert manifest.write().decode() == (
        '{\n "credit": 500,\n "debit": 500,\n "files": [\n  {\n   "name": "å.gz",\n   "rows": 2,\n   "sha256": "ff"\n'
        '  }\n ],\n "first": "2025-01-01",\n "last": "2025-12-31",\n "schema": 1,\n "source": {\n  "a": "y",\n'
        '  "sha256": "x"\n },\n "transactions": 2,\n "vouchers": 1\n}'
    )


def test_a_manifest_without_a_source_reads_back() -> None:
    manifest = Manifest("", "", 0, 0, 0, 0, ())
    assert json.loads(manifest.write())["source"] == {}
    assert Manifest.read(manifest.write()) == manifest
