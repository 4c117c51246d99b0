"""What must not matter does not: line ends, blanks, quoting, chunk sizes, and which of the two paths reads a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger.columns import Part
from bridge.problem import Severity
from bridge.sie import Document, Limits, check, parse, read
from tests.sie.careful import NeverSure, carefully
from tests.sie.writings import Invention, Writing, some_writing

BOOKS = (
    "#FLAGGA 0",
    "#FORMAT PC8",
    "#SIETYP 4",
    "#RAR 0 20250101 20251231",
    '#KONTO 1930 "Företagskonto"',
    '#KONTO 3001 "Sales"',
    '#OBJEKT 6 "P 1" "Ett"',
    "#OBJEKT 6 P2 Two",
    "#OBJEKT 1 K1 One",
    "#IB 0 1930 100.00",
    '#VER A 1 20250115 "Försäljning" 20250116 "AB C"',
    "{",
    '#TRANS 1930 {6 "P 1"} 125.00 20250115 "Rad å" 1.5 "AB"',
    "#TRANS 3001 {} -125.00",
    "}",
    '#VER A 2 20250120 "Rättad"',
    "{",
    "#TRANS 1930 {} 10",
    "#BTRANS 3001 {} 12.5",
    "#RTRANS 3001 {1 K1 6 P2} -10.0",
    "#TRANS 3001 {1 K1 6 P2} -10.0",
    "}",
)


def books(text: str) -> tuple[Document, list[Part]]:
    return parse(text.encode("cp437"))


EXPECTED = books("\r\n".join(BOOKS) + "\r\n")


def test_the_books_are_what_they_should_be() -> None:
    document, (part,) = EXPECTED
    assert {finding.code for finding in document.findings} == {"record-missing"}
    assert part.accounts == ["1930", "3001"]
    assert list(part.transactions.amount) == [12500, -12500, 1000, -1000]
    assert part.objects == [(), (("6", "P 1"),), (("1", "K1"), ("6", "P2"))]
    assert part.history.kind == ["B", "R"]
    assert list(part.history.before) == [3, 3]
    assert list(part.history.line) == [19, 20]
    assert [part.vouchers.name(index) for index in range(2)] == ["A 1", "A 2"]
    assert list(part.vouchers.line) == [11, 16]
    assert list(part.vouchers.registered) == [20250116, 0]
    assert part.transactions.quantity == ["1.5", "", "", ""]
    assert part.vouchers.sign == ["AB C", ""]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("\r\n", "\r"),
        lambda text: text.replace("\r\n", "\r\n\r\n"),
        lambda text: text.replace("\r\n", "\r\n \t\r\n"),
        lambda text: text.replace("\r\n", " \t\r\n  "),
        lambda text: re.sub(r' (?=[^"]*(?:"[^"]*"[^"]*)*$)', "\t ", text),
        lambda text: text.removesuffix("\r\n"),
        lambda text: text + "\x1a",
        lambda text: re.sub(r"(?<= )([A-Z0-9][A-Za-z0-9.]*)(?=[ \r}])", r'"\1"', text),
        lambda text: text.replace("1.5", '"1.5"').replace("20250115 ", '"20250115" '),
        lambda text: text.replace("{}", "{ }").replace("} ", "}"),
        lambda text: text.replace("#TRANS 3001 {} -125.00", '#TRANS 3001 {} -125.00 "" "" "" ""'),
        lambda text: text.replace("125.00", "125").replace("12.5", "12.50").replace(" 10\r", " 10.00\r"),
    ],
)
def test_how_it_is_written_does_not_matter(change: Callable[[str], str]) -> None:
    changed = change("\r\n".join(BOOKS) + "\r\n")
    assert books(changed) == EXPECTED
    assert carefully(changed.encode("cp437")) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
def test_the_encoding_does_not_matter(encoding: str) -> None:
    assert parse(("\r\n".join(BOOKS) + "\r\n").encode(encoding)) == EXPECTED


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 200))
def test_the_size_of_the_chunks_does_not_matter(size: int) -> None:
    data = ("\r\n".join(BOOKS) + "\r\n").encode("cp437")
    parts: list[Part] = []
    assert (read((data[at : at + size] for at in range(0, len(data), size)), parts.append), parts) == EXPECTED


@pytest.mark.parametrize("text", ["long " * 500, "x"])
def test_blocks_and_parts_do_not_change_the_books(text: str) -> None:
    vouchers = [line for i in range(800) for line in (f'#VER A {i} 20250115 "{text}"', *BOOKS[11:15])]
    data = ("\n".join([*BOOKS[:10], *vouchers]) + "\n").encode("cp437")
    whole, parts = parse(data, limits=Limits(part_rows=10**9))
    small, many = parse(data, limits=Limits(part_rows=1))
    assert small == whole
    assert [row for part in many for row in part.rows()] == list(parts[0].rows())
    assert carefully(data) == (whole, parts)


def test_both_paths_read_every_real_file_alike(indexed: list[str], samples: Path) -> None:
    data = (samples / indexed[0] / indexed[1]).read_bytes()
    fast, careful = parse(data, name=indexed[1]), carefully(data, indexed[1])
    assert fast == careful
    assert fast[0].findings == careful[0].findings
    assert fast[0].counts == careful[0].counts
    assert [list(part.vouchers.line) for part in fast[1]] == [list(part.vouchers.line) for part in careful[1]]


FIELDS = [
    "1930",
    '"1930"',
    "{}",
    "{1 A}",
    '{1 "A}"}',
    "{1}",
    "{",
    "}",
    "1.00",
    "-1",
    "1,0",
    "20250115",
    "20251399",
    '""',
    '"',
    '"a b"',
]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["#VER", "#TRANS", "#RTRANS", "#BTRANS", "#trans", "{", "}", "#SRU", ""]),
            st.lists(st.sampled_from([*FIELDS, r"a\"b", "A", "\x07", "x\x1a"]), max_size=7),
            st.sampled_from([" ", "\t", ""]),
        ),
        max_size=25,
    )
)
def test_both_paths_read_any_lines_alike(lines: list[tuple[str, list[str], str]]) -> None:
    text = "\n".join([*BOOKS, *(f"{label} {between.join(fields)}" for label, fields, between in lines), *BOOKS[10:]])
    fast, careful = books(text), carefully(text.encode("cp437"))
    assert fast == careful
    assert fast[0].findings == careful[0].findings


SEEDS = range(120)


@pytest.mark.parametrize("wrong", [0, 15])
def test_every_writing_of_the_same_records_gives_the_same_books(wrong: int) -> None:
    for seed in SEEDS:
        chance = Random(seed)  # noqa: S311 - the same files every time
        records = Invention(chance, wrong).records()
        plain = books(Writing(chance).write(records))
        for _ in range(2):
            written = some_writing(chance).write(records)
            assert books(written) == plain, written
            assert carefully(written.encode("cp437")) == plain, written


def said(document: Document) -> Counter[str]:
    """What the findings say, wherever they stand."""
    return Counter(f"{each.code} {sorted(each.params.items())} {each.count}" for each in document.findings)


def test_a_lawful_writing_never_changes_what_is_found() -> None:
    for seed in SEEDS:
        chance = Random(seed)  # noqa: S311 - the same files every time
        records = Invention(chance, 15).records()
        plain = said(books(Writing(chance).write(records))[0])
        written = replace(some_writing(chance), drops_empty=False).write(records)
        assert said(books(written)[0]) == plain, written


def test_where_chunks_blocks_and_parts_are_cut_never_changes_anything() -> None:
    for seed in SEEDS:
        chance = Random(seed)  # noqa: S311 - the same files every time
        data = some_writing(chance).write(Invention(chance, 5).records()).encode("cp437")
        whole = check([data])
        cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(1, 30)))
        chunks = [data[start:end] for start, end in pairwise([0, *cuts, len(data)])]
        parts: list[Part] = []
        cut = check(chunks, sink=parts.append, limits=Limits(part_rows=1))
        assert cut.document == whole.document
        assert sorted(cut.findings, key=repr) == sorted(whole.findings, key=repr)
        assert cut.document.counts == whole.document.counts
        assert [row for part in parts for row in part.rows()] == [row for part in parse(data)[1] for row in part.rows()]


def test_the_order_within_a_group_does_not_matter() -> None:
    for seed in SEEDS:
        chance = Random(seed)  # noqa: S311 - the same files every time
        flag, *records = Invention(chance).records()
        vouchers = next((at for at, (label, _) in enumerate(records) if label == "#VER"), len(records))
        groups = [records[:4], records[4:10], records[10:vouchers]]
        for group in groups:
            chance.shuffle(group)
        write = Writing(chance).write
        first, parts = books(write([flag, *records]))
        shuffled = [record for group in groups for record in group]
        other, other_parts = books(write([flag, *shuffled, *records[vouchers:]]))
        assert sorted(other.balances) == sorted(first.balances)
        assert (replace(other, balances=first.balances), other_parts) == (first, parts)
        assert said(other) == said(first)


def test_strictness_changes_severities_and_nothing_else() -> None:
    for seed in SEEDS:
        chance = Random(seed)  # noqa: S311 - the same files every time
        data = some_writing(chance).write(Invention(chance, 15).records()).encode("cp437")
        tolerant, strict = check([data]), check([data], strict=True)
        assert strict.document == tolerant.document
        assert [replace(each, severity=Severity.ERROR) for each in strict.findings] == [
            replace(each, severity=Severity.ERROR) for each in tolerant.findings
        ]
        assert len(strict.errors) >= len(tolerant.errors)


def test_vouchers_do_come_to_the_fast_path() -> None:
    """Else the comparisons of both paths would compare the careful one with itself."""
    asked: list[NeverSure] = []
    carefully("\n".join(BOOKS).encode("cp437"), asked=asked)
    assert asked[0].asked > 0
