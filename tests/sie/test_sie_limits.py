"""Hostile files: finite memory and time, a finding or a refusal, never an exception of another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger.columns import Part
from bridge.problem import Refused
from bridge.sie import Limits, check, parse, read

V = ("#VER A 1 20250115", "{")


def test_a_file_over_the_limit_is_refused_in_the_middle_of_the_stream() -> None:
    given: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(1)
            yield b"#PROSA x\n" * 100

    with pytest.raises(Refused) as caught:
        read(endless(), lambda _: None, limits=Limits(size=10_000))
    assert caught.value.problem.code == "file-too-large"
    assert caught.value.problem.params == {"size": 10_800, "limit": 10_000}
    assert len(given) == 12


def test_a_hundred_megabytes_are_read_and_a_byte_more_is_not() -> None:
    line = b"#PAST " + b"x" * 59_993 + b"\n"

    def bytes_of(size: int) -> Iterator[bytes]:
        yield b"#FLAGGA 0\n"
        whole, rest = divmod(size - 10, len(line))
        yield from (line for _ in range(whole))
        yield b"\n" * rest

    document = read(bytes_of(104_857_600), lambda _: None)
    assert document.counts.size == 104_857_600
    assert "record-unknown" in {finding.code for finding in document.findings}
    assert "line-too-long" not in {finding.code for finding in document.findings}
    with pytest.raises(Refused) as caught:
        read(bytes_of(104_857_601), lambda _: None)
    assert caught.value.problem.params == {"size": 104_857_601, "limit": 104_857_600}


def test_a_file_of_exactly_the_limit_is_read() -> None:
    data = b"#FLAGGA 0\n"
    assert parse(data, limits=Limits(size=len(data)))[0].header.flag == 0
    with pytest.raises(Refused):
        parse(data, limits=Limits(size=len(data) - 1))


@pytest.mark.parametrize(
    ("limits", "lines", "what"),
    [
        (Limits(fields=3), ["#PROSA a b c d"], "fields"),
        (Limits(declarations=13), ["#KONTO 1940 x"] * 9, "declarations"),
        (Limits(declared=300), ["#PROSA " + "x" * 300], "declared"),
        (Limits(balances=2), ["#UB 0 1930 1"] * 3, "balances"),
        (Limits(rows=2), [*V, *["#TRANS 1930 {} 0 x"] * 3, "}"], "rows"),
        (Limits(rows=2), [*V, *["#BTRANS 1930 {} 0 x"] * 3, "}"], "rows"),
        (Limits(pool=2), [*V, *[f"#TRANS 1930 {{6 P{i}}} 0" for i in range(3)], "}"], "pool"),
        (Limits(pool=2), [*V, *[f"#TRANS 193{i} {{}} 0" for i in range(3)], "}"], "pool"),
    ],
)
def test_what_is_beyond_a_limit_is_an_error(
    sie_bytes: Callable[..., bytes], limits: Limits, lines: list[str], what: str
) -> None:
    document, _ = parse(sie_bytes(*lines), limits=limits)
    assert what in {finding.params["what"] for finding in document.errors if finding.code == "limit-exceeded"}


def test_a_line_without_end_is_dropped_and_the_next_is_read() -> None:
    chunks = [b"#FLAGGA 0\n#PROSA ", *[b"x" * 65_536] * 40, b"\n#FNAMN X\n"]
    document = read(chunks, lambda _: None)
    assert document.header.company == "X"
    first = document.findings[0]
    assert (first.code, first.place and first.place.line) == ("line-too-long", 2)
    assert document.header.comments == ()


def test_a_file_of_one_endless_line_is_read_to_its_end() -> None:
    assert read([b"x" * 65_536] * 40, lambda _: None).counts.lines == 1


def test_sums_beyond_a_column_stay_unbalanced(sie_bytes: Callable[..., bytes]) -> None:
    rows = ["#TRANS 1930 {} 999999999999999.99"] * 200
    for extra in ((), ("#MOMSKOD in between",)):
        document, parts = parse(sie_bytes(*V, *rows, *extra, "}"))
        assert "voucher-unbalanced" in {finding.code for finding in document.errors}
        assert parts[0].vouchers.total[0] == 2**63 - 1


def test_parts_are_handed_over_as_they_fill_and_hold_whole_vouchers(sie_bytes: Callable[..., bytes]) -> None:
    text = "x" * 40
    voucher = [line for i in range(9000) for line in (f'#VER A {i} 20250115 "{text}"', "{", *ROWS, "}")]
    parts: list[Part] = []
    read([sie_bytes(*voucher)], parts.append, limits=Limits(part_rows=5000))
    assert len(parts) > 2
    assert sum(len(part.vouchers) for part in parts) == 9000
    assert all(sum(part.vouchers.rows) == len(part.transactions) for part in parts)


ROWS = ("#TRANS 1930 {} 125.00", "#TRANS 3001 {} -125.00")


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 60))
def test_no_damage_makes_the_reader_fail(noise: bytes, at: int, length: int) -> None:
    data = MIXED[:at] + noise + MIXED[at + length :]
    report = check([data])
    assert report.document.counts.size == len(data)


MIXED = (
    b"#FLAGGA 0\r\n#KSUMMA\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#GEN 20250101 AB\r\n#RAR 0 20250101 20251231\r\n"
    b'#KONTO 1930 "Bank \\"x\\""\r\n#DIM 6 Projekt\r\n#OBJEKT 6 P1 "Ett"\r\n#IB 0 1930 10.00 1.5\r\n'
    b'#PSALDO 0 202501 1930 {6 "P1"} 10.00\r\n'
    + b'#VER A 1 20250115 "Sale" 20250116 AB\r\n{\r\n#TRANS 1930 {6 "P1"} 125.00 20250115 "t" 1 AB\r\n'
    b"#RTRANS 3001 {} -125\r\n#TRANS 3001 {} -125\r\n#BTRANS 1930 {} 4.5\r\n}\r\n" * 8 + b"#KSUMMA 12345\r\n"
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*MIXED.decode().split("\r\n"), "{", "}", "", '"', "#VER", "#TRANS"]), max_size=40))
def test_no_order_of_lines_makes_the_reader_fail(lines: list[str]) -> None:
    document, parts = parse("\n".join(lines).encode())
    booked = sum(len(part.transactions) for part in parts)
    assert booked <= document.counts.transactions
    assert sum(len(part.vouchers) for part in parts) <= document.counts.vouchers


def test_what_is_remembered_is_forgotten_in_time_and_read_the_same(sie_bytes: Callable[..., bytes]) -> None:
    rows = [f'#TRANS 1930 {{6 "P{i}"}} 0 "" "" {i}' for i in range(60_000)]
    lines = [line for start in range(0, 60_000, 100) for line in (V[0], "{", *rows[start : start + 100], "}")]
    document, parts = parse(sie_bytes(*lines))
    quantities = [row.quantity for part in parts for row in part.rows()]
    assert quantities == [str(i) for i in range(60_000)]
    assert [row.objects for row in parts[-1].rows()][-1] == (("6", "P59999"),)
    assert document.dimension_sizes == {"6": 60_000}
