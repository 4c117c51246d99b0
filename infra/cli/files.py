"""The files that commands read and write, and sentences instead of tracebacks where that does not work."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bridge import messages
from bridge.problem import Param, Refused
from infra.cli.exits import Exit
from infra.cli.screen import Screen

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


@contextmanager
def output(path: Path | None) -> Iterator[IO[bytes]]:
    """Give what to write to: standard output, or a file that is there under its name only when it is complete."""
    if path is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read it has seen enough; Python must not try again at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise Trouble("file.unwritable", path) from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def told(screen: Screen) -> Iterator[None]:
    """Say in a sentence why a file was refused or could not be read, and end the command."""
    try:
        yield
    except Trouble as trouble:
        screen.warn(f"{trouble.path or ''}: {trouble.text(screen.language)}".removeprefix(": "))
        raise SystemExit(Exit.USAGE) from trouble
    except Refused as refused:
        screen.warn(messages.detail(refused.problem.code, refused.problem.params, screen.language))
        raise SystemExit(Exit.FINDINGS) from refused
