"""The fuzz targets at the size of CI: 2 000 damaged files, the same every time. `make fuzz` runs a million."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutations import Mutator
from tests.fuzz.seeds import OWN, own, seeds
from tests.fuzz.targets import TARGETS

EXECUTIONS = 2_000
FOUND = sorted(Path(__file__).with_name("found").iterdir())
"""Inputs that a target once failed on."""


def damaged(times: int, begin: int = 0) -> Iterator[bytes]:
    files = own()
    for seed in range(begin, begin + times):
        chance = Random(seed)  # noqa: S311 - the same damage every time
        yield Mutator(chance, files).mutate(chance.choice(files), 1200)


def every_target_takes(data: bytes) -> int:
    """Give bytes to every target, which raises where something does not hold; tells how many have had them."""
    had = 0
    for target, _ in TARGETS.values():
        target(data)
        had += 1
    return had


@pytest.mark.parametrize("name", TARGETS)
def test_what_must_hold_holds_for_damaged_files(name: str) -> None:
    target, share = TARGETS[name]
    executions = 0
    for at, data in enumerate(damaged(EXECUTIONS * share // 100)):
        try:
            target(data)
        except Exception as error:
            error.add_note(f"damage {at}: {data!r}")
            raise
        executions += 1
    assert executions == EXECUTIONS * share // 100 > 0


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_once_failed_does_not_fail_again(path: Path) -> None:
    data = path.read_bytes()
    assert data
    assert every_target_takes(data) == len(TARGETS) > 0


def test_what_once_failed_is_kept() -> None:
    assert FOUND


def test_the_shares_are_the_whole() -> None:
    assert sum(share for _, share in TARGETS.values()) == 100


def test_the_damage_is_the_same_every_time_and_never_twice_the_same() -> None:
    made = list(damaged(200))
    assert made == list(damaged(200))
    assert len(set(made)) > 190


def test_every_seed_can_be_read_by_every_target() -> None:
    files = seeds()
    assert {path.name for path in OWN.rglob("*.se")} <= files.keys()
    assert sum(map(every_target_takes, files.values())) == len(files) * len(TARGETS) > 0
