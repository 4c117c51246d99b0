from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.problem import Problem
from bridge.stores.attempts import Attempts, Logins
from bridge.tokens.attempt import Attempt, Destination, Login, Redeemed, fingerprint
from bridge.tokens.capability import Capability
from bridge.tokens.connection import Mode

COOKIE = "c" * 43
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def attempts(dynamodb: Any) -> Attempts:
    return Attempts(dynamodb, "connections")


@pytest.fixture
def attempt(now: datetime) -> Attempt:
    return Attempt(
        tenant="t1",
        engagement="eng_1",
        user="user-1",
        mode=Mode.PERSONAL,
        expires=now + timedelta(minutes=10),
        purpose="year-end",
        capabilities=(Capability.LEDGER, Capability.APPENDICES),
        destination=Destination.IMPORT,
        years=("2025-12-31",),
        cookie=fingerprint(COOKIE),
    )


def test_a_ticket_is_redeemed_once(attempts: Attempts, attempt: Attempt, now: datetime) -> None:
    attempts.put_ticket("ticket", attempt)
    assert attempts.take_ticket("unknown", now) is None
    assert attempts.take_ticket("ticket", now) == attempt
    assert attempts.take_ticket("ticket", now) is None


def test_a_ticket_and_a_state_are_too_late_at_the_very_moment(attempts: Attempts, attempt: Attempt) -> None:
    attempts.put_ticket("ticket", attempt)
    assert attempts.take_ticket("ticket", attempt.expires) is None
    assert attempts.take_ticket("ticket", attempt.expires - MOMENT) == attempt
    attempts.put("state", attempt)
    assert attempts.redeem("state", COOKIE, attempt.expires) == Redeemed(attempt, "authorization-expired")
    assert attempts.redeem("state", COOKIE, attempt.expires - MOMENT) == Redeemed(attempt)


def test_a_ticket_is_no_state_and_a_state_no_ticket(attempts: Attempts, attempt: Attempt, now: datetime) -> None:
    attempts.put_ticket("ticket", attempt)
    attempts.put("state", attempt)
    assert attempts.redeem("ticket", COOKIE, now) == Redeemed(None, "authorization-expired")
    assert attempts.take_ticket("state", now) is None


def test_of_a_hundred_tickets_alike_one_wins(
    attempts: Attempts, attempt: Attempt, now: datetime, race: Callable[..., list[Any]]
) -> None:
    attempts.put_ticket("ticket", attempt)
    answers = race(lambda _: attempts.take_ticket("ticket", now), range(100))
    assert sum(answer == attempt for answer in answers) == 1
    assert sum(answer is None for answer in answers) == 99


def test_of_a_hundred_redemptions_one_wins_and_the_others_know_that_it_is_used(
    attempts: Attempts, attempt: Attempt, now: datetime, race: Callable[..., list[Any]]
) -> None:
    attempts.put("state", attempt)
    answers = race(lambda _: attempts.redeem("state", COOKIE, now), range(100))
    assert Counter(answer.problem for answer in answers) == {"": 1, "authorization-used": 99}


def test_another_browser_uses_nothing_up_and_is_told_nothing(
    attempts: Attempts, attempt: Attempt, now: datetime, dynamodb: Any
) -> None:
    attempts.put("state", attempt)
    for cookie in ("", "x" * 43, fingerprint(COOKIE)):
        assert attempts.redeem("state", cookie, now) == Redeemed(None, "authorization-elsewhere")
    assert "update_item" not in dynamodb.calls
    assert attempts.redeem("state", COOKIE, now) == Redeemed(attempt)
    assert attempts.redeem("state", "x" * 43, now).problem == "authorization-elsewhere"


def test_a_state_that_another_call_used_in_between_is_used(
    attempts: Attempts, attempt: Attempt, now: datetime, dynamodb: Any, faults: Any
) -> None:
    attempts.put("state", attempt)
    rival = Attempts(dynamodb.client, "connections")
    dynamodb.on("update_item", faults.after(lambda: rival.redeem("state", COOKIE, now)))
    used = replace(attempt, used=True)
    assert attempts.redeem("state", COOKIE, now) == Redeemed(used, "authorization-used")


def test_a_state_that_its_ttl_removed_in_between_is_too_late(
    attempts: Attempts, attempt: Attempt, now: datetime, dynamodb: Any, faults: Any
) -> None:
    attempts.put("state", attempt)

    def expire() -> None:
        [item] = dynamodb.client.scan(TableName="connections")["Items"]
        dynamodb.client.delete_item(TableName="connections", Key={name: item[name] for name in ("PK", "SK")})

    dynamodb.on("update_item", faults.after(expire))
    assert attempts.redeem("state", COOKIE, now) == Redeemed(None, "authorization-expired")


def test_a_redemption_whose_answer_was_lost_counts_as_used(
    attempts: Attempts, attempt: Attempt, now: datetime, dynamodb: Any, faults: Any
) -> None:
    attempts.put("state", attempt)
    dynamodb.on("update_item", faults.resent)
    assert attempts.redeem("state", COOKIE, now).problem == "authorization-used"
    attempts.put_ticket("ticket", attempt)
    dynamodb.on("delete_item", faults.resent)
    assert attempts.take_ticket("ticket", now) is None


def test_secrets_are_stored_as_hashes_with_a_ttl_in_seconds(
    attempts: Attempts, attempt: Attempt, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    attempts.put_ticket("secret-ticket", attempt)
    attempts.put("secret-state", attempt)
    items = stored("connections")
    assert [item["PK"]["S"].partition("#")[0] for item in items] == ["STATE", "TICKET"]
    assert not any(secret in str(items) for secret in ("secret-ticket", "secret-state", COOKIE))
    for item in items:
        ends = (attempt.expires + timedelta(hours=1)).timestamp()
        assert 0 <= int(item["ttl"]["N"]) - ends < 1, "seconds, not milliseconds: DynamoDB would never delete it"


def test_the_latest_login_of_an_engagement_replaces_the_one_before(dynamodb: Any, now: datetime) -> None:
    logins = Logins(dynamodb, "connections")
    begun = Login(Mode.SERVICE, (Capability.LEDGER,), now)
    failed = replace(begun, problem=Problem("licence-missing", {"company": "Å", "module": "needed"}), ended_at=now)
    assert logins.latest("t1", "eng_1") is None
    for login in (begun, failed):
        logins.note("t1", "eng_1", login)
        assert logins.latest("t1", "eng_1") == login
    assert logins.latest("t12", "eng_1") is None
    logins.forget("t1", "eng_1")
    assert logins.latest("t1", "eng_1") is None
