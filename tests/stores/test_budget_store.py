"""One contract, run over the table and over the stand-in that the pacer's own tests use."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from bridge.ports import Budget
from bridge.ports.budget import FURTHEST
from bridge.stores.budgets import LIFE, SharedBudget
from bridge.stores.failures import StoreUnavailable
from tests.stand_ins.budgets import MemoryBudget

NOW = 1_795_000_000_000


@pytest.fixture(params=["table", "memory"])
def budget(request: pytest.FixtureRequest, dynamodb: Any) -> Budget:
    return SharedBudget(dynamodb, "limits", "client", 4711) if request.param == "table" else MemoryBudget()


@pytest.fixture
def kept(dynamodb: Any) -> SharedBudget:
    return SharedBudget(dynamodb, "limits", "client", 4711)


def test_the_first_reservation_begins_now(budget: Budget) -> None:
    assert budget.reserve(NOW, 1000) == 0
    assert budget.reserve(NOW, 1) == NOW + 1000


def test_each_reservation_begins_where_the_last_one_ends(budget: Budget) -> None:
    ends = [budget.reserve(NOW + 10 * number, 1000) for number in range(4)]
    assert ends[1:] == [NOW + 1000, NOW + 2000, NOW + 3000]


def test_one_that_ends_this_very_moment_is_not_past(budget: Budget) -> None:
    budget.reserve(NOW, 1000)
    assert budget.reserve(NOW + 1000, 500) == NOW + 1000
    assert budget.reserve(NOW, 1) == NOW + 1500


def test_what_nobody_took_is_past(budget: Budget) -> None:
    budget.reserve(NOW, 1000)
    assert budget.reserve(NOW + 7000, 500) == NOW + 1000
    assert budget.reserve(NOW + 7000, 1) == NOW + 7500


@pytest.mark.parametrize(("ahead", "begins"), [(FURTHEST, NOW + FURTHEST), (FURTHEST + 1, NOW)])
def test_what_is_taken_further_ahead_than_can_be_is_set_right(budget: Budget, ahead: int, begins: int) -> None:
    budget.reserve(NOW + ahead - 1000, 1000)
    assert budget.reserve(NOW, 500) == NOW + ahead
    assert budget.reserve(begins, 1) == begins + 500


def test_a_pause_moves_what_is_reserved_after_it(budget: Budget) -> None:
    assert budget.paused() == 0
    budget.pause(NOW + 2000)
    assert budget.paused() == NOW + 2000
    assert budget.reserve(NOW, 1000) == NOW + 2000


def test_a_pause_forgives_nothing_that_is_reserved(budget: Budget) -> None:
    budget.reserve(NOW, 4000)
    budget.pause(NOW + 2000)
    assert budget.paused() == NOW + 2000
    assert budget.reserve(NOW, 1) == NOW + 4000


def test_a_shorter_pause_does_not_end_a_longer_one(budget: Budget) -> None:
    budget.pause(NOW + 3000)
    budget.pause(NOW + 2000)
    assert budget.paused() == NOW + 3000
    assert budget.reserve(NOW, 1) == NOW + 3000


def test_of_sixteen_at_once_each_gets_a_stretch_of_its_own(budget: Budget, race: Callable[..., list[Any]]) -> None:
    budget.pause(NOW)
    ends = sorted(race(lambda number: budget.reserve(NOW - number, 1000), range(16)))
    assert [later - earlier for earlier, later in pairwise(ends)] == [1000] * 15


def test_of_sixteen_after_quiet_one_begins_now_and_the_others_queue(
    budget: Budget, race: Callable[..., list[Any]]
) -> None:
    ends = sorted(race(lambda _: budget.reserve(NOW, 1000), range(16)))
    assert ends == [0, *range(NOW + 1000, NOW + 16_000, 1000)]


def test_a_busy_company_costs_one_write_and_a_quiet_one_two(kept: SharedBudget, dynamodb: Any) -> None:
    kept.reserve(NOW, 1000)
    assert dynamodb.calls == ["update_item"] * 2
    kept.reserve(NOW, 1000)
    assert dynamodb.calls == ["update_item"] * 3


def test_each_client_and_company_has_a_budget_of_its_own_that_is_forgotten_in_an_hour(
    kept: SharedBudget, dynamodb: Any, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    kept.reserve(NOW, 1000)
    assert SharedBudget(dynamodb, "limits", "client", 4712).reserve(NOW, 1) == 0
    assert SharedBudget(dynamodb, "limits", "other", 4711).reserve(NOW, 1) == 0
    first = stored("limits")[0]
    assert first["PK"] == {"S": "BUDGET#client#4711"}
    assert first["ttl"] == {"N": str(NOW // 1000 + LIFE)}


def test_a_reservation_whose_answer_was_lost_costs_its_slots(kept: SharedBudget, dynamodb: Any, faults: Any) -> None:
    kept.pause(NOW)
    dynamodb.on("update_item", faults.resent)
    assert kept.reserve(NOW, 1000) == NOW + 1000


def test_reservations_that_always_come_in_between_are_not_fought_for_ever(
    kept: SharedBudget, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("update_item", *[faults.error("ConditionalCheckFailedException")] * 10)
    with pytest.raises(StoreUnavailable):
        kept.reserve(NOW, 1000)


@pytest.mark.parametrize(
    ("code", "raised"), [("ThrottlingException", StoreUnavailable), ("ValidationException", Exception)]
)
def test_a_table_that_cannot_be_reached_says_so(
    kept: SharedBudget, dynamodb: Any, faults: Any, code: str, raised: type[Exception]
) -> None:
    dynamodb.on("update_item", faults.error(code))
    with pytest.raises(raised):
        kept.reserve(NOW, 1000)
