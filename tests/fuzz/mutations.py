"""Damage to SIE files: what a program, a disk or an attacker may do to one, chosen by a seeded generator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LABELS = (
    b"#FLAGGA #PROGRAM #FORMAT #GEN #SIETYP #PROSA #FTYP #FNR #ORGNR #BKOD #ADRESS #FNAMN #RAR #TAXAR #OMFATTN #KPTYP "
    b"#VALUTA #KONTO #KTYP #ENHET #SRU #DIM #UNDERDIM #OBJEKT #IB #UB #OIB #OUB #RES #PSALDO #PBUDGET #VER #TRANS "
    b"#RTRANS #BTRANS #KSUMMA #ver #Trans #MOMSKOD #"
).split()
VALUES = (
    b'0 -1 1 -999 1930 "1930" FEL 100.00 -0.5 1,5 +1 1E3 .5 1. 0.005 1.000 -0 999999999999999.99 1234567890123456 00012'
    b' 20250115 "20250115" 20251399 00000101 99991231 00010101 202501 202513 2025 {} { } {1 {"1" "A"} {1 A 6 "B C"} '
    b'{1} {6 \\"x} "" " "" \\" \\ "C:\\temp\\" A "A" "a b" {x} 4 7 T Z PC8 556036-0793 8507099805 BAS95 SEK AB'
).split(b" ")
PIECES = (
    *LABELS,
    *VALUES,
    *b"\n|\r\n|\r|\t| |  |\x00|\x01|\x07|\x0b|\x0c|\x1a|\x1c|\x7f|\x84|\x85|\xa0|\xe5|\xf6|\xff".split(b"|"),
    *"å|ö|\u2028|\ufeff|\u00a0|\u0663|\u20ac|F\u201drs".encode().split(b"|"),
)
"""Pieces that mean something to some reader: labels, values, blanks of every kind, letters in several encodings."""


class Mutator:
    """Mutates files; `others` are files that pieces are borrowed from."""

    def __init__(self, chance: Random, others: Sequence[bytes]) -> None:
        self._chance = chance
        self._others = others
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            self._flip,
            self._cut,
            self._insert,
            self._insert,
            self._drop_line,
            self._repeat_line,
            self._swap_lines,
            self._change_field,
            self._change_field,
            self._change_field,
            self._join_lines,
            self._borrow,
            self._write_line,
            self._end_lines,
        )

    def mutate(self, data: bytes, limit: int = 1 << 20) -> bytes:
        """Damage a file in one to four ways."""
        for _ in range(self._chance.randint(1, 4)):
            data = self._chance.choice(self._ways)(data)
        return data[:limit]

    def _at(self, data: bytes) -> int:
        return self._chance.randint(0, len(data))

    def _flip(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + bytes([self._chance.randrange(256)]) + data[at + 1 :]

    def _cut(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + data[at + self._chance.choice((1, 1, 2, 5, 30)) :]

    def _insert(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + self._chance.choice(PIECES) * self._chance.choice((1, 1, 1, 2, 60)) + data[at:]

    def _drop_line(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        del lines[self._chance.randrange(len(lines))]
        return b"\n".join(lines)

    def _repeat_line(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        at = self._chance.randrange(len(lines))
        return b"\n".join([*lines[:at], *lines[at : at + 1] * self._chance.choice((2, 2, 3, 60)), *lines[at + 1 :]])

    def _swap_lines(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        one, other = self._chance.randrange(len(lines)), self._chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        return b"\n".join(lines)

    def _change_field(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        at = self._chance.randrange(len(lines))
        fields = lines[at].split(b" ")
        fields[self._chance.randrange(len(fields))] = self._chance.choice(PIECES)
        return b"\n".join([*lines[:at], b" ".join(fields), *lines[at + 1 :]])

    def _join_lines(self, data: bytes) -> bytes:
        at = data.find(b"\n", self._at(data))
        return data if at < 0 else data[:at] + self._chance.choice((b"", b" ")) + data[at + 1 :]

    def _borrow(self, data: bytes) -> bytes:
        other = self._chance.choice(self._others)
        start, at = self._at(other), self._at(data)
        return data[:at] + other[start : start + self._chance.choice((4, 30, 200))] + data[at:]

    def _write_line(self, data: bytes) -> bytes:
        fields = [self._chance.choice(VALUES) for _ in range(self._chance.randint(0, 8))]
        line = self._chance.choice((b" ", b"\t")).join([self._chance.choice(LABELS), *fields])
        lines = data.split(b"\n")
        lines.insert(self._chance.randint(0, len(lines)), line)
        return b"\n".join(lines)

    def _end_lines(self, data: bytes) -> bytes:
        ends = (b"\n", b"\r", b"\r\n", b"\n\n", b" \r\n", b"\r\r\n")
        return data.replace(b"\r\n", b"\n").replace(b"\n", self._chance.choice(ends))
