from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.exports.item import ExportItem, State
from bridge.jobs.job import Job, JobKey, Status, Work
from bridge.problem import Refused
from bridge.stores.entries import Entries
from bridge.stores.failures import StoreUnavailable
from bridge.stores.jobs import Jobs

MakeJob = Callable[..., Job]
MOST = 10
"""Writes in a transaction here: three entries go with the job."""

MANY = range(1, 9)
"""Entries that take three transactions."""


@pytest.fixture
def jobs(dynamodb: Any) -> Jobs:
    return Jobs(dynamodb, "work", MOST)


@pytest.fixture
def entries(dynamodb: Any, ids: Any) -> Entries:
    return Entries(dynamodb, "work", ids)


@pytest.fixture
def items(item: Callable[..., ExportItem]) -> Callable[[Sequence[int]], list[ExportItem]]:
    return lambda numbers: [item(number) for number in numbers]


@pytest.fixture
def export(job: MakeJob) -> Callable[..., Job]:
    return lambda number=1, **other: job(number, Work.EXPORT, **other)


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.problem.code


def test_the_same_key_gives_the_same_job(jobs: Jobs, job: MakeJob) -> None:
    first = jobs.create(job(1), "key", "print")
    assert jobs.create(job(2), "key", "print") == first
    assert [each.key.id for each in jobs.list("t1", "eng_1", Work.IMPORT)] == ["imp_0001"]


def test_the_same_key_for_something_else_is_refused(jobs: Jobs, job: MakeJob) -> None:
    jobs.create(job(1), "key", "print")
    assert code_of(lambda: jobs.create(job(2), "key", "other")) == "idempotency-key-reused"


def test_a_key_is_the_tenants_and_the_works_own(jobs: Jobs, job: MakeJob) -> None:
    jobs.create(job(1), "key", "print")
    other = job(2)
    other = replace(other, key=replace(other.key, tenant="t12"))
    assert jobs.create(other, "key", "other") == other
    export = job(3, Work.EXPORT)
    assert jobs.create(export, "key", "third") == export


def test_a_key_is_forgotten_after_a_day_even_while_its_item_is_still_there(
    jobs: Jobs, job: MakeJob, now: datetime
) -> None:
    first = jobs.create(job(1), "key", "print")
    jobs.end(first.end(Status.FAILED, now))
    almost = job(2, created_at=now + timedelta(hours=23, minutes=59))
    assert jobs.create(almost, "key", "print").key == first.key
    later = job(3, created_at=now + timedelta(hours=24))
    assert jobs.create(later, "key", "print") == later


