"""The long run: `python -m tests.fuzz` gives every target its share of a million executions, two processes at a time.

It runs in turns, each a process of its own, and writes down after each turn how far it has come: started again it goes
on from there, with what the fuzzer has learnt. An input that fails is kept under `findings`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

TURN = 25_000
"""Executions of one process; a new one begins with a fresh memory."""
SECONDS = 10
"""An input that takes longer hangs."""
MEGABYTES = 256
LONGEST = 1200
"""Bytes of an input: room for every record, and small enough for many executions."""
_STATISTIC = re.compile(r"stat::(\w+):\s+(\d+)")


@dataclass
class Progress:
    """What one target has had so far."""

    executions: int = 0
    seconds: float = 0.0
    peak_mb: int = 0
    turns: int = 0
    findings: list[str] = field(default_factory=list)


class Run:
    """A run in a folder that outlives it."""

    def __init__(self, folder: Path, total: int) -> None:
        self._folder = folder
        self._total = total
        self._state = folder / "progress.json"
        known = json.loads(self._state.read_text("utf-8")) if self._state.exists() else {}
        self.progress = {name: Progress(**known.get(name, {})) for name in TARGETS}
        for name in TARGETS:
            for each in ("corpus", "findings"):
                (folder / each / name).mkdir(parents=True, exist_ok=True)
        self._seeds = folder / "seeds"
        self._seeds.mkdir(exist_ok=True)
        for name, data in seeds().items():
            (self._seeds / name).write_bytes(data[:LONGEST])

    def left(self, name: str) -> int:
        """How many executions a target still has to have."""
        return self._total * TARGETS[name][1] // 100 - self.progress[name].executions

    def go(self, processes: int) -> None:
        """Give every target its share."""
        with ThreadPoolExecutor(processes) as pool:
            list(pool.map(self._target, TARGETS))

    def _target(self, name: str) -> None:
        while self.left(name) > 0:
            self._turn(name, min(TURN, self.left(name)))

    def _turn(self, name: str, executions: int) -> None:
        progress = self.progress[name]
        progress.turns += 1
        findings = self._folder / "findings" / name
        limits = [f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST}"]
        options = [f"-runs={executions}", f"-seed={progress.turns}", f"-artifact_prefix={findings}/"]
        folders = [str(self._folder / "corpus" / name), str(self._seeds)]
        command = [sys.executable, "-m", "tests.fuzz.one", name, *limits, *options, "-print_final_stats=1", *folders]
        began = monotonic()
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - our own module
        progress.seconds += monotonic() - began
        told = {key: int(value) for key, value in _STATISTIC.findall(done.stderr)}
        progress.executions += told.get("number_of_executed_units", 0)
        progress.peak_mb = max(progress.peak_mb, told.get("peak_rss_mb", 0))
        if done.returncode:
            progress.findings = sorted(path.name for path in findings.iterdir())
            (findings.parent / f"{name}-{progress.turns}.log").write_text(done.stdout + done.stderr, "utf-8")
        self._state.write_text(
            json.dumps({key: asdict(each) for key, each in self.progress.items()}, indent=1), "utf-8"
        )
        print(_line(name, progress), flush=True)
        if not told:
            raise SystemExit(f"{name} did not run: see {findings.parent}")


def _line(name: str, progress: Progress) -> str:
    speed = progress.executions / progress.seconds if progress.seconds else 0
    return (
        f"{name:<12}{progress.executions:>10,} executions{speed:>8.0f} a second"
        f"{progress.peak_mb:>5} MB at most{len(progress.findings):>4} findings"
    )


def main() -> int:
    """Run, and say how it went; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--executions", type=int, default=1_000_000, help="of all targets together (a million)")
    parser.add_argument("--processes", type=int, default=2, help="at a time (2)")
    parser.add_argument("--folder", type=Path, default=Path(".build/fuzz/run"), help="what is kept between runs")
    given = parser.parse_args()
    run = Run(given.folder, given.executions)
    run.go(given.processes)
    each = run.progress.values()
    print("\nAll of it:")
    for name, progress in run.progress.items():
        print(_line(name, progress))
    total = Progress(sum(p.executions for p in each), sum(p.seconds for p in each), max(p.peak_mb for p in each))
    total.findings = [name for p in each for name in p.findings]
    print(_line("together", total))
    return 1 if total.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
