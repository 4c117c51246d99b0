"""What a person can correct, as values: a code, a place and parameters. No text lives here.

Texts in Swedish and English are in `bridge.messages`, keyed by the same codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

Param = str | int


class Severity(StrEnum):
    """How much a finding matters: an error stops what was asked for, a warning and an info do not."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found. Lines and columns count from 1; `field` is an RFC 6901 pointer."""

    line: int | None = None
    column: int | None = None
    field: str | None = None
    voucher: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something seen in the books while they were read or compared; findings are gathered, never raised."""

    code: str
    severity: Severity
    params: Mapping[str, Param] = field(default_factory=dict)
    place: Place | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was not carried out. `pointer` names the request field at fault (RFC 6901)."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a problem code means to a caller: its HTTP status and what to do about it."""

    status: int
    action: str


PROBLEMS: Mapping[str, Kind] = {
    "not-connected": Kind(409, "connect"),
    "connection-expired": Kind(409, "reimport"),
    "connection-revoked": Kind(409, "connect"),
    "company-changed": Kind(409, "retry"),
    "consent-denied": Kind(403, "connect"),
    "authorization-expired": Kind(410, "connect"),
    "authorization-elsewhere": Kind(403, "connect"),
    "authorization-used": Kind(409, "none"),
    "authorization-incomplete": Kind(409, "connect"),
    "scope-refused": Kind(502, "contact"),
    "service-account-refused": Kind(403, "connect"),
    "years-missing": Kind(422, "fix-input"),
    "activation-unknown": Kind(404, "none"),
    "activation-expired": Kind(410, "contact"),
    "activation-revoked": Kind(410, "contact"),
    "activation-used": Kind(410, "none"),
    "not-administrator": Kind(403, "invite"),
    "licence-missing": Kind(403, "contact"),
    "scope-missing": Kind(403, "connect"),
    "org-number-mismatch": Kind(422, "fix-input"),
    "org-number-invalid": Kind(422, "fix-input"),
    "file-too-large": Kind(413, "fix-input"),
    "file-not-sie": Kind(422, "fix-input"),
    "sie-invalid": Kind(422, "fix-input"),
    "sie-unbalanced": Kind(422, "fix-input"),
    "sie-wrong-year": Kind(422, "fix-input"),
    "sie-incomplete": Kind(409, "retry"),
    "year-unknown": Kind(422, "fix-input"),
    "year-locked": Kind(409, "contact"),
    "not-imported": Kind(409, "import"),
    "import-running": Kind(409, "wait"),
    "export-running": Kind(409, "wait"),
    "period-locked": Kind(409, "fix-input"),
    "series-unknown": Kind(422, "fix-input"),
    "series-not-manual": Kind(422, "fix-input"),
    "account-unknown": Kind(422, "fix-input"),
    "account-inactive": Kind(422, "fix-input"),
    "unbalanced-voucher": Kind(422, "fix-input"),
    "date-outside-period": Kind(422, "fix-input"),
    "entry-unknown": Kind(422, "fix-input"),
    "already-exported": Kind(409, "none"),
    "voucher-rejected": Kind(422, "contact"),
    "outcome-unknown": Kind(409, "wait"),
    "rate-limited": Kind(429, "wait"),
    "fortnox-unavailable": Kind(503, "retry"),
    "fortnox-refused": Kind(502, "contact"),
    "idempotency-key-missing": Kind(400, "retry"),
    "idempotency-key-reused": Kind(422, "retry"),
    "invalid-request": Kind(422, "fix-input"),
    "invalid-value": Kind(422, "fix-input"),
    "appendix-missing": Kind(404, "import"),
    "not-found": Kind(404, "none"),
    "forbidden": Kind(403, "none"),
    "role-missing": Kind(403, "none"),
    "unauthorized": Kind(401, "login"),
    "conflict": Kind(409, "retry"),
    "internal": Kind(500, "retry"),
}


PASSING = frozenset({"internal", "rate-limited", "fortnox-unavailable"})
"""Problems that no user can correct: trying again later is all there is."""


class BridgeError(Exception):
    """Base of every exception of ours; the class name is what workflows retry and catch on."""

    status: ClassVar[int] = 500

    @property
    def problem(self) -> Problem:
        """What to tell a person; a failure that is ours to mend is `internal`."""
        return Problem("internal")

    @property
    def passes(self) -> bool:
        """Tell whether it may go away by itself; otherwise a person has to correct something first."""
        return self.problem.code in PASSING

    @property
    def harmless(self) -> bool:
        """Tell whether it certainly had no effect, so that the same may be asked again at once."""
        return False


class Refused(BridgeError):
    """The request cannot be carried out until a person changes something; says what, and nothing was done."""

    def __init__(self, problem: Problem, errors: tuple[Problem, ...] = ()) -> None:
        """`errors` are the field errors when there is more than one thing to correct."""
        self._problem = problem
        self.errors = errors
        super().__init__(json.dumps({"code": problem.code, "params": dict(problem.params)}, ensure_ascii=False))

    @property
    def problem(self) -> Problem:
        """Why the request was refused."""
        return self._problem


def refuse(code: str, /, **params: Param) -> Refused:
    """Build the refusal of a code, to be raised: `raise refuse("series-unknown", series="X", year="2025")`."""
    return Refused(Problem(code, params))
