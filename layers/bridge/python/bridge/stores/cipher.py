"""Tokens at rest, encrypted by KMS under a context that names their company. Only the broker has the rights for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bridge.stores.failures import at_the_wall
from bridge.tokens.connection import Consent

PURPOSE = "fortnox-token"
"""Encryption context of every token: the key's policy lets nothing else be opened."""

LARGEST = 4096
"""Bytes KMS encrypts in one call; an access token alone is over 2 KB, so the two together may take two calls."""


class Cipher:
    """Encrypts and decrypts the two tokens of a consent."""

    def __init__(self, client: Any, key: str) -> None:
        """`client` is boto3's for KMS, `key` the tokens' key."""
        self._client = client
        self._key = key

    def close(self, consent: Consent) -> Sequence[bytes]:
        """Encrypt the tokens."""
        tokens = json.dumps([consent.access_token, consent.refresh_token]).encode()
        pieces = [tokens[start : start + LARGEST] for start in range(0, len(tokens), LARGEST)]
        asked = self._asked(consent.fortnox_tenant)
        with at_the_wall():
            return [self._client.encrypt(Plaintext=piece, **asked)["CiphertextBlob"] for piece in pieces]

    def open(self, fortnox_tenant: int, closed: Sequence[bytes]) -> tuple[str, str]:
        """Decrypt the access token and the refresh token."""
        asked = self._asked(fortnox_tenant)
        with at_the_wall():
            pieces = [self._client.decrypt(CiphertextBlob=piece, **asked)["Plaintext"] for piece in closed]
        access, refresh = json.loads(b"".join(pieces))
        return access, refresh

    def _asked(self, fortnox_tenant: int) -> dict[str, Any]:
        context = {"purpose": PURPOSE, "fortnox_tenant": str(fortnox_tenant)}
        return {"KeyId": self._key, "EncryptionContext": context}
