"""The stream: blocks that lose nothing, parts that are handed over, lines that are counted from the first."""

from __future__ import annotations

import tracemalloc

import pytest

from bridge.ledger.columns import Part
from bridge.ledger.findings import Findings
from bridge.sie import Checksum, Kind, Limits, parse, read
from bridge.sie.blocks import FIRST, Blocks
from bridge.sie.findings import SEVERITIES

SALE = "#VER A 1 20250115\n{\n#TRANS 1930 {} 1\n#TRANS 3001 {} -1\n}\n"
OPEN = "#VER A 1 20250115\n{\n" + "#TRANS 1930 {} 0.00\n" * 14_000
LARGE = SALE * (FIRST // len(SALE) + 2000)


@pytest.mark.parametrize("text", [SALE, LARGE, SALE + OPEN + "}\n", OPEN, "\n}\n" + LARGE, "x" * 90 + "\n" + LARGE])
def test_blocks_are_the_file_in_whole_lines(text: str) -> None:
    findings = Findings(SEVERITIES)
    blocks = Blocks([text[:1000].encode(), text[1000:].encode()], Limits(line=100), findings)
    made = list(blocks)
    assert b"".join(made).decode() == text
    assert all(block.endswith(b"\n") for block in made)
    assert (blocks.size, blocks.lines) == (len(text), text.count("\n"))
    assert findings.all() == ()


@pytest.mark.parametrize("chunks", [[LARGE.replace("\n", "\r")], ["x" * FIRST, "\r\na\r\n"]])
def test_carriage_returns_end_lines_where_the_file_begins_with_nothing_else(chunks: list[str]) -> None:
    blocks = Blocks([each.encode() for each in chunks], Limits(line=2 * FIRST), Findings(SEVERITIES))
    ended = "\n" if len(chunks) == 1 else "\r"
    assert b"".join(blocks).decode() == "".join(chunks).replace("\r", ended)


def test_a_line_without_end_is_not_kept() -> None:
    tracemalloc.start()
    for _ in Blocks([b"x" * 65_536] * 100, Limits(line=100), Findings(SEVERITIES)):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * FIRST


def test_a_line_that_is_dropped_leaves_an_empty_one() -> None:
    findings = Findings(SEVERITIES)
    text = "a\n" + "b" * 101 + "\nc\n" + "d" * 102 + "\n" + "e" * 100
    assert b"".join(Blocks([text.encode()], Limits(line=100), findings)).decode() == "a\n\nc\n\n" + "e" * 100 + "\n"
    assert [(each.code, each.place and each.place.line) for each in findings.all()] == [
        ("line-too-long", 2),
        ("line-too-long", 4),
    ]


def test_parts_are_handed_over_when_they_are_full_and_never_empty() -> None:
    data = f"#FLAGGA 0\n{LARGE}".encode()
    for limit, several in ((1, True), (LARGE.count("TRANS") + 1, False)):
        parts: list[Part] = []
        read([data], parts.append, limits=Limits(part_rows=limit))
        assert (len(parts) > 1) is several
        assert all(len(part.vouchers) for part in parts)
        assert sum(len(part.transactions) for part in parts) == LARGE.count("TRANS")


def test_no_voucher_is_cut_by_a_part() -> None:
    parts: list[Part] = []
    read([f"#FLAGGA 0\n{OPEN}}}\n{SALE}".encode()], parts.append, limits=Limits(part_rows=1))
    assert [list(part.vouchers.rows) for part in parts] in ([[14_000], [2]], [[14_000, 2]])


def test_the_first_record_of_a_label_that_does_not_belong_is_told_with_its_line() -> None:
    rows = "#TRANS 1930 {} 1\n#BTRANS 1930 {} 1\n#RTRANS 3001 {} -1\n#TRANS 3001 {} -1\n"
    for begin, blank in ((3, ""), (5, "\n \n")):
        document, _ = parse(f"#FLAGGA 0\n#SIETYP 2\n{blank}#VER A 1 20250115\n{{\n{rows}}}\n{SALE}".encode())
        found = {each.params["label"]: each for each in document.findings if each.code == "record-forbidden"}
        assert {label: each.place and each.place.line for label, each in found.items()} == {
            "#VER": begin,
            "#TRANS": begin + 2,
            "#BTRANS": begin + 3,
            "#RTRANS": begin + 4,
        }
        assert (found["#VER"].count, found["#TRANS"].count) == (2, 4)


def test_a_voucher_may_stand_on_the_first_line() -> None:
    _, (part,) = parse(SALE.encode())
    assert (list(part.vouchers.line), list(part.vouchers.rows)) == ([1], [2])
    _, (part,) = parse(SALE.replace("} 1", "} 1 odd").encode())
    assert (list(part.vouchers.line), list(part.vouchers.rows)) == ([1], [2])


@pytest.mark.parametrize(
    ("lines", "kind"),
    [("", Kind.EXPORT), (SALE, Kind.IMPORT), (f"#UB 0 1930 1\n{SALE}", Kind.EXPORT), ("#UB 0 1930 1\n", Kind.EXPORT)],
)
def test_vouchers_without_any_balance_are_an_import(lines: str, kind: Kind) -> None:
    assert parse(f"#FLAGGA 0\n#SIETYP 4\n{lines}".encode())[0].kind is kind


def test_a_carriage_return_inside_a_text_is_a_control_character() -> None:
    for end in ("\r\n", "\n"):
        document, _ = parse(f'#FLAGGA 0{end}#PROSA "a\rb"{end}'.encode())
        assert document.header.comments == ("a\rb",)
        assert "field-control-character" in {each.code for each in document.findings}


def test_reading_alone_leaves_the_controls_out() -> None:
    data = b"#FLAGGA 0\n#KSUMMA\n#VER A 1 20250115\n{\n#TRANS 1930 {} 1.00\n}\n#KSUMMA 17\n"
    parts: list[Part] = []
    alone = read([data], parts.append)
    with_controls, same = parse(data)
    assert (alone, parts) == (with_controls, same)
    extra = [finding.code for finding in with_controls.findings if finding not in alone.findings]
    assert extra == ["voucher-unbalanced", "checksum-mismatch"]
    assert all(finding in with_controls.findings for finding in alone.findings)
    assert alone.checksum == Checksum()
