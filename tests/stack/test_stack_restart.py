from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.books import LAST
from tests.stack.client import SERIES
from tests.stack.served import Served


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A stack with its handlers in process, one company connected by a person."""
    with Served(tmp_path, workers=False) as made:
        made.bridge.engage()
        assert made.bridge.connect("personal") == ""
        yield made


def test_everything_is_there_after_a_restart_and_what_ran_goes_on(served: Served) -> None:
    bridge = served.bridge
    assert bridge.importing(LAST)["status"] == "succeeded"
    first, second = bridge.entries()[:2]
    assert bridge.exporting([first])["status"] == "succeeded"
    paths = ("", "/connection", "/imports", "/closing-entries", "/appendices", f"/accounts?year={LAST}")
    before = {path: bridge.get(path) for path in paths}
    served.turn(latency=1.0)
    running = bridge.start("imports", {"years": [LAST]})
    served.restart()
    served.turn(latency=0)
    assert {path: bridge.get(path) for path in paths if path != "/imports"} | {"/imports": before["/imports"]} == before
    assert bridge.wait(running)["status"] == "succeeded"
    assert bridge.published == running["id"]
    assert bridge.exporting([second])["status"] == "succeeded"
    assert set(served.markers().values()) == {1}
    assert len(served.markers()) == 2
    assert bridge.post("/exports", {"entryIds": [first], "series": SERIES}, "again").status_code == 409
