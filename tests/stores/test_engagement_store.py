from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bridge.engagements.engagement import Engagement
from bridge.problem import Refused
from bridge.stores.engagements import Engagements


@pytest.fixture
def engagements(dynamodb: Any) -> Engagements:
    return Engagements(dynamodb, "connections")


def test_an_engagement_comes_back_as_it_was_saved(engagements: Engagements, engagement: Engagement) -> None:
    engagements.put(engagement)
    assert engagements.get("t1", "eng_1") == engagement


def test_another_tenants_engagement_is_none(engagements: Engagements, kept: Engagement) -> None:
    assert engagements.get("t12", kept.id) is None
    assert engagements.get("t", kept.id) is None
    assert engagements.list("t") == []


def test_an_id_that_is_taken_is_a_conflict(engagements: Engagements, kept: Engagement) -> None:
    with pytest.raises(Refused) as refused:
        engagements.put(replace(kept, name="Another"))
    assert refused.value.problem.code == "conflict"
    assert engagements.get("t1", kept.id) == kept


def test_an_engagement_whose_answer_was_lost_is_created(
    engagements: Engagements, engagement: Engagement, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("put_item", faults.resent)
    engagements.put(engagement)
    assert engagements.get("t1", "eng_1") == engagement


def test_engagements_are_listed_by_name(engagements: Engagements, engagement: Engagement) -> None:
    for number, name in enumerate(("bertil", "Cesar", "Adam", "adam")):
        engagements.put(replace(engagement, id=f"e{number}", name=name))
    engagements.put(replace(engagement, tenant="t12", name="Another tenant's"))
    assert [(each.name, each.id) for each in engagements.list("t1")] == [
        ("Adam", "e2"),
        ("adam", "e3"),
        ("bertil", "e0"),
        ("Cesar", "e1"),
    ]


def test_publishing_moves_the_pointer_once(engagements: Engagements, kept: Engagement) -> None:
    assert engagements.publish(kept, "imp_1")
    assert engagements.publish(kept, "imp_1")
    assert not engagements.publish(kept, "imp_2")
    assert engagements.get("t1", kept.id) == replace(kept, published="imp_1")


def test_publishing_an_engagement_that_is_not_there_does_nothing(
    engagements: Engagements, engagement: Engagement
) -> None:
    assert not engagements.publish(engagement, "imp_1")
    assert engagements.get("t1", engagement.id) is None


def test_publishing_whose_answer_was_lost_has_succeeded(
    engagements: Engagements, kept: Engagement, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("update_item", faults.resent)
    assert engagements.publish(kept, "imp_1")


def test_of_sixteen_imports_one_is_published(
    engagements: Engagements, kept: Engagement, race: Callable[..., list[Any]]
) -> None:
    answers = race(lambda number: engagements.publish(kept, f"imp_{number}"), range(16))
    assert sorted(answers) == [False] * 15 + [True]
    found = engagements.get("t1", kept.id)
    assert found is not None
    assert found.published == f"imp_{answers.index(True)}"
