"""Files with much wrong: every finding whole, its place, its count and its parameters, beside the golden list."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bridge.problem import Finding, Place
from bridge.sie import check

FAULTY = Path(__file__).parents[1] / "data" / "sie" / "faulty"


def told(finding: Finding) -> str:
    """One line: place, code, severity, how often, voucher and account, parameters."""
    place = finding.place or Place()
    where = f"{place.line or ''}:{place.column or ''}"
    whose = [each for each in (place.voucher, place.account, place.field) if each is not None]
    params = json.dumps(dict(finding.params), ensure_ascii=False, sort_keys=True)
    return " ".join([where, finding.code, finding.severity, f"x{finding.count}", *whose, params])


@pytest.mark.parametrize("name", ["export.se", "periods.se", "import.si", "summed.se"])
def test_every_finding_is_the_golden_one(name: str) -> None:
    found = "".join(f"{told(each)}\n" for each in check([(FAULTY / name).read_bytes()], name=name).findings)
    golden = FAULTY / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":  # noqa: TID251 - `make golden` writes it anew
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")
