import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SIE, Run


def test_a_sound_file_is_checked_with_exit_code_0(run: Run, book: Path) -> None:
    done = run("check", book)

    assert done.exit_code == 0
    assert "no errors" in done.stdout
    assert re.search(r"Vouchers +1\n +Rows +2\n +Debit +125\.00\n", done.stdout)
    assert re.search(r"#KSUMMA +absent\n", done.stdout)


def test_an_unbalanced_file_is_checked_with_exit_code_1_and_its_line(run: Run, book: Path, broken: Path) -> None:
    done = run("check", book, broken, "--lang", "sv")

    assert done.exit_code == 1
    assert "Rad 13: Verifikation A 1 balanserar inte" in done.stdout
    assert re.search(r"#KSUMMA +finns inte\n", done.stdout)
    assert "Fel: 1\n" in done.stdout


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


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(run: Run, book: Path, tmp_path: Path) -> None:
    done = run("check", tmp_path / "gone.se", tmp_path, book)

    assert done.exit_code == 2
    assert "gone.se: The file could not be read: there is no such file." in done.stdout
    assert f"{tmp_path}: The file could not be read: it is a folder." in done.stdout
    assert f"{book}: no errors" in done.stdout


def test_a_file_that_is_no_sie_file_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.se"
    path.write_text("<html>\n<body>\n")
    done = run("check", path)

    assert done.exit_code == 1
    assert done.stdout.strip().startswith(f"{path}: The file is not a SIE file")
    assert len(done.stdout.split("\n\n")) == 2


