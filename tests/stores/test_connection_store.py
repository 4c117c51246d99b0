from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.engagements.engagement import Engagement, Purpose
from bridge.ports import Holder
from bridge.problem import Refused
from bridge.stores.connections import Connections
from bridge.stores.engagements import Engagements
from bridge.stores.failures import StoreUnavailable
from bridge.tokens.connection import Attempt, Connection, Ended, Mode

DAY = timedelta(days=1)
US = Holder("t1", "eng_1")


@pytest.fixture
def connections(dynamodb: Any) -> Connections:
    return Connections(dynamodb, "connections")


@pytest.fixture
def attempt(now: datetime) -> Attempt:
    return Attempt("t1", "eng_1", "user-1", Mode.PERSONAL, now + timedelta(minutes=10))


def test_a_state_is_redeemed_once(connections: Connections, attempt: Attempt, now: datetime) -> None:
    connections.put_attempt("secret", attempt)
    assert connections.take_attempt("secret", now) == attempt
    assert connections.take_attempt("secret", now) is None
    assert connections.take_attempt("unknown", now) is None


def test_a_state_is_too_late_at_the_very_moment(connections: Connections, attempt: Attempt) -> None:
    connections.put_attempt("secret", attempt)
    assert connections.take_attempt("secret", attempt.expires) is None
    assert connections.take_attempt("secret", attempt.expires - timedelta(microseconds=1)) == attempt


