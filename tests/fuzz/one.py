"""Runs one target under atheris: `python -m tests.fuzz.one TARGET [libFuzzer's options] FOLDER…`."""

from __future__ import annotations

import sys
from random import Random

import atheris

from tests.fuzz.mutations import Mutator
from tests.fuzz.seeds import seeds

with atheris.instrument_imports(include=["bridge.sie", "bridge.ledger"]):
    from tests.fuzz.targets import TARGETS

OURS = 3
"""Of four mutations so many are ours, which know the format; the others are libFuzzer's, which know no bounds."""


def main() -> None:
    """Run until libFuzzer has had enough; it exits with an error when a target fails, hangs or grows."""
    others = list(seeds().values())

    def mutate(data: bytes, limit: int, seed: int) -> bytes:
        chance = Random(seed)  # noqa: S311 - the same run every time
        if chance.randrange(4) < OURS:
            return Mutator(chance, others).mutate(data, limit)
        return bytes(atheris.Mutate(data, limit))

    target, _ = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
