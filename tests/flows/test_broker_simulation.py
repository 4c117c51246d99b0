"""The broker's flow against crashes, freezes, lost answers and failing saves; `bench.token_sim` runs the same at full size."""

from __future__ import annotations

import os

import pytest

from bench import token_sim
from bridge.tokens.connection import Mode

SEEDS = 150


@pytest.fixture(scope="module")
def outcomes() -> list[token_sim.Outcome]:
    return [token_sim.run(seed) for seed in range(SEEDS)]


def test_no_connection_is_lost_but_by_a_death_between_rotation_and_save(outcomes: list[token_sim.Outcome]) -> None:
    assert [each for each in outcomes if each.lost or each.false_reauth] == []
    assert sum(each.rotations for each in outcomes) > SEEDS


def test_a_service_consent_cannot_be_lost(outcomes: list[token_sim.Outcome]) -> None:
    assert not any(each.in_window for each in outcomes if each.mode is Mode.SERVICE)


def test_where_nothing_goes_wrong_any_number_of_callers_make_one_call(outcomes: list[token_sim.Outcome]) -> None:
    calm = [each for each in outcomes if each.seed % 10 == 0]
    assert {each.calls for each in calm} == {1}


def test_a_seed_is_the_same_run_every_time(outcomes: list[token_sim.Outcome]) -> None:
    assert [token_sim.run(seed) for seed in range(20)] == outcomes[:20]


@pytest.mark.parametrize("mutant", token_sim.MUTANTS)
def test_every_precaution_that_is_taken_away_is_missed(mutant: str) -> None:
    assert token_sim.first_caught(mutant, 1000) is not None


@pytest.mark.full
@pytest.mark.skipif("BRIDGE_FULL" not in os.environ, reason="BRIDGE_FULL is not set: make test ARGS='-m full'")  # noqa: TID251 - a switch of the suite
def test_of_ten_thousand_seeds_none_loses_more_than_the_window_takes() -> None:
    found = token_sim.total(10_000, 0)
    assert (found.lost, found.false_reauth, found.service_lost, found.needless) == (0, 0, 0, 0)
    assert found.in_window <= 1.5 * found.expected
