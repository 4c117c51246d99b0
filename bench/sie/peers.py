"""Other Python parsers of SIE 4 from PyPI, each in the form of file that it accepts.

pysie-accounting is the only one there is: `pysie` on PyPI is a library of statistics. It knows UTF-8 alone, one series
of vouchers, and #VER only with quotes around series, number and text and with a day of registration; all else it
passes over. So it gets the same books written that way, with voucher numbers that run through all series. It does not
check anything.
"""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bench.sie import meter

NAMES = {"pysie-accounting": "pysie"}
"""The task of each package."""

_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^"\s]+)')
_CODES = ".codes.csv"


def adapted(path: Path, folder: Path, share: int = 1) -> Path:
    """Write the books, or the first vouchers of them as a share of the file's bytes, in a form the peers accept."""
    made = folder / f"{path.stem}-{share}{path.suffix}"
    numbers, codes = count(1), set()
    with made.open("w", encoding="utf-8", newline="") as file:
        for line in _lines(path, path.stat().st_size // share):
            if line.startswith("#SRU"):
                codes.add(line.split()[-1])
            file.write(_voucher(line, next(numbers)) if line.lstrip().startswith("#VER") else line)
    with made.with_suffix(_CODES).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("SRU", "Ink2"), *((code, code) for code in sorted(codes) if code.isdigit())])
    return made


def _lines(path: Path, size: int) -> Iterator[str]:
    """Lines up to the end of the first voucher that passes a size."""
    done = 0
    with path.open("rb") as file:
        for line in file:
            yield _decoded(line)
            done += len(line)
            if done > size and line.lstrip().startswith(b"}"):
                return


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp437")


def _voucher(line: str, number: int) -> str:
    fields = [quoted or bare for quoted, bare in _FIELD.findall(line)[1:]]
    series, _, day, text, entered = (*fields, "", "", "", "", "")[:5]
    return f'#VER "{series}" "{number}" {day} "{text}" {entered or day}\r\n'


def pysie(path: Path) -> meter.Found:
    parser = importlib.import_module("pysie_accounting.pysie").PySIE()
    parser.open_trans(path.with_suffix(_CODES))
    parser.open(path)
    rows = sum(len(rows) for *_, rows in parser.verifikat.values())
    return {"vouchers": len(parser.verifikat), "transactions": rows}


if __name__ == "__main__":
    meter.main({"pysie": pysie})
