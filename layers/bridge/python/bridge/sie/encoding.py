"""Which bytes stand for which letters: PC8 by the specification, UTF-8 and Windows-1252 in the wild.

`#FORMAT PC8` is ignored: every file says it. All 256 bytes mean something in PC8, so decoding never fails and only
statistics tell: a Swedish letter among other letters speaks for the encoding in which it is one. Letters that would
rather be others in another encoding are read as their file says all the same, but counted: they are a guess.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

PC8 = "cp437"
UTF8 = "utf-8"
WINDOWS = "cp1252"
ASCII = "ascii"

BOM = b"\xef\xbb\xbf"

_ALL = bytes(range(256))
_LOW = bytes(range(128))
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
_WINDOWS = "".join(chr(byte) if byte in _UNDEFINED else bytes([byte]).decode(WINDOWS) for byte in _ALL)
"""Windows-1252, with a control character for each of the five bytes that mean nothing in it."""

_LOST: Mapping[int, str] = {byte: bytes([byte]).decode(PC8) for byte in _UNDEFINED} | {
    0xDC00 + byte: bytes([byte]).decode(PC8) if byte in "åäöÅÄÖé".encode(PC8) else _WINDOWS[byte]
    for byte in range(128, 256)
}
"""What a byte that the file's encoding does not have most likely is. Python reads what is no UTF-8 as U+DC80 and on."""

_NOT_PC8_LETTERS = _ALL.translate(None, "åäöÅÄÖé".encode(PC8) + _UNDEFINED + b"\xc3")
_NOT_WINDOWS_LETTERS = _ALL.translate(None, "åäöÅÄÖéèü".encode(WINDOWS) + b"\xc3")
"""All bytes but those that make text in the one encoding doubtful as the other; C3 begins a Swedish letter in UTF-8."""


def _misread(letters: str, written: str, read: str) -> str:
    """Give what letters written in one encoding look like when they are read in another."""
    return letters.encode(written).decode(read)


_LETTER, _SMALL, _EDGE = "A-Za-zåäöÅÄÖé", "a-zåäöé", '[ ",.:;()/-]'
_PC8_INSIDE = re.compile(f"(?<=[{_LETTER}])[åäöé](?=[{_SMALL}])|[ÅÄÖ](?=[{_LETTER}])|(?<=[A-ZÅÄÖ])[ÅÄÖ]")
_PC8_AT_EDGE = re.compile(f"(?<=[{_SMALL}])[åäöé](?![{_LETTER}])|(?<![{_LETTER}])(?:[åäö](?=[a-z])|å(?={_EDGE}))")

_A, _AAO, _LARGE = (_misread(letters, WINDOWS, PC8) for letters in ("å", "åäö", "ÅÄÖ"))
_WINDOWS_IN_PC8 = re.compile(
    f"(?<=[{_LETTER}])[{_misread('åäöéèü', WINDOWS, PC8)}]|[{_AAO}](?=[{_SMALL}])|(?<={_EDGE}){_A}(?={_EDGE})"
    f"|(?<![a-z{_LARGE}])[{_LARGE}](?=[{_LETTER}0-9])"
)
_SWEDISH = "åäöÅÄÖéÉ"
_LOST_AAO = _misread("åäöé", PC8, WINDOWS)
_PC8_IN_WINDOWS = re.compile(
    f"(?<=[{_LETTER}{_LOST_AAO}])[{_LOST_AAO}](?=[{_SMALL}{_LOST_AAO}])|{_misread('Ö', PC8, WINDOWS)}(?=[{_LETTER}])"
    f"|[{_UNDEFINED.decode('latin-1')}]"
)
_UTF8_LETTER = re.compile("|".join(_SWEDISH).encode(UTF8))
_UTF8_IN_PC8, _UTF8_IN_WINDOWS = ("|".join(_misread(each, UTF8, name) for each in _SWEDISH) for name in (PC8, WINDOWS))

