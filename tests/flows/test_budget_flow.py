from __future__ import annotations

from datetime import date

from bridge.engagements.caller import Caller
from bridge.exports.entry import ClosingEntry
from bridge.exports.voucher import Row
from bridge.flows import closing, export_check, export_send, exports, imports
from bridge.ports.budget import BULK
from tests.flows.runs import run_import
from tests.stand_ins.fortnox import FakeTokens
from tests.stand_ins.world import FakeWorld


def test_a_login_takes_all_it_needs_of_the_companys_budget_in_one_go(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    assert closing.list_all(world, caller, connected) == []
    assert world.calls == [len(FakeTokens.scopes) + 1], "the company, its years, and a question for each other scope"


def test_the_short_steps_of_an_import_take_what_they_need_and_the_subledgers_as_a_bulk_worker_does(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.calls.clear()
    run_import(world, imports.start(world, caller, connected, ["2025-12-31"], "").key)
    *short, subledgers = world.calls
    assert subledgers == BULK
    assert max(short) < BULK


def test_an_export_takes_two_for_each_voucher_and_a_list_of_series_two(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    run_import(world, imports.start(world, caller, connected, [], "").key)
    rows = (Row(6990, 1_000), Row(1930, -1_000))
    entry = ClosingEntry("", "V", date(2025, 12, 31), "Periodisering", rows)
    kept = closing.create(world, caller, connected, [entry])
    job = exports.start(world, caller, connected, [each.id for each in kept], {"V": "A"}, "key")
    world.calls.clear()
    export_check.check_export(world, job.key)
    export_send.send_voucher(world, job.key, kept[0].id)
    closing.series(world, caller, connected, "2025-12-31")
    assert world.calls == [BULK, 2, 2], "the checks; next number and voucher; years and series"
