from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.sie import Document, parse

HEADER = (
    "#FLAGGA 0",
    '#PROGRAM "Test" 1.0',
    "#FORMAT PC8",
    "#GEN 20251231",
    "#SIETYP 4",
    "#ORGNR 556036-0793",
    '#FNAMN "Exempel AB"',
    "#RAR 0 20250101 20251231",
    "#RAR -1 20240101 20241231",
    '#KONTO 1510 "Kundfordringar"',
    '#KONTO 1930 "Bank"',
    '#KONTO 3001 "Sales"',
    "#IB 0 1930 100.00",
)
"""A flawless beginning of an export, to which tests add what they are about."""


def shared() -> Path:
    given = os.environ.get("BRIDGE_SHARED")  # noqa: TID251 - the real files lie outside the project
    return (Path(given) if given else Path(__file__).parents[2] / ".." / "shared") / "data" / "sie"


def rows_of_index(columns: int) -> list[list[str]]:
    """Cells of the index's tables with so many columns, each with the folder of the section it stands in."""
    index = shared() / "INDEX.md"
    if not index.exists():
        return []
    found, folder = [], ""
    for line in index.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            folder = line[3:].replace("/", "+")
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == columns and cells[0] != "file" and not cells[0].startswith("---"):
            found.append([folder, *cells])
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture, columns, name in (("indexed", 12, 1), ("main_job", 5, 1)):
        if fixture in metafunc.fixturenames:
            rows = rows_of_index(columns)
            absent = pytest.param(None, marks=pytest.mark.skip(reason="../shared/data/sie is not there"), id="absent")
            metafunc.parametrize(fixture, [pytest.param(row, id=row[name]) for row in rows] or [absent])


@pytest.fixture
def samples() -> Path:
    return shared()


@pytest.fixture
def sie_bytes() -> Callable[..., bytes]:
    def build(*lines: str, header: tuple[str, ...] = HEADER) -> bytes:
        return "".join(f"{line}\r\n" for line in (*header, *lines)).encode("cp437")

    return build


@pytest.fixture
def sie_document(sie_bytes: Callable[..., bytes]) -> Callable[..., Document]:
    def read(*lines: str, header: tuple[str, ...] = HEADER, name: str = "test.se") -> Document:
        return parse(sie_bytes(*lines, header=header), name=name)[0]

    return read


@pytest.fixture
def voucher() -> tuple[str, ...]:
    return ('#VER A 1 20250115 "Sale"', "{", "#TRANS 1930 {} 125.00", "#TRANS 3001 {} -125.00", "}")
