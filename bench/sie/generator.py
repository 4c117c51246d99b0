"""A year of a large company as a SIE 4E file, made up from nothing but a seed: the same bytes on every machine.

It is flawless: every voucher balances, closing balances are opening balances plus rows, the checksum agrees, and it
has what makes real files hard: interleaved series, objects of a hierarchy, quantities, rows added and struck later,
Swedish letters in PC8. Every text is unique per voucher, as in real books.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import IO

from bridge.ledger import days, money
from bridge.sie.checksum import crc

SEED = 4711
ROWS = 2_000_000
"""Rows of the file that is measured: just below the 100 MB (104 857 600 bytes) that a file may have."""

DIGESTS: Mapping[int, str] = {
    ROWS: "775badd6433c53110aa43378b4825a63c5a5678e7ba41c8479730c60ecd4db63",
    2_000: "9c9a906a03036ccf853dcfa27ccdc0dd213293dd99874f744481d559f1e91e16",
}
"""SHA-256 of the file by its number of rows, for the sizes that are measured and tested."""

FIRST = date(2025, 1, 1)
DAYS = 365
MOST = 11
"""Rows of the largest ordinary voucher; the mean is just below five."""

SERIES = ("A", "B", "C", "D", "E", "LÖN")
TEXTS = ("Försäljning", "Inköp varor", "Kundfaktura", "Lön", "Levfaktura", "Betalning", "Periodisering", "Utlägg")
NAMES = (
    "Åkeri Öberg i Åmål AB",
    "Nordvik Snickeri AB",
    "Ängsbo Förvaltning",
    "Södra Måleri & Färg",
    "Bråvalla Bygg",
    "Hörnell & Co HB",
)
SIGNS = ("Åsa", "Björn", "Eva", "Pär")

BALANCE_ACCOUNTS = {
    **{1010 + 10 * n: f"Balanserade utgifter {n + 1}" for n in range(8)},
    **{1220 + n: f"Inventarier och verktyg {n + 1}" for n in range(9)},
    **{1510 + n: f"Kundfordringar {n + 1}" for n in range(10)},
    **{1910 + 10 * n: f"Kassa och bank {n + 1}" for n in range(9)},
    **{2440 + n: f"Leverantörsskulder {n + 1}" for n in range(9)},
    **{2610 + n: f"Utgående moms {n + 1}" for n in range(30)},
}
RESULT_ACCOUNTS = {
    **{3000 + 10 * n: f"Försäljning {n + 1}" for n in range(60)},
    **{4000 + 10 * n: f"Inköp av varor och material {n + 1}" for n in range(60)},
    **{5000 + 10 * n: f"Lokalkostnader och övrigt {n + 1}" for n in range(100)},
    **{7000 + 10 * n: f"Löner till tjänstemän {n + 1}" for n in range(60)},
}
ACCOUNTS = (*BALANCE_ACCOUNTS, *RESULT_ACCOUNTS)

OBJECTS = {
    "1": [(f"{n:02d}", f"Avdelning {n}") for n in range(1, 41)],
    "6": [(f"P{n:04d}", f"Projekt nr {n}") for n in range(1, 401)],
    "20": [(f"{n:02d}", f"Region {n}") for n in range(1, 9)],
    "21": [(f"{n:02d}{m:02d}", f"Område {m} i region {n}") for n in range(1, 9) for m in range(1, 13)],
}
"""Dimension 21 lies below 20: the code of a sub-object begins with that of the one above."""


class Chance:
    """Chance from a seed. Only `random()` is asked: it is the same in every version of Python."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, end: int) -> int:
        """A whole number from 0 up to, not including, the end."""
        return int(self._random() * end)

    def one_in(self, number: int) -> bool:
        return self.below(number) == 0


