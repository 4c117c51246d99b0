"""Which bytes stand for which letters: PC8 by the specification, UTF-8 and Windows-1252 in the wild.

`#FORMAT PC8` is ignored: every file says it. All 256 bytes mean something in PC8, so decoding never fails and only
statistics tell. The Swedish letters of PC8 are continuation bytes in UTF-8, so PC8 text is never valid UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass

PC8 = "cp437"
UTF8 = "utf-8"
WINDOWS = "cp1252"
ASCII = "ascii"

BOM = b"\xef\xbb\xbf"

_ALL = bytes(range(256))
_NOT_PC8_SWEDISH = _ALL.translate(None, "åäöÅÄÖé".encode(PC8))
_NOT_WINDOWS_SWEDISH = _ALL.translate(None, "åäöÅÄÖé".encode(WINDOWS))
_LOW = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the file's bytes were read. `guessed` counts bytes that do not fit and may stand for another letter."""

    name: str = ASCII
    bom: bool = False
    guessed: int = 0


class Decoder:
    """Reads blocks of whole lines. The first block with letters outside ASCII decides for the file."""

    def __init__(self) -> None:
        self.name = ASCII
        self.bom = False
        self.guessed = 0
        self._started = False

    @property
    def encoding(self) -> Encoding:
        """What has been found so far."""
        return Encoding(self.name, self.bom, self.guessed)

    def decode(self, block: bytes) -> str:
        """Text of a block; never fails."""
        if not self._started:
            self._started = True
            if block.startswith(BOM):
                self.bom, self.name, block = True, UTF8, block[len(BOM) :]
        if block.isascii():
            return block.decode(ASCII)
        if self.name == ASCII:
            self.name = judge(block)
        if self.name == PC8:
            self.guessed += _count_windows(block)
            return block.decode(PC8)
        if self.name == WINDOWS:
            self.guessed += _count_pc8(block)
        try:
            return block.decode(self.name)
        except UnicodeDecodeError:
            return "\n".join(self._line(line) for line in block.split(b"\n"))

    def _line(self, line: bytes) -> str:
        """Read a line that may not be in the file's encoding: its letters are a guess, and counted."""
        try:
            return line.decode(self.name)
        except UnicodeDecodeError:
            self.guessed += len(line.translate(None, _LOW))
            return line.decode(PC8)


def judge(sample: bytes) -> str:
    """Tell the encoding of bytes with at least one outside ASCII."""
    try:
        sample.decode(UTF8)
    except UnicodeDecodeError:
        return WINDOWS if _count_windows(sample) > _count_pc8(sample) else PC8
    return UTF8


def _count_pc8(block: bytes) -> int:
    return len(block.translate(None, _NOT_PC8_SWEDISH))


def _count_windows(block: bytes) -> int:
    return len(block.translate(None, _NOT_WINDOWS_SWEDISH))
