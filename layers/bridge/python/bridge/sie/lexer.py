"""One line into fields: quotes, backslash before a quote, blanks and tabs, object lists in braces."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLANKS = " \t"
_QUOTED = re.compile(r'"((?:[^"\\]|\\"?)*)"')
_BARE = re.compile(r"[^ \t]+")
_BARE_IN_LIST = re.compile(r'(?:[^ \t{}"\\]|\\"?)+')

Token = str | list[str]
"""A field's text, or the fields inside the braces of an object list."""


@dataclass(slots=True)
class Tokens:
    """The fields of a line with the column each begins in (from 1), and what was wrong: code and column."""

    values: list[Token] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    faults: list[tuple[str, int]] = field(default_factory=list)

    def add(self, value: Token, start: int) -> None:
        """Append a field that begins at the offset."""
        self.values.append(value)
        self.columns.append(start + 1)


def split(line: str, *, braces: bool = False) -> Tokens:
    """Fields of a line without its line end. With `braces`, a field that begins with `{` is an object list.

    Never fails: an unterminated quote or list reaches to the end of the line and is a fault.
    """
    tokens = Tokens()
    position = _skip(line, 0)
    while position < len(line):
        start = position
        if braces and line[position] == "{":
            value, position = _list(line, position, tokens)
            tokens.add(value, start)
        else:
            text, position = _field(line, position, tokens, _BARE_IN_LIST if braces else _BARE)
            tokens.add(text, start)
        position = _skip(line, position)
    return tokens


def _skip(line: str, position: int) -> int:
    while position < len(line) and line[position] in _BLANKS:
        position += 1
    return position


def _field(line: str, position: int, tokens: Tokens, bare: re.Pattern[str]) -> tuple[str, int]:
    if line[position] == '"':
        match = _QUOTED.match(line, position)
        if match is None:
            tokens.faults.append(("quote-unterminated", position + 1))
            return line[position + 1 :], len(line)  # no quote is left in it, escaped or not
        return match[1].replace('\\"', '"'), match.end()
    match = bare.match(line, position)
    if match is None:  # a brace where none belongs
        return line[position], position + 1
    return match[0].replace('\\"', '"'), match.end()


def _list(line: str, position: int, tokens: Tokens) -> tuple[list[str], int]:
    items: list[str] = []
    start = position
    position = _skip(line, position + 1)
    while position < len(line) and line[position] != "}":
        item, position = _field(line, position, tokens, _BARE_IN_LIST)
        items.append(item)
        position = _skip(line, position)
    if position >= len(line):
        tokens.faults.append(("object-list-unterminated", start + 1))
    return items, position + 1
