"""Tokens by Fortnox company in the connections table, encrypted. Only the broker has the rights for any of this."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bridge.stores import keys, shapes, timers, writes
from bridge.stores.cipher import Cipher
from bridge.stores.table import Table
from bridge.stores.writes import When
from bridge.tokens.connection import Consent

MOVED = ("tries", "holder", "held_until", "doubted_at", "lost_at", "unclaimed_at")
"""What changes while the tokens stay."""


class Consents:
    """Implements `ports.Consents`. Stored in the clear: everything but the tokens, and their fingerprint."""

    def __init__(self, client: Any, table: str, cipher: Cipher) -> None:
        """`client` is boto3's for DynamoDB, `table` the connections table."""
        self._table = Table(client, table)
        self._cipher = cipher

    def get(self, fortnox_tenant: int) -> Consent | None:
        """Read and decrypt."""
        item = self._table.read(keys.consent(fortnox_tenant))
        if item is None:
            return None
        access, refresh = self._cipher.open(fortnox_tenant, item["sealed"])
        return replace(shapes.read(Consent, item, "sealed", "fingerprint"), access_token=access, refresh_token=refresh)

    def put(self, consent: Consent, earlier: Consent | None = None) -> bool:
        """Save in the place of the earlier one, unless other tokens are there."""
        seen = earlier.fingerprint if earlier else ""
        return self._try_saved(consent, writes.when(f"{writes.ABSENT.text} OR #fingerprint = :seen", seen=seen))

    def replace(self, consent: Consent, consumed: str) -> bool:
        """Save renewed tokens if the stored fingerprint is the one that was consumed, and on no other condition.

        A fence on a holder or a version instead would throw away the only tokens that still work.
        """
        unmoved = writes.when("#fingerprint = :consumed", consumed=consumed)
        return self._try_saved(consent, unmoved)

    def move(self, seen: Consent, moved: Consent) -> bool:
        """Save all but the tokens; of any number who saw the same, one does."""
        as_seen = writes.when("#fingerprint = :tokens AND #tries = :tries", tokens=seen.fingerprint, tries=seen.tries)
        plain = shapes.write(moved)
        changes = {name: plain[name] for name in MOVED}
        update = writes.update(keys.consent(seen.fortnox_tenant), changes, as_seen)
        return self._table.try_write(
            update, timers.refresh(moved), ours=lambda stored: changes.items() <= stored.items()
        )

    def delete(self, consent: Consent) -> None:
        """Forget the tokens and their timer, unless other tokens have taken their place."""
        same = writes.when("#fingerprint = :tokens", tokens=consent.fingerprint)
        self._table.try_write(
            writes.delete(keys.consent(consent.fortnox_tenant), same), timers.forget(consent.fortnox_tenant)
        )

    def _try_saved(self, consent: Consent, condition: When) -> bool:
        """Save with its timer; True also when ours is already there."""
        clear = shapes.write(replace(consent, access_token="", refresh_token=""))
        item = {**clear, "sealed": self._cipher.close(consent), "fingerprint": consent.fingerprint}
        saved = writes.put(keys.consent(consent.fortnox_tenant), item, condition)
        return self._table.try_write(
            saved, timers.refresh(consent), ours=lambda stored: stored["fingerprint"] == consent.fingerprint
        )
