from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import jwt
import pytest

from bridge import wiring
from bridge.tokens.connection import Connection
from infra.local.fortnox import Simulator
from infra.local.stack import LocalStack
from tests.stack.books import LAST
from tests.stack.client import SERIES, Bridge, Json, key
from tests.stack.sizes import DUE

DAY = 86400
REFRESHED = "POST /oauth-v1/token refresh_token"
"""How the simulator counts refreshes."""


@pytest.fixture
def heard(stack: LocalStack) -> Iterator[Callable[[], list[Json]]]:
    """What a host product hears that put a rule for our events on the bus, with a queue of its own behind it."""
    bus, sqs = stack.client("events"), stack.client("sqs")
    queue = sqs.create_queue(QueueName="host")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rule = {"Name": "host", "EventBusName": stack.outputs["EventBus"]}
    bus.put_rule(**rule, EventPattern=json.dumps({"detail-type": [{"prefix": "ConnectionE"}]}))
    bus.put_targets(Rule=rule["Name"], EventBusName=rule["EventBusName"], Targets=[{"Id": "queue", "Arn": arn}])

    def read() -> list[Json]:
        found: list[Json] = []  # other tests' engagements are told too
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(each["Body"]) for each in messages]
        return found

    yield read
    sqs.delete_queue(QueueUrl=queue)
    bus.remove_targets(Rule=rule["Name"], EventBusName=rule["EventBusName"], Ids=["queue"])
    bus.delete_rule(**rule)


def ends(bridge: Bridge) -> datetime:
    return datetime.fromisoformat(bridge.get("/connection")["expiresAt"])


def lease_left(stack: LocalStack, bridge: Bridge) -> timedelta:
    return ends(bridge) - stack.clock.now()


def grants(stack: LocalStack, bridge: Bridge) -> int:
    """Count what is stored of the company: its grants, and its consent with the tokens."""
    table = stack.client("dynamodb").scan(TableName=stack.outputs["ConnectionsTable"])
    company = str(bridge.company.number)
    return sum(item["PK"]["S"] in {f"FX#{company}", f"GRANTS#{company}"} for item in table["Items"])


def test_after_thirty_days_exports_are_refused_and_a_new_consent_and_import_repair_it(
    stack: LocalStack, imported: Bridge
) -> None:
    ids = imported.entries()
    stack.clock.move(31 * DAY)
    connection = imported.get("/connection")
    assert (connection["status"], connection["daysLeft"], connection["export"]["allowed"]) == ("expired", 0, False)
    asked = {"entryIds": ids, "series": SERIES}
    with imported.untouched():
        imported.refused("connection-expired", "POST", "/exports", asked, idempotency_key=key())
        imported.refused("connection-expired", "POST", "/imports", {})
        imported.refused("connection-expired", "GET", f"/voucher-series?year={LAST}")
    assert imported.connect() == ""
    assert imported.importing(LAST)["status"] == "succeeded"
    assert imported.exporting(ids[:1])["status"] == "succeeded"
    assert imported.get("/connection")["daysLeft"] == 30


def by_schedule(stack: LocalStack) -> int:
    """Do what the schedule does when it is due, and nothing else."""
    schedules, _expiry, *_streams = stack._running._parts
    return int(schedules.tick())


def by_stream(stack: LocalStack) -> int:
    """Do what TTL and stream do, and nothing else."""
    _schedules, expiry, *streams = stack._running._parts
    assert expiry.tick() >= 0
    return int(sum(stream.tick() for stream in streams))


BOTH = pytest.mark.parametrize("bring", [by_schedule, by_stream], ids=lambda bring: bring.__name__)


