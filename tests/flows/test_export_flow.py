from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from bridge.engagements.caller import Caller
from bridge.exports.entry import ClosingEntry
from bridge.exports.item import State
from bridge.exports.voucher import Ambiguous, NotSent, Outcome, Rejected, Row, VoucherDraft
from bridge.flows import closing, export_check, export_finish, export_send, exports, imports
from bridge.jobs.job import Job, Status
from bridge.problem import BridgeError, Problem, Refused
from bridge.tokens.connection import Ended
from tests.flows.runs import run_export, run_import
from tests.stand_ins.fortnox import GrantInvalid, Unavailable
from tests.stand_ins.world import FakeWorld

DAY = date(2025, 12, 31)


def entry(kind: str = "V", amount: int = 5000, **changes: object) -> ClosingEntry:
    made = ClosingEntry("", kind, DAY, "Periodisering", (Row(6990, amount), Row(1930, -amount)))
    return replace(made, **changes)  # type: ignore[arg-type] # the changes are named in each test


@pytest.fixture
def imported(world: FakeWorld, caller: Caller, connected: str) -> str:
    run_import(world, imports.start(world, caller, connected, [], "").key)
    return connected


def started(
    world: FakeWorld, caller: Caller, engagement: str, entries: Sequence[ClosingEntry], key: str = "key", **series: str
) -> Job:
    ids = [each.id for each in closing.create(world, caller, engagement, entries)]
    return exports.start(world, caller, engagement, ids, series or {"V": "A", "S": "I"}, key)


def refusal(world: FakeWorld, caller: Caller, engagement: str, entries: Sequence[ClosingEntry], **series: str) -> str:
    job = started(world, caller, engagement, entries, key=world.ids.new("key"), **series)
    with pytest.raises(Refused) as refused:
        run_export(world, job.key)
    export_finish.fail_export(world, job.key, refused.value.problem)
    assert world.fake.vouchers == []
    assert exports.read(world, caller, engagement, job.key.id).job.status is Status.FAILED
    return refused.value.problem.code


def test_entries_are_sent_once_read_back_and_recognised(world: FakeWorld, caller: Caller, imported: str) -> None:
    job = started(world, caller, imported, [entry(), entry("S", 700)])
    run_export(world, job.key)
    view = exports.read(world, caller, imported, job.key.id)
    assert view.job.status is Status.SUCCEEDED
    assert view.job.result == {"exported": 2, "verified": 2, "entries": 2}
    assert sorted((item.draft.series, item.number, item.verified) for item in view.items) == [
        ("A", 1, True),
        ("I", 1, True),
    ]
    assert [each.status.value for each in closing.list_all(world, caller, imported)] == ["transferred", "transferred"]
    assert all("FB-" in voucher.text for voucher in world.fake.vouchers)


def test_an_exported_entry_cannot_be_exported_again(world: FakeWorld, caller: Caller, imported: str) -> None:
    job = started(world, caller, imported, [entry()])
    run_export(world, job.key)
    with pytest.raises(Refused) as refused:
        exports.start(
            world,
            caller,
            imported,
            [view.id for view in closing.list_all(world, caller, imported)],
            {"V": "A"},
            "other",
        )
    assert refused.value.problem.code == "already-exported"


