"""A slow, obvious reader of SIE files, for `--books`. It shares nothing with the product's reader, so they can disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Objects = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A line: its label without `#`, its plain fields in order, and the object list if it has one.

    `at` is how many plain fields stood before the object list; -1 without one.
    """

    label: str
    fields: tuple[str, ...]
    objects: Objects = ()
    at: int = -1

    def get(self, index: int) -> str:
        """Give the field at a place, or an empty text."""
        return self.fields[index] if index < len(self.fields) else ""


def read(content: bytes) -> list[Record]:
    """Every record of the file, in order. Braces that open and close vouchers carry nothing and are left out."""
    lines = (line.strip(" \t\r\x1a") for line in decode(content).split("\n"))
    return [_record(line) for line in lines if line.startswith("#")]


def decode(content: bytes) -> str:
    """Text of the bytes: UTF-8 where they can be nothing else, code page 437 otherwise."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp437")


def _record(line: str) -> Record:
    label, at = "", -1
    plain: list[str] = []
    objects: Objects = ()
    for number, part in enumerate(_parts(line)):
        if number == 0:
            label = str(part).removeprefix("#").upper()
        elif isinstance(part, str):
            plain.append(part)
        elif at < 0:
            objects, at = tuple(zip(part[::2], part[1::2], strict=False)), len(plain)
    return Record(label, tuple(plain), objects, at)


def _parts(line: str) -> Iterator[str | list[str]]:
    place = 0
    while place < len(line):
        if line[place] in " \t":
            place += 1
        elif line[place] == "{":
            end = _closing(line, place + 1)
            yield [part for part in _parts(line[place + 1 : end]) if isinstance(part, str)]
            place = end + 1
        elif line[place] == '"':
            part, place = _quoted(line, place + 1)
            yield part
        else:
            start = place
            while place < len(line) and line[place] not in " \t":
                place += 1
            yield line[start:place]


def _closing(line: str, place: int) -> int:
    quoted = False
    while place < len(line):
        if line[place] == '"':
            quoted = not quoted
        elif line[place] == "}" and not quoted:
            return place
        place += 1
    return place


def _quoted(line: str, place: int) -> tuple[str, int]:
    found = []
    while place < len(line) and line[place] != '"':
        if line.startswith('\\"', place):
            place += 1
        found.append(line[place])
        place += 1
    return "".join(found), place + 1
