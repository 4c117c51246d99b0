from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.engagements.engagement import Engagement, Purpose
from bridge.ports import Holder
from bridge.problem import Refused
from bridge.stores.connections import Connections, Grants
from bridge.stores.engagements import Engagements
from bridge.stores.failures import StoreUnavailable
from bridge.stores.timers import Timers
from bridge.tokens.capability import Answer, Capability, Known
from bridge.tokens.connection import Connection, Ended
from bridge.tokens.lease import Event
from bridge.tokens.timer import LeaseTimer

DAY = timedelta(days=1)
US = Holder("t1", "eng_1")
LEASE = LeaseTimer("t1", "eng_1")


@pytest.fixture
def connections(dynamodb: Any) -> Connections:
    return Connections(dynamodb, "connections")


@pytest.fixture
def grants(dynamodb: Any) -> Grants:
    return Grants(dynamodb, "connections")


def test_a_connection_comes_back_with_its_grant(
    connections: Connections, grants: Grants, kept: Engagement, connection: Connection
) -> None:
    connections.put(connection)
    assert connections.get("t1", kept.id) == connection
    assert grants.list(4711) == [US]
    assert grants.list(471) == []
    assert connections.get("t1", "eng_2") is None


def test_a_connection_needs_its_engagement(connections: Connections, dynamodb: Any, connection: Connection) -> None:
    with pytest.raises(Refused) as refused:
        connections.put(connection)
    assert refused.value.problem.code == "not-found"
    assert dynamodb.calls == ["get_item", "get_item"]


@pytest.mark.usefixtures("kept")
def test_a_connection_to_another_company_takes_the_old_grant_with_it(
    connections: Connections, grants: Grants, connection: Connection
) -> None:
    connections.put(connection)
    connections.put(replace(connection, fortnox_tenant=99))
    assert grants.list(4711) == []
    assert grants.list(99) == [US]


@pytest.mark.usefixtures("kept")
def test_sixteen_connections_at_once_leave_one_grant(
    connections: Connections, grants: Grants, connection: Connection, race: Callable[..., list[Any]]
) -> None:
    answers = race(lambda number: connections.put(replace(connection, fortnox_tenant=number)), range(16))
    assert {type(answer) for answer in answers} <= {type(None), StoreUnavailable}
    left = connections.get("t1", "eng_1")
    assert left is not None
    assert [number for number in range(16) if grants.list(number)] == [left.fortnox_tenant]


@pytest.mark.usefixtures("kept")
def test_a_connection_whose_answer_was_lost_is_saved_at_once(
    connections: Connections, connection: Connection, dynamodb: Any, faults: Any
) -> None:
    dynamodb.on("transact_write_items", faults.resent)
    connections.put(connection)
    assert dynamodb.calls.count("transact_write_items") == 1


@pytest.mark.usefixtures("kept")
def test_the_timer_of_a_lease_is_due_at_the_first_notice(
    connections: Connections, connection: Connection, timers: Timers, now: datetime
) -> None:
    connections.put(connection)
    assert list(timers.due(now + 23 * DAY)) == []
    assert list(timers.due(now + 23 * DAY + timedelta(seconds=1))) == [LEASE]


@pytest.mark.parametrize("purpose", [Purpose.AUDIT, Purpose.BILLING])
def test_a_connection_without_a_lease_has_no_timer_and_nothing_to_renew(
    connections: Connections,
    dynamodb: Any,
    engagement: Engagement,
    connection: Connection,
    purpose: Purpose,
    timers: Timers,
    now: datetime,
) -> None:
    Engagements(dynamodb, "connections").put(replace(engagement, purpose=purpose))
    connections.put(connection)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + DAY)
    assert list(timers.due(now + 9999 * DAY)) == []
    assert connections.get("t1", "eng_1") == connection


@pytest.mark.usefixtures("kept")
def test_renewing_moves_lease_and_timer_forward_and_never_back(
    connections: Connections, connection: Connection, timers: Timers, now: datetime
) -> None:
    connections.put(connection)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + 2 * DAY)
    connections.renew(connection, Event.EXPORT_PARTLY, now + DAY)
    connections.renew(connection, Event.EXPORT_FAILED, now + 9 * DAY)
    assert connections.get("t1", "eng_1") == replace(connection, renewed_at=now + 2 * DAY)
    assert list(timers.due(now + 24 * DAY)) == []
    assert list(timers.due(now + 26 * DAY)) == [LEASE]


@pytest.mark.usefixtures("kept")
def test_of_sixteen_notices_one_is_given_and_the_timer_waits_for_the_next(
    connections: Connections, connection: Connection, timers: Timers, now: datetime, race: Callable[..., list[Any]]
) -> None:
    connections.put(connection)
    answers = race(lambda _: connections.notice(connection, 7), range(16))
    assert sorted(answers) == [False] * 15 + [True]
    assert connections.get("t1", "eng_1") == replace(connection, noticed=7)
    assert list(timers.due(now + 26 * DAY)) == []
    assert list(timers.due(now + 28 * DAY)) == [LEASE]


@pytest.mark.usefixtures("kept")
def test_a_renewal_makes_room_for_new_notices_and_an_old_one_comes_too_late(
    connections: Connections, connection: Connection, now: datetime
) -> None:
    connections.put(connection)
    assert connections.notice(connection, 7)
    noticed = replace(connection, noticed=7)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + 24 * DAY)
    assert not connections.notice(noticed, 3)
    left = connections.get("t1", "eng_1")
    assert left == replace(connection, renewed_at=now + 24 * DAY)
    assert connections.notice(left, 7)


