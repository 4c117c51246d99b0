"""What goes wrong around a command: files, discs, terminals. Always a sentence and an exit code, never a traceback."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from rich.console import Console

from infra.cli import check, sie
from infra.cli.exits import Exit
from infra.cli.screen import Screen
from tests.cli.conftest import SIE, Run


class Denied(type(Path())):  # type: ignore[misc] # the class of paths is that of the system
    """A file whose owner lets nobody else read it."""

    def open(self, *_: Any, **__: Any) -> IO[Any]:
        raise PermissionError(13, "Permission denied")


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command in which $CLI is the command line, in a process of its own."""
    line = command.replace("$CLI", f"{sys.executable} -c 'from infra.cli.main import main; main()'")
    return subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)  # noqa: S603 - a command of these tests


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    with io.StringIO() as text:
        yield text


def test_a_file_that_may_not_be_read_is_told(book: Path) -> None:
    (found,) = check.checked(Denied(book), "sv")["findings"]

    assert found["text"] == "Filen gick inte att läsa: du har inte rätt till den."


def test_a_file_that_may_not_be_written_is_told(book: Path, shown: io.StringIO) -> None:
    screen = Screen()
    screen.err = Console(file=shown, width=200)

    with pytest.raises(SystemExit) as ended:
        sie.run(screen, book, "csv", book.parent / "no" / "out.csv")

    assert ended.value.code == Exit.USAGE
    assert "out.csv: The file could not be written. Choose another place." in shown.getvalue()


def test_parquet_is_not_put_on_a_terminal(book: Path, shown: io.StringIO) -> None:
    screen = Screen()
    screen.out, screen.err = Console(force_terminal=True), Console(file=shown)

    with pytest.raises(SystemExit) as ended:
        sie.run(screen, book, "parquet", None)

    assert ended.value.code == Exit.USAGE
    assert "Parquet" in shown.getvalue()


