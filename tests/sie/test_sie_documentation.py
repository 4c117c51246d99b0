"""The page about SIE says what the code does: every code, every severity, every limit."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

from bridge.messages import catalogue
from bridge.sie import Limits
from bridge.sie.findings import SEVERITIES, STRICT

PAGE = Path(__file__).parents[2] / "docs" / "sie.md"


def codes() -> str:
    texts = catalogue.read("en")["findings"]
    rows = [
        f"| `{code}` | {severity} | {STRICT[code]} | {texts.get(code) or texts[f'{code}_other']} |"
        for code, severity in SEVERITIES.items()
    ]
    return "\n".join(["| Code | Severity | Strict | Meaning, and what to do |", "|---|---|---|---|", *rows])


def limits() -> str:
    rows = [
        f"| `{each.name}` | {getattr(Limits(), each.name)} |" for each in fields(Limits) if each.name != "part_rows"
    ]
    return "\n".join(["| Limit | Value |", "|---|---|", *rows])


def test_the_generated_tables_are_golden() -> None:
    text = PAGE.read_text("utf-8")
    written = text
    for name, table in (("codes", codes()), ("limits", limits())):
        first, last = f"<!-- {name}: written by make golden -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = written.partition(first)
        written = f"{before}{first}{table}{last}{rest.partition(last.strip())[2]}"
    if os.environ.get("GOLDEN") == "write":  # noqa: TID251 - `make golden` writes it anew
        PAGE.write_text(written, "utf-8")
    assert PAGE.read_text("utf-8") == written, "run: make golden"


def test_every_code_stands_with_the_rule_it_is_of() -> None:
    rules = PAGE.read_text("utf-8").partition("## Rules and their codes")[2].partition("\n\nLate is")[0]
    named = re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", rules)
    assert sorted(named) == sorted(SEVERITIES)