@pytest.mark.usefixtures("kept")
def test_a_renewal_whose_answer_was_lost_is_done(
    connections: Connections, connection: Connection, dynamodb: Any, faults: Any, now: datetime
) -> None:
    connections.put(connection)
    dynamodb.on("transact_write_items", faults.resent)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + DAY)
    assert connections.get("t1", "eng_1") == replace(connection, renewed_at=now + DAY)


@pytest.mark.usefixtures("kept")
def test_a_lease_that_ran_out_is_not_renewed(connections: Connections, connection: Connection, now: datetime) -> None:
    connections.put(connection)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + 30 * DAY)
    assert connections.get("t1", "eng_1") == connection


@pytest.mark.usefixtures("kept")
def test_a_connection_that_ended_or_was_replaced_or_never_was_is_not_renewed(
    connections: Connections, connection: Connection, now: datetime
) -> None:
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + DAY)
    assert connections.get("t1", "eng_1") is None
    newer = replace(connection, connected_at=now + timedelta(hours=1), renewed_at=now + timedelta(hours=1))
    connections.put(newer)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + DAY)
    assert connections.get("t1", "eng_1") == newer
    ended = newer.end(Ended.REVOKED, now)
    connections.end(ended)
    connections.renew(newer, Event.IMPORT_SUCCEEDED, now + DAY)
    assert connections.get("t1", "eng_1") == ended


@pytest.mark.usefixtures("kept")
def test_of_sixteen_renewals_the_latest_stays(
    connections: Connections, connection: Connection, now: datetime, race: Callable[..., list[Any]]
) -> None:
    connections.put(connection)
    answers = race(
        lambda number: connections.renew(connection, Event.IMPORT_SUCCEEDED, now + number * DAY), range(1, 17)
    )
    done = [number for number, answer in enumerate(answers, 1) if answer is None]
    assert connections.get("t1", "eng_1") == replace(connection, renewed_at=now + max(done) * DAY)


@pytest.mark.usefixtures("kept")
def test_a_renewal_or_connection_always_in_the_way_is_given_up(
    connections: Connections, connection: Connection, dynamodb: Any, faults: Any, now: datetime
) -> None:
    connections.put(connection)
    refused = faults.cancelled("ConditionalCheckFailed", "None")
    calls: list[Callable[[], None]] = [
        lambda: connections.renew(connection, Event.IMPORT_SUCCEEDED, now + DAY),
        lambda: connections.put(connection),
    ]
    for call in calls:
        dynamodb.on("transact_write_items", *[refused] * 5)
        with pytest.raises(StoreUnavailable):
            call()


@pytest.mark.usefixtures("kept")
def test_an_end_takes_the_grant_away_keeps_the_connection_and_is_due_until_it_is_finished(
    connections: Connections,
    connection: Connection,
    timers: Timers,
    now: datetime,
    places: Callable[[str], list[tuple[str, str]]],
) -> None:
    connections.put(connection)
    ended = connection.end(Ended.DISCONNECTED, now + DAY)
    connections.end(ended)
    connections.end(ended)
    assert connections.get("t1", "eng_1") == ended
    kept = [("T#t1", "ENGAGEMENT#eng_1"), ("T#t1#E#eng_1", "CONNECTION")]
    assert places("connections") == [*kept, ("T#t1#E#eng_1", "TIMER")]
    assert list(timers.due(now + DAY + timedelta(seconds=1))) == [LEASE]
    timers.delete(LEASE, now + DAY)
    assert places("connections") == kept


@pytest.mark.usefixtures("kept")
def test_an_end_of_a_connection_that_was_replaced_leaves_the_new_one(
    connections: Connections, grants: Grants, connection: Connection, now: datetime
) -> None:
    newer = replace(connection, connected_at=now + DAY, renewed_at=now + DAY)
    connections.put(newer)
    connections.end(connection.end(Ended.DISCONNECTED, now + DAY))
    assert connections.get("t1", "eng_1") == newer
    assert grants.list(4711) == [US]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("why", [Ended.EXPIRED, Ended.DISCONNECTED])
def test_a_renewal_saves_a_connection_from_expiring_but_not_from_being_disconnected(
    connections: Connections, connection: Connection, now: datetime, why: Ended
) -> None:
    connections.put(connection)
    connections.renew(connection, Event.IMPORT_SUCCEEDED, now + 29 * DAY)
    connections.end(connection.end(why, now + 30 * DAY))
    left = connections.get("t1", "eng_1")
    assert left is not None
    assert left.renewed_at == now + 29 * DAY
    assert left.ended is (Ended.NOT if why is Ended.EXPIRED else Ended.DISCONNECTED)


@pytest.mark.usefixtures("kept")
def test_what_is_learnt_of_a_connection_is_kept_until_it_ends_or_is_replaced(
    connections: Connections, connection: Connection, now: datetime
) -> None:
    connections.put(connection)
    known = (Known(Capability.LEDGER, Answer.YES), Known(Capability.APPENDICES, Answer.NO_LICENCE, "invoice"))
    connections.learn(connection, known)
    assert connections.get("t1", "eng_1") == replace(connection, capabilities=known)
    connections.learn(replace(connection, connected_at=now - DAY), ())
    connections.end(connection.end(Ended.DISCONNECTED, now))
    connections.learn(connection, ())
    left = connections.get("t1", "eng_1")
    assert left is not None
    assert left.capabilities == known
