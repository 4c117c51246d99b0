"""Our reader against the slow second one: real files, our own, files made up in many writings, and damaged ones."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutations import Mutator
from tests.fuzz.seeds import own
from tests.sie import second_reader
from tests.sie.agreement import assert_readers_agree
from tests.sie.writings import Invention, some_writing

DATA = Path(__file__).parents[1] / "data" / "sie"
GOLDEN = sorted(DATA.glob("*.s[ei]"))
FULL = bool(os.environ.get("BRIDGE_FULL"))  # noqa: TID251 - asks for the long run
MUTATIONS = 2500 if FULL else 50


def test_the_second_reader_knows_the_examples_of_the_specification() -> None:
    assert second_reader.crc32(b"123456789") == 0xCBF43926
    books = second_reader.read(b'#VER A 567 20081216 "Cash salary"\n{\n#TRANS 7010 {"1" "456" "7" "47"} 13200.00\n}\n')
    assert books.vouchers[0].rows == [("T", "7010", (("1", "456"), ("7", "47")), Decimal(13200), "", "", "", "")]
    assert books.unbalanced() == [(1, "A 567", Decimal(13200))]
    kassa = second_reader.Line(rb'1915 "Kassa \"special\""', has_objects=False)
    assert kassa.fields() == [b"1915", b'Kassa "special"']
    assert kassa.counted == b'1915Kassa "special"'


def test_both_readers_agree_on_every_real_file(indexed: list[str], samples: Path) -> None:
    assert_readers_agree((samples / indexed[0] / indexed[1]).read_bytes())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_both_readers_agree_on_our_own_files(path: Path) -> None:
    assert_readers_agree(path.read_bytes(), 7)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_both_readers_agree_on_our_own_files_damaged(path: Path) -> None:
    _assert_agreement_on_damage(path.read_bytes(), MUTATIONS * 8)


def test_both_readers_agree_on_every_real_file_damaged(indexed: list[str], samples: Path) -> None:
    lines = (samples / indexed[0] / indexed[1]).read_bytes().split(b"\n")
    middle = max(0, len(lines) - 60)
    _assert_agreement_on_damage(b"\n".join([*lines[:40], *lines[max(40, middle) :]]), MUTATIONS // 5)


def _assert_agreement_on_damage(data: bytes, times: int) -> None:
    others = own()
    for seed in range(times):
        mutator = Mutator(Random(seed), others)  # noqa: S311 - the same damage every time
        damaged = mutator.mutate(data)
        try:
            assert_readers_agree(damaged, seed % 50 + 1)
        except AssertionError as error:
            error.add_note(f"seed {seed}: {damaged!r}")
            raise


@pytest.mark.parametrize("wrong", [0, 15])
def test_both_readers_agree_on_files_made_up_and_written_in_many_ways(wrong: int) -> None:
    for seed in range(MUTATIONS * 3):
        chance = Random(seed)  # noqa: S311 - the same files every time
        text = some_writing(chance).write(Invention(chance, wrong).records())
        encoding = chance.choice(("cp437", "cp437", "utf-8", "utf-8-sig", "cp1252"))
        assert_readers_agree(text.encode(encoding), chance.choice((1, 13, 1 << 20)))
