"""Renewed tokens that could not be saved, in the data bucket under `escrow/`, until they can take their place.

They are encrypted by the bucket's key and not by the tokens' key: what stood in the way of the one may not reach the other.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from bridge.stores import shapes
from bridge.stores.failures import at_the_wall, code_of
from bridge.tokens.connection import Consent


class Escrow:
    """Implements `ports.Escrow`. Only the broker has the rights for this folder."""

    def __init__(self, client: Any, bucket: str) -> None:
        """`client` is boto3's for S3, `bucket` the name of the data bucket."""
        self._client = client
        self._bucket = bucket

    def put(self, consent: Consent, consumed: str) -> None:
        """Keep the tokens under the fingerprint that was consumed."""
        body = json.dumps(shapes.write(consent)).encode()
        with at_the_wall():
            self._client.put_object(**self._place(consent.fortnox_tenant, consumed), Body=body)

    def get(self, fortnox_tenant: int, consumed: str) -> Consent | None:
        """Read what was kept for that fingerprint."""
        try:
            with at_the_wall():
                body = self._client.get_object(**self._place(fortnox_tenant, consumed))["Body"].read()
        except ClientError as error:
            if code_of(error) != "NoSuchKey":
                raise
            return None
        return shapes.read(Consent, json.loads(body))

    def delete(self, fortnox_tenant: int, consumed: str) -> None:
        """Forget it with every version the bucket has of it."""
        place = self._place(fortnox_tenant, consumed)
        with at_the_wall():
            found = self._client.list_object_versions(Bucket=self._bucket, Prefix=place["Key"])
            for kind in ("Versions", "DeleteMarkers"):
                for version in found.get(kind, ()):
                    self._client.delete_object(**place, VersionId=version["VersionId"])

    def _place(self, fortnox_tenant: int, consumed: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"escrow/{fortnox_tenant:d}/{consumed}"}
