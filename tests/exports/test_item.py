from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bridge.exports.entry import ClosingEntry
from bridge.exports.item import (
    MAX_RETURNS,
    RETRY_SECONDS,
    ExportItem,
    State,
    answered,
    same,
    searched,
    sending,
    taken_up,
    wait,
)
from bridge.exports.voucher import Ambiguous, NotSent, Ok, PostedVoucher, Rejected, Row, VoucherDraft

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=900)
DRAFT = VoucherDraft("A", date(2025, 12, 31), "Text FB-0123456789ABC", (Row(6990, 100), Row(1930, -100)))
ITEM = ExportItem("ent_1", "2025-12-31", 1, DRAFT, "FB-0123456789ABC")
POSTED = PostedVoucher("A", 7, 1, DRAFT.booked, DRAFT.text, DRAFT.rows)


def test_an_intent_remembers_where_to_search_from_and_keeps_it_when_sent_again() -> None:
    first = sending(ITEM, NOW, 7)
    assert (first.state, first.attempt, first.first_number, first.sent_at) == (State.SENDING, 1, 7, NOW)
    assert sending(replace(first, state=State.PLANNED), NOW, 12).first_number == 7


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Ok(POSTED), State.CONFIRMED),
        (Rejected("2000550", "Konto 1520 är inte aktivt"), State.REJECTED),
        (NotSent("no connection"), State.PLANNED),
        (Ambiguous("no answer"), State.SENDING),
    ],
)
def test_each_class_of_answer_leads_to_one_state(outcome: Ok | Rejected | NotSent | Ambiguous, state: State) -> None:
    assert answered(sending(ITEM, NOW, 7), outcome).state is state


def test_an_ambiguous_answer_changes_nothing_at_all() -> None:
    intent = sending(ITEM, NOW, 7)
    assert answered(intent, Ambiguous("no answer")) is intent


def test_a_voucher_that_cannot_be_sent_is_tried_again_and_then_given_up_untouched() -> None:
    item, now = ITEM, NOW
    for _ in range(MAX_RETURNS - 1):
        item = answered(sending(item, now, 7), NotSent("no connection"))
        assert (item.state, item.attempt, wait(item, now, SETTLE)) == (State.PLANNED, 0, RETRY_SECONDS)
        now += timedelta(seconds=RETRY_SECONDS)
        assert wait(item, now, SETTLE) == 0
        item = taken_up(item, now)
    item = taken_up(answered(sending(item, now, 7), NotSent("no connection")), now)
    assert (item.state, item.attempt) == (State.REJECTED, 0)
    assert item.problem is not None
    assert item.problem.code == "fortnox-unavailable"


def test_absence_is_proven_only_after_the_settle_time() -> None:
    intent = sending(ITEM, NOW, 7)
    assert wait(intent, NOW, SETTLE) == 900
    assert wait(intent, NOW + timedelta(seconds=899.5), SETTLE) == 1
    assert wait(intent, NOW + SETTLE, SETTLE) == 0
    assert wait(ITEM, NOW, SETTLE) == 0


def test_one_equal_hit_confirms_and_anything_else_is_for_a_person() -> None:
    intent = sending(ITEM, NOW, 7)
    assert searched(intent, [POSTED]).number == 7
    changed = replace(POSTED, rows=DRAFT.rows[:1])
    for hits in ([changed], [POSTED, replace(POSTED, number=8)]):
        item = searched(intent, hits)
        assert (item.state, item.problem and item.problem.code) == (State.REVIEW, "outcome-unknown")
        assert item.problem is not None
        assert "A 7" in str(item.problem.params["found"])


def test_nothing_found_is_sent_once_more_and_then_left_to_a_person() -> None:
    once = searched(sending(ITEM, NOW, 7), [])
    assert once.state is State.PLANNED
    assert searched(sending(once, NOW, 7), []).state is State.REVIEW


@pytest.mark.parametrize(
    "change",
    [
        {"series": "B"},
        {"booked": date(2025, 12, 30)},
        {"text": "Another"},
        {"rows": (Row(6990, 101), Row(1930, -101))},
        {"rows": (Row(6990, 100, cost_center="X"), Row(1930, -100))},
        {"rows": (Row(6990, 100, project="7"), Row(1930, -100))},
    ],
)
def test_any_difference_that_matters_makes_a_voucher_another_one(change: dict[str, object]) -> None:
    assert same(DRAFT, POSTED)
    assert same(DRAFT, replace(POSTED, rows=DRAFT.rows[::-1]))
    assert not same(DRAFT, replace(POSTED, **change))  # type: ignore[arg-type] # each case names its own field


def test_an_entry_knows_its_sums_and_its_content() -> None:
    entry = ClosingEntry("ent_1", "V", DRAFT.booked, "Text", (*DRAFT.rows, Row(2440, -5)))
    assert (entry.debit, entry.credit) == (100, 105)
    assert entry.content == replace(entry, id="ent_2").content
    assert entry.content != replace(entry, kind="S").content
