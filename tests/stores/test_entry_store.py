from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bridge.exports.entry import ClosingEntry, EntryStatus
from bridge.exports.item import ExportItem, State, sending
from bridge.jobs.job import Job, JobKey, Work
from bridge.problem import Problem, Refused
from bridge.stores.entries import STANDING, Entries
from bridge.stores.failures import StoreUnavailable
from bridge.stores.jobs import Jobs

MakeEntry = Callable[..., ClosingEntry]
MakeItem = Callable[..., ExportItem]


@pytest.fixture
def entries(dynamodb: Any, ids: Any) -> Entries:
    return Entries(dynamodb, "work", ids)


@pytest.fixture
def key(dynamodb: Any, job: Callable[..., Job], item: MakeItem) -> JobKey:
    """An export of entries 1 and 2."""
    return Jobs(dynamodb, "work").create(job(1, Work.EXPORT), "key", "print", [item(1), item(2)]).key


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.problem.code


def test_entries_come_back_by_id(entries: Entries, entry: MakeEntry) -> None:
    entries.put("t1", "eng_1", [entry(2), entry(1)])
    assert entries.list("t1", "eng_1") == [entry(1), entry(2)]
    assert entries.list("t1", "eng_") == []


def test_the_same_content_again_is_left_alone(entries: Entries, entry: MakeEntry) -> None:
    entries.put("t1", "eng_1", [entry(1), entry(1)])
    entries.put("t1", "eng_1", [entry(1), entry(2)])
    assert entries.list("t1", "eng_1") == [entry(1), entry(2)]


def test_an_id_taken_by_other_content_is_a_conflict_and_nothing_is_saved(entries: Entries, entry: MakeEntry) -> None:
    entries.put("t1", "eng_1", [entry(2)])
    assert code_of(lambda: entries.put("t1", "eng_1", [entry(1), entry(2, "another")])) == "conflict"
    assert code_of(lambda: entries.put("t1", "eng_1", [entry(3), entry(3, "another")])) == "conflict"
    assert entries.list("t1", "eng_1") == [entry(2)]


def test_nothing_to_save_is_nothing_saved(entries: Entries, dynamodb: Any) -> None:
    entries.put("t1", "eng_1", [])
    assert set(dynamodb.calls) == {"query"}


def test_more_entries_than_a_transaction_takes_are_saved(entries: Entries, entry: MakeEntry) -> None:
    many = [entry(number) for number in range(105)]
    entries.put("t1", "eng_1", many)
    assert entries.list("t1", "eng_1") == many


def test_entries_whose_answer_was_lost_are_saved(
    entries: Entries, entry: MakeEntry, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.resent)
    entries.put("t1", "eng_1", [entry(1), entry(2)])
    assert dynamodb.calls.count("transact_write_items") == 1
    assert entries.list("t1", "eng_1") == [entry(1), entry(2)]


@pytest.mark.parametrize("text", ["Periodisering", "another"])
def test_somebody_first_in_the_middle_of_many_is_all_or_nothing(
    entries: Entries, entry: MakeEntry, dynamodb: Any, faults: Any, ids: Any, text: str
) -> None:
    rival = Entries(dynamodb.client, "work", ids)
    first = faults.after(lambda: rival.put("t1", "eng_1", [entry(104, text)]))
    dynamodb.on("transact_write_items", faults.none, first)
    many = [entry(number) for number in range(110)]
    if text == "another":
        assert code_of(lambda: entries.put("t1", "eng_1", many)) == "conflict"
        assert entries.list("t1", "eng_1") == [entry(104, text)]
    else:
        entries.put("t1", "eng_1", many)
        assert entries.list("t1", "eng_1") == many


def test_somebody_always_first_is_given_up(entries: Entries, entry: MakeEntry, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("transact_write_items", *[faults.cancelled("ConditionalCheckFailed", "None")] * 5)
    with pytest.raises(StoreUnavailable):
        entries.put("t1", "eng_1", [entry(1), entry(2)])


@pytest.mark.parametrize("state", list(State))
def test_an_entrys_status_is_that_of_the_export_that_holds_it(
    entries: Entries, entry: MakeEntry, item: MakeItem, key: JobKey, state: State
) -> None:
    entries.put("t1", "eng_1", [entry(1), entry(3)])
    entries.move(key, item(1, state=state))
    statuses = [each.status for each in entries.list("t1", "eng_1")]
    assert statuses == [STANDING[state], EntryStatus.PENDING]
    assert (item(1).marker in entries.sent("t1", "eng_1")) == (state is not State.REJECTED)


def test_an_item_that_is_not_there_is_not_found(entries: Entries, key: JobKey) -> None:
    assert code_of(lambda: entries.item(key, "ent_0009")) == "not-found"


def test_a_move_saves_the_item_with_the_next_version(
    entries: Entries, item: MakeItem, key: JobKey, now: datetime
) -> None:
    intent = entries.move(key, sending(entries.item(key, "ent_0001"), now, 17))
    assert intent == item(1, state=State.SENDING, attempt=1, sent_at=now, first_number=17, version=1)
    review = replace(intent, state=State.REVIEW, problem=Problem("outcome-unknown", {"entry": "ent_0001", "found": ""}))
    moved = entries.move(key, review)
    assert moved == replace(review, version=2)
    assert entries.item(key, "ent_0001") == moved
    assert entries.items(key) == [moved, item(2)]
    assert entries.sent("t1", "eng_1") == {item(1).marker: moved, item(2).marker: item(2)}


def test_a_move_from_an_old_version_is_none(entries: Entries, item: MakeItem, key: JobKey) -> None:
    assert entries.move(key, item(1)) is not None
    assert entries.move(key, item(1)) is None
    assert entries.move(key, item(3)) is None, "an item that is not there"


def test_a_move_whose_answer_was_lost_has_succeeded(
    entries: Entries, item: MakeItem, key: JobKey, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.resent)
    assert entries.move(key, item(1)) == item(1, version=1)


def test_of_sixteen_workers_with_the_very_same_intent_one_may_send(
    entries: Entries, item: MakeItem, key: JobKey, now: datetime, race: Callable[..., list[Any]]
) -> None:
    intent = sending(item(1), now, 17)
    answers = race(lambda _: entries.move(key, intent), range(16))
    assert sum(answer == replace(intent, version=1) for answer in answers) == 1
    assert sum(answer is None for answer in answers) == 15
