from __future__ import annotations

import re
from pathlib import Path

from bridge.appendices.causes import Cause


def test_the_page_about_appendices_names_every_cause() -> None:
    page = Path(__file__).parents[2] / "docs/appendices.md"
    table = page.read_text("utf-8").partition("| `cause` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE) == list(Cause)
