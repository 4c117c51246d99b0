from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.jobs.job import Activity, Job, JobKey, Part, Status, Work
from bridge.problem import Finding, Place, Problem, Severity
from bridge.stores import keys, shapes, writes
from bridge.stores.jobs import Jobs
from bridge.stores.table import Table

MakeJob = Callable[..., Job]


@pytest.fixture
def jobs(dynamodb: Any) -> Jobs:
    return Jobs(dynamodb, "work")


def running(jobs: Jobs, work: Work = Work.IMPORT) -> Job | None:
    return jobs.running("t1", "eng_1", work)


def test_a_job_comes_back_and_holds_the_mark(jobs: Jobs, job: MakeJob) -> None:
    made = job()
    assert jobs.create(made, "key", "print") == made
    assert jobs.get(made.key) == made
    assert running(jobs) == made
    assert running(jobs, Work.EXPORT) is None


def test_a_job_of_another_engagement_or_tenant_is_none(jobs: Jobs, job: MakeJob) -> None:
    key = jobs.create(job(), "key", "print").key
    assert jobs.get(replace(key, tenant="t")) is None
    assert jobs.get(replace(key, engagement="eng_")) is None
    assert jobs.get(replace(key, id="imp_")) is None


def test_a_job_begins_once_and_never_after_its_end(jobs: Jobs, job: MakeJob, now: datetime) -> None:
    made = jobs.create(job(), "key", "print")
    jobs.begin(made.key)
    jobs.begin(made.key)
    assert jobs.get(made.key) == replace(made, status=Status.RUNNING)
    ended = made.end(Status.FAILED, now, problem=Problem("year-locked", {"year": "2025", "n": 3}, "/years/0"))
    jobs.end(ended)
    jobs.begin(made.key)
    assert jobs.get(made.key) == ended


def test_beginning_a_job_that_is_not_there_does_nothing(jobs: Jobs, dynamodb: Any) -> None:
    jobs.begin(JobKey("t1", "eng_1", "imp_9"))
    assert "update_item" not in dynamodb.calls


def test_a_job_ends_once_and_lifts_its_mark(jobs: Jobs, job: MakeJob, now: datetime) -> None:
    made = jobs.create(job(), "key", "print")
    first = made.end(Status.SUCCEEDED, now, result={"vouchers": 7})
    assert jobs.end(first)
    assert running(jobs) is None
    assert not jobs.end(made.end(Status.FAILED, now + timedelta(seconds=1)))
    assert jobs.get(made.key) == first


def test_ending_a_job_that_is_not_there_is_false(jobs: Jobs, job: MakeJob, now: datetime) -> None:
    assert not jobs.end(job().end(Status.FAILED, now))


def test_an_end_whose_answer_was_lost_has_succeeded(
    jobs: Jobs, job: MakeJob, dynamodb: Any, faults: Any, now: datetime
) -> None:
    made = jobs.create(job(), "key", "print")
    dynamodb.on("update_item", faults.resent)
    assert jobs.end(made.end(Status.SUCCEEDED, now, result={"n": 1}, problem=Problem("internal")))


def test_of_sixteen_ends_one_counts(jobs: Jobs, job: MakeJob, now: datetime, race: Callable[..., list[Any]]) -> None:
    made = jobs.create(job(), "key", "print")
    answers = race(lambda number: jobs.end(made.end(Status.FAILED, now + timedelta(seconds=number))), range(16))
    assert sorted(answers) == [False] * 15 + [True]


def test_an_end_that_crashed_before_the_mark_was_lifted_is_no_running_job(
    jobs: Jobs, job: MakeJob, dynamodb: Any, faults: Any, now: datetime
) -> None:
    made = jobs.create(job(), "key", "print")
    ended = made.end(Status.SUCCEEDED, now)
    dynamodb.on("delete_item", faults.crash)
    with pytest.raises(faults.Crash):
        jobs.end(ended)
    assert running(jobs) is None
    assert not jobs.end(ended.end(Status.FAILED, now + timedelta(seconds=1)))
    assert jobs.get(made.key) == ended


def test_an_end_never_lifts_the_mark_of_another_job(jobs: Jobs, job: MakeJob, now: datetime) -> None:
    first = jobs.create(job(1), "one", "print")
    jobs.end(first.end(Status.SUCCEEDED, now))
    second = jobs.create(job(2), "two", "print")
    jobs.end(first.end(Status.SUCCEEDED, now))
    assert running(jobs) == second


def test_the_newest_hundred_jobs_are_listed_newest_first(jobs: Jobs, job: MakeJob, dynamodb: Any) -> None:
    table = Table(dynamodb, "work")
    for made in [job(number) for number in range(1, 103)] + [job(500, Work.EXPORT)]:
        table.write(writes.put(keys.job(made.key, made.work), shapes.write(made)))
    listed = [each.key.id for each in jobs.list("t1", "eng_1", Work.IMPORT)]
    assert listed == [f"imp_{number:04d}" for number in range(102, 2, -1)]
    newest = jobs.newest("t1", "eng_1", Work.IMPORT)
    assert newest is not None
    assert newest.key.id == "imp_0102"
    assert jobs.newest("t2", "eng_1", Work.IMPORT) is None


def test_a_part_is_replaced_whole_and_parts_come_by_name(jobs: Jobs, job: MakeJob) -> None:
    key = job().key
    found = Finding("sie-odd", Severity.INFO, {"line": 3}, Place(line=3), 2)
    for part in (Part("2-b", {"n": 1}), Part("1-a", {"facts": [{"deep": None}]}, (found,), 1, 1), Part("2-b", done=1)):
        jobs.put_part(key, part)
    jobs.put_part(replace(key, id=f"{key.id}0"), Part("3-other"))
    assert jobs.parts(key) == [Part("1-a", {"facts": [{"deep": None}]}, (found,), 1, 1), Part("2-b", done=1)]


def test_the_log_gives_the_newest_hundred_lines_and_the_same_id_once(jobs: Jobs, now: datetime) -> None:
    lines = [Activity(f"act_{number:04d}", now, "user-1", "import-done", {"count": number}) for number in range(102)]
    for line in [*lines, lines[-1]]:
        jobs.log("t1", "eng_1", line)
    jobs.log("t1", "eng_2", lines[0])
    assert jobs.activity("t1", "eng_1") == lines[:1:-1]
