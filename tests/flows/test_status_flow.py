from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.exports.entry import ClosingEntry, EntryStatus
from bridge.exports.voucher import Row
from bridge.flows import connect, exports, imports, status
from bridge.problem import Problem
from bridge.tokens.capability import Answer
from bridge.tokens.connection import Ended
from tests.conftest import Y25
from tests.flows.runs import run_export, run_import
from tests.stand_ins.logins import Tab, log_in
from tests.stand_ins.world import FakeWorld

ENTRY = ClosingEntry("ent_1", "V", Y25.last, "Periodisering", (Row(6990, 10050), Row(1930, -10050)))


def word(world: FakeWorld, caller: Caller, engagement: str) -> str:
    return status.read(world, caller, engagement).status


def hindrance(world: FakeWorld, caller: Caller, engagement: str) -> str:
    return status.read(world, caller, engagement).hindrance


def test_a_login_under_way_shows_until_it_is_too_late(world: FakeWorld, caller: Caller, engagement: str) -> None:
    assert word(world, caller, engagement) == "none"
    connect.start(world, caller, engagement, connect.Wish())
    assert word(world, caller, engagement) == "pending"
    world.clock.move(minutes=10)
    assert word(world, caller, engagement) == "none"


def test_a_login_under_way_hides_no_connection_that_works(world: FakeWorld, caller: Caller, connected: str) -> None:
    connect.start(world, caller, connected, connect.Wish())
    assert word(world, caller, connected) == "connected"
    world.clock.move(days=31)
    assert word(world, caller, connected) == "expired"
    connect.start(world, caller, connected, connect.Wish())
    assert word(world, caller, connected) == "pending"
    assert hindrance(world, caller, connected) == "connection-expired"


def test_the_lease_shows_its_last_week_and_its_end(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.clock.move(days=24)
    assert word(world, caller, connected) == "expiring"
    world.clock.move(days=7)
    standing = status.read(world, caller, connected)
    assert (standing.status, standing.days_left) == ("expired", 0)


@pytest.mark.parametrize(
    ("why", "told", "company"),
    [
        (Ended.EXPIRED, "expired", "Nordvik Snickeri AB"),
        (Ended.REVOKED, "revoked", "Nordvik Snickeri AB"),
        (Ended.DISCONNECTED, "none", None),
    ],
)
def test_an_end_keeps_what_there_was_to_be_seen_unless_a_user_made_it(
    world: FakeWorld, caller: Caller, connected: str, why: Ended, told: str, company: str | None
) -> None:
    world.connections.end(world.connections.kept["T1", connected].end(why, world.clock.now()))
    standing = status.read(world, caller, connected)
    assert (standing.status, standing.connection and standing.connection.company) == (told, company)
    assert standing.days_left == (0 if company else None)


def test_fortnox_that_gave_no_answer_at_our_last_try_is_unreachable_until_it_does(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(hours=1)
    imports.fail(world, imports.start(world, caller, connected, [], "").key, Problem("fortnox-unavailable"))
    standing = status.read(world, caller, connected)
    assert (standing.status, standing.unreachable_since) == ("unreachable", world.clock.now())
    world.clock.move(hours=1)
    run_import(world, imports.start(world, caller, connected, [], "").key)
    assert word(world, caller, connected) == "connected"


def test_a_new_login_forgets_that_fortnox_gave_no_answer(world: FakeWorld, caller: Caller, connected: str) -> None:
    imports.fail(world, imports.start(world, caller, connected, [], "").key, Problem("fortnox-unavailable"))
    world.clock.move(hours=1)
    log_in(world, caller, connected)
    assert word(world, caller, connected) == "connected"


def test_another_failure_than_silence_says_nothing_about_fortnox(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.clock.move(hours=1)
    imports.fail(world, imports.start(world, caller, connected, [], "").key, Problem("internal"))
    assert word(world, caller, connected) == "connected"


def test_the_first_reason_why_nothing_can_be_exported_is_the_one_that_is_told(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    assert hindrance(world, caller, engagement) == "not-connected"
    world.fake.answers["bookkeeping"] = Answer.NO_RIGHT
    log_in(world, caller, engagement)
    assert hindrance(world, caller, engagement) == "missing-permission"
    world.fake.answers.clear()
    log_in(world, caller, engagement)
    assert hindrance(world, caller, engagement) == "not-imported"
    job = imports.start(world, caller, engagement, [], "")
    assert hindrance(world, caller, engagement) == "import-running"
    run_import(world, job.key)
    assert hindrance(world, caller, engagement) == "nothing-to-export"
    world.entries.put("T1", engagement, [ENTRY])
    assert hindrance(world, caller, engagement) == ""
    export = exports.start(world, caller, engagement, ["ent_1"], {"V": "A"}, "key")
    assert hindrance(world, caller, engagement) == "export-running"
    run_export(world, export.key)
    assert world.entries.kept["ent_1"].status is EntryStatus.TRANSFERRED
    assert hindrance(world, caller, engagement) == "nothing-to-export"
    world.clock.move(days=31)
    assert hindrance(world, caller, engagement) == "connection-expired"
    held = world.connections.kept["T1", engagement]
    world.connections.kept["T1", engagement] = replace(held, ended=Ended.REVOKED)
    assert hindrance(world, caller, engagement) == "connection-revoked"


def test_a_connection_without_a_matrix_is_tried(world: FakeWorld, caller: Caller, connected: str) -> None:
    held = world.connections.kept["T1", connected]
    world.connections.kept["T1", connected] = replace(held, capabilities=())
    assert word(world, caller, connected) == "connected"


def test_a_tab_that_came_back_denied_shows_why_beside_what_still_works(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    begun = connect.start(world, caller, connected, connect.Wish())
    Tab(world, begun.url).back(error="access_denied")
    standing = status.read(world, caller, connected)
    assert standing.status == "connected"
    assert standing.login is not None
    assert standing.login.problem == Problem("consent-denied", {"company": "Nordvik", "module": "needed"})
