"""What the command line ends with: one number per kind of trouble, the same for every command."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. 2, wrong usage, comes from the parser of the command line itself."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    CONNECTION_NEEDED = 3
    FORTNOX_UNAVAILABLE = 4
    UNREAD = 141
    """Whoever read the output stopped: what a shell says of SIGPIPE. Never 0, as nobody knows what would have come."""


_OF_PROBLEMS: Mapping[str, Exit] = {
    "not-connected": Exit.CONNECTION_NEEDED,
    "connection-expired": Exit.CONNECTION_NEEDED,
    "connection-revoked": Exit.CONNECTION_NEEDED,
    "fortnox-unavailable": Exit.FORTNOX_UNAVAILABLE,
    "rate-limited": Exit.FORTNOX_UNAVAILABLE,
}


def of_problem(code: str) -> Exit:
    """Give the exit code of a problem of the API; most are errors in what was asked for or in the books."""
    return _OF_PROBLEMS.get(code, Exit.FINDINGS)
