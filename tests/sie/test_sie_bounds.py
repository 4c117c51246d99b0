"""Limits to the last one: what just fits is read in silence, one more is told with its line."""

from __future__ import annotations

import pytest

from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie import Limits, parse
from bridge.sie.blocks import Blocks
from bridge.sie.findings import SEVERITIES

BEGIN = ("#FLAGGA 0", "#SIETYP 4", "#KONTO 1930 Bank")
V = ("#VER A 1 20250115", "{")


def rows(*objects: str) -> list[str]:
    return [*V, *(f"#TRANS 1930 {{{each}}} 0" for each in objects), "}"]


def exceeded(limits: Limits, lines: list[str]) -> list[tuple[object, object, object]]:
    document, _ = parse("\n".join([*BEGIN, *lines]).encode() + b"\n", limits=limits)
    found = [each for each in document.errors if each.code == "limit-exceeded"]
    return [(each.place and each.place.line, each.params["what"], each.params["limit"]) for each in found]


@pytest.mark.parametrize(
    ("limits", "fits", "more", "told"),
    [
        (Limits(fields=3), ["#PROSA a b c"], ["#PROSA a b c d"], (5, "fields", 3)),
        (Limits(declarations=2), ["#KONTO 1 x"], ["#KONTO 2 x"], (5, "declarations", 2)),
        (Limits(declared=14), ["#KONTO 1 x"], ["#KONTO 2"], (5, "declared", 14)),
        (Limits(codes=1), ["#SRU 1930 1"], ["#SRU 1930 2"], (5, "codes", 1)),
        (Limits(balances=2), ["#UB 0 1930 1"] * 2, ["#UB 0 1930 1"], (6, "balances", 2)),
        (Limits(rows=2), [*V, "#TRANS 1930 {} 0", "#BTRANS 1930 {} 0", "#X"], ["#RTRANS 1930 {} 0"], (9, "rows", 2)),
        (Limits(pool=2), rows("", "6 A"), rows("6 B"), (11, "pool", 2)),
        (Limits(pool=1), rows("", ""), ["#VER A 2 20250115", "{", "#TRANS 3001 {} 0", "}"], (11, "pool", 1)),
    ],
)
def test_what_fits_is_read_and_one_more_is_told(
    limits: Limits, fits: list[str], more: list[str], told: tuple[int, str, int]
) -> None:
    assert exceeded(limits, fits) == []
    assert exceeded(limits, fits + more) == [told]


def test_every_voucher_may_have_as_many_rows_as_the_limit() -> None:
    assert exceeded(Limits(rows=2), [*V, "#X", *rows("", "")[2:], *V, "#X", *rows("", "")[2:]]) == []


def test_the_longest_line_is_read_and_a_longer_one_dropped() -> None:
    name = "x" * 50
    line = f'#FNAMN "{name}"'
    for ending in ("", "\n", "\n#FTYP AB\n"):
        data = f"#FLAGGA 0\n{line}{ending}".encode()
        assert parse(data, limits=Limits(line=len(line)))[0].header.company == name
        document, _ = parse(data, limits=Limits(line=len(line) - 1))
        assert document.header.company == ""
        (finding,) = (each for each in document.findings if each.code == "line-too-long")
        assert (finding.place and finding.place.line, finding.params["limit"]) == (2, len(line) - 1)
        assert document.header.company_type == ("AB" if "FTYP" in ending else "")


def test_the_shortest_of_all_limits_is_kept_to() -> None:
    findings = Findings(SEVERITIES)
    assert b"".join(Blocks([b"\nbb\nc\n"], Limits(line=1), findings)) == b"\n\nc\n"
    assert [each.place for each in findings.all()] == [Place(2)]


def test_what_is_beyond_a_limit_is_not_kept() -> None:
    document, _ = parse("\n".join([*BEGIN, *["#UB 0 1930 1"] * 3]).encode(), limits=Limits(balances=2))
    assert len(document.balances) == 2
    document, _ = parse("\n".join([*BEGIN, "#KONTO 1510 x", "#KONTO 1511 x"]).encode(), limits=Limits(declarations=2))
    assert list(document.accounts) == ["1930", "1510"]
    _, (part,) = parse("\n".join([*BEGIN, *rows("", "6 A", "")]).encode(), limits=Limits(rows=2))
    assert list(part.vouchers.rows) == [2]
