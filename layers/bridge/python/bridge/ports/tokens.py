"""Tokens and who may have them: the consents at rest, Fortnox's token endpoint, and the broker in front of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.tokens.connection import Consent, Mode


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code gave: the Fortnox company (DatabaseNumber) and the scopes that were granted."""

    fortnox_tenant: int
    scopes: tuple[str, ...]


class Consents(Protocol):
    """Tokens by Fortnox company, encrypted at rest (connections table; the broker's alone)."""

    def get(self, fortnox_tenant: int) -> Consent | None:
        """Read and decrypt."""
        ...

    def put(self, consent: Consent) -> None:
        """Save what a new consent gave, whatever was there before."""
        ...

    def replace(self, consent: Consent, consumed: str) -> bool:
        """Save refreshed tokens if the stored fingerprint is still the consumed one (True also when ours is already there)."""
        ...

    def delete(self, fortnox_tenant: int) -> None:
        """Forget the tokens."""
        ...

    def due(self, now: datetime) -> Iterator[int]:
        """List the Fortnox companies whose tokens are due for renewal."""
        ...


class OAuth(Protocol):
    """Fortnox's token endpoint (the broker's alone)."""

    def exchange(self, code: str, redirect_uri: str) -> Tokens:
        """Trade an authorisation code."""
        ...

    def refresh(self, refresh_token: str) -> Tokens:
        """Trade a refresh token, which dies with it."""
        ...

    def client_credentials(self, tenant_id: int) -> Tokens:
        """Ask for an access token of a company with a service consent."""
        ...

    def revoke(self, refresh_token: str) -> None:
        """Give a refresh token back."""
        ...


class Tokens(Protocol):
    """What the token endpoint gave."""

    @property
    def access_token(self) -> str: ...  # noqa: D102
    @property
    def expires_in(self) -> int: ...  # noqa: D102
    @property
    def scopes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def refresh_token(self) -> str | None: ...  # noqa: D102
    @property
    def tenant_id(self) -> int: ...  # noqa: D102


class Broker(Protocol):
    """The token broker as everybody else sees it."""

    def exchange(self, code: str, mode: Mode) -> Granted:
        """Trade a code; keeps the consent and tells which company gave it."""
        ...

    def access_token(self, fortnox_tenant: int, *, fresh: bool = False) -> str:
        """Give an access token of the company; `fresh` when Fortnox refused the last one. Refused: connection-revoked."""
        ...

    def forget(self, fortnox_tenant: int) -> None:
        """Revoke and forget the company's consent, unless someone holds a grant on it."""
        ...

    def renew(self, fortnox_tenant: int) -> None:
        """Renew the company's refresh token if it is due; harmless at any other time."""
        ...
