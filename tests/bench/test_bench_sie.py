import re
from pathlib import Path

import pytest

from bench.sie import generator, peers
from bench.sie.measure import Measurement, Task
from bridge import sie
from bridge.problem import Severity

ROWS = 2_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generator.ensure(tmp_path_factory.mktemp("bench") / "made.se", ROWS)


def test_the_file_that_is_measured_is_flawless(made: Path) -> None:
    report = sie.check([made.read_bytes()], name=made.name)

    assert [found for found in report.findings if found.severity is not Severity.INFO] == []
    assert report.document.kind is sie.Kind.EXPORT
    assert report.document.checksum.verdict is sie.Verdict.OK
    assert report.document.encoding.name == "cp437"


def test_the_file_has_as_many_rows_as_asked_for_in_vouchers_of_five(made: Path) -> None:
    counts = sie.check([made.read_bytes()]).document.counts

    assert counts.transactions == ROWS
    assert counts.vouchers == pytest.approx(ROWS / 5, rel=0.1)
    assert counts.added > 0
    assert counts.struck > 0


def test_the_file_has_everything_that_makes_real_ones_hard(made: Path) -> None:
    document, parts = sie.parse(made.read_bytes())
    rows = [row for part in parts for row in part.rows()]

    assert {dimension for row in rows for dimension, _ in row.objects} == {"1", "6", "20", "21"}
    assert document.dimensions["21"].above == "20"
    assert any(row.quantity for row in rows)
    assert {row.series for row in rows} == set(generator.SERIES)


@pytest.mark.parametrize("rows", [2, 3, 50, 333])
def test_the_file_is_flawless_at_any_size(tmp_path: Path, rows: int) -> None:
    path = generator.ensure(tmp_path / "any.se", rows)
    report = sie.check([path.read_bytes()])

    assert report.document.counts.transactions == rows
    assert [found for found in report.findings if found.severity is not Severity.INFO] == []


def test_the_file_is_the_same_every_time(made: Path, tmp_path: Path) -> None:
    generator.write(tmp_path / "again.se", ROWS)

    assert (tmp_path / "again.se").read_bytes() == made.read_bytes()


def test_a_file_that_is_there_is_used_again_and_a_broken_one_is_not(tmp_path: Path) -> None:
    path = generator.ensure(tmp_path / "made.se", ROWS)
    written = path.stat().st_mtime_ns

    assert generator.ensure(path, ROWS).stat().st_mtime_ns == written
    path.write_bytes(b"#FLAGGA 0\r\n")
    assert generator.digest(generator.ensure(path, ROWS)) == generator.DIGESTS[ROWS]


def test_other_parsers_get_the_same_books_in_the_form_they_accept(made: Path, tmp_path: Path) -> None:
    text = peers.adapted(made, tmp_path).read_text(encoding="utf-8")
    again = sie.parse(text.encode())[0]

    assert again.counts.vouchers == sie.parse(made.read_bytes())[0].counts.vouchers
    assert again.counts.transactions == ROWS
    assert re.search(r'^#VER "\w+" "434" \d{8} "[^"]+" \d{8}$', text, re.MULTILINE)
    assert again.header.company == "Storköpings Åkeri & Handel AB"


def test_a_part_of_the_books_ends_with_a_whole_voucher(made: Path, tmp_path: Path) -> None:
    part = peers.adapted(made, tmp_path, 2)

    assert 10 < sie.parse(part.read_bytes())[0].counts.vouchers < 200
    assert part.read_bytes().endswith(b"}\r\n")


def test_the_ratios_are_of_the_best_round_of_each(made: Path) -> None:
    loop, parse, check, peer = (
        Task(name, "", name, made, cpu=cpu, rss=50_000_000)
        for name, cpu in (("loop", [2.0, 1.0]), ("parse", [30.0, 35.0]), ("check", [40.0, 60.0]), ("peer", [60.0]))
    )
    result = Measurement(made, loop, parse, check, [peer], {}).result()

    assert (result["times_line_loop"], result["check_times_line_loop"], result["rss_mb"]) == (30.0, 40.0, 50.0)
    assert result["peers"]["peer"]["ratio"] == 2.0
    assert result["mb_per_cpu_s"] == round(made.stat().st_size / 1e6 / 30, 4)
