"""Mutation testing of `bridge.sie` and `bridge.ledger`: how many small mistakes in them the tests notice.

`python -m tests.mutation` runs everything; `--only sie/lexer` a module, `--only sie/lexer:40` the mutants of a line.
Survivors that `docs/mutation.md` accepts are counted and not shown; those that are shown want a test.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from tests.mutation import trial
from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "layers" / "bridge" / "python"
ROOMS = ("ledger", "sie")
ACCEPTED = ROOT / "docs" / "mutation.md"
LEAST = 85
"""Per cent of the mutants that the tests must notice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant: `killed`, `endless`, `survived` or `stillborn` (it cannot be imported: not counted)."""

    module: str
    line: int
    scope: str
    before: str
    after: str
    outcome: str

    def row(self) -> str:
        """The beginning of its line in the list of accepted survivors."""
        change = f"{self.before} → {self.after}".replace("|", r"\|")
        return f"| `{self.module}` | `` {change} `` |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="MODULE[:LINE]", help="sie/lexer, sie/lexer:40")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth mutant: a quick estimate")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, default=ROOT / ".build" / "mutation.json", help="where the outcomes go")
    given = parser.parse_args()
    # Plugins cost most of a trial's time; the figure must not depend on files that not everyone has.
    os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "BRIDGE_SHARED": os.devnull}  # noqa: TID251 - a program's own
    os.chdir(ROOT)
    sys.path[:0] = [str(HOUSE), str(ROOT)]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # it is a text stream here
    listed = ACCEPTED.read_text(encoding="utf-8")
    outcomes = []
    for each in _run(given.only, given.every, given.jobs):
        outcomes.append(each)
        if each.outcome == "survived" and each.row() not in listed:
            print(f"line {each.line} {each.scope}\n{each.row()}")
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps([asdict(each) for each in outcomes], indent=1, ensure_ascii=False))
    return 0 if _tell(outcomes) >= LEAST else 1


def _run(only: list[str], every: int, jobs: int) -> Iterator[Outcome]:
    """Try every mutant, so many at a time."""
    found = trial.baseline(HOUSE)
    print(f"{len(found.seconds)} tests, {sum(found.seconds.values()):.1f} CPU seconds")
    running: dict[int, tuple[str, int, str, str, str]] = {}
    for module, path, mutant in islice(_chosen(only), 0, None, every):
        if len(running) >= jobs:
            yield _finished(running)
        name = f"bridge.{module.replace('/', '.')}".removesuffix(".__init__")
        tests = {test: found.seconds[test] for test in found.reaching(str(path), mutant.lines)}
        pid = trial.begin(name, path, mutant.tree, tests)
        running[pid] = (module, mutant.line, mutant.scope, mutant.before, mutant.after)
    while running:
        yield _finished(running)


def _finished(running: dict[int, tuple[str, int, str, str, str]]) -> Outcome:
    pid, status = os.wait()
    if os.WIFSIGNALED(status):
        return Outcome(*running.pop(pid), "endless")
    names = {trial.SURVIVED: "survived", trial.STILLBORN: "stillborn"}
    return Outcome(*running.pop(pid), names.get(os.WEXITSTATUS(status), "killed"))


def _chosen(only: list[str]) -> Iterator[tuple[str, Path, Mutant]]:
    for path in (path for room in ROOMS for path in sorted((HOUSE / "bridge" / room).glob("*.py"))):
        module = f"{path.parent.name}/{path.stem}"
        for mutant in mutants(path.read_text(encoding="utf-8")):
            if not only or {module, f"{module}:{mutant.line}"} & set(only):
                yield module, path, mutant


def _tell(outcomes: list[Outcome]) -> float:
    """Print the table, and give the per cent that was noticed."""
    counted: dict[str, Counter[str]] = {}
    for each in outcomes:
        for name in (each.module, "all"):
            counted.setdefault(name, Counter())[each.outcome] += 1
    print(f"{'':24}{'mutants':>8}{'killed':>8}{'endless':>8}{'survived':>9}{'%':>7}{'stillborn':>11}")
    share = 100.0
    for name in sorted(counted, key=lambda name: (name == "all", name)):
        it = counted[name]
        total = it.total() - it["stillborn"]
        share = 100 * (total - it["survived"]) / max(total, 1)
        figures = f"{total:8}{it['killed']:8}{it['endless']:8}{it['survived']:9}{share:7.1f}{it['stillborn']:11}"
        print(f"{name:24}{figures}")
    return share


if __name__ == "__main__":
    sys.exit(main())
