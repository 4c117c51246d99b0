"""Seals: MACs by KMS over what binds an engagement to a Fortnox company. The key never leaves KMS."""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.exceptions import ClientError

from bridge.stores.failures import at_the_wall, code_of
from bridge.tokens.connection import Connection

ALGORITHM = "HMAC_SHA_256"


class Seals:
    """Implements `ports.Seals`."""

    def __init__(self, client: Any, key: str) -> None:
        """`client` is boto3's for KMS, `key` a key of its own for MACs."""
        self._client = client
        self._asked = {"KeyId": key, "MacAlgorithm": ALGORITHM}

    def make(self, connection: Connection) -> str:
        """Give the seal of a connection."""
        with at_the_wall():
            answer = self._client.generate_mac(Message=_bound(connection), **self._asked)
        return base64.b64encode(answer["Mac"]).decode()

    def fits(self, connection: Connection) -> bool:
        """Tell whether the connection is the one its seal was made for."""
        if not connection.seal:
            return False
        try:
            with at_the_wall():
                mac = base64.b64decode(connection.seal)
                self._client.verify_mac(Message=_bound(connection), Mac=mac, **self._asked)
        except ClientError as error:
            if code_of(error) != "KMSInvalidMacException":
                raise
            return False
        return True


def _bound(connection: Connection) -> bytes:
    """Write what is sealed so that no two bindings read the same."""
    bound = [connection.tenant, connection.engagement, connection.fortnox_tenant, connection.org_number]
    return json.dumps(bound).encode()
