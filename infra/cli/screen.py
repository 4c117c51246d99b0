"""What people see: tables on standard output, progress on standard error."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bridge import messages
from bridge.problem import Param
from infra.cli.exits import Exit

STYLES = {"error": "red", "warning": "yellow", "info": "dim"}


_CONTROLS = dict.fromkeys([*range(10), *range(11, 32), *range(127, 160)], "\N{REPLACEMENT CHARACTER}")

FILE_WIDTH = 160
"""Columns of the output where it is no terminal."""


class _Console(Console):
    """A console that ends the command with the same exit code as all else does when nobody reads on."""

    def on_broken_pipe(self) -> NoReturn:
        """End the command."""
        end_unread()


class Screen:
    """Standard output and error. With `quiet`, only what is asked for as JSON is printed. Amounts follow the language."""

    def __init__(self, language: str = "en", *, quiet: bool = False) -> None:
        self.language = language
        self.quiet = quiet
        width = None if sys.stdout.isatty() else FILE_WIDTH
        self.out: Console = _Console(quiet=quiet, highlight=False, width=width)
        self.err: Console = _Console(stderr=True, highlight=False)

    def say(self, text: str = "") -> None:
        """Print a line of the result."""
        self.out.print(visible(text), markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Print a line beside the result."""
        self.err.print(visible(text), markup=False, soft_wrap=True)

    def head(self, text: str, style: str) -> None:
        """Print a heading."""
        self.out.print(visible(text), style=f"bold {style}", markup=False, soft_wrap=True)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Print labels with their values below each other."""
        width = max(len(label) for label, _ in facts)
        for label, value in facts:
            self.say(f"  {label:{width}}  {value}")

    def point(self, text: str) -> None:
        """Print a sentence below a heading; in a terminal its second line stands in as the first."""
        if self.out.is_terminal:
            self.out.print(Padding(Text(visible(text)), (0, 0, 0, 4)))
        else:
            self.say(f"    {text}")

    def word(self, code: str, **params: Param) -> str:
        """Give a word or heading in the language."""
        return messages.text("words", code, params, self.language)

    def amount(self, text: str) -> str:
        """Show a decimal amount as the language writes it."""
        return messages.amount(text, self.language)

    def span(self, days: Iterable[date]) -> str:
        """Show a first and last day, or that they are not known."""
        return " \N{EN DASH} ".join(day.isoformat() for day in days) or self.word("check.unknown")

    def count(self, value: int) -> str:
        """Show a whole number as the language writes it."""
        return messages.number(value, self.language)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table; a column whose name begins with `>` stands to the right."""
        table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
        for column in columns:
            right = column.startswith(">")
            table.add_column(column.removeprefix(">"), justify="right" if right else "left", no_wrap=right)
        for row in rows:
            table.add_row(*(Text(visible(cell)) for cell in row))
        self.out.print(table)
        self.out.print()

    def findings(self, findings: Iterable[Mapping[str, Any]]) -> None:
        """Print findings, each with its severity and sentence."""
        for each in findings:
            word = messages.text("states", f"severity.{each['severity']}", {}, self.language)
            where = f"{each['line']}: " if each.get("line") else ""
            self.out.print(f"{word:9}", style=STYLES[each["severity"]], end=" ")
            self.say(f"{where}{each['text']}")

    def box(self, title: str, lines: Iterable[tuple[str, str]]) -> None:
        """Print addresses and the like in a box."""
        held = [(name, value) for name, value in lines if value]
        width = max(len(name) for name, _ in held) + 2
        text = "\n".join(f"{name:{width}}{value}" for name, value in held)
        self.out.print(Panel.fit(text, title=title, title_align="left"), markup=False)


def visible(text: str) -> str:
    """Show a control character as a sign: a text from a file must not steer the terminal."""
    return text.translate(_CONTROLS)


def put_json(value: Any, path: Path | None = None) -> None:
    """Write JSON to a file, or to standard output: in ASCII where that is not UTF-8."""
    ascii_only = path is None and codecs.lookup(sys.stdout.encoding or "ascii").name != "utf-8"
    text = json.dumps(value, ensure_ascii=ascii_only, indent=2) + "\n"
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        end_unread()


def silence() -> None:
    """Let go of a standard output that cannot be written to: Python would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def end_unread() -> NoReturn:
    """End the command because whoever read its output has seen enough."""
    silence()
    raise SystemExit(Exit.UNREAD)