_STRAYS: Mapping[str, re.Pattern[str]] = {
    PC8: re.compile(f"{_UTF8_IN_PC8}|{_WINDOWS_IN_PC8.pattern}"),
    WINDOWS: re.compile(f"{_UTF8_IN_WINDOWS}|{_PC8_IN_WINDOWS.pattern}"),
    UTF8: re.compile("[\udc80-\udcff]"),
}
"""What in an encoding's text is most likely a letter of another."""

RUINED = re.compile(f"[A-Za-z](?:[{_LOST_AAO}{_AAO}]|{_UTF8_IN_PC8}|{_UTF8_IN_WINDOWS})[a-z]")
"""A word whose letters were lost before the file was saved, as in `F÷retag`."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the file's bytes were read. `guessed` counts letters that do not fit the rest, the first of them on `line`."""

    name: str = ASCII
    bom: bool = False
    guessed: int = 0
    line: int | None = None


class Decoder:
    """Reads blocks of whole lines. The first letters outside ASCII decide, until later ones say more for another encoding."""

    def __init__(self) -> None:
        self.name = ASCII
        self.bom = False
        self._guessed = 0
        self._line: int | None = None
        self._started = False
        self._evidence: Counter[str] = Counter()
        self._read = 0
        self._begins: int | None = None

    @property
    def encoding(self) -> Encoding:
        """What has been found so far."""
        return Encoding(self.name, self.bom, self._guessed, self._line)

    def decode(self, block: bytes, first: int = 1) -> str:
        """Text of a block whose first line has the number; never fails."""
        if not self._started:
            self._started = True
            if block.startswith(BOM):
                self.bom, self.name, block = True, UTF8, block[len(BOM) :]
        if block.isascii():
            return block.decode(ASCII)
        if not self._read:
            self._begins = first + block.count(b"\n", 0, len(block) - len(block.lstrip(_LOW)))
        letters = block.translate(None, _LOW)
        self._read += len(letters)
        if self._is_clean(letters, block):
            self._evidence[self.name] += 1
            return _read(block, self.name)
        before = self.name
        if not self.bom:
            self._judge(block)
        if before not in {ASCII, self.name}:  # those read so far are letters of another encoding than the file's
            self._guessed = self._read - len(letters)
            self._line = self._begins
        return self._doubted(_read(block, self.name), first)

    def _is_clean(self, letters: bytes, block: bytes) -> bool:
        """Tell whether nothing in the block speaks against the encoding found so far; none has been at first."""
        if self.name == PC8:
            return not letters.translate(None, _NOT_WINDOWS_LETTERS)
        if self.name == WINDOWS:
            return not letters.translate(None, _NOT_PC8_LETTERS)
        return self.name == UTF8 and _is_utf8(block)

    def _judge(self, block: bytes) -> None:
        self._evidence += evidence(block)
        if self.name == ASCII:
            self.name = PC8
        for name, found in self._evidence.items():
            if found > self._evidence[self.name]:
                self.name = name

    def _doubted(self, text: str, first: int) -> str:
        """Count the letters that do not fit; what the encoding lacks is read as it most likely was meant."""
        stray = _STRAYS[self.name].search(text)
        if stray and self._line is None:
            self._line = first + text.count("\n", 0, stray.start())
        self._guessed += len(_STRAYS[self.name].findall(text)) if stray else 0
        return text.translate(_LOST)


def evidence(block: bytes) -> Counter[str]:
    """Count what speaks for each encoding: a Swedish letter inside a word twice as much as one at its edge."""
    if _is_utf8(block):
        return Counter({UTF8: 2 * (len(block) - len(block.decode(UTF8)))})
    rest, letters = _UTF8_LETTER.subn(b"", block)
    text = rest.decode(PC8)
    pc8 = 2 * len(_PC8_INSIDE.findall(text)) + len(_PC8_AT_EDGE.findall(text))
    return Counter({PC8: pc8, WINDOWS: 2 * len(_WINDOWS_IN_PC8.findall(text)), UTF8: 2 * letters})


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _read(block: bytes, name: str) -> str:
    if name == WINDOWS:
        return codecs.charmap_decode(block, "strict", _WINDOWS)[0]
    return block.decode(name, "surrogateescape")
