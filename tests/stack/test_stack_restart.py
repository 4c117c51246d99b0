from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stack.books import LAST
from tests.stack.client import SERIES, key
from tests.stack.served import Served


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A stack with its handlers in process, one company connected by a person."""
    with Served(tmp_path, workers=False) as made:
        made.bridge.engage()
        assert made.bridge.connect("personal") == ""
        yield made


def _seen(served: Served, path: str) -> Any:
    """What is at a path; whether an export may start hangs on what runs just then."""
    found = served.bridge.get(path)
    return {name: value for name, value in found.items() if name != "export"} if path == "/connection" else found


def test_everything_is_there_after_a_restart_and_what_ran_goes_on(served: Served) -> None:
    bridge = served.bridge
    assert bridge.importing(LAST)["status"] == "succeeded"
    ids = bridge.entries()[:1]
    assert bridge.exporting(ids)["status"] == "succeeded"
    paths = ("", "/connection", "/imports", "/closing-entries", "/appendices", f"/accounts?year={LAST}")
    before = {path: _seen(served, path) for path in paths}
    served.turn(latency=1.0)
    running = bridge.start("imports", {"years": [LAST]})
    served.restart()
    served.turn(latency=0)
    assert {path: _seen(served, path) for path in paths if path != "/imports"} | {
        "/imports": before["/imports"]
    } == before
    assert bridge.wait(running)["status"] == "succeeded"
    assert bridge.published == running["id"]
    again = {"entryIds": ids, "series": SERIES}
    bridge.refused("already-exported", "POST", "/exports", again, idempotency_key=key())
    assert list(served.markers().values()) == [1]
