import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run


def test_a_sound_file_is_checked_with_exit_code_0(run: Run, book: Path) -> None:
    done = run("check", book)

    assert done.exit_code == 0
    assert "no errors" in done.stdout
    assert "1 vouchers, 2 rows" in done.stdout


def test_an_unbalanced_file_is_checked_with_exit_code_1_and_its_line(run: Run, book: Path, broken: Path) -> None:
    done = run("check", book, broken, "--lang", "sv")

    assert done.exit_code == 1
    assert "13: Verifikation A 1 balanserar inte (5,00 kr)" in done.stdout


def test_the_check_as_json_has_every_finding_with_code_and_sentence(run: Run, broken: Path) -> None:
    report = json.loads(run("check", broken, "--json").stdout)["files"][0]
    codes = {each["code"]: each for each in report["findings"]}

    assert report["ok"] is False
    assert (report["vouchers"], report["transactions"], report["checksum"]) == (1, 2, "absent")
    assert codes["voucher-unbalanced"]["line"] == 13
    assert codes["voucher-unbalanced"]["params"] == {"voucher": "A 1", "amount": "5.00"}


def test_a_file_beyond_100_mb_is_refused_without_being_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "huge.se"
    with path.open("wb") as file:
        file.truncate(101 * 1024 * 1024)

    report = json.loads(run("check", path, "--json").stdout)["files"][0]

    assert [each["code"] for each in report["findings"]] == ["file-too-large"]


def test_a_file_is_shown_with_its_accounts(run: Run, book: Path) -> None:
    done = run("sie", book)

    assert done.exit_code == 0
    assert "Exempel AB" in done.stdout
    assert "135.00" in done.stdout


def test_a_file_as_json_has_accounts_and_vouchers(run: Run, book: Path) -> None:
    shown: dict[str, Any] = json.loads(run("sie", book, "--json").stdout)

    assert shown["years"] == {"0": ["2025-01-01", "2025-12-31"]}
    assert shown["accounts"][0] == {
        "account": "1930",
        "name": "Bank",
        "opening": "10.00",
        "movement": "125.00",
        "closing": "135.00",
    }
    assert shown["vouchers"][0]["rows"][0]["objects"] == [["1", "K1"]]


def test_a_file_as_csv_has_a_line_per_row_and_no_formulas(run: Run, book: Path) -> None:
    lines = run("sie", book, "--csv").stdout.splitlines()

    assert lines[1] == "A;1;2025-01-15;'=Cash sale;1930;125.00;1:K1;;"
    assert lines[2].split(";")[5] == "-125.00"


@pytest.mark.parametrize(
    "words", [["check"], ["check", "no-such-file.se"], ["sie", "--json"], ["demo", "--lang", "de"], ["unheard-of"]]
)
def test_wrong_usage_ends_with_exit_code_2(run: Run, words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_the_help_names_every_command(run: Run) -> None:
    shown = run("--help").stdout

    assert [each for each in ("demo", "dev", "simulator", "check", "sie", "appendix") if each not in shown] == []