def test_a_state_is_stored_as_a_hash_with_a_ttl_in_seconds(
    connections: Connections, attempt: Attempt, now: datetime, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    connections.put_attempt("secret-state", attempt)
    [item] = stored("connections")
    assert item["PK"]["S"].startswith("STATE#")
    assert "secret-state" not in str(item)
    assert 0 <= int(item["ttl"]["N"]) - attempt.expires.timestamp() < 1
    assert int(item["ttl"]["N"]) < 10**10, "seconds, not milliseconds: DynamoDB would never delete it"
    assert int(item["ttl"]["N"]) > now.timestamp()


def test_of_a_hundred_redemptions_one_wins(
    connections: Connections, attempt: Attempt, now: datetime, race: Callable[..., list[Any]]
) -> None:
    connections.put_attempt("secret", attempt)
    answers = race(lambda _: connections.take_attempt("secret", now), range(100))
    assert sum(answer == attempt for answer in answers) == 1
    assert sum(answer is None for answer in answers) == 99


def test_a_redemption_whose_answer_was_lost_counts_as_used(
    connections: Connections, attempt: Attempt, now: datetime, dynamodb: Any, faults: Any
) -> None:
    connections.put_attempt("secret", attempt)
    dynamodb.on("delete_item", faults.resent)
    assert connections.take_attempt("secret", now) is None


def test_a_connection_comes_back_with_its_grant(
    connections: Connections, kept: Engagement, connection: Connection
) -> None:
    connections.put(connection)
    assert connections.get("t1", kept.id) == connection
    assert connections.grants(4711) == [US]
    assert connections.grants(471) == []
    assert connections.get("t1", "eng_2") is None


def test_a_connection_needs_its_engagement(connections: Connections, dynamodb: Any, connection: Connection) -> None:
    with pytest.raises(Refused) as refused:
        connections.put(connection)
    assert refused.value.problem.code == "not-found"
    assert dynamodb.calls == ["get_item", "get_item"]


@pytest.mark.usefixtures("kept")
def test_a_connection_to_another_company_takes_the_old_grant_with_it(
    connections: Connections, connection: Connection
) -> None:
    connections.put(connection)
    connections.put(replace(connection, fortnox_tenant=99))
    assert connections.grants(4711) == []
    assert connections.grants(99) == [US]


@pytest.mark.usefixtures("kept")
def test_sixteen_connections_at_once_leave_one_grant(
    connections: Connections, connection: Connection, race: Callable[..., list[Any]]
) -> None:
    answers = race(lambda number: connections.put(replace(connection, fortnox_tenant=number)), range(16))
    assert {type(answer) for answer in answers} <= {type(None), StoreUnavailable}
    left = connections.get("t1", "eng_1")
    assert left is not None
    assert [number for number in range(16) if connections.grants(number)] == [left.fortnox_tenant]


@pytest.mark.usefixtures("kept")
def test_a_connection_whose_answer_was_lost_is_saved_at_once(
    connections: Connections, connection: Connection, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.resent)
    connections.put(connection)
    assert dynamodb.calls.count("transact_write_items") == 1


@pytest.mark.usefixtures("kept")
def test_the_lease_timer_is_the_end_of_the_lease_in_seconds(
    connections: Connections, connection: Connection, now: datetime, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    connections.put(connection)
    [timer] = [item for item in stored("connections") if item["PK"]["S"] == "TIMER#t1#eng_1"]
    ends = int((now + 30 * DAY).timestamp()) + 1
    assert timer == {
        "PK": {"S": "TIMER#t1#eng_1"},
        "SK": {"S": "LEASE"},
        "ttl": {"N": str(ends)},
        "dueAt": {"N": str(ends)},
        "duePk": {"S": "DUE#15"},
    }


@pytest.mark.usefixtures("kept")
def test_a_lease_is_due_from_its_end_on(connections: Connections, connection: Connection, now: datetime) -> None:
    connections.put(connection)
    assert list(connections.leases(now + 30 * DAY)) == []
    assert list(connections.leases(now + 30 * DAY + timedelta(seconds=1))) == [connection]


def test_leases_of_all_tenants_are_found_in_every_shard(
    connections: Connections, dynamodb: Any, engagement: Engagement, connection: Connection, now: datetime
) -> None:
    for number in range(30):
        Engagements(dynamodb, "connections").put(replace(engagement, tenant=f"t{number}"))
        connections.put(replace(connection, tenant=f"t{number}"))
    due = {each.tenant for each in connections.leases(now + 31 * DAY)}
    assert due == {f"t{number}" for number in range(30)}


@pytest.mark.parametrize("purpose", [Purpose.AUDIT, Purpose.BILLING])
def test_a_connection_without_a_lease_has_no_timer_and_nothing_to_renew(
    connections: Connections,
    dynamodb: Any,
    engagement: Engagement,
    connection: Connection,
    purpose: Purpose,
    now: datetime,
) -> None:
    Engagements(dynamodb, "connections").put(replace(engagement, purpose=purpose))
    connections.put(connection)
    connections.renew(connection, now + DAY)
    assert list(connections.leases(now + 9999 * DAY)) == []
    assert connections.get("t1", "eng_1") == connection


@pytest.mark.usefixtures("kept")
def test_renewing_moves_lease_and_timer_forward_and_never_back(
    connections: Connections, connection: Connection, now: datetime
) -> None:
    connections.put(connection)
    connections.renew(connection, now + 2 * DAY)
    connections.renew(connection, now + DAY)
    renewed = replace(connection, renewed_at=now + 2 * DAY)
    assert connections.get("t1", "eng_1") == renewed
    assert list(connections.leases(now + 31 * DAY)) == []
    assert list(connections.leases(now + 33 * DAY)) == [renewed]


@pytest.mark.usefixtures("kept")
def test_a_renewal_whose_answer_was_lost_is_done(
    connections: Connections, connection: Connection, dynamodb: Any, faults: Any, now: datetime
) -> None:
    connections.put(connection)
    dynamodb.on("transact_write_items", faults.resent)
    connections.renew(connection, now + DAY)
    assert connections.get("t1", "eng_1") == replace(connection, renewed_at=now + DAY)


@pytest.mark.usefixtures("kept")
def test_a_lease_that_ran_out_is_not_renewed(connections: Connections, connection: Connection, now: datetime) -> None:
    connections.put(connection)
    connections.renew(connection, now + 30 * DAY)
    assert connections.get("t1", "eng_1") == connection


@pytest.mark.usefixtures("kept")
def test_a_connection_that_ended_or_was_replaced_or_never_was_is_not_renewed(
    connections: Connections, connection: Connection, now: datetime
) -> None:
    connections.renew(connection, now + DAY)
    assert connections.get("t1", "eng_1") is None
    newer = replace(connection, connected_at=now + timedelta(hours=1), renewed_at=now + timedelta(hours=1))
    connections.put(newer)
    connections.renew(connection, now + DAY)
    assert connections.get("t1", "eng_1") == newer
    ended = newer.end(Ended.REVOKED, now)
    connections.end(ended)
    connections.renew(newer, now + DAY)
    assert connections.get("t1", "eng_1") == ended


@pytest.mark.usefixtures("kept")
def test_of_sixteen_renewals_the_latest_stays(
    connections: Connections, connection: Connection, now: datetime, race: Callable[..., list[Any]]
) -> None:
    connections.put(connection)
    answers = race(lambda number: connections.renew(connection, now + number * DAY), range(1, 17))
    done = [number for number, answer in enumerate(answers, 1) if answer is None]
    assert connections.get("t1", "eng_1") == replace(connection, renewed_at=now + max(done) * DAY)


@pytest.mark.usefixtures("kept")
def test_a_renewal_or_connection_always_in_the_way_is_given_up(
    connections: Connections, connection: Connection, dynamodb: Any, faults: Any, now: datetime
) -> None:
    connections.put(connection)
    refused = faults.cancelled("ConditionalCheckFailed", "None")
    calls: list[Callable[[], None]] = [
        lambda: connections.renew(connection, now + DAY),
        lambda: connections.put(connection),
    ]
    for call in calls:
        dynamodb.on("transact_write_items", *[refused] * 5)
        with pytest.raises(StoreUnavailable):
            call()


@pytest.mark.usefixtures("kept")
def test_an_end_takes_grant_and_timer_away_and_keeps_the_connection_to_be_seen(
    connections: Connections, connection: Connection, now: datetime, places: Callable[[str], list[tuple[str, str]]]
) -> None:
    connections.put(connection)
    ended = connection.end(Ended.DISCONNECTED, now + DAY)
    connections.end(ended)
    connections.end(ended)
    assert connections.get("t1", "eng_1") == ended
    assert places("connections") == [("T#t1", "ENGAGEMENT#eng_1"), ("T#t1#E#eng_1", "CONNECTION")]


@pytest.mark.usefixtures("kept")
def test_an_end_of_a_connection_that_was_replaced_leaves_the_new_one(
    connections: Connections, connection: Connection, now: datetime
) -> None:
    newer = replace(connection, connected_at=now + DAY, renewed_at=now + DAY)
    connections.put(newer)
    connections.end(connection.end(Ended.DISCONNECTED, now + DAY))
    assert connections.get("t1", "eng_1") == newer
    assert connections.grants(4711) == [US]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("why", [Ended.EXPIRED, Ended.DISCONNECTED])
def test_a_renewal_saves_a_connection_from_expiring_but_not_from_being_disconnected(
    connections: Connections, connection: Connection, now: datetime, why: Ended
) -> None:
    connections.put(connection)
    connections.renew(connection, now + 29 * DAY)
    connections.end(connection.end(why, now + 30 * DAY))
    left = connections.get("t1", "eng_1")
    assert left is not None
    assert left.renewed_at == now + 29 * DAY
    assert left.ended is (Ended.NOT if why is Ended.EXPIRED else Ended.DISCONNECTED)


@pytest.mark.usefixtures("kept")
def test_a_timer_without_a_live_connection_is_passed_over(
    connections: Connections, connection: Connection, dynamodb: Any, now: datetime
) -> None:
    connections.put(connection)
    dynamodb.client.delete_item(TableName="connections", Key={"PK": {"S": "T#t1#E#eng_1"}, "SK": {"S": "CONNECTION"}})
    assert list(connections.leases(now + 40 * DAY)) == []