def test_the_key_is_stored_as_a_hash_with_a_ttl_in_seconds(
    jobs: Jobs, job: MakeJob, now: datetime, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    jobs.create(job(), "customer text", "print")
    [memory] = [item for item in stored("work") if "ttl" in item]
    assert memory["SK"]["S"].startswith("IDEM#")
    assert "customer text" not in str(stored("work"))
    assert int(memory["ttl"]["N"]) == int((now + timedelta(hours=24)).timestamp()) + 1
    assert int(memory["ttl"]["N"]) < 10**10


@pytest.mark.parametrize("work", list(Work))
def test_one_job_of_a_kind_runs_at_a_time(jobs: Jobs, job: MakeJob, work: Work, now: datetime) -> None:
    first = jobs.create(job(1, work), "one", "print")
    assert code_of(lambda: jobs.create(job(2, work), "two", "print")) == f"{work}-running"
    jobs.end(first.end(Status.SUCCEEDED, now))
    assert jobs.create(job(3, work), "three", "print") == job(3, work)


def test_a_mark_whose_job_has_ended_is_taken_over(
    jobs: Jobs, job: MakeJob, dynamodb: Any, faults: Any, now: datetime
) -> None:
    first = jobs.create(job(1), "one", "print")
    dynamodb.on("delete_item", faults.crash)
    with pytest.raises(faults.Crash):
        jobs.end(first.end(Status.SUCCEEDED, now))
    second = jobs.create(job(2), "two", "print")
    assert jobs.running("t1", "eng_1", Work.IMPORT) == second


def test_an_import_that_takes_a_mark_over_frees_no_exported_entry(
    jobs: Jobs, entries: Entries, export: MakeJob, job: MakeJob, items: Any, dynamodb: Any, faults: Any, now: datetime
) -> None:
    sent = jobs.create(export(1), "one", "print", items([1]))
    entries.move(sent.key, replace(entries.item(sent.key, "ent_0001"), state=State.CONFIRMED, number=17))
    jobs.end(sent.end(Status.SUCCEEDED, now))
    first = jobs.create(job(2), "two", "print")
    dynamodb.on("delete_item", faults.crash)
    with pytest.raises(faults.Crash):
        jobs.end(first.end(Status.SUCCEEDED, now))
    jobs.create(job(3), "three", "print")
    assert code_of(lambda: jobs.create(export(4), "four", "print", items([1]))) == "already-exported"


def test_an_accepted_entry_is_held_and_not_accepted_again(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, now: datetime
) -> None:
    first = jobs.create(export(1), "one", "print", items([1, 2]))
    assert entries.items(first.key) == items([1, 2])
    confirmed = replace(entries.item(first.key, "ent_0002"), state=State.CONFIRMED, number=17)
    entries.move(first.key, confirmed)
    jobs.end(first.end(Status.PARTLY, now))
    with pytest.raises(Refused) as refused:
        jobs.create(export(2), "two", "print", items([3, 2]))
    assert refused.value.problem.code == "already-exported"
    assert refused.value.problem.params == {"entry": "ent_0002", "series": "A", "number": 17}
    assert jobs.get(export(2).key) is None
    assert entries.items(export(2).key) == []
    assert set(entries.sent("t1", "eng_1")) == {items([1])[0].marker, items([2])[0].marker}
    assert jobs.create(export(3), "three", "print", items([3])) == export(3)


def test_a_rejected_entry_is_free_again(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, now: datetime
) -> None:
    first = jobs.create(export(1), "one", "print", items([1]))
    rejected = entries.move(first.key, replace(items([1])[0], state=State.REJECTED))
    assert rejected is not None
    jobs.end(first.end(Status.FAILED, now))
    second = jobs.create(export(2), "two", "print", items([1]))
    assert entries.items(second.key) == items([1])
    assert entries.move(first.key, replace(rejected, state=State.PLANNED)) is None, "another export holds it now"


def test_a_creation_whose_answer_was_lost_gives_the_job(
    jobs: Jobs, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.resent)
    assert jobs.create(export(1), "one", "print", items([1])) == export(1)
    assert jobs.running("t1", "eng_1", Work.EXPORT) == export(1)


def test_a_creation_that_was_never_answered_is_found_by_its_key(
    jobs: Jobs, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.silent)
    with pytest.raises(StoreUnavailable):
        jobs.create(export(1), "one", "print", items([1]))
    assert jobs.create(export(2), "one", "print", items([1])) == export(1)


def test_the_same_job_under_another_key_is_the_same_job(jobs: Jobs, job: MakeJob) -> None:
    jobs.create(job(1), "one", "print")
    assert jobs.create(job(1), "two", "print") == job(1)


@pytest.mark.parametrize("numbers", [range(1, 3), MANY])
def test_of_sixteen_jobs_with_keys_of_their_own_one_is_made(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, race: Callable[..., list[Any]], numbers: Sequence[int]
) -> None:

    chosen = items(numbers)
    answers = race(lambda number: jobs.create(export(number), f"key-{number}", "print", chosen), range(1, 17))
    made = [answer for answer in answers if isinstance(answer, Job)]
    assert len(made) == 1
    assert {each.problem.code for each in answers if isinstance(each, Refused)} == {"export-running"}
    assert jobs.running("t1", "eng_1", Work.EXPORT) == made[0]
    assert entries.items(made[0].key) == chosen


def test_sixteen_times_the_same_key_is_one_job(jobs: Jobs, job: MakeJob, race: Callable[..., list[Any]]) -> None:
    answers = race(lambda number: jobs.create(job(number), "key", "print"), range(1, 17))
    assert len({answer.key.id for answer in answers}) == 1
    assert len(jobs.list("t1", "eng_1", Work.IMPORT)) == 1


def test_a_hundred_writes_go_in_one_transaction_and_no_more(
    export: MakeJob, entries: Entries, items: Any, dynamodb: Any
) -> None:
    made = Jobs(dynamodb, "work").create(export(1), "one", "print", items(range(1, 50)))
    assert dynamodb.calls.count("transact_write_items") == 2
    assert len(entries.items(made.key)) == 49


def test_many_entries_are_staged_and_appear_with_the_job(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any
) -> None:
    made = jobs.create(export(1), "one", "print", items(MANY))
    assert dynamodb.calls.count("transact_write_items") == 3
    assert entries.items(made.key) == items(MANY)
    assert jobs.running("t1", "eng_1", Work.EXPORT) == made
    assert jobs.create(export(2), "one", "print", items(MANY)) == made


def test_staging_survives_answers_lost_at_every_step(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("put_item", faults.resent)
    dynamodb.on("transact_write_items", *[faults.resent] * 3)
    assert jobs.create(export(1), "one", "print", items(MANY)) == export(1)
    assert entries.items(export(1).key) == items(MANY)


def test_staging_that_meets_a_held_entry_leaves_nothing(
    jobs: Jobs, export: MakeJob, items: Any, now: datetime, places: Callable[[str], list[tuple[str, str]]]
) -> None:
    first = jobs.create(export(1), "one", "print", items([7]))
    jobs.end(first.end(Status.SUCCEEDED, now))
    before = places("work")
    assert code_of(lambda: jobs.create(export(2), "two", "print", items(MANY))) == "already-exported"
    assert places("work") == before


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("key", ["one", "three"])
def test_a_crash_while_staging_is_repeated_or_cleaned_up(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any, step: int, key: str
) -> None:
    dynamodb.on("transact_write_items", *[faults.none] * (step - 1), faults.crash)
    with pytest.raises(faults.Crash):
        jobs.create(export(1), "one", "print", items(MANY))
    assert jobs.get(export(1).key) is None
    assert jobs.running("t1", "eng_1", Work.EXPORT) is None
    began = export().created_at
    soon = export(2, created_at=began + timedelta(minutes=1))
    assert code_of(lambda: jobs.create(soon, "two", "print", items([1]))) == "export-running"
    again = export(3, created_at=began + timedelta(minutes=1 if key == "one" else 2))
    assert jobs.create(again, key, "print", items([1, 2])) == again
    assert entries.items(export(1).key) == []
    assert set(entries.sent("t1", "eng_1")) == {each.marker for each in items([1, 2])}


def test_a_crash_of_the_one_that_took_over_is_cleaned_up_too(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    for number in (1, 2):
        dynamodb.on("delete_item", *([faults.crash] if number == 2 else []))
        dynamodb.on("transact_write_items", faults.none, faults.crash)
        with pytest.raises(faults.Crash):
            jobs.create(export(number), "one", "print", items(MANY))
    dynamodb.faults.clear()
    assert jobs.create(export(3), "one", "print", items(MANY)) == export(3)
    assert entries.items(export(3).key) == items(MANY)
    assert entries.items(export(1).key) == []


def test_the_very_same_job_goes_on_where_it_crashed(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.none, faults.crash)
    with pytest.raises(faults.Crash):
        jobs.create(export(1), "one", "print", items(MANY))
    assert jobs.create(export(1), "one", "print", items(MANY)) == export(1)
    assert entries.items(export(1).key) == items(MANY)


@pytest.mark.parametrize("step", [2, 3])
def test_whoever_lost_the_mark_while_staging_writes_nothing_more(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any, now: datetime, step: int
) -> None:
    rival = export(2, created_at=now + timedelta(minutes=3))
    other = Jobs(dynamodb.client, "work", MOST)
    overtaken = faults.after(lambda: other.create(rival, "two", "print", items([1])))
    dynamodb.on("transact_write_items", *[faults.none] * (step - 1), overtaken)
    assert code_of(lambda: jobs.create(export(1), "one", "print", items(MANY))) == "export-running"
    assert jobs.get(export(1).key) is None
    assert entries.items(export(1).key) == []
    assert entries.items(rival.key) == items([1])
    assert set(entries.sent("t1", "eng_1")) == {items([1])[0].marker}


def test_a_mark_is_not_taken_from_one_whose_job_appeared_in_the_meantime(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any, now: datetime
) -> None:
    """The rival sees a mark without a job; before it takes the mark, the job is there."""
    rival = type(dynamodb)(dynamodb.client)
    dynamodb.on("transact_write_items", faults.none, faults.none, faults.crash)
    with pytest.raises(faults.Crash):
        jobs.create(export(1), "one", "print", items(MANY))
    finish = faults.after(lambda: jobs.create(export(1), "one", "print", items(MANY)))
    rival.on("put_item", faults.none, finish)
    late = export(2, created_at=now + timedelta(minutes=3))
    assert code_of(lambda: Jobs(rival, "work", MOST).create(late, "two", "print", items(MANY))) == "export-running"
    assert jobs.running("t1", "eng_1", Work.EXPORT) == export(1)
    assert entries.items(export(1).key) == items(MANY)


def test_the_same_key_twice_at_once_while_staging_is_one_job(
    jobs: Jobs, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    other = Jobs(dynamodb.client, "work", MOST)
    overtaken = faults.after(lambda: other.create(export(2), "one", "print", items(MANY)))
    dynamodb.on("transact_write_items", faults.none, overtaken)
    assert jobs.create(export(1), "one", "print", items(MANY)) == export(2)


def test_a_key_whose_job_is_gone_is_a_conflict(jobs: Jobs, job: MakeJob, dynamodb: Any) -> None:
    digest = hashlib.sha256(b"importkey").hexdigest()
    memory = {"PK": {"S": "T#t1"}, "SK": {"S": f"IDEM#{digest}"}, "ttl": {"N": "9999999999"}}
    lost = {"fingerprint": {"S": "print"}, "engagement": {"S": "eng_1"}, "job": {"S": "imp_gone"}}
    dynamodb.client.put_item(TableName="work", Item={**memory, **lost})
    assert code_of(lambda: jobs.create(job(1), "key", "print")) == "conflict"
    assert jobs.running("t1", "eng_1", Work.IMPORT) is None


def test_throttling_while_staging_is_told_and_repeated(
    jobs: Jobs, entries: Entries, export: MakeJob, items: Any, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.none, faults.error("ThrottlingException"))
    with pytest.raises(StoreUnavailable):
        jobs.create(export(1), "one", "print", items(MANY))
    assert jobs.create(export(2), "one", "print", items(MANY)) == export(2)
    assert entries.items(JobKey("t1", "eng_1", "exp_0001")) == []
