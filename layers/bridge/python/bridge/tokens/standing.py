"""How an engagement stands with Fortnox, in one word, and the first reason why nothing can be exported."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bridge.tokens import capability, lease
from bridge.tokens.attempt import Login
from bridge.tokens.connection import Connection, Ended


class Status(StrEnum):
    """One word for a connection. After a disconnection there is none, as before there was one."""

    NONE = "none"
    PENDING = "pending"
    CONNECTED = "connected"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"
    MISSING_PERMISSION = "missing-permission"
    UNREACHABLE = "unreachable"


class Hindrance(StrEnum):
    """Why nothing can be exported, in the order in which a person would have to mend it."""

    NOTHING = ""
    NOT_CONNECTED = "not-connected"
    EXPIRED = "connection-expired"
    REVOKED = "connection-revoked"
    MISSING_PERMISSION = "missing-permission"
    IMPORT_RUNNING = "import-running"
    EXPORT_RUNNING = "export-running"
    NOT_IMPORTED = "not-imported"
    NOTHING_TO_EXPORT = "nothing-to-export"


_ENDED = {Ended.EXPIRED: Status.EXPIRED, Ended.REVOKED: Status.REVOKED}

_HINDRANCES = {
    Status.NONE: Hindrance.NOT_CONNECTED,
    Status.EXPIRED: Hindrance.EXPIRED,
    Status.REVOKED: Hindrance.REVOKED,
    Status.MISSING_PERMISSION: Hindrance.MISSING_PERMISSION,
}


def status(
    purpose: str, connection: Connection | None, login: Login | None, now: datetime, *, unreachable: bool
) -> Status:
    """Give the word. A login under way shows only where nothing works meanwhile."""
    found = _own(purpose, connection, now)
    if found in {Status.NONE, Status.EXPIRED, Status.REVOKED}:
        return Status.PENDING if login and login.under_way(now) else found
    return Status.UNREACHABLE if unreachable and found is not Status.MISSING_PERMISSION else found


def hindrance(
    purpose: str, connection: Connection | None, now: datetime, *, running: str, published: bool, waiting: bool
) -> Hindrance:
    """Give the first reason: `running` is the kind of a job under way, `waiting` whether there is an entry to export."""
    found = _HINDRANCES.get(_own(purpose, connection, now))
    if found:
        return found
    if running:
        return Hindrance(f"{running}-running")
    if not published:
        return Hindrance.NOT_IMPORTED
    return Hindrance.NOTHING if waiting else Hindrance.NOTHING_TO_EXPORT


def _own(purpose: str, connection: Connection | None, now: datetime) -> Status:
    """Judge the connection alone."""
    if connection is None or connection.ended:
        return _ENDED.get(connection.ended, Status.NONE) if connection else Status.NONE
    match lease.state(purpose, connection.renewed_at, now):
        case lease.State.EXPIRED:
            return Status.EXPIRED
        case _ if capability.of(connection.capabilities, capability.main(purpose)).missing:
            return Status.MISSING_PERMISSION
        case lease.State.EXPIRING:
            return Status.EXPIRING
    return Status.CONNECTED
