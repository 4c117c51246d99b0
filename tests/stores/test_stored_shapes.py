from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.exports.voucher import Row
from bridge.jobs.job import Part
from bridge.problem import Finding, Place, Refused, Severity
from bridge.stores import attributes, keys, shapes, writes
from bridge.stores.failures import Unreadable

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=4),
    max_leaves=8,
)
IDS = st.text(st.characters(exclude_characters="#", exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=4), PLAIN, max_size=4))
def test_plain_values_come_back_from_dynamodb_as_they_went_in(item: dict[str, Any]) -> None:
    assert attributes.read(attributes.write(item)) == item


@pytest.mark.parametrize("value", [1.5, date(2025, 1, 1), {1, 2}, object()])
def test_a_value_of_any_other_kind_is_not_stored(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        attributes.write({"amount": value})


@pytest.mark.parametrize("typed", [{"SS": ["a"]}, {"N": "1.5"}])
def test_an_attribute_we_never_write_is_unreadable(typed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        attributes.read({"amount": typed})


def test_a_dataclass_comes_back_with_its_findings_and_places() -> None:
    place = Place(line=7, field="/rows/0")
    found = Finding("sie-unbalanced", Severity.WARNING, {"voucher": "A 1", "n": 2}, place, count=3)
    part = Part("2-fetch", {"bytes": 10, "years": ["2025"]}, (found, replace(found, place=None)), done=1, total=2)
    assert shapes.read(Part, attributes.read(attributes.write(shapes.write(part)))) == part


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    day: date | None = None


def test_times_are_kept_in_utc_and_sort_as_text() -> None:
    stockholm = timezone(timedelta(hours=1))
    early = Moment(datetime(2026, 1, 1, 0, 59, 59, 999_999, stockholm), date(2026, 1, 1))
    late = Moment(datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC))
    assert shapes.write(early) == {"at": "2025-12-31T23:59:59.999999+00:00", "day": "2026-01-01"}
    assert shapes.time(early.at) < shapes.time(late.at)
    assert shapes.read(Moment, shapes.write(early)) == early


def test_a_time_without_a_zone_is_not_stored() -> None:
    with pytest.raises(ValueError, match="zone"):
        shapes.write(Moment(datetime(2026, 1, 1)))  # noqa: DTZ001 - that is what must fail


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "red"}, "Row has no colour"),
        ({"account": None}, "Row.account"),
        ({"account": "1510"}, "Row.account"),
        ({"account": True}, "Row.account"),
        ({"text": 5}, "Row.text"),
    ],
)
def test_a_stored_field_that_does_not_fit_is_unreadable_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        shapes.read(Row, {**shapes.write(Row(1510, 100)), **change})


@pytest.mark.parametrize("change", [{"severity": "odd"}, {"params": 3}, {"place": 5}, {"code": []}])
def test_a_finding_that_does_not_fit_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="Finding"):
        shapes.read(Finding, {"code": "a", "severity": "info", **change})


@pytest.mark.parametrize("at", [None, 5, "yesterday"])
def test_a_time_that_is_none_is_unreadable(at: object) -> None:
    with pytest.raises(Unreadable, match=r"Moment\.at"):
        shapes.read(Moment, {"at": at})


def test_a_field_that_an_older_version_did_not_write_gets_its_default_and_only_then() -> None:
    assert shapes.read(Row, {"account": 1510, "amount": 100}) == Row(1510, 100)
    with pytest.raises(Unreadable, match="Row needs amount"):
        shapes.read(Row, {"account": 1510})


def test_the_keys_of_the_table_are_no_fields() -> None:
    item = {"PK": "T#1", "SK": "X", "ttl": 5, "op": "op_1", **shapes.write(Row(1510, 100))}
    assert shapes.read(Row, item, "op") == Row(1510, 100)


@settings(max_examples=100, deadline=None)
@given(IDS, IDS, IDS)
def test_no_tenant_reaches_into_another_by_its_prefix(tenant: str, other: str, engagement: str) -> None:
    mine = keys.of_tenant(tenant)
    for partition in (keys.of_tenant(other), keys.of_engagement(other, engagement)):
        inside = partition == mine or partition.startswith(f"{mine}#")
        assert inside == (tenant == other)


@pytest.mark.parametrize("bad", ["", "1#E#2", "#", "x" * 201])
def test_an_id_that_could_leave_its_place_does_not_exist(bad: str) -> None:
    for place in (lambda: keys.of_tenant(bad), lambda: keys.connection("t1", bad), lambda: keys.grant(1, "t1", bad)):
        with pytest.raises(Refused) as refused:
            place()
        assert refused.value.problem.code == "not-found"


def test_groups_of_writes_are_spread_without_parting_a_group() -> None:
    pairs = [[writes.put(("a", str(n)), {}), writes.put(("b", str(n)), {})] for n in range(5)]
    assert [len(batch) for batch in writes.batches(pairs, 5)] == [4, 4, 2]
    assert list(writes.batches([])) == [[]]


def test_heavy_groups_get_a_transaction_of_their_own() -> None:
    heavy = [[writes.put(("a", str(n)), {"text": "x" * 1_400_000})] for n in range(3)]
    assert [len(batch) for batch in writes.batches(heavy)] == [2, 1]
