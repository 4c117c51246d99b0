"""The fuzz targets at the size of CI: 2 000 damaged files, the same every time. `make fuzz` runs a million."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutations import Mutator
from tests.fuzz.seeds import own, seeds
from tests.fuzz.targets import TARGETS

EXECUTIONS = 2_000
FOUND = sorted(Path(__file__).with_name("found").iterdir())
"""Inputs that a target once failed on."""


def damaged(times: int, begin: int = 0) -> Iterator[bytes]:
    files = own()
    for seed in range(begin, begin + times):
        chance = Random(seed)  # noqa: S311 - the same damage every time
        yield Mutator(chance, files).mutate(chance.choice(files), 1200)


@pytest.mark.parametrize("name", TARGETS)
def test_what_must_hold_holds_for_damaged_files(name: str) -> None:
    target, share = TARGETS[name]
    for at, data in enumerate(damaged(EXECUTIONS * share // 100)):
        try:
            target(data)
        except Exception as error:
            error.add_note(f"damage {at}: {data!r}")
            raise


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_once_failed_does_not_fail_again(path: Path) -> None:
    for target, _ in TARGETS.values():
        target(path.read_bytes())


def test_the_shares_are_the_whole() -> None:
    assert sum(share for _, share in TARGETS.values()) == 100


def test_the_damage_is_the_same_every_time_and_never_twice_the_same() -> None:
    made = list(damaged(200))
    assert made == list(damaged(200))
    assert len(set(made)) > 190


def test_every_seed_can_be_read_by_every_target() -> None:
    for data in seeds().values():
        for target, _ in TARGETS.values():
            target(data)