def test_parquet_without_its_package_is_told_and_leaves_no_file(
    run: Run, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("sie", book, "--to", "parquet", "--out", book.parent / "book.parquet")

    assert done.exit_code == 2
    assert "pyarrow, which is not installed" in done.stderr
    assert list(book.parent.iterdir()) == [book]


@pytest.mark.parametrize("name", ["book.se/x.csv", "x" * 256])
def test_a_place_where_no_file_can_be_is_told(run: Run, book: Path, name: str) -> None:
    done = run("sie", book, "--to", "csv", "--out", book.parent / name)

    assert (done.exit_code, done.exception.__class__) == (2, SystemExit)
    assert "could not be written" in done.stderr


def test_the_file_being_read_is_never_written_over(run: Run, book: Path) -> None:
    link = book.with_name("link.se")
    link.symlink_to(book)
    done = [run("sie", book, "--to", "csv", "--out", out) for out in (book, link)]

    assert [each.exit_code for each in done] == [2, 2]
    assert "That is the file being read." in done[0].stderr
    assert book.read_text(encoding="cp437") == SIE


@pytest.mark.parametrize("name", ["out.csv.part", ".out.csv.part"])
def test_a_file_beside_the_output_is_neither_written_nor_removed_whatever_its_name(
    run: Run, book: Path, name: str
) -> None:
    source, out = book.rename(book.with_name(name)), book.with_name("out.csv")

    assert run("sie", source, "--to", "csv", "--out", out).exit_code == 0
    assert source.read_text(encoding="cp437") == SIE
    assert sorted(book.parent.iterdir()) == sorted([source, out])


@pytest.mark.parametrize("mask", [0o022, 0o027])
def test_a_file_that_is_written_has_the_permissions_of_any_new_file(run: Run, book: Path, mask: int) -> None:
    out = book.with_name("out.csv")
    before = os.umask(mask)
    try:
        run("sie", book, "--to", "csv", "--out", out)
    finally:
        os.umask(before)

    assert out.stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_a_link_points_to_is_written_and_the_link_stays(run: Run, book: Path) -> None:
    link, target = book.with_name("link.csv"), book.with_name("target.csv")
    link.symlink_to(target)

    assert run("sie", book, "--to", "csv", "--out", link).exit_code == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").count("\n") == 3


def test_a_pipe_is_written_to_as_it_is(book: Path) -> None:
    pipe = book.with_name("pipe")
    os.mkfifo(pipe)
    done = shell(f"cat {pipe} & $CLI sie {book} --to csv --out {pipe}; wait")

    assert done.stdout.count("\n") == 3
    assert pipe.is_fifo()


@pytest.mark.parametrize("command", ["check {}", "check {} --json", "sie {}", "sie {} --to csv", "sie {} --diff {}"])
def test_a_full_disc_is_told(book: Path, command: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = shell(f"$CLI {command.replace('{}', str(book))} > /dev/full")

    assert (done.returncode, done.stderr) == (2, "The file could not be written. Choose another place.\n")


@pytest.mark.parametrize("command", ["check {} --json", "sie {} --to json"])
def test_whoever_reads_the_output_may_stop(book: Path, command: str) -> None:
    done = shell(f"$CLI {command.replace('{}', str(book))} | true")

    assert done.stderr == ""


@pytest.mark.parametrize(
    "command",
    ["check {}", "check {} --json", "sie {}", "sie {} --to csv", "sie {0} --diff {1}", "sie {0} --diff {1} --json"],
)
def test_output_that_nobody_reads_never_ends_with_exit_code_0(book: Path, broken: Path, command: str) -> None:
    words = command.replace("{}", str(broken)).format(book, broken)
    done = shell(f"{{ sleep 0.2; $CLI {words}; echo $? >&2; }} | true")

    assert done.stderr.splitlines()[-1] == "141"
    assert "Error" not in done.stderr


def test_a_terminal_without_swedish_letters_shows_their_numbers(broken: Path) -> None:
    done = shell(f"PYTHONIOENCODING=ascii $CLI check {broken} --lang sv")

    assert done.returncode == 1
    assert r"R\xe4kenskaps\xe5r" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_is_json_whatever_the_terminal_can_show(broken: Path, encoding: str) -> None:
    path = broken.rename(broken.with_name("\N{BAR CHART}.se"))
    done = shell(f"PYTHONIOENCODING={encoding} $CLI check {path} --json --lang sv")
    (found,) = json.loads(done.stdout)["files"]

    assert found["file"] == str(path)
    assert ("\N{BAR CHART}" in done.stdout) == (encoding == "utf-8")


def test_texts_of_a_file_do_not_steer_the_terminal(run: Run, book: Path) -> None:
    book.write_text(SIE.replace("Exempel", "\x1b[2JExempel").replace("Bank", "[/b]\x1b[5mBank"), encoding="cp437")

    for command in (("check",), ("sie",)):
        done = run(*command, book)
        assert done.exit_code == 0
        assert "\x1b" not in done.stdout
    assert "[/b]" in done.stdout


def test_a_file_that_is_no_sie_file_is_neither_shown_nor_converted(run: Run, tmp_path: Path) -> None:
    page, out = tmp_path / "page.se", tmp_path / "page.csv"
    page.write_text("<html>\n")

    for words in ((), ("--to", "csv", "--out", out)):
        done = run("sie", page, *words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "is not a SIE file" in done.stderr
    assert not out.exists()


def test_a_file_beyond_100_mb_is_not_converted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "huge.se"
    with path.open("wb") as file:
        file.truncate(101 * 1024 * 1024)

    assert run("sie", path).exit_code == 2


@pytest.mark.parametrize("words", [("--out", "x.csv"), ("--json", "--to", "csv")])
def test_what_does_not_go_together_is_refused(run: Run, book: Path, words: tuple[str, ...]) -> None:
    assert run("sie", book, *words).exit_code == 2
    assert not Path("x.csv").exists()


def test_a_file_without_vouchers_shows_the_closing_balances_it_states(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "balances.se"
    path.write_text(SIE.partition("#VER")[0].replace("#SIETYP 4", "#SIETYP 1"), encoding="cp437")
    shown = [line.split() for line in run("sie", path).stdout.splitlines()]

    assert ["1930", "Bank", "10.00", "125.00", "135.00"] in shown
    assert ["3001", "Sales", "0.00", "-125.00", "-125.00"] in shown
