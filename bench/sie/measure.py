"""One run of all tasks on one file, interleaved: each in a process of its own, round by round."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.sie import installed, peers

ROOT = Path(__file__).parents[2]
SHARES = (1, 10, 100)
"""A peer that fails on the file is measured on the first tenth of it, else on the first hundredth."""


class Failed(Exception):
    """A task ended without a result: it crashed, or took more memory or time than a task may."""


@dataclass(slots=True)
class Task:
    """What is measured: a module's task with an interpreter on a file, and the runs so far."""

    name: str
    module: str
    task: str
    file: Path
    python: Path = Path(sys.executable)
    share: int = 1
    cpu: list[float] = field(default_factory=list)
    rss: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Run it once more; raises Failed."""
        command = [str(self.python), "-m", self.module, self.task, str(self.file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            raise Failed((done.stderr.strip() or f"ended by signal {-done.returncode}").splitlines()[-1])
        result = json.loads(done.stdout)
        self.cpu.append(result["cpu"])
        self.rss = max(self.rss, result["rss"])
        self.found = result["found"]

    @property
    def best(self) -> float:
        """CPU seconds of the best round: noise only ever adds."""
        return min(self.cpu)

    @property
    def speed(self) -> float:
        """MB (a million bytes) per CPU second."""
        return max(self.file.stat().st_size, 1) / 1e6 / self.best

    def figures(self) -> dict[str, Any]:
        """Shape for JSON."""
        return {
            "mb_per_cpu_s": round(self.speed, 4),
            "cpu_s": round(self.best, 6),
            "cpu_s_median": round(median(self.cpu), 6),
            "rss_mb": round(self.rss / 1e6, 1),
            **self.found,
        }


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that came out of a run on one file. `skipped` says why a peer has no figures."""

    file: Path
    loop: Task
    parse: Task
    check: Task
    peers: list[Task]
    skipped: dict[str, str]

    def result(self) -> dict[str, Any]:
        """Shape for JSON; ratios are of the best rounds."""
        return {
            "mb_per_cpu_s": round(self.parse.speed, 4),
            "times_line_loop": round(self.parse.best / self.loop.best, 2),
            "check_times_line_loop": round(self.check.best / self.loop.best, 2),
            "rss_mb": round(self.check.rss / 1e6, 1),
            "peers": {
                each.name: {**each.figures(), "ratio": round(self.parse.speed / each.speed, 2), "share": each.share}
                for each in self.peers
            },
            "skipped": self.skipped,
            "file": self.file.name,
            "bytes": self.file.stat().st_size,
            "rounds": len(self.loop.cpu),
            "line_loop": self.loop.figures(),
            "parse": self.parse.figures(),
            "check": self.check.figures(),
        }


def measure(file: Path, folder: Path, rounds: int) -> Measurement:
    """Measure everything on the file; the folder is for the forms of it that peers accept."""
    loop, parse, check = (Task(name, "bench.sie.ours", name, file) for name in ("loop", "parse", "check"))
    others: list[Task] = []
    skipped: dict[str, str] = {}
    for name in peers.NAMES:
        try:
            others.append(_able(name, file, folder))
        except (Failed, installed.Absent) as reason:
            skipped[name] = str(reason)
    for _ in range(rounds):
        for each in (loop, parse, check, *others):
            each.run()
    return Measurement(file, loop, parse, check, others, skipped)


def _able(name: str, file: Path, folder: Path) -> Task:
    """Find how much of the file a peer manages, by its first round; raises Failed when it is nothing."""
    python = installed.python(ROOT)
    for task in _tasks(name, file, folder, python):
        try:
            task.run()
        except Failed as failed:
            reason = failed
        else:
            task.cpu.clear()
            return task
    raise reason


def _tasks(name: str, file: Path, folder: Path, python: Path) -> Iterator[Task]:
    for share in SHARES:
        yield Task(name, "bench.sie.peers", peers.NAMES[name], peers.adapted(file, folder, share), python, share)
