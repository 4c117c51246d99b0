r"""#KSUMMA: CRC-32 over labels and field contents between the opening and the closing record.

Left out are blanks between fields, the quotes around fields, braces and line ends; of `\"` only the quote counts
(specification 4B, section 10). Computed on whole blocks with the standard library: the text is split at the quotes,
so that every second piece is what stands inside them.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum

_RECORD = re.compile(rb"^[ \t\r\x1a]*#KSUMMA(?=[ \t{]|[ \t\r\x1a]*\n)[ \t]*\"?([^\s\x1a\"]*)[^\n]*\n?", re.MULTILINE)
_OUTSIDE = b" \t\r\n{}\x1a"
_QUOTE = b"\x01"


class Verdict(StrEnum):
    """What the checksum says: there is none, it agrees, it does not, or the closing record is missing."""

    ABSENT = "absent"
    OK = "ok"
    MISMATCH = "mismatch"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Checksum:
    """The verdict with what the file states and what its content gives, both as unsigned numbers in text."""

    verdict: Verdict = Verdict.ABSENT
    stated: str = ""
    computed: str = ""
    unopened: bool = False


class Summation:
    """Sums a file block by block; blocks end with a line end."""

    def __init__(self) -> None:
        self._crc = 0
        self._open = False
        self._stated: str | None = None
        self._unopened = False

    def read(self, block: bytes) -> None:
        """Take in the next block, in PC8."""
        start = 0
        for match in _RECORD.finditer(block) if b"#KSUMMA" in block else ():
            self._add(block[start : match.start()])
            start = match.end()
            self._meet(match[1].decode("latin-1"))
        self._add(block[start:])

    def _meet(self, value: str) -> None:
        if self._stated is not None:
            return
        if self._open:
            self._open, self._stated = False, value
        elif value:
            self._unopened = True
        else:
            self._open = True

    def _add(self, block: bytes) -> None:
        if self._open:
            self._crc = crc(block, self._crc)

    @property
    def checksum(self) -> Checksum:
        """What has been found, to be asked for at the end."""
        computed = str(self._crc)
        if self._stated is not None:
            same = self._stated != "" and self._stated.lstrip("0") == computed.lstrip("0")
            return Checksum(Verdict.OK if same else Verdict.MISMATCH, self._stated, computed)
        if self._open:
            return Checksum(Verdict.TRUNCATED, "", computed)
        return Checksum(unopened=self._unopened)


def crc(block: bytes, start: int = 0) -> int:
    """CRC-32 of whole lines of PC8 bytes by the rules above, continued from `start`."""
    if b"\\" in block:
        block = block.replace(b'\\"', _QUOTE)
    pieces = block.replace(b'""', b"").split(b'"')
    pieces[::2] = b'"'.join(pieces[::2]).translate(None, _OUTSIDE).split(b'"')
    return zlib.crc32(b"".join(pieces).replace(_QUOTE, b'"'), start)
