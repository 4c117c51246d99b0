"""The files that commands read and write, and sentences instead of tracebacks where that does not work."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bridge import messages
from bridge.problem import Param, Refused
from bridge.sie import Document
from infra.cli.exits import Exit
from infra.cli.screen import Screen, end_unread, silence

BLOCK = 1 << 16

_REASONS: Mapping[type[OSError], str] = {
    FileNotFoundError: "missing",
    IsADirectoryError: "folder",
    NotADirectoryError: "missing",
    PermissionError: "denied",
}


class Trouble(Exception):
    """Something that a person has to arrange otherwise: a package that is missing, a file (`path`) that is not there."""

    def __init__(self, code: str, path: Path | None = None, **params: Param) -> None:
        self.code = code
        self.path = path
        self.params = params
        super().__init__(code)

    def text(self, language: str) -> str:
        """Give the sentence."""
        return messages.text("words", self.code, self.params, language)


def chunks(path: Path) -> Iterator[bytes]:
    """Read a file in blocks. Raises Trouble, in the middle too."""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise Trouble("file.unreadable", path, reason=_REASONS.get(type(error), "other")) from error


def check_is_sie(path: Path, document: Document) -> None:
    """Raise Trouble when a file is no SIE file at all: nothing was read of it."""
    if any(each.code == "file-not-sie" for each in document.findings):
        raise Trouble("file.not-sie", path)


@contextmanager
def output(path: Path | None, source: Path) -> Iterator[IO[bytes]]:
    """Give what to write to: standard output, or a file that is there under its name only when it is complete.

    What is no file (a device, a pipe) is written to as it is. The source itself is never written over.
    """
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        if path.exists() and source.exists() and path.samefile(source):
            raise Trouble("file.source", path)
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
        else:
            with _complete(path.resolve()) as file:
                yield file
    except OSError as error:
        raise Trouble("file.unwritable", path) from error


@contextmanager
def _complete(path: Path) -> Iterator[IO[bytes]]:
    """Write a file beside the place where it is to be, under a name that nobody has, and move it there in the end."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    file = unfinished.open("xb")
    try:
        with file:
            yield file
        unfinished.replace(path)
    finally:
        with suppress(OSError):  # it is there only when something else has failed, and that is told
            unfinished.unlink()


@contextmanager
def told(screen: Screen) -> Iterator[None]:
    """Say in a sentence why a file was refused, or could not be read or written, and end the command."""
    try:
        yield
        sys.stdout.flush()
    except Trouble as trouble:
        screen.warn(f"{trouble.path or ''}: {trouble.text(screen.language)}".removeprefix(": "))
        raise SystemExit(Exit.USAGE) from trouble
    except Refused as refused:
        screen.warn(messages.detail(refused.problem.code, refused.problem.params, screen.language))
        raise SystemExit(Exit.USAGE) from refused
    except BrokenPipeError:
        end_unread()
    except OSError as error:  # of standard output
        silence()
        screen.warn(Trouble("file.unwritable").text(screen.language))
        raise SystemExit(Exit.USAGE) from error