class Year:
    """Writes the vouchers of a year and adds up what they move."""

    def __init__(self, rows: int, seed: int = SEED) -> None:
        self.moved: defaultdict[int, int] = defaultdict(int)
        self.vouchers = 0
        self._rows = rows
        self._chance = Chance(seed)
        self._numbers = dict.fromkeys(SERIES, 0)

    def lines(self) -> Iterator[str]:
        """Vouchers with just the asked number of booked rows in all, in the order of their days."""
        done = 0
        while done < self._rows:
            left = self._rows - done
            size = self._size()
            size = size if left - size >= 2 else left
            yield from self._voucher(size, FIRST + timedelta(done * DAYS // self._rows))
            done += size
            self.vouchers += 1

    def _size(self) -> int:
        """Two to eleven rows, more often few than many."""
        return 2 + min(self._chance.below(MOST - 1), self._chance.below(MOST - 1))

    def _voucher(self, size: int, day: date) -> Iterator[str]:
        chance = self._chance
        series = SERIES[chance.below(len(SERIES))]
        self._numbers[series] += 1
        text = f"{TEXTS[chance.below(len(TEXTS))]} {self.vouchers + 1} {NAMES[chance.below(len(NAMES))]}"
        entered = days.number(day + timedelta(chance.below(6)))
        sign = f" {SIGNS[chance.below(len(SIGNS))]}" if chance.one_in(2) else ""
        yield f'#VER {series} {self._numbers[series]} {days.number(day)} "{text}" {entered}{sign}'
        yield "{"
        rest = 0
        for row in range(size):
            amount = -rest if row == size - 1 else self._amount()
            rest += amount
            yield from self._row(amount, days.number(day), entered)
        yield "}"

    def _row(self, amount: int, day: int, entered: int) -> Iterator[str]:
        """A booked row; one in a hundred was added later, as many were struck instead of another."""
        chance = self._chance
        account = ACCOUNTS[chance.below(len(ACCOUNTS))]
        self.moved[account] += amount
        end = f"{account} {{{self._objects()}}} {_short(amount)}{self._details(day)}"
        kind = chance.below(200)
        if kind == 0:
            yield f'#BTRANS {account} {{}} {money.text(chance.below(100_000))} {entered} "Struken rad" 0 Eva'
        elif kind == 1:
            yield f"#RTRANS {end}"
        yield f"#TRANS {end}"

    def _amount(self) -> int:
        """Öre up to ten thousand kronor either way; one in three is whole kronor."""
        amount = self._chance.below(2_000_000) - 1_000_000
        return amount - amount % 100 if self._chance.one_in(3) else amount

    def _objects(self) -> str:
        chance = self._chance
        kind = chance.below(10)
        if kind < 5:
            return ""
        if kind < 7:
            return f"1 {self._object('1')}"
        if kind < 9:
            return f"1 {self._object('1')} 6 {self._object('6')}"
        below = self._object("21")
        return f'20 "{below[1:3]}" 21 {below}'

    def _object(self, dimension: str) -> str:
        objects = OBJECTS[dimension]
        return f'"{objects[self._chance.below(len(objects))][0]}"'

    def _details(self, day: int) -> str:
        chance = self._chance
        kind = chance.below(20)
        if kind < 15:
            return ""
        if kind < 17:
            return f' {day} "{NAMES[chance.below(len(NAMES))]}"'
        if kind < 19:
            return f' "" "{TEXTS[chance.below(len(TEXTS))]} {chance.below(10_000)}"'
        return f' "" "" {chance.below(1000)}.{chance.below(9) + 1}'


def _short(amount: int) -> str:
    """Decimal text of öre, without decimals where there are none: Fortnox writes 1997, not 1997.00."""
    return str(amount // 100) if amount % 100 == 0 else money.text(amount)


def header(year: Year) -> Iterator[str]:
    """Everything before the vouchers; the year must have been written, as its balances follow from them."""
    last = FIRST + timedelta(DAYS - 1)
    yield '#PROGRAM "Fortnox Bridge" 1'
    yield "#FORMAT PC8"
    yield f"#GEN {days.number(last + timedelta(15))} Åsa"
    yield "#SIETYP 4"
    yield "#FNR 4711"
    yield "#ORGNR 556036-0793"
    yield '#FNAMN "Storköpings Åkeri & Handel AB"'
    yield '#ADRESS "Åsa Öberg" "Ängsvägen 1" "123 45 Storköping" "010-123 45 67"'
    yield f"#RAR 0 {days.number(FIRST)} {days.number(last)}"
    yield "#RAR -1 20240101 20241231"
    yield f"#OMFATTN {days.number(last)}"
    yield "#KPTYP EUBAS97"
    for account, name in (*BALANCE_ACCOUNTS.items(), *RESULT_ACCOUNTS.items()):
        yield f'#KONTO {account} "{name}"'
        yield f"#KTYP {account} {'T' if account < 2000 else 'S' if account < 3000 else 'I' if account < 4000 else 'K'}"
        yield f"#SRU {account} {7000 + account // 100}"
    yield '#DIM 1 "Kostnadsställe"'
    yield '#DIM 6 "Projekt"'
    yield '#DIM 20 "Region"'
    yield '#UNDERDIM 21 "Område" 20'
    for dimension, objects in OBJECTS.items():
        yield from (f'#OBJEKT {dimension} "{code}" "{name}"' for code, name in objects)
    yield from _balances(year)


def _balances(year: Year) -> Iterator[str]:
    """Opening balances that are last year's closing ones and add up to nothing, closing balances, results."""
    chance = Chance(SEED + 1)
    opening = {account: chance.below(100_000_000) - 50_000_000 for account in BALANCE_ACCOUNTS}
    opening[2440] -= sum(opening.values())
    for account, amount in opening.items():
        yield f"#IB -1 {account} {money.text(amount)}"
        yield f"#UB -1 {account} {money.text(amount)}"
        yield f"#IB 0 {account} {money.text(amount)}"
        yield f"#UB 0 {account} {money.text(amount + year.moved[account])}"
    for account in RESULT_ACCOUNTS:
        yield f"#RES -1 {account} 0.00"
        yield f"#RES 0 {account} {money.text(year.moved[account])}"


def write(path: Path, rows: int = ROWS) -> None:
    """Write the file. Nothing is there under its name before it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with tempfile.TemporaryFile(dir=path.parent) as vouchers, unfinished.open("wb") as file:
        year = Year(rows)
        vouchers.writelines(_blocks(year.lines()))
        vouchers.seek(0)
        file.write(b"#FLAGGA 0\r\n#KSUMMA\r\n")
        total = 0
        for block in chain(_blocks(header(year)), _read(vouchers)):
            total = crc(block, total)
            file.write(block)
        file.write(b"#KSUMMA %d\r\n" % total)
    unfinished.replace(path)


def _blocks(lines: Iterator[str]) -> Iterator[bytes]:
    while block := list(islice(lines, 10_000)):
        yield "".join(f"{line}\r\n" for line in block).encode("cp437")


def _read(file: IO[bytes]) -> Iterator[bytes]:
    """Give whole lines, many at a time."""
    return iter(lambda: b"".join(file.readlines(1 << 20)), b"")


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def ensure(path: Path, rows: int = ROWS) -> Path:
    """Write the file unless it is there already; SystemExit when the bytes are not those they should be."""
    expected = DIGESTS.get(rows)
    if expected is None or not path.exists() or digest(path) != expected:
        write(path, rows)
    if expected and digest(path) != expected:
        raise SystemExit(f"{path}: {rows} rows should have the SHA-256 {expected}, not {digest(path)}")
    return path
