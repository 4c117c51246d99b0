from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bridge.stores.connections import Connections
from bridge.stores.consents import Consents
from bridge.stores.failures import StoreUnavailable
from bridge.tokens.connection import Consent, Mode


@pytest.fixture
def kms(client: Callable[[str], Any]) -> Any:
    return client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    return str(kms.create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def consents(dynamodb: Any, kms: Any, key: str) -> Consents:
    return Consents(dynamodb, "connections", kms, key)


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


def test_a_refresh_token_is_due_at_half_its_life_and_stays_due(
    consents: Consents, consent: Consent, now: datetime, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    consents.put(consent)
    assert list(consents.due(now + timedelta(days=20))) == []
    assert list(consents.due(now + timedelta(days=20, seconds=1))) == [4711]
    [timer] = [item for item in stored("connections") if "ttl" in item]
    assert (timer["PK"]["S"], timer["SK"]["S"]) == ("TIMER#FX#4711", "REFRESH")
    assert int(timer["ttl"]["N"]) == int((now + timedelta(days=45)).timestamp()) + 1
    assert int(timer["ttl"]["N"]) < 10**10


def test_a_replacement_moves_the_timer(consents: Consents, consent: Consent, now: datetime) -> None:
    consents.put(consent)
    later = replace(rotated(consent, 2), refresh_issued=now + timedelta(days=20))
    consents.replace(later, consent.fingerprint)
    assert list(consents.due(now + timedelta(days=39))) == []
    assert list(consents.due(now + timedelta(days=41))) == [4711]


def test_a_service_consent_has_no_timer(consents: Consents, consent: Consent, now: datetime) -> None:
    consents.put(consent)
    service = replace(consent, mode=Mode.SERVICE, refresh_token="", refresh_issued=None)
    consents.put(service)
    assert list(consents.due(now + timedelta(days=99))) == []
    assert consents.get(4711) == service


def test_forgotten_tokens_leave_nothing(
    consents: Consents, consent: Consent, places: Callable[[str], list[tuple[str, str]]]
) -> None:
    consents.put(consent)
    consents.delete(4711)
    consents.delete(4711)
    assert consents.get(4711) is None
    assert places("connections") == []


@pytest.mark.usefixtures("kept")
def test_timers_of_leases_and_of_tokens_do_not_mix(
    consents: Consents, consent: Consent, dynamodb: Any, connection: Any, now: datetime
) -> None:
    connections = Connections(dynamodb, "connections")
    connections.put(connection)
    consents.put(consent)
    later = now + timedelta(days=31)
    assert list(consents.due(later)) == [4711]
    assert list(connections.leases(later)) == [connection]


def test_kms_out_of_reach_is_unavailable_and_tells_no_token(
    dynamodb: Any, kms: Any, key: str, consent: Consent, faults: Any
) -> None:
    wire = type(dynamodb)(kms)
    wire.on("encrypt", faults.error("KMSInternalException", 500))
    with pytest.raises(StoreUnavailable) as failure:
        Consents(dynamodb, "connections", wire, key).put(consent)
    assert str(failure.value) == "Operation: KMSInternalException"
