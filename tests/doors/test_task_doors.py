from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bridge.edge import tasks, timers
from bridge.engagements.caller import Caller
from bridge.exports.entry import ClosingEntry
from bridge.exports.voucher import Row
from bridge.flows import closing, exports, imports, status
from bridge.jobs.job import JobKey, Status
from bridge.ports import World
from bridge.problem import BridgeError, Problem, Refused, refuse
from bridge.stores import shapes
from tests.stand_ins.fortnox import FakeTokens, GrantInvalid, Unavailable
from tests.stand_ins.world import FakeWorld

Run = Callable[..., Any]


def facts(key: JobKey) -> dict[str, str]:
    return {"tenant": key.tenant, "engagement": key.engagement, "job": key.id}


def test_the_import_states_run_one_after_the_other(run: Run, world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    state = facts(job.key)
    years = run("import", "tasks", "open_import", **state)["years"]
    for year in years:
        assert run("import", "tasks", "fetch_year", **state, year=year) == {}
        assert run("import", "tasks", "read_year", **state, year=year) == {}
    for name in ("fetch_subledgers", "make_appendices", "publish_import"):
        assert run("import", "tasks", name, **state) == {}
    assert imports.read(world, caller, connected, job.key.id).job.status is Status.SUCCEEDED


def test_the_export_states_run_one_after_the_other(run: Run, world: FakeWorld, caller: Caller, connected: str) -> None:
    test_the_import_states_run_one_after_the_other(run, world, caller, connected)
    day = world.engagements.kept["T1", connected].active.last
    made = closing.create(world, caller, connected, [ClosingEntry("", "V", day, "Text", (Row(6990, 1), Row(1930, -1)))])
    job = exports.start(world, caller, connected, [made[0].id], {"V": "A"}, "key")
    state = facts(job.key)
    assert run("export", "tasks", "check_export", **state) == {"entries": [made[0].id]}
    assert run("export", "tasks", "send_voucher", **state, entry=made[0].id) == {"state": "final"}
    assert run("export", "tasks", "find_voucher", **state, entry=made[0].id) == {"state": "final", "seconds": 0}
    assert run("export", "tasks", "read_back_export", **state) == {}
    assert run("export", "tasks", "finish_export", **state) == {}
    assert exports.read(world, caller, connected, job.key.id).job.status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"Error": "Refused", "Cause": json.dumps({"errorMessage": str(refuse("not-connected"))})}, "not-connected"),
        ({"Error": "Refused", "Cause": json.dumps({"errorMessage": '{"code": "made-up"}'})}, "internal"),
        ({"Error": "Refused", "Cause": "not JSON"}, "internal"),
        ({"Error": "FortnoxUnavailable", "Cause": ""}, "fortnox-unavailable"),
        ({"Error": "FortnoxRateLimited", "Cause": ""}, "rate-limited"),
        ({"Error": "Runtime.ExitError", "Cause": ""}, "internal"),
        ({}, "internal"),
    ],
)
def test_a_failed_workflow_tells_the_user_why(
    run: Run, world: FakeWorld, caller: Caller, connected: str, error: dict[str, str], code: str
) -> None:
    job = imports.start(world, caller, connected, [], "")
    assert run("import", "tasks", "fail_import", **facts(job.key), error=error) == {}
    problem = imports.read(world, caller, connected, job.key.id).job.problem
    assert problem is not None
    assert problem.code == code


def test_a_failed_export_frees_what_was_never_sent(run: Run, world: FakeWorld, caller: Caller, connected: str) -> None:
    test_the_import_states_run_one_after_the_other(run, world, caller, connected)
    day = world.engagements.kept["T1", connected].active.last
    made = closing.create(world, caller, connected, [ClosingEntry("", "V", day, "Text", (Row(6990, 1), Row(1930, -1)))])
    job = exports.start(world, caller, connected, [made[0].id], {"V": "A"}, "key")
    run("export", "tasks", "fail_export", **facts(job.key), error={"Error": "FortnoxUnavailable"})
    assert exports.start(world, caller, connected, [made[0].id], {"V": "A"}, "again").key != job.key


def test_what_a_person_must_correct_leaves_a_state_as_refused_and_what_passes_keeps_its_class() -> None:
    event = {"tenant": "T", "engagement": "e", "job": "j"}
    with pytest.raises(Refused) as refused, tasks.task(event):
        raise GrantInvalid
    assert refused.value.problem == Problem("connection-revoked")
    with pytest.raises(Unavailable), tasks.task(event):
        raise Unavailable
    with pytest.raises(BridgeError), tasks.task(event):
        raise BridgeError
    with pytest.raises(Refused), tasks.task(event):
        raise refuse("not-found")


