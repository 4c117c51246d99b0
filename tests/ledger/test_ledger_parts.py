from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger.columns import Part
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.importing import SeriesFiller
from bridge.ledger.parts import (
    SCHEMA,
    Manifest,
    file,
    read_part,
    read_table,
    write_history,
    write_table,
    write_transactions,
    write_vouchers,
)

DAY = date(2025, 1, 1)
TEXT = st.text(max_size=8)
AMOUNT = st.integers(-(10**15), 10**15)
ROWS = st.lists(
    st.builds(EntryRow, TEXT, AMOUNT, TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)), max_size=3
)
PARTS = st.lists(st.builds(Entry, st.dates(), TEXT, ROWS.map(tuple), TEXT, TEXT), max_size=4).map(part_of)


@pytest.fixture
def part() -> Part:
    sale = Entry(DAY, 'Försäljning "A"', (EntryRow("1930", 5, "å", (("6", "P"),)), EntryRow("3001", -5)), "", "1")
    return SeriesFiller("X").apply(part_of([sale]))


def with_history(part: Part) -> Part:
    history = part.history
    history.kind.append("B")
    history.before.append(1)
    history.line.append(9)
    row = part_of([Entry(DAY, "", (EntryRow("1930", 7),))]).transactions
    for name in ("voucher", "account", "amount", "objects", "date", "text", "quantity", "sign"):
        getattr(history.rows, name).extend(getattr(row, name))
    return part


def test_a_part_reads_back_as_it_was(part: Part) -> None:
    with_history(part)
    again = read_part(write_vouchers(part), write_transactions(part), write_history(part))
    assert again == part
    assert again.vouchers.source == {0: ("", "1")}
    assert list(again.history.line) == [9]


def test_history_may_be_left_out(part: Part) -> None:
    assert len(read_part(write_vouchers(part), write_transactions(part)).history) == 0


@settings(deadline=None)
@given(PARTS)
def test_any_part_reads_back_as_it_was(part: Part) -> None:
    assert read_part(write_vouchers(part), write_transactions(part), write_history(part)) == part


def test_the_files_are_gzip_json_lines_that_name_their_columns(part: Part) -> None:
    lines = gzip.decompress(write_transactions(part)).decode().splitlines()
    assert json.loads(lines[0])[:3] == ["voucher", "account", "amount"]
    assert lines[1:] == ['[0,"1930",5,[["6","P"]],0,"å","",""]', '[0,"3001",-5,[],0,"","",""]']


@pytest.mark.parametrize("write", [write_vouchers, write_transactions, write_history])
def test_the_bytes_are_the_same_every_time(part: Part, write: Callable[[Part], bytes]) -> None:
    assert write(part) == write(part)
    assert write(part)[4:8] == b"\0\0\0\0"  # no time in it


def test_any_table_can_be_written() -> None:
    data = write_table(("account", "name"), [("1930", "Bank"), ("3001", "a\u2028b\nc")])
    assert list(read_table(data)) == [["1930", "Bank"], ["3001", "a\u2028b\nc"]]
    assert list(read_table(write_table(("account",), []))) == []


def test_a_manifest_says_what_belongs_together() -> None:
    entry = file("vouchers-1.jsonl.gz", 2, b"data")
    assert entry.sha256 == hashlib.sha256(b"data").hexdigest()
    manifest = Manifest("2025-01-01", "2025-12-31", 2, 4, 500, 500, (entry,), {"sha256": "x"})
    assert Manifest.read(manifest.write()) == manifest
    assert manifest.write() == manifest.write()
    assert json.loads(manifest.write())["schema"] == SCHEMA


def test_a_manifest_of_another_schema_is_refused() -> None:
    manifest = Manifest("", "", 0, 0, 0, 0, (), schema=SCHEMA + 1)
    with pytest.raises(ValueError, match="schema"):
        Manifest.read(manifest.write())
