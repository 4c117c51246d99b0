from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bridge.stores.escrow import Escrow
from bridge.stores.failures import StoreUnavailable
from bridge.tokens.connection import Consent, Mode


@pytest.fixture
def s3(client: Callable[[str], Any], dynamodb: Any) -> Any:
    real = client("s3")
    real.create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    real.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    return type(dynamodb)(real)


@pytest.fixture
def escrow(s3: Any) -> Escrow:
    return Escrow(s3, "data")


@pytest.fixture
def consent(now: datetime) -> Consent:
    expires = now + timedelta(hours=1)
    return Consent(4711, Mode.PERSONAL, ("bookkeeping",), "access-2", expires, "refresh-2", now)


def versions(s3: Any) -> list[str]:
    found = s3.client.list_object_versions(Bucket="data")
    return [each["Key"] for kind in ("Versions", "DeleteMarkers") for each in found.get(kind, ())]


def test_tokens_in_escrow_come_back_by_what_was_consumed(escrow: Escrow, s3: Any, consent: Consent) -> None:
    escrow.put(consent, "ab12")
    assert escrow.get(4711, "ab12") == consent
    assert versions(s3) == ["escrow/4711/ab12"]


def test_nothing_is_in_escrow_for_others(escrow: Escrow, consent: Consent) -> None:
    escrow.put(consent, "ab12")
    assert escrow.get(4711, "ab13") is None
    assert escrow.get(471, "ab12") is None


def test_what_left_escrow_leaves_no_version_behind(escrow: Escrow, s3: Any, consent: Consent) -> None:
    escrow.put(consent, "ab12")
    escrow.put(consent, "ab12")
    s3.client.delete_object(Bucket="data", Key="escrow/4711/ab12")
    escrow.delete(4711, "ab12")
    escrow.delete(4711, "ab12")
    assert versions(s3) == []


def test_a_bucket_out_of_reach_is_not_an_empty_one(escrow: Escrow, s3: Any, faults: Any) -> None:
    s3.on("get_object", faults.error("SlowDown", 503), faults.error("AccessDenied", 403))
    with pytest.raises(StoreUnavailable):
        escrow.get(4711, "ab12")
    with pytest.raises(ClientError):
        escrow.get(4711, "ab12")