def test_the_same_key_gives_the_same_export_and_another_body_is_refused(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    ids = [each.id for each in closing.create(world, caller, imported, [entry()])]
    first = exports.start(world, caller, imported, ids, {"V": "A"}, "key")
    assert exports.start(world, caller, imported, ids, {"V": "A"}, "key").key == first.key
    with pytest.raises(Refused) as refused:
        exports.start(world, caller, imported, ids, {"V": "I"}, "key")
    assert refused.value.problem.code == "idempotency-key-reused"
    with pytest.raises(Refused) as missing:
        exports.start(world, caller, imported, ids, {"V": "A"}, "")
    assert missing.value.problem.code == "idempotency-key-missing"


def test_a_lost_answer_is_looked_for_and_never_sent_again(world: FakeWorld, caller: Caller, imported: str) -> None:
    def lost(draft: VoucherDraft, year: int) -> Outcome:
        world.fake.book(draft, year)
        return Ambiguous("the answer was lost")

    world.fake.outcome = lost
    run_export(world, started(world, caller, imported, [entry()]).key)
    assert len(world.fake.vouchers) == 1


def test_a_request_that_vanished_is_sent_again_after_a_complete_search(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    tries: list[VoucherDraft] = []

    def vanished(draft: VoucherDraft, _year: int) -> Outcome:
        tries.append(draft)
        world.fake.outcome = None
        return Ambiguous("nobody knows")

    world.fake.outcome = vanished
    run_export(world, started(world, caller, imported, [entry()]).key)
    assert (len(tries), len(world.fake.vouchers)) == (1, 1)


def test_a_voucher_that_vanishes_twice_is_left_to_a_person(world: FakeWorld, caller: Caller, imported: str) -> None:
    world.fake.outcome = lambda _draft, _year: Ambiguous("nobody knows")
    job = started(world, caller, imported, [entry()])
    run_export(world, job.key)
    view = exports.read(world, caller, imported, job.key.id)
    assert [item.state for item in view.items] == [State.REVIEW]
    assert (view.job.status, view.job.problem and view.job.problem.code) == (Status.FAILED, "outcome-unknown")


def test_fortnox_out_of_reach_gives_up_without_having_sent(world: FakeWorld, caller: Caller, imported: str) -> None:
    world.fake.outcome = lambda _draft, _year: NotSent("no connection")
    job = started(world, caller, imported, [entry()])
    run_export(world, job.key)
    view = exports.read(world, caller, imported, job.key.id)
    assert [item.problem and item.problem.code for item in view.items] == ["fortnox-unavailable"]


def test_a_rejection_stops_that_voucher_alone_and_frees_its_entry(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    def picky(draft: VoucherDraft, year: int) -> Outcome:
        refused = draft.rows[0].amount == 5000
        world.fake.outcome = None if not refused else picky
        return Rejected("2000550", "Konto är inte aktivt") if refused else world.fake.post_voucher(draft, year)

    world.fake.outcome = picky
    job = started(world, caller, imported, [entry(), entry(amount=700)])
    run_export(world, job.key)
    view = exports.read(world, caller, imported, job.key.id)
    assert view.job.status is Status.PARTLY
    assert sorted(item.state for item in view.items) == [State.CONFIRMED, State.REJECTED]
    freed = [item.entry for item in view.items if item.state is State.REJECTED]
    assert exports.start(world, caller, imported, freed, {"V": "A"}, "again").key != job.key


def test_a_worker_that_froze_between_intent_and_request_does_not_send(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    job = started(world, caller, imported, [entry()])
    move = world.entries.move

    def slow(*args: object) -> object:
        moved = move(*args)  # type: ignore[arg-type] # passed on as it came
        world.clock.move(seconds=3)
        return moved

    world.entries.move = slow  # type: ignore[method-assign,assignment] # the store is slow in this test
    assert export_send.send_voucher(world, job.key, world.entries.items(job.key)[0].entry) == "unknown"
    assert world.fake.vouchers == []


def test_a_voucher_that_was_sent_before_is_not_sent_again(world: FakeWorld, caller: Caller, imported: str) -> None:
    job = started(world, caller, imported, [entry()])
    item = world.entries.items(job.key)[0]
    assert export_send.send_voucher(world, job.key, item.entry) == "final"
    assert export_send.send_voucher(world, job.key, item.entry) == "final"
    assert len(world.fake.vouchers) == 1


def test_two_workers_cannot_both_send(world: FakeWorld, caller: Caller, imported: str) -> None:
    job = started(world, caller, imported, [entry()])
    item = world.entries.items(job.key)[0]
    world.entries.move = lambda *_: None  # type: ignore[method-assign] # somebody else was first
    assert export_send.send_voucher(world, job.key, item.entry) == "unknown"
    assert world.fake.vouchers == []


def test_everything_fortnox_would_refuse_is_found_before_anything_is_sent(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    rows = (Row(6990, 1), Row(1520, -1))
    assert refusal(world, caller, imported, [entry()], V="X") == "series-unknown"
    assert refusal(world, caller, imported, [entry(amount=2)], V="B") == "series-not-manual"
    assert refusal(world, caller, imported, [entry(rows=rows)], V="A") == "account-inactive"
    assert refusal(world, caller, imported, [entry(rows=(Row(9999, 1), Row(1930, -1)))], V="A") == "account-unknown"
    world.fake.lock = DAY
    assert refusal(world, caller, imported, [entry(amount=3)], V="A") == "period-locked"
    world.fake.org_number = "559999-9991"
    assert refusal(world, caller, imported, [entry(amount=4)], V="A") == "org-number-mismatch"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (entry(rows=(Row(6990, 5), Row(1930, -4))), "unbalanced-voucher"),
        (entry(text=" "), "invalid-value"),
        (entry(rows=()), "invalid-value"),
        (entry(booked=date(2024, 12, 31)), "date-outside-period"),
    ],
)
def test_a_wrong_entry_is_not_taken_in(
    world: FakeWorld, caller: Caller, imported: str, wrong: ClosingEntry, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        closing.create(world, caller, imported, [wrong])
    assert refused.value.problem.code == code
    with pytest.raises(Refused) as all_of_them:
        closing.create(world, caller, imported, [wrong, wrong])
    assert all_of_them.value.problem == Problem("invalid-request")
    assert closing.list_all(world, caller, imported) == []


def test_an_export_needs_known_entries_a_series_for_each_kind_and_an_import(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    made = closing.create(world, caller, connected, [entry()])[0].id
    cases: list[tuple[list[str], dict[str, str], str]] = [([made], {"V": "A"}, "not-imported")]
    for ids, series, code in cases:
        with pytest.raises(Refused) as refused:
            exports.start(world, caller, connected, ids, series, "key")
        assert refused.value.problem.code == code
    run_import(world, imports.start(world, caller, connected, ["2024-12-31"], "").key)
    after: list[tuple[list[str], dict[str, str], str]] = [
        (["none"], {"V": "A"}, "entry-unknown"),
        ([], {"V": "A"}, "invalid-value"),
        ([made], {"V": "A"}, "year-unknown"),
    ]
    for ids, series, code in after:
        with pytest.raises(Refused) as refused:
            exports.start(world, caller, connected, ids, series, "key")
        assert refused.value.problem.code == code
    run_import(world, imports.start(world, caller, connected, [], "").key)
    with pytest.raises(Refused) as kind:
        exports.start(world, caller, connected, [made], {"S": "A"}, "key")
    assert kind.value.problem.pointer == "/series/V"


def test_a_voucher_changed_in_fortnox_is_a_finding_and_stays_unverified(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    job = started(world, caller, imported, [entry()])
    run_export_with_change(world, job)
    view = exports.read(world, caller, imported, job.key.id)
    assert [finding.code for part in view.parts for finding in part.findings] == ["read-back-differs"]
    assert not view.items[0].verified


def run_export_with_change(world: FakeWorld, job: Job) -> None:
    for each in export_check.check_export(world, job.key):
        export_send.send_voucher(world, job.key, each)
    world.fake.vouchers = [replace(voucher, rows=voucher.rows[:1]) for voucher in world.fake.vouchers]
    export_finish.read_back_export(world, job.key)
    export_finish.finish_export(world, job.key)


def test_series_are_listed_live_and_an_unknown_year_is_refused(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    assert [each.code for each in closing.series(world, caller, connected, "2025-12-31")] == ["A", "B", "I"]
    with pytest.raises(Refused) as refused:
        closing.series(world, caller, connected, "1999-12-31")
    assert refused.value.problem.code == "year-unknown"


def test_exports_are_listed_and_a_job_queued_by_a_crash_gets_going(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    ids = [each.id for each in closing.create(world, caller, imported, [entry()])]
    world.workflows.broken = True
    with pytest.raises(RuntimeError):
        exports.start(world, caller, imported, ids, {"V": "A"}, "key")
    world.workflows.broken = False
    with pytest.raises(Refused) as refused:
        exports.start(world, caller, imported, ids, {"V": "A"}, "other key")
    assert refused.value.problem.code == "export-running"
    assert [key.id for _, key in world.workflows.started][-1] == exports.list_all(world, caller, imported)[0].key.id


def test_an_export_that_cannot_go_on_tells_what_arrived_and_leaves_the_unknown_to_a_person(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    made = [entry(amount=amount) for amount in (1, 2, 3)]
    job = started(world, caller, imported, made)
    first, second, third = (item.entry for item in world.entries.items(job.key))
    export_send.send_voucher(world, job.key, first)
    world.fake.outcome = lambda _draft, _year: Ambiguous("no answer")
    export_send.send_voucher(world, job.key, second)
    export_finish.fail_export(world, job.key, Problem("fortnox-unavailable"))
    export_finish.fail_export(world, job.key, Problem("fortnox-unavailable"))
    view = exports.read(world, caller, imported, job.key.id)
    assert {item.entry: item.state for item in view.items} == {
        first: State.CONFIRMED,
        second: State.REVIEW,
        third: State.REJECTED,
    }
    assert (view.job.status, view.job.result["exported"]) == (Status.PARTLY, 1)


def test_a_voucher_that_can_never_leave_is_given_up_in_the_end(world: FakeWorld, caller: Caller, imported: str) -> None:
    job = started(world, caller, imported, [entry()])
    item = world.entries.items(job.key)[0]
    for _ in range(20):
        state, seconds = export_send.find_voucher(world, job.key, item.entry)
        world.clock.move(seconds=seconds)
    assert state == "final"
    assert world.entries.item(job.key, item.entry).state is State.REJECTED


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (Ended.DISCONNECTED, "not-connected"),
        (Ended.REVOKED, "connection-revoked"),
        (Ended.EXPIRED, "connection-expired"),
    ],
)
def test_a_connection_that_ended_in_the_middle_frees_the_rest(
    world: FakeWorld, caller: Caller, imported: str, why: Ended, code: str
) -> None:
    job = started(world, caller, imported, [entry()])
    held = world.connections.kept["T1", imported]
    world.connections.put(held.end(why, world.clock.now()))
    item = world.entries.items(job.key)[0]
    assert export_send.send_voucher(world, job.key, item.entry) == "final"
    problem = world.entries.item(job.key, item.entry).problem
    assert problem is not None
    assert problem.code == code


def test_a_job_works_for_the_company_it_was_started_for_and_no_other(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    job = started(world, caller, imported, [entry()])
    world.connections.put(replace(world.connections.kept["T1", imported], fortnox_tenant=77))
    world.consents.put(replace(world.consents.kept[1000001], fortnox_tenant=77))
    with pytest.raises(Refused) as refused:
        export_check.check_export(world, job.key)
    assert refused.value.problem.code == "company-changed"
    assert world.fake.vouchers == []


def test_entries_sent_twice_with_one_key_are_taken_in_once(world: FakeWorld, caller: Caller, imported: str) -> None:
    first = closing.create(world, caller, imported, [entry(), entry()], "key")
    again = closing.create(world, caller, imported, [entry(), entry()], "key")
    assert [each.id for each in first] == [each.id for each in again]
    assert len(closing.list_all(world, caller, imported)) == 2


def test_characters_nobody_can_read_are_refused_in_texts(world: FakeWorld, caller: Caller, imported: str) -> None:
    hidden = entry(rows=(Row(6990, 5, "a\u202eb"), Row(1930, -5)))
    with pytest.raises(Refused) as refused:
        closing.create(world, caller, imported, [hidden])
    assert (refused.value.problem.code, refused.value.problem.pointer) == ("invalid-value", "/entries/0/rows/0/text")


def test_an_import_is_no_export(world: FakeWorld, caller: Caller, imported: str) -> None:
    job = imports.list_all(world, caller, imported)[0]
    with pytest.raises(Refused) as refused:
        exports.read(world, caller, imported, job.key.id)
    assert refused.value.problem.code == "not-found"


def test_vouchers_get_their_numbers_in_the_order_asked_for(world: FakeWorld, caller: Caller, imported: str) -> None:
    ids = [each.id for each in closing.create(world, caller, imported, [entry(amount=a) for a in (1, 2, 3)])]
    job = exports.start(world, caller, imported, [ids[2], ids[0], ids[1]], {"V": "A"}, "key")
    run_export(world, job.key)
    assert [voucher.rows[0].amount for voucher in world.fake.vouchers] == [3, 1, 2]


def test_what_fortnox_refuses_before_the_send_is_told_and_what_passes_is_tried_again(
    world: FakeWorld, caller: Caller, imported: str
) -> None:
    job = started(world, caller, imported, [entry()])
    item = world.entries.items(job.key)[0].entry

    def failing(error: type[BridgeError]) -> None:
        def next_number(_series: str, _year_id: int) -> int:
            raise error

        world.fake.next_number = next_number  # type: ignore[method-assign,assignment] # Fortnox answers so

    failing(Unavailable)
    with pytest.raises(Unavailable):
        export_send.send_voucher(world, job.key, item)
    assert world.entries.item(job.key, item).state is State.PLANNED
    failing(GrantInvalid)
    assert export_send.send_voucher(world, job.key, item) == "final"
    assert world.entries.item(job.key, item).problem == Problem("connection-revoked")
