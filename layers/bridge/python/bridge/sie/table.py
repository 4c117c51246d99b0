"""Many lines of the same record at once: their fields in columns, without work per line.

Nothing here is tolerant: what is not beyond doubt raises `Doubt`. Lines end with a line feed each and hold neither a
backslash nor a control character, so that these are free to stand for something.
"""

from __future__ import annotations

import re
from array import array
from itertools import repeat
from operator import add
from typing import NamedTuple

_EMPTY = "\0"
"""Stands for an empty quoted text where no other text is quoted."""

_AMOUNTS = re.compile(r"(?:-?[0-9]{1,15}\.[0-9][0-9]\n)++")


class Doubt(Exception):
    """Something is not beyond doubt."""


class _Quoted(NamedTuple):
    """The quoted texts in their order, and the mark that stands for each where it was."""

    texts: list[str]
    mark: str = '"'


def columns(lines: str, count: int, most: int) -> list[list[str]]:
    """Fields of so many lines as so many columns; a field that a line has not is empty."""
    if lines.count("\n") != count:
        raise Doubt
    lines, quoted = _without_quotes(lines)
    if "{" in lines or "}" in lines:
        raise Doubt
    if "\t" in lines or "  " in lines:
        lines = _with_single_blanks(lines)
    fields, width = _fields(lines, count)
    if width > most + 1:
        raise Doubt
    if quoted.texts:
        _put_back(quoted, fields, width)
    found = [fields[column:-1:width] for column in range(width - 1)]
    return found + [[""] * count for _ in range(width, most + 1)]


def _without_quotes(lines: str) -> tuple[str, _Quoted]:
    """Take the quoted texts out and leave a mark for each."""
    if '"' not in lines:
        return lines, _Quoted([])
    emptied = lines.replace('""', _EMPTY)
    if '"' not in emptied:
        return emptied, _Quoted([""] * emptied.count(_EMPTY), _EMPTY)
    pieces = lines.split('"')
    if len(pieces) % 2 == 0 or ("\t" in lines and any("\t" in text for text in pieces[1::2])):
        raise Doubt
    return '"'.join(pieces[::2]), _Quoted(pieces[1::2])


def _with_single_blanks(lines: str) -> str:
    lines = lines.replace("\t", " ")
    while "  " in lines:
        lines = lines.replace("  ", " ")
    return lines.replace(" \n", "\n").replace("\n ", "\n").lstrip(" ")


def _fields(lines: str, count: int) -> tuple[list[str], int]:
    """Fields of lines, as if each had as many as the longest, and how many those are with the line feed."""
    blanks = lines.count(" ")
    if blanks % count == 0:
        width = blanks // count + 2
        fields = lines.replace("\n", " \n ").split(" ")
        if fields[width - 1 :: width].count("\n") == count:
            return fields, width
    rows = lines.split("\n")
    rows.pop()
    if len(rows) != count:  # a quoted text goes on over the end of a line
        raise Doubt
    given = list(map(str.count, rows, repeat(" ")))
    most = max(given)
    ends = [" " * (most - number) + " \n " for number in range(most + 1)]
    return "".join(map(add, rows, map(ends.__getitem__, given))).split(" "), most + 2


def _put_back(quoted: _Quoted, fields: list[str], width: int) -> None:
    """Put the quoted texts where the marks are; a mark must be a field of its own."""
    texts, mark = quoted
    count = len(fields) // width
    marked = [fields[column::width].count(mark) for column in range(width)]
    if sum(marked) != len(texts):
        raise Doubt
    if set(marked) <= {0, count}:
        places = [column for column, times in enumerate(marked) if times]
        for index, column in enumerate(places):
            fields[column:-1:width] = texts[index :: len(places)]
    else:
        at = -1
        for text in texts:
            at = fields.index(mark, at + 1)
            fields[at] = text


def amounts(texts: list[str]) -> array[int]:
    """Öre of amounts with two decimals at most."""
    lines = "\n".join(texts) + "\n"
    if _AMOUNTS.fullmatch(lines) is None:
        texts = [text if "." in text else text + ".00" for text in texts]
        lines = "\n".join(texts) + "\n"
    if _AMOUNTS.fullmatch(lines) is None:
        lines = "\n".join([text + "0" if text[-2:-1] == "." else text for text in texts]) + "\n"
        if _AMOUNTS.fullmatch(lines) is None:
            raise Doubt
    return array("q", list(map(int, lines.replace(".", "").split())))