@BOTH
def test_a_lease_is_announced_three_times_and_then_ended_by_either_way_alone(
    stack: LocalStack, imported: Bridge, heard: Callable[[], list[Json]], bring: Callable[[LocalStack], int]
) -> None:
    assert grants(stack, imported) == 2
    books = imported.get("/appendices")
    for hours in range(22 * 24, 31 * 24, 12):
        stack.clock.move(hours * 3600)
        bring(stack)
    assert grants(stack, imported) == 0
    assert imported.get("/connection")["status"] == "expired"
    lines = [each["code"] for each in imported.items("/activity") if each["code"].startswith("connection-")]
    assert lines == ["connection-ended", *["connection-expiring"] * 3]
    counts = [each["params"]["count"] for each in imported.activity("connection-expiring")]
    assert counts == [1, 3, 7]
    assert imported.get("/appendices") == books
    told = [(each["detail-type"], each["detail"]) for each in heard()]
    ids = {"tenant": "T1", "engagement": imported.engagement}
    assert [
        (name, {**detail, "tenant": "T1"}) for name, detail in told if detail["engagement"] == ids["engagement"]
    ] == [
        *[("ConnectionExpiring", {**ids, "days": days}) for days in (7, 3, 1)],
        ("ConnectionEnded", {**ids, "reason": "expired"}),
    ]


def test_stream_and_schedule_at_once_end_a_lease_once(stack: LocalStack, connected: Bridge) -> None:
    stack.clock.move(31 * DAY)
    stack.tick()
    stack.tick()
    assert grants(stack, connected) == 0
    assert len(connected.activity("connection-ended")) == 1


@pytest.fixture
def alike(stack: LocalStack, fortnox: Simulator, bridge: Bridge) -> Iterator[list[Connection]]:
    """As many connections as are to be due at once: one made by a login, the others kept as that one is."""
    _put_off_what_others_left(stack)
    assert bridge.connect("personal") == ""
    tenant = jwt.decode(bridge.token(), options={"verify_signature": False})["tenant"]
    shared, world = wiring.shared(), wiring.world(tenant)
    grants, first = fortnox.state.grants, bridge.company.number
    engagement, connection = (
        world.engagements.get(tenant, bridge.engagement),
        world.connections.get(tenant, bridge.engagement),
    )
    consent, refresh = (
        shared.consents.get(first),
        next(each for each in grants.refreshes.values() if each.company == first),
    )
    assert engagement is not None
    assert connection is not None
    assert consent is not None
    made = [connection]
    for number in range(first * 1000, first * 1000 + DUE - 1):
        fortnox.add(replace(bridge.company, number=number))
        token = grants.new_refresh(replace(refresh, company=number))
        world.engagements.put(replace(engagement, id=f"eng_{number}"))
        made.append(replace(connection, engagement=f"eng_{number}", fortnox_tenant=number))
        world.connections.put(made[-1])
        shared.consents.put(replace(consent, fortnox_tenant=number, refresh_token=token))
    yield made
    for each in made[1:]:
        fortnox.companies.pop(each.fortnox_tenant)


def _put_off_what_others_left(stack: LocalStack) -> None:
    """Look at the tokens of other tests' companies, which are gone, so that they are not due again within the hour."""
    stack.clock.move(21 * DAY)
    by_stream(stack)
    stack.clock.move(0)


def by_both(stack: LocalStack) -> None:
    """Let the schedule's parts and the stream bring what is due at the same time."""
    parts = [{"part": part, "parts": 4} for part in range(4)]
    with ThreadPoolExecutor(len(parts) + 1) as threads:
        swept = [threads.submit(stack.invoke, "SweepDue", part) for part in parts]
        threads.submit(by_stream, stack).result()
        assert [each.result()[1] for each in swept] == [None] * len(parts)
    stack.tick()


