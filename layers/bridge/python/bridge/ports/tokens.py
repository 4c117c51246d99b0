"""Tokens and who may have them: the consents at rest, Fortnox's token endpoint, and the broker in front of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bridge.tokens.connection import Connection, Consent, Mode


@dataclass(frozen=True, slots=True)
class Granted:
    """The consent that is in force after a code: the Fortnox company (DatabaseNumber), mode, scopes, and an access token."""

    fortnox_tenant: int
    mode: Mode
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """An access token, and the Fortnox company it was asked for."""

    token: str = field(repr=False)
    fortnox_tenant: int


class Consents(Protocol):
    """Tokens by Fortnox company, encrypted at rest (connections table; the broker's alone)."""

    def get(self, fortnox_tenant: int) -> Consent | None:
        """Read and decrypt."""
        ...

    def put(self, consent: Consent, earlier: Consent | None = None) -> bool:
        """Save what a new consent gave in the place of the earlier one; False when other tokens are there by now."""
        ...

    def replace(self, consent: Consent, consumed: str) -> bool:
        """Save renewed tokens if the stored fingerprint is still the consumed one (True also when ours is already there)."""
        ...

    def move(self, seen: Consent, moved: Consent) -> bool:
        """Save all but the tokens, if the tokens and the count of tries are still as seen (True also when ours is there)."""
        ...

    def delete(self, consent: Consent) -> None:
        """Forget the tokens, unless others have taken their place."""
        ...


class Escrow(Protocol):
    """Where renewed tokens wait that could not be saved (data bucket; the broker's alone)."""

    def put(self, consent: Consent, consumed: str) -> None:
        """Keep them under the fingerprint that was consumed."""
        ...

    def get(self, fortnox_tenant: int, consumed: str) -> Consent | None:
        """Read what was kept for that fingerprint."""
        ...

    def delete(self, fortnox_tenant: int, consumed: str) -> None:
        """Forget it for good."""
        ...


class Seals(Protocol):
    """MACs over what binds an engagement to a Fortnox company (the broker's alone)."""

    def make(self, connection: Connection) -> str:
        """Give the seal of a connection."""
        ...

    def fits(self, connection: Connection) -> bool:
        """Tell whether the connection is the one its seal was made for."""
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

    def seal(self, connection: Connection) -> str:
        """Give the seal of a connection whose company was verified; without it no access token is given."""
        ...

    def access_token(self, tenant: str, engagement: str, *, rejected: str = "") -> Access:
        """Give an access token of the engagement's company; `rejected` is the fingerprint of one that Fortnox did not accept.

        Refused: not-connected, connection-expired, connection-revoked.
        """
        ...

    def forget(self, fortnox_tenant: int) -> None:
        """Revoke and forget the company's consent, unless someone holds a grant on it."""
        ...

    def unclaim(self, fortnox_tenant: int) -> None:
        """Have the company's consent looked at in an hour: a grant on it is about to go."""
        ...

    def renew(self, fortnox_tenant: int) -> None:
        """Renew the company's refresh token if it is due; harmless at any other time."""
        ...
