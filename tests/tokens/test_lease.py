from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridge.engagements.engagement import Purpose
from bridge.jobs.job import Status, Work
from bridge.tokens.lease import LEASE, POLICIES, Event, State, days_left, ends, next_look, notice, renewed, state

THEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = THEN + timedelta(days=10)
SECOND = timedelta(seconds=1)

RENEWING = [Event.IMPORT_SUCCEEDED, Event.IMPORT_PARTLY, Event.EXPORT_SUCCEEDED, Event.EXPORT_PARTLY]
NOT_RENEWING = [Event.IMPORT_FAILED, Event.EXPORT_FAILED]


def test_the_rows_of_the_table_are_the_purposes_and_the_events_are_all_placed() -> None:
    assert set(POLICIES) == {purpose.value for purpose in Purpose}
    assert {*RENEWING, *NOT_RENEWING} == set(Event)


def test_every_way_a_job_can_end_is_an_event() -> None:
    assert {f"{work}-{status}" for work in Work for status in Status if status.ended} == set(Event)


def test_a_year_end_lease_ends_thirty_days_after_its_last_renewal() -> None:
    assert ends(Purpose.YEAR_END, THEN) == THEN + LEASE == datetime(2026, 12, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("event", RENEWING)
def test_a_year_end_lease_is_renewed_by(event: Event) -> None:
    assert renewed(Purpose.YEAR_END, THEN, event, LATER) == LATER


@pytest.mark.parametrize("event", NOT_RENEWING)
def test_a_year_end_lease_is_not_renewed_by(event: Event) -> None:
    assert renewed(Purpose.YEAR_END, THEN, event, LATER) == THEN


@pytest.mark.parametrize("purpose", [Purpose.AUDIT, Purpose.BILLING])
def test_an_audit_or_billing_connection_has_no_end(purpose: Purpose) -> None:
    years_on = THEN + timedelta(days=3650)
    assert ends(purpose, THEN) is None
    assert days_left(purpose, THEN, years_on) is None
    assert notice(purpose, THEN, years_on) is None
    assert state(purpose, THEN, years_on) is State.ACTIVE


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("purpose", [Purpose.AUDIT, Purpose.BILLING])
def test_an_audit_or_billing_connection_is_renewed_by_nothing(purpose: Purpose, event: Event) -> None:
    assert renewed(purpose, THEN, event, LATER) == THEN


def test_an_unknown_purpose_has_no_policy() -> None:
    with pytest.raises(KeyError):
        ends("tax", THEN)


def test_an_event_that_comes_late_does_not_move_the_lease_back() -> None:
    assert renewed(Purpose.YEAR_END, LATER, Event.EXPORT_SUCCEEDED, THEN) == LATER


@pytest.mark.parametrize("event", RENEWING)
def test_no_job_begins_a_lease_anew_that_has_ended(event: Event) -> None:
    assert renewed(Purpose.YEAR_END, THEN, event, THEN + LEASE) == THEN
    assert renewed(Purpose.YEAR_END, THEN, event, THEN + LEASE - SECOND) == THEN + LEASE - SECOND


@pytest.mark.parametrize(
    ("passed", "left", "where", "told"),
    [
        (timedelta(0), 30, State.ACTIVE, None),
        (SECOND, 30, State.ACTIVE, None),
        (timedelta(days=1), 29, State.ACTIVE, None),
        (timedelta(days=23) - SECOND, 8, State.ACTIVE, None),
        (timedelta(days=23), 7, State.EXPIRING, 7),
        (timedelta(days=26), 4, State.EXPIRING, 7),
        (timedelta(days=27), 3, State.EXPIRING, 3),
        (timedelta(days=28), 2, State.EXPIRING, 3),
        (timedelta(days=29), 1, State.EXPIRING, 1),
        (LEASE - SECOND, 1, State.EXPIRING, 1),
        (LEASE, 0, State.EXPIRED, None),
        (timedelta(days=31), 0, State.EXPIRED, None),
    ],
)
def test_a_lease_counts_down_with_notices_at_seven_three_and_one(
    passed: timedelta, left: int, where: State, told: int | None
) -> None:
    now = THEN + passed
    assert days_left(Purpose.YEAR_END, THEN, now) == left
    assert state(Purpose.YEAR_END, THEN, now) is where
    assert notice(Purpose.YEAR_END, THEN, now) == told


@pytest.mark.parametrize(("noticed", "left"), [(None, 7), (7, 3), (3, 1), (1, 0)])
def test_a_lease_is_looked_at_for_the_next_notice_and_at_its_end(noticed: int | None, left: int) -> None:
    look = next_look(Purpose.YEAR_END, THEN, noticed)
    assert look == THEN + LEASE - timedelta(days=left)
    assert notice(Purpose.YEAR_END, THEN, look) == (left or None)
    assert next_look(Purpose.AUDIT, THEN, noticed) is None
