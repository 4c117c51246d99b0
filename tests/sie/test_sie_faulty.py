"""Files with much wrong: every finding whole, and all that was read in spite of it, beside the golden list."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bridge.ledger.columns import Part
from bridge.problem import Finding, Place
from bridge.sie import Document, check

FAULTY = Path(__file__).parents[1] / "data" / "sie" / "faulty"


def told(finding: Finding) -> str:
    """One line: place, code, severity, how often, voucher and account, parameters."""
    place = finding.place or Place()
    where = f"{place.line or ''}:{place.column or ''}"
    whose = [each for each in (place.voucher, place.account, place.field) if each is not None]
    params = json.dumps(dict(finding.params), ensure_ascii=False, sort_keys=True)
    return " ".join([where, finding.code, finding.severity, f"x{finding.count}", *whose, params])


def held(document: Document, parts: Iterable[Part]) -> Iterator[str]:
    """What a document and its vouchers hold, a line each."""
    yield f"{document.kind} {document.header} {document.counts} {document.checksum} {document.encoding}"
    for group in (document.years, document.accounts, document.dimensions, document.objects):
        yield from (f"{key} {value}" for key, value in group.items())
    yield str(sorted(document.dimension_sizes.items()))
    yield from map(str, document.balances)
    for part in parts:
        it, history = part.vouchers, part.history
        for index, line in enumerate(it.line):
            texts = (it.text[index], it.date[index], it.registered[index], it.sign[index])
            yield f"{line} {it.series[index]!r} {it.number[index]!r} {texts} {it.rows[index]} {it.total[index]}"
        yield from map(str, part.rows())
        yield str((part.objects, part.transactions.date, part.transactions.sign, history))


@pytest.mark.parametrize("name", ["export.se", "periods.se", "import.si", "summed.se"])
def test_every_finding_is_the_golden_one(name: str) -> None:
    parts: list[Part] = []
    report = check([(FAULTY / name).read_bytes()], name=name, sink=parts.append)
    lines = [*map(told, report.findings), "", *held(report.document, parts)]
    found = "".join(f"{line}\n" for line in lines)
    golden = FAULTY / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":  # noqa: TID251 - `make golden` writes it anew
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")
