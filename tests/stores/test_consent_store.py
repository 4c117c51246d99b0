from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bridge.stores.cipher import Cipher
from bridge.stores.consents import Consents
from bridge.stores.failures import StoreUnavailable
from bridge.stores.timers import Timers
from bridge.tokens.connection import CLAIM, GRACE, Consent, Mode
from bridge.tokens.timer import TokenTimer


@pytest.fixture
def kms(client: Callable[[str], Any]) -> Any:
    return client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    return str(kms.create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def consents(dynamodb: Any, kms: Any, key: str) -> Consents:
    return Consents(dynamodb, "connections", Cipher(kms, key))


@pytest.fixture
def consent(now: datetime) -> Consent:
    return Consent(
        fortnox_tenant=4711,
        mode=Mode.PERSONAL,
        scopes=("bookkeeping",),
        access_token="eyJ" + secrets.token_hex(1200),
        access_expires=now + timedelta(hours=1),
        refresh_token="refresh-1",
        refresh_issued=now,
    )


def rotated(consent: Consent, number: int) -> Consent:
    return replace(consent, access_token=f"access-{number}", refresh_token=f"refresh-{number}")


def test_tokens_come_back_and_rest_sealed(
    consents: Consents, consent: Consent, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    consents.put(consent)
    assert consents.get(4711) == consent
    assert consents.get(4712) is None
    raw = str(stored("connections"))
    assert consent.refresh_token not in raw
    assert consent.access_token[:40] not in raw
    assert consent.fingerprint in raw


@pytest.mark.parametrize("size", [3000, 4096, 9000])
def test_tokens_larger_than_one_call_of_kms_come_back(consents: Consents, consent: Consent, size: int) -> None:
    large = replace(consent, access_token="ö" * size)
    consents.put(large)
    assert consents.get(4711) == large


def test_tokens_open_only_as_those_of_their_company(
    consents: Consents, consent: Consent, kms: Any, dynamodb: Any
) -> None:
    consents.put(consent)
    item = dynamodb.client.get_item(TableName="connections", Key={"PK": {"S": "FX#4711"}, "SK": {"S": "CONSENT"}})[
        "Item"
    ]
    [sealed] = item["sealed"]["L"]
    context = {"purpose": "fortnox-token", "fortnox_tenant": "4711"}
    assert b"refresh-1" in kms.decrypt(CiphertextBlob=sealed["B"], EncryptionContext=context)["Plaintext"]
    moved = {**item, "PK": {"S": "FX#99"}}
    dynamodb.client.put_item(TableName="connections", Item=moved)
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        consents.get(99)


def test_a_new_consent_takes_the_place_of_the_one_that_was_seen_or_of_none(
    consents: Consents, consent: Consent, dynamodb: Any, faults: Any
) -> None:
    second, third = rotated(consent, 2), rotated(consent, 3)
    assert consents.put(consent)
    assert not consents.put(second), "there is one by now"
    dynamodb.on("transact_write_items", faults.resent)
    assert consents.put(second, consent), "an answer that was lost changes nothing"
    assert not consents.put(third, consent), "another one is there by now"
    assert consents.get(4711) == second
    consents.delete(second)
    assert consents.put(third, second), "it was forgotten meanwhile"


def test_refreshed_tokens_replace_those_that_were_consumed(consents: Consents, consent: Consent) -> None:
    consents.put(consent)
    second, third = rotated(consent, 2), rotated(consent, 3)
    assert consents.replace(second, consent.fingerprint)
    assert consents.replace(second, consent.fingerprint), "ours is already there"
    assert not consents.replace(third, consent.fingerprint), "somebody else's is there"
    assert consents.get(4711) == second


def test_nothing_replaces_tokens_that_were_forgotten(consents: Consents, consent: Consent) -> None:
    assert not consents.replace(rotated(consent, 2), consent.fingerprint)
    assert consents.get(4711) is None


def test_a_replacement_whose_answer_was_lost_has_succeeded(
    consents: Consents, consent: Consent, dynamodb: Any, faults: Any
) -> None:
    consents.put(consent)
    dynamodb.on("transact_write_items", faults.resent)
    assert consents.replace(rotated(consent, 2), consent.fingerprint)


def test_of_sixteen_replacements_one_wins(consents: Consents, consent: Consent, race: Callable[..., list[Any]]) -> None:
    consents.put(consent)
    answers = race(lambda number: consents.replace(rotated(consent, number), consent.fingerprint), range(2, 18))
    assert sorted(answers) == [False] * 15 + [True]
    assert consents.get(4711) == rotated(consent, 2 + answers.index(True))


def test_of_sixteen_who_take_the_tokens_up_one_holds_them(
    consents: Consents, consent: Consent, now: datetime, race: Callable[..., list[Any]]
) -> None:
    consents.put(consent)
    answers = race(lambda number: consents.move(consent, consent.take(f"worker-{number}", now)), range(16))
    assert sorted(answers) == [False] * 15 + [True]
    assert consents.get(4711) == consent.take(f"worker-{answers.index(True)}", now)


def test_nobody_takes_up_tokens_that_were_replaced_and_the_holder_may_put_them_back(
    consents: Consents, consent: Consent, now: datetime
) -> None:
    consents.put(consent)
    taken = consent.take("worker", now)
    assert consents.move(consent, taken)
    back = replace(taken, held_until=None)
    assert consents.move(taken, back)
    assert consents.get(4711) == back
    assert consents.replace(rotated(consent, 2), consent.fingerprint)
    assert not consents.move(back, back.take("another", now))
    assert consents.get(4711) == rotated(consent, 2)


def test_who_took_the_tokens_up_and_never_heard_of_it_holds_them(
    consents: Consents, consent: Consent, now: datetime, dynamodb: Any, faults: Any
) -> None:
    consents.put(consent)
    dynamodb.on("transact_write_items", faults.resent)
    assert consents.move(consent, consent.take("worker", now))


def test_a_service_consent_is_fenced_by_its_access_token(consents: Consents, consent: Consent) -> None:
    service = replace(consent, mode=Mode.SERVICE, refresh_token="", refresh_issued=None)
    consents.put(service)
    second, third = replace(service, access_token="access-2"), replace(service, access_token="access-3")
    assert consents.replace(second, service.fingerprint)
    assert not consents.replace(third, service.fingerprint)
    assert consents.get(4711) == second


def test_a_refresh_token_is_due_at_half_its_life(
    consents: Consents, consent: Consent, timers: Timers, now: datetime
) -> None:
    consents.put(consent)
    assert list(timers.due(now + timedelta(days=20))) == []
    assert list(timers.due(now + timedelta(days=20, seconds=1))) == [TokenTimer(4711)]


def test_a_replacement_moves_the_timer(consents: Consents, consent: Consent, timers: Timers, now: datetime) -> None:
    consents.put(consent)
    later = replace(rotated(consent, 2), refresh_issued=now + timedelta(days=20))
    consents.replace(later, consent.fingerprint)
    assert list(timers.due(now + timedelta(days=39))) == []
    assert list(timers.due(now + timedelta(days=41))) == [TokenTimer(4711)]


def test_a_doubt_and_a_loss_are_due_for_a_look_soon(
    consents: Consents, consent: Consent, timers: Timers, now: datetime
) -> None:
    consents.put(consent)
    doubted = replace(consent, doubted_at=now)
    assert consents.move(consent, doubted)
    assert list(timers.due(now + GRACE - timedelta(seconds=1))) == []
    assert list(timers.due(now + GRACE + timedelta(seconds=1))) == [TokenTimer(4711)]
    assert consents.move(doubted, replace(doubted, lost_at=now))
    assert list(timers.due(now + timedelta(seconds=1))) == [TokenTimer(4711)]


def test_a_service_consent_has_no_timer(consents: Consents, consent: Consent, timers: Timers, now: datetime) -> None:
    consents.put(consent)
    service = replace(consent, mode=Mode.SERVICE, refresh_token="", refresh_issued=None)
    consents.put(service, consent)
    assert list(timers.due(now + timedelta(days=99))) == []
    assert consents.get(4711) == service


def test_a_service_consent_has_a_timer_until_a_connection_came_of_it(
    consents: Consents, consent: Consent, timers: Timers, now: datetime
) -> None:
    new = replace(consent, mode=Mode.SERVICE, refresh_token="", refresh_issued=None, unclaimed_at=now)
    consents.put(new)
    assert list(timers.due(now + CLAIM - timedelta(minutes=1))) == []
    assert list(timers.due(now + CLAIM + timedelta(minutes=1))) == [TokenTimer(4711)]
    claimed = replace(new, unclaimed_at=None)
    assert consents.move(new, claimed)
    assert consents.get(4711) == claimed
    assert list(timers.due(now + timedelta(days=99))) == []


def test_forgotten_tokens_leave_nothing(
    consents: Consents, consent: Consent, places: Callable[[str], list[tuple[str, str]]]
) -> None:
    consents.put(consent)
    consents.delete(consent)
    consents.delete(consent)
    assert consents.get(4711) is None
    assert places("connections") == []


def test_tokens_that_took_the_place_of_others_are_not_forgotten_with_them(consents: Consents, consent: Consent) -> None:
    consents.put(rotated(consent, 2), consent)
    consents.delete(consent)
    assert consents.get(4711) == rotated(consent, 2)


def test_kms_out_of_reach_is_unavailable_and_tells_no_token(
    dynamodb: Any, kms: Any, key: str, consent: Consent, faults: Any
) -> None:
    wire = type(dynamodb)(kms)
    wire.on("encrypt", faults.error("KMSInternalException", 500))
    with pytest.raises(StoreUnavailable) as failure:
        Consents(dynamodb, "connections", Cipher(wire, key)).put(consent)
    assert str(failure.value) == "Operation: KMSInternalException"
