"""Who is calling: the tenant, the name and the roles of a verified login."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a caller may do, each with all that those before it may."""

    READER = "reader"
    PREPARER = "preparer"
    APPROVER = "approver"


ALL = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Caller:
    """The tenant is whose data may be seen at all; `user` names a person, or the machine of a host product."""

    tenant: str
    user: str
    roles: frozenset[Role] = ALL


def upto(*roles: Role) -> frozenset[Role]:
    """List what the highest of these roles brings; nothing for none."""
    ranks = list(Role)
    return frozenset(ranks[: max((ranks.index(role) + 1 for role in roles), default=0)])
