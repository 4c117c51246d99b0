"""Who is calling: the tenant and user of a verified login."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The tenant is whose data may be seen at all; roles come from a named claim of the login."""

    tenant: str
    user: str
    roles: frozenset[str] = frozenset()