@pytest.mark.slow
@pytest.mark.parametrize("bring", [by_schedule, by_stream, by_both], ids=lambda bring: bring.__name__)
def test_every_refresh_token_that_is_due_is_renewed_once(
    stack: LocalStack, fortnox: Simulator, alike: list[Connection], bring: Callable[[LocalStack], int | None]
) -> None:
    called = fortnox.stats.by_path.get(REFRESHED, 0)
    stack.clock.move(21 * DAY)
    bring(stack)
    assert fortnox.stats.by_path[REFRESHED] - called == DUE
    used = Counter(each.company for each in fortnox.state.grants.refreshes.values() if each.dead)
    assert [used[each.fortnox_tenant] for each in alike] == [1] * DUE
    held = wiring.world(alike[0].tenant).connections
    assert [held.get(each.tenant, each.engagement) for each in alike] == alike, "no lease has moved"


@BOTH
def test_the_end_waits_for_an_import_that_was_started_inside_the_lease(
    stack: LocalStack, connected: Bridge, fortnox: Simulator, bring: Callable[[LocalStack], int]
) -> None:
    stack.clock.move(30 * DAY - 60)
    fortnox.knobs.latency = 0.3
    job = connected.start("imports", {"years": [LAST]})
    stack.clock.move(30 * DAY + 3600)
    bring(stack)
    assert grants(stack, connected) == 2
    fortnox.knobs.latency = 0
    assert connected.wait(job)["status"] == "succeeded"
    stack.clock.move(30 * DAY + 3 * 3600)
    bring(stack)
    connection = connected.get("/connection")
    assert (connection["status"], connection["daysLeft"]) == ("connected", 30)


def test_an_import_and_an_export_renew_the_lease_and_a_token_refresh_does_not(
    stack: LocalStack, fortnox: Simulator, bridge: Bridge
) -> None:
    assert bridge.connect("personal") == ""
    stack.clock.move(9 * DAY)
    assert bridge.importing(LAST)["status"] == "succeeded"
    assert lease_left(stack, bridge) > timedelta(days=29, hours=23)
    stack.clock.move(18 * DAY)
    assert bridge.exporting(bridge.entries()[:1])["status"] == "succeeded"
    assert lease_left(stack, bridge) > timedelta(days=29, hours=23)
    before, dead = ends(bridge), consumed(fortnox, bridge)
    stack.clock.move(39 * DAY)
    stack.tick()
    assert consumed(fortnox, bridge) == dead + 1
    assert ends(bridge) == before
    assert bridge.get("/connection")["status"] == "connected"


def consumed(fortnox: Simulator, bridge: Bridge) -> int:
    """Count the refresh tokens of the company that were traded in."""
    refreshes = fortnox.state.grants.refreshes.values()
    return sum(each.dead for each in refreshes if each.company == bridge.company.number)


@pytest.mark.parametrize("days", [22.5, 29.5])
def test_the_last_week_of_a_lease_is_announced(stack: LocalStack, connected: Bridge, days: float) -> None:
    stack.clock.move(days * DAY)
    left = 8 if days < 23 else 1
    connection = connected.get("/connection")
    assert (connection["status"], connection["daysLeft"]) == ("connected" if left > 7 else "expiring", left)
    assert connection["export"]["reason"] == "not-imported", "the lease stands in the way of nothing"


def test_a_failed_import_and_looking_do_not_renew_the_lease(
    stack: LocalStack, connected: Bridge, fortnox: Simulator
) -> None:
    before = ends(connected)
    stack.clock.move(5 * DAY)
    fortnox.knobs.sie_unbalanced = True
    connected.failed("sie-unbalanced", connected.importing(LAST))
    assert connected.items(f"/voucher-series?year={LAST}")
    assert ends(connected) == before


def test_an_audit_engagement_has_no_lease(stack: LocalStack, bridge: Bridge) -> None:
    bridge.engage(purpose="audit")
    assert bridge.connect() == ""
    stack.clock.move(400 * DAY)
    assert stack.invoke("SweepDue", {})[1] is None
    connection = bridge.get("/connection")
    assert (connection["status"], connection["expiresAt"], connection["daysLeft"]) == ("connected", None, None)
    assert bridge.items(f"/voucher-series?year={LAST}")
