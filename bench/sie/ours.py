"""The tasks that are ours: the plain loop over the lines that all is compared with, the parse, the whole check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bench.sie import meter
from bridge import sie
from bridge.ledger.columns import Part

BLOCK = 1 << 16


def loop(path: Path) -> meter.Found:
    with path.open("rb") as file:
        for _line in file:
            pass
    return {}


def parse(path: Path) -> meter.Found:
    with path.open("rb") as file:
        document = sie.read(_blocks(file), _forget, name=path.name)
    return {"vouchers": document.counts.vouchers, "transactions": document.counts.transactions}


def check(path: Path) -> meter.Found:
    with path.open("rb") as file:
        report = sie.check(_blocks(file), name=path.name)
    counts = report.document.counts
    return {"vouchers": counts.vouchers, "transactions": counts.transactions, "findings": len(report.findings)}


def _forget(part: Part) -> None:
    """Let a part go: nothing is kept of what was read."""


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(BLOCK), b"")


if __name__ == "__main__":
    meter.main({"loop": loop, "parse": parse, "check": check})
