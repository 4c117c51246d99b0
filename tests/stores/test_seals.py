from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bridge.stores.failures import StoreUnavailable
from bridge.stores.seals import Seals
from bridge.tokens.connection import Connection, Ended


@pytest.fixture
def kms(client: Callable[[str], Any], dynamodb: Any) -> Any:
    return type(dynamodb)(client("kms"))


@pytest.fixture
def seals(kms: Any) -> Seals:
    made = kms.client.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    return Seals(kms, made["KeyMetadata"]["Arn"])


def test_a_seal_fits_what_it_was_made_for_and_what_does_not_bind_may_change(
    seals: Seals, connection: Connection
) -> None:
    sealed = replace(connection, seal=seals.make(connection))
    assert seals.fits(sealed)
    assert seals.fits(replace(sealed, ended=Ended.EXPIRED, company="Other", scopes=()))


@pytest.mark.parametrize(
    "changed",
    [
        {"tenant": "t2"},
        {"tenant": "t1eng", "engagement": "_1"},
        {"engagement": "eng_12"},
        {"fortnox_tenant": 4712},
        {"org_number": "5566778898"},
        {"seal": ""},
        {"seal": "AAAA"},
    ],
)
def test_a_seal_fits_nothing_else(seals: Seals, connection: Connection, changed: dict[str, Any]) -> None:
    sealed = replace(connection, seal=seals.make(connection))
    assert not seals.fits(replace(sealed, **changed))


def test_a_key_out_of_reach_says_nothing_about_a_seal(
    seals: Seals, kms: Any, connection: Connection, faults: Any
) -> None:
    sealed = replace(connection, seal=seals.make(connection))
    kms.on("verify_mac", faults.error("KMSInternalException", 500), faults.error("AccessDeniedException", 400))
    with pytest.raises(StoreUnavailable):
        seals.fits(sealed)
    with pytest.raises(ClientError):
        seals.fits(sealed)
