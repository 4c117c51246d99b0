"""Tests run against mutants, each in a process of its own, forked from one that has everything but the house loaded.

Nothing on the disk changes: the mutant is compiled in memory and imported in the module's place.
"""

from __future__ import annotations

import ast
import importlib
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import coverage
import httpx  # noqa: F401 - loaded once here instead of in every trial
import pydantic  # noqa: F401 - as httpx
import pytest
from hypothesis import HealthCheck, Phase, settings

TESTS = ("tests/ledger", "tests/sie")
OPTIONS = (
    "-o",
    "addopts=",
    "--import-mode=importlib",
    "-m",
    "not slow and not full",
    "-x",
    "-q",
    "--assert=plain",
    *(f"-p{name}" for name in ("no:cacheprovider", "no:faulthandler")),
)
SLOW = 0.5
"""CPU seconds, under coverage, of the longest test that is used: what a slower one sees, a quicker one must see too."""
SECONDS = 2
"""CPU seconds a test may take beyond ten times its own; then the mutant runs for ever, and is found out."""
MEMORY = 3 << 30
STILLBORN, KILLED, SURVIVED = 42, 1, 0

settings.register_profile(
    "mutation",
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@dataclass(slots=True)
class Baseline:
    """What the tests take without a mutant: seconds per test, and the tests that reach each line of a file."""

    seconds: dict[str, float] = field(default_factory=dict)
    reached: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def reaching(self, path: str, lines: range) -> list[str]:
        """Tests that reach the lines, the quickest first; all tests where they also run while modules are loaded."""
        reached = self.reached.get(path, {})
        found = {test for line in lines for test in reached.get(line, [])}
        near = {test for tests in reached.values() for test in tests}
        if not found or "" in found:
            found = set(self.seconds)
        return sorted(found, key=lambda test: (test not in near, self.seconds[test]))


class _Selection:
    """The part of pytest that runs the chosen tests in the chosen order, each within its time."""

    def __init__(self, chosen: dict[str, float]) -> None:
        self.chosen = chosen

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = {test: index for index, test in enumerate(self.chosen)}
        items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        signal.setitimer(signal.ITIMER_PROF, SECONDS + 10 * self.chosen[item.nodeid])


class _Recording:
    """The part of pytest that notes how long each test takes and what it reaches."""

    def __init__(self, measured: coverage.Coverage, seconds: dict[str, float]) -> None:
        self._measured = measured
        self._seconds = seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measured.switch_context(item.nodeid)
        begun = time.process_time()
        result = yield
        self._seconds[item.nodeid] = time.process_time() - begun
        return result


class _Finder(MetaPathFinder, Loader):
    """Imports one module from code that is given."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002 - import's own signature
        if name != self._name:
            return None
        return ModuleSpec(name, self, origin=self._path, is_package=self._path.endswith("__init__.py"))

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - the mutant is our own source


def baseline(root: Path) -> Baseline:
    """Run all tests once, under coverage, in a process of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            found = pickle.loads(pipe.read())  # noqa: S301 - written by our own child
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("the tests fail without a mutant; nothing can be said")
        assert isinstance(found, Baseline)
        return found
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        found, code = _measured(root)
        pickle.dump(found, pipe)
    os._exit(code)


def _measured(root: Path) -> tuple[Baseline, int]:
    measured = coverage.Coverage(data_file=None, config_file=False, include=[f"{root}/*"])
    found = Baseline()
    measured.start()
    code = _pytest(list(TESTS), _Recording(measured, found.seconds))
    measured.stop()
    found.seconds = {test: seconds for test, seconds in found.seconds.items() if seconds < SLOW}
    used = {"", *found.seconds}
    data = measured.get_data()
    for path in data.measured_files():
        reached = data.contexts_by_lineno(path).items()
        found.reached[path] = {line: [test for test in tests if test in used] for line, tests in reached}
    return found, code


def begin(name: str, path: Path, tree: ast.Module, tests: dict[str, float]) -> int:
    """Fork a process that runs the tests (with their seconds) against a mutant; gives its id."""
    pid = os.fork()
    if pid:
        return pid
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.setrecursionlimit(500)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        sys.meta_path.insert(0, _Finder(name, str(path), compile(tree, str(path), "exec")))
        importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - whatever stops the import, there is no mutant to test
        os._exit(STILLBORN)
    signal.setitimer(signal.ITIMER_PROF, 10)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os._exit(_pytest(sorted({test.partition("::")[0] for test in tests}), _Selection(tests)))


def _pytest(files: list[str], plugin: object) -> int:
    settings.load_profile("mutation")
    return int(pytest.main([*OPTIONS, *files], plugins=[plugin]))
