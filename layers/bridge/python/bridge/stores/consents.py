"""Tokens by Fortnox company in the connections table, sealed by KMS. Only the broker has the rights for any of this."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridge.stores import keys, shapes, timers, writes
from bridge.stores.failures import at_the_wall
from bridge.stores.table import Table
from bridge.stores.writes import ALWAYS, When, Write
from bridge.tokens.connection import Consent

PURPOSE = "fortnox-token"
"""Encryption context of every token: the key's policy lets nothing else be opened."""

LARGEST = 4096
"""Bytes KMS seals in one call; an access token alone is over 2 KB, so the two together may take two calls."""


class Consents:
    """Implements `ports.Consents`. Stored in the clear: everything but the tokens, and the refresh token's fingerprint."""

    def __init__(self, client: Any, table: str, kms: Any, key: str) -> None:
        """`client` and `kms` are boto3's for DynamoDB and KMS, `table` the connections table, `key` the tokens' key."""
        self._table = Table(client, table)
        self._kms = kms
        self._key = key

    def get(self, fortnox_tenant: int) -> Consent | None:
        """Read and open."""
        item = self._table.read(keys.consent(fortnox_tenant))
        if item is None:
            return None
        access, refresh = json.loads(self._opened(fortnox_tenant, item["sealed"]))
        return replace(shapes.read(Consent, item, "sealed", "fingerprint"), access_token=access, refresh_token=refresh)

    def put(self, consent: Consent) -> None:
        """Save, whatever was there before."""
        self._table.write(self._saved(consent), timers.refresh(consent))

    def replace(self, consent: Consent, consumed: str) -> bool:
        """Save refreshed tokens if the stored fingerprint is the one that was consumed, and on no other condition.

        A fence on a lock or a version instead would throw away the only tokens that still work.
        """
        unmoved = writes.when("#fingerprint = :consumed", consumed=consumed)
        saved = self._saved(consent, unmoved)
        return self._table.try_write(
            saved, timers.refresh(consent), ours=lambda stored: stored["fingerprint"] == consent.fingerprint
        )

    def delete(self, fortnox_tenant: int) -> None:
        """Forget the tokens and their timer."""
        self._table.write(writes.delete(keys.consent(fortnox_tenant)), timers.forget(fortnox_tenant))

    def due(self, now: datetime) -> Iterator[int]:
        """List the Fortnox companies whose refresh token is due."""
        companies = map(timers.company, self._table.due(now))
        return (company for company in companies if company is not None)

    def _saved(self, consent: Consent, condition: When = ALWAYS) -> Write:
        clear = shapes.write(replace(consent, access_token="", refresh_token=""))
        tokens = json.dumps([consent.access_token, consent.refresh_token]).encode()
        sealed = self._sealed(consent.fortnox_tenant, tokens)
        item = {**clear, "sealed": sealed, "fingerprint": consent.fingerprint}
        return writes.put(keys.consent(consent.fortnox_tenant), item, condition)

    def _sealed(self, fortnox_tenant: int, secret: bytes) -> Sequence[bytes]:
        pieces = [secret[start : start + LARGEST] for start in range(0, len(secret), LARGEST)]
        asked = {"KeyId": self._key, "EncryptionContext": _context(fortnox_tenant)}
        with at_the_wall():
            return [self._kms.encrypt(Plaintext=piece, **asked)["CiphertextBlob"] for piece in pieces]

    def _opened(self, fortnox_tenant: int, sealed: Sequence[bytes]) -> bytes:
        asked = {"KeyId": self._key, "EncryptionContext": _context(fortnox_tenant)}
        with at_the_wall():
            return b"".join(self._kms.decrypt(CiphertextBlob=piece, **asked)["Plaintext"] for piece in sealed)


def _context(fortnox_tenant: int) -> dict[str, str]:
    return {"purpose": PURPOSE, "fortnox_tenant": str(fortnox_tenant)}