def test_the_broker_answers_its_six_questions_and_no_other(run: Run, world: FakeWorld, connected: str) -> None:
    def ask(**event: object) -> Any:
        return run("token_refresh", "broker", "handler", **event)

    granted = ask(action="exchange", code="once", mode="service")
    assert (granted["fortnoxTenant"], granted["accessToken"][:7]) == (1000001, "access-")
    connection = world.connections.kept["T1", connected]
    assert ask(action="seal", connection=json.loads(json.dumps(shapes.write(connection)))) == {"seal": connection.seal}
    given = ask(action="access_token", tenant="T1", engagement=connected, rejected="")
    assert (given["fortnoxTenant"], given["accessToken"][:7]) == (1000001, "access-")
    assert ask(action="unclaim", fortnoxTenant=1000001) == {}
    assert world.consents.kept[1000001].unclaimed_at == world.clock.now()
    assert ask(action="renew", fortnoxTenant=1000001) == {}
    assert world.consents.kept[1000001].unclaimed_at is None
    assert ask(action="forget", fortnoxTenant=1000001) == {}
    with pytest.raises(KeyError):
        ask(action="show me the secret")


def test_the_broker_refuses_what_a_person_must_correct(run: Run, world: FakeWorld, connected: str) -> None:
    def ask(**event: object) -> Any:
        return run("token_refresh", "broker", "handler", action="access_token", tenant="T1", **event)

    with pytest.raises(Refused) as unknown:
        ask(engagement="another", rejected="")
    assert unknown.value.problem.code == "not-connected"
    world.consents.kept.clear()
    with pytest.raises(Refused) as gone:
        ask(engagement=connected, rejected="")
    assert gone.value.problem.code == "connection-revoked"


def test_what_is_wrong_with_the_grant_of_a_login_leaves_the_broker_as_refused(run: Run, world: FakeWorld) -> None:
    def used(code: str, redirect_uri: str) -> FakeTokens:
        del code, redirect_uri
        raise GrantInvalid

    world.oauth.exchange = used  # type: ignore[method-assign] # the code was used before
    with pytest.raises(Refused) as refused:
        run("token_refresh", "broker", "handler", action="exchange", code="used", mode="service")
    assert refused.value.problem.code == "authorization-expired"


class Denied(BridgeError):
    """Fortnox says no, and a person can change that."""

    problem = Problem("scope-missing", {"scope": "bookkeeping"})


@pytest.mark.parametrize(("failure", "leaves_as"), [(Unavailable, Unavailable), (Denied, Refused)])
def test_what_may_go_away_leaves_the_broker_as_it_is_and_the_rest_as_refused(
    run: Run, world: FakeWorld, failure: type[BridgeError], leaves_as: type[BridgeError]
) -> None:
    def fail(code: str, redirect_uri: str) -> FakeTokens:
        del code, redirect_uri
        raise failure

    world.oauth.exchange = fail  # type: ignore[method-assign] # Fortnox does not give the tokens
    with pytest.raises(leaves_as) as error:
        run("token_refresh", "broker", "handler", action="exchange", code="once", mode="service")
    assert error.value.problem == failure().problem


def test_the_schedule_and_the_stream_reach_the_same_end(
    run: Run, world: FakeWorld, caller: Caller, connected: str
) -> None:
    assert run("token_refresh", "schedule", "sweep", part=3, parts=4) == {}
    world.clock.move(days=25)
    assert run("token_refresh", "schedule", "sweep") == {"noticed": 1}
    world.clock.move(days=6)
    lease = {"PK": {"S": f"T#T1#E#{connected}"}, "SK": {"S": "TIMER"}}
    company = {"PK": {"S": "REFRESH#1000001"}, "SK": {"S": "TIMER"}}
    state = {"PK": {"S": "STATE#abc"}, "SK": {"S": "ATTEMPT"}}
    records = [{"eventName": "REMOVE", "dynamodb": {"Keys": each}} for each in (lease, company, state)]
    inserted = {"eventName": "INSERT", "dynamodb": {"Keys": lease}}
    assert run("token_refresh", "stream", "expired", Records=[*records, inserted]) == {"ended": 1, "renewed": 1}
    assert status.read(world, caller, connected).status == "expired"
    assert timers.removed({}) == []


def check_world(world: FakeWorld) -> World:
    """Let mypy hold the stand-ins to the ports."""
    return world