def test_findings_of_a_kind_are_shown_together_and_of_many_where_they_stand(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "many.se"
    path.write_text(SIE.replace("#KONTO 1930", "#X\n" * 6 + "#KONTO 1930"), encoding="cp437")
    shown = run("check", path).stdout

    assert [shown.count(f"Line {line}: The record #X") for line in range(8, 14)] == [1, 1, 1, 0, 0, 0]
    assert "… and 3 more, lines 11, 12, 13\n" in shown


def test_a_strict_check_makes_errors_of_deviations(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "unknown.se"
    path.write_text(SIE.replace("#KONTO 1930", "#X\n#KONTO 1930"), encoding="cp437")

    assert run("check", path).exit_code == 0
    assert run("check", path, "--strict").exit_code == 1


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


def test_a_file_is_shown_in_swedish(run: Run, book: Path) -> None:
    shown = run("sie", book, "--lang", "sv").stdout

    assert [word for word in ("Företag", "Räkenskapsår", "Ingående", "135,00") if word not in shown] == []


def test_json_of_a_file_without_vouchers_is_an_empty_list(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.se"
    path.write_text(SIE.partition("#VER")[0], encoding="cp437")

    assert json.loads(run("sie", path, "--to", "json").stdout)["vouchers"] == []


def test_a_file_is_written_where_asked_when_it_is_complete(run: Run, book: Path, tmp_path: Path) -> None:
    out = tmp_path / "book.csv"

    assert run("sie", book, "--to", "csv", "--out", out).exit_code == 0
    assert out.read_text(encoding="utf-8") == run("sie", book, "--to", "csv").stdout
    assert run("sie", tmp_path / "gone.se", "--to", "csv", "--out", tmp_path / "none.csv").exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.csv", "book.se"]


def test_what_cannot_be_written_or_read_is_a_sentence(run: Run, book: Path, tmp_path: Path) -> None:
    unwritable = run("sie", book, "--to", "csv", "--out", tmp_path / "no" / "x.csv")
    gone = run("sie", tmp_path / "gone.se", "--lang", "sv")

    assert (unwritable.exit_code, gone.exit_code) == (2, 2)
    assert "could not be written" in unwritable.stderr
    assert "Filen gick inte att läsa: filen finns inte." in gone.stderr


def test_a_file_as_parquet_has_exact_amounts_days_and_objects(run: Run, book: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    out = tmp_path / "book.parquet"

    assert run("sie", book, "--to", "parquet", "--out", out).exit_code == 0
    first, second = parquet.read_table(out).to_pylist()
    assert (first["series"], first["number"], first["date"]) == ("A", "1", date(2025, 1, 15))
    assert (first["amount"], second["amount"]) == (Decimal("125.00"), Decimal("-125.00"))
    assert first["objects"] == [{"dimension": "1", "object": "K1"}]
    assert first["row_date"] is None


def test_a_file_with_errors_is_written_all_the_same_and_says_so(run: Run, broken: Path) -> None:
    done = run("sie", broken, "--to", "csv")

    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 3
    assert "The file has 1 error. Run check to see it." in done.stderr


def test_two_exports_with_the_same_books_have_no_differences(run: Run, book: Path) -> None:
    done = run("sie", book, "--diff", book)

    assert done.exit_code == 0
    assert done.stdout.startswith("No differences\n")


def test_a_later_export_tells_what_is_new_changed_and_vanished(run: Run, book: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.se"
    added = '#VER A 2 20250201 "Interest"\n{\n#TRANS 1930 {} 5.00\n#TRANS 3001 {} -5.00\n}\n'
    changed = SIE.replace("125.00\n", "130.00\n").replace("=Cash", "Card").replace("#IB 0 1930 10", "#IB 0 1930 11")
    later.write_text(changed.replace('"Bank"', '"Bank 2"') + added, encoding="cp437")
    done = run("sie", book, "--diff", later, "--lang", "sv")

    assert done.exit_code == 1
    for line in (
        "Nya: 1. Ändrade: 1. Försvunna: 0.",
        "  A 2  2025-02-01  5,00  Interest",
        "    Text: =Cash sale → Card sale",
        "    Ändrad rad: 1930 125,00 1:K1 → 1930 130,00 1:K1",
    ):
        assert line in done.stdout.splitlines()
    assert re.search(r"1930 +10,00 +11,00", done.stdout)
    assert re.search(r"1930 +Bank +Bank 2", done.stdout)


def test_differences_as_json_have_all_of_them(run: Run, book: Path, broken: Path) -> None:
    found = json.loads(run("sie", book, "--diff", broken, "--json").stdout)

    assert (found["equal"], found["new"], found["vanished"]) == (False, [], [])
    assert found["changed"][0]["before"] == {"date": "2025-01-15", "text": "=Cash sale"}
    (row,) = found["changed"][0]["differing"]
    assert (row["before"]["amount"], row["after"]["amount"]) == ("-125.00", "-120.00")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("#RAR 0 20250101 20251231", "#RAR 0 20260101 20261231", "not of the same financial year"),
        ("#FNAMN", "#ORGNR 556677-8899\n#FNAMN", "not of the same company"),
        ("#FLAGGA 0", "", "is not a SIE file"),
    ],
)
def test_files_that_are_no_two_exports_of_the_same_books_are_refused(
    run: Run, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    ours, other = tmp_path / "ours.se", tmp_path / "other.se"
    ours.write_text(SIE.replace("#FNAMN", "#ORGNR 556036-0793\n#FNAMN"), encoding="cp437")
    other.write_text(SIE.replace(old, new), encoding="cp437")
    done = run("sie", ours, "--diff", other)

    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stdout == ""


def test_a_file_as_csv_has_a_line_per_row_and_no_formulas(run: Run, book: Path) -> None:
    lines = run("sie", book, "--to", "csv").stdout.splitlines()

    assert lines[1] == "A;1;2025-01-15;'=Cash sale;1930;125.00;1:K1;;"
    assert lines[2].split(";")[5] == "-125.00"


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "no-such-file.se"],
        ["sie", "--json"],
        ["sie", "x.se", "--to", "xml"],
        ["sie", "x.se", "--diff", "y.se", "--to", "csv"],
        ["demo", "--lang", "de"],
        ["unheard-of"],
    ],
)
def test_wrong_usage_ends_with_exit_code_2(run: Run, words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_the_help_names_every_command(run: Run) -> None:
    shown = run("--help").stdout

    assert [each for each in ("demo", "dev", "simulator", "check", "sie", "appendix") if each not in shown] == []
