"""Files made up record by record, and the many ways in which the same records may be written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

Item = str | tuple[str, ...]
Record = tuple[str, tuple[Item, ...]]
"""A label and its fields; a tuple among them is a list of objects."""

NAMES = ("1930", "3001", "1510", "2440")
TEXTS = ("", "Sale", "two words", 'say "hi"', r"C:\temp", "{VV 5}", "Åkeri", "tab\there", "x" * 60, "#VER A 1")
OBJECTS: tuple[Item, ...] = ((), ("6", "P 1"), ("1", "K1", "6", "P2"), ("6", "a}b"), ("20", 'q"'))
AMOUNTS = ("0", "1", "-1.5", "100.00", "-100.00", "0.01", "999999999999999.99", "-0.00", "12.50")
WRONG = ("1,5", "+1", "1E3", "0.005", "20251399", "many", "1234567890123456", "-", ".")
DAYS = ("", "20250115", "20251231", "20240229")


class Invention:
    """Invents records; `wrong` of a hundred values are not what they should be."""

    def __init__(self, chance: Random, wrong: int = 0) -> None:
        self._chance = chance
        self._wrong = wrong

    def _of(self, values: Sequence[Item]) -> Item:
        return self._chance.choice(WRONG if self._chance.randrange(100) < self._wrong else values)

    def records(self) -> list[Record]:
        """A whole file, opened by its flag, in the order of the specification."""
        chance = self._chance
        found: list[Record] = [("#FLAGGA", ("0",)), ("#FORMAT", ("PC8",)), ("#SIETYP", ("4",))]
        found += [("#RAR", ("0", "20250101", "20251231")), ("#FNAMN", (self._of(TEXTS),))]
        found += [("#KONTO", (name, self._of(TEXTS))) for name in NAMES]
        found += [("#DIM", ("20", self._of(TEXTS))), ("#OBJEKT", ("6", "P 1", self._of(TEXTS)))]
        for label in ("#IB", "#UB", "#RES"):
            found += [(label, ("0", name, self._of(AMOUNTS))) for name in NAMES if chance.randrange(2)]
        found.append(("#PSALDO", ("0", "202501", "1930", self._of(OBJECTS), self._of(AMOUNTS))))
        for number in range(chance.randrange(6)):
            found += self._voucher(str(number))
        return found

    def _voucher(self, number: str) -> list[Record]:
        head = (
            self._of(("A", "LEV 1", "")),
            number,
            self._of(DAYS),
            self._of(TEXTS),
            self._of(DAYS),
            self._of(("", "AB")),
        )
        rows = [self._row() for _ in range(self._chance.randrange(5))]
        return [("#VER", head), ("{", ()), *rows, ("}", ())]

    def _row(self) -> Record:
        label = self._chance.choice(("#TRANS", "#TRANS", "#TRANS", "#RTRANS", "#BTRANS"))
        rest = (self._of(DAYS), self._of(TEXTS), self._of(("", "1", "-2.50")), self._of(("", "AB")))
        return label, (self._of(NAMES), self._of(OBJECTS), self._of(AMOUNTS), *rest)


@dataclass(frozen=True)
class Writing:
    """One way to write records down. What a chance decides it decides for every field and line anew."""

    chance: Random
    ends: tuple[str, ...] = ("\r\n",)
    blanks: tuple[str, ...] = (" ",)
    indents: tuple[str, ...] = ("",)
    quotes_all: bool = False
    quotes_some: bool = False
    drops_empty: bool = False

    def write(self, records: Sequence[Record]) -> str:
        """Write the records, each on its line."""
        return "".join(self._line(label, fields) for label, fields in records)

    def _line(self, label: str, fields: Sequence[Item]) -> str:
        items = list(fields)
        while self.drops_empty and items and items[-1] == "":
            items.pop()
        line = label
        for item in items:
            line += self._blank() + (self._field(item) if isinstance(item, str) else self._list(item))
        return self.chance.choice(self.indents) + line + self.chance.choice(("", *self.blanks)) + self._end()

    def _end(self) -> str:
        return self.chance.choice(self.ends)

    def _blank(self) -> str:
        return self.chance.choice(self.blanks)

    def _list(self, items: Sequence[str]) -> str:
        inside = self._blank().join(map(self._field, items))
        room = self.chance.choice(("", *self.blanks))
        return "{" + room + inside + room + "}"

    def _field(self, text: str) -> str:
        has_to = not text or any(letter in ' \t"{}' for letter in text)
        may = self.quotes_all or (self.quotes_some and self.chance.randrange(2) == 0)
        return '"' + text.replace('"', '\\"') + '"' if has_to or may else text


def some_writing(chance: Random) -> Writing:
    """Choose any way that every reader has to understand alike."""
    return Writing(
        chance,
        ends=chance.choice((("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\n\n", "\r\n \t\r\n"))),
        blanks=chance.choice(((" ",), ("\t",), (" ", "  ", "\t", " \t "))),
        indents=chance.choice((("",), ("  ",), ("", "\t", "   "))),
        quotes_all=chance.randrange(3) == 0,
        quotes_some=chance.randrange(2) == 0,
        drops_empty=chance.randrange(2) == 0,
    )
