from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

import pytest

from tests.stack.books import LAST
from tests.stack.client import ENDED, SERIES, Bridge, Json
from tests.stack.served import Served
from tests.stack.sizes import SEED, full

KILLS = 3
ALL = 20
SPARED = ("Api", "SweepDue", "TimerExpired")
"""Functions that are not part of a job."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A stack with worker processes, one company connected and imported once, so that its workers are warm."""
    with Served(tmp_path_factory.mktemp("kills"), workers=True) as made:
        made.turn(rate_limit=False, latency=0.03)
        made.bridge.engage()
        assert made.bridge.connect() == ""
        assert made.bridge.importing(LAST)["status"] == "succeeded"
        yield made


def kill_one(served: Served, job: Json, moment: float) -> str:
    """SIGKILL a worker that runs a step of the job, the first there is after the moment; gives its function, or nothing where the job was over."""
    time.sleep(moment)
    while served.bridge.job(job)["status"] not in ENDED:
        busy = [each for each in served.panel()["workers"] if each["busy"] and not each["function"].endswith(SPARED)]
        if busy:
            os.kill(busy[0]["pid"], signal.SIGKILL)
            return str(busy[0]["function"])
    return ""


def imports(served: Served, chance: random.Random) -> str:
    """Kill a worker of an import; it succeeds by itself or when it is run again."""
    bridge = served.bridge
    job = bridge.start("imports", {"years": [LAST]})
    killed = kill_one(served, job, chance.uniform(0, 1.5))
    before = bridge.published
    job = bridge.wait(job)
    if job["status"] == "failed":
        assert bridge.published == before
        job = bridge.importing(LAST)
    assert (job["status"], bridge.published) == ("succeeded", job["id"])
    assert bridge.get(f"/accounts?year={LAST}")["items"]
    return killed


def exports(served: Served, chance: random.Random) -> str:
    """Kill a worker of an export; each entry is in Fortnox once, in the end."""
    bridge = served.bridge
    ids = bridge.entries()[:2]
    job = bridge.start("exports", {"entryIds": ids, "series": SERIES})
    killed = kill_one(served, job, chance.uniform(0, 1.5))
    job = bridge.wait(job)
    again = [each["entry"] for each in job["items"] if each["status"] != "confirmed"]
    if again:
        job = bridge.exporting(again)
    assert job["status"] == "succeeded", job
    return killed


def publishings(bridge: Bridge) -> int:
    """Count the imports that were published, and check that each has one line in the log."""
    done = [each for each in bridge.items("/imports") if each["status"] == "succeeded"]
    assert len(bridge.activity("import-done")) == len(done)
    return len(done)


@pytest.mark.parametrize("count", [KILLS, pytest.param(ALL, marks=full)])
@pytest.mark.parametrize("victim", [imports, exports])
def test_a_job_outlives_the_death_of_a_worker_at_any_moment(served: Served, victim: object, count: int) -> None:
    assert callable(victim)
    killed: list[str] = []
    for seed in range(SEED, SEED + 5 * count):
        if len(killed) == count:
            break
        print(f"BRIDGE_SEED={seed} after {killed}")
        killed += filter(None, [victim(served, random.Random(seed))])  # noqa: S311 - moments, repeatable
        assert set(served.markers().values()) <= {1}
    assert len(killed) == count
    sent = [each for each in served.bridge.items("/closing-entries") if each["status"] == "transferred"]
    assert len(served.markers()) == len(sent)
    assert publishings(served.bridge) >= 1


def test_ctrl_c_and_a_restart_keep_everything(served: Served) -> None:
    bridge = served.bridge
    paths = ("", "/connection", "/imports", "/exports", "/closing-entries", "/appendices", "/activity")
    before = {path: bridge.get(path) for path in (*paths, f"/accounts?year={LAST}")}
    vouchers = served.markers()
    served.restart()
    assert {path: bridge.get(path) for path in before} == before
    assert served.markers() == vouchers
    assert bridge.items(f"/voucher-series?year={LAST}")
