"""What can go wrong with Fortnox, as one tree of exceptions, and the two tables that lead into it.

    BridgeError
    └─ FortnoxError
       ├─ Unauthorized          the access token was not accepted, not even a new one (401)
       ├─ FortnoxRefused        Fortnox understood and said no: its code and its sentence
       │  ├─ NotFound           404 in Fortnox's own words
       │  ├─ ScopeMissing       the connection lacks the scope (behörighet)
       │  ├─ LicenceMissing     the company lacks the licence
       │  └─ RightMissing       the user behind the connection lacks the right
       ├─ FortnoxRateLimited    429 that outlasted the waiting          (a workflow retries it)
       ├─ FortnoxUnavailable    no answer, a broken one, or a 5xx       (a workflow retries it)
       ├─ FortnoxUnreadable     an answer of a shape we do not know
       └─ OAuthRefused          the token endpoint said no: its error
          ├─ GrantInvalid       code or refresh token used, expired or revoked
          └─ ClientInvalid      our client id or secret

Messages hold Fortnox's code and sentence, never a token and never a URL. Status alone decides little: the same code comes
with 400 and with 403 in the field, so the code does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import httpx

from bridge.fortnox.wire import read_json
from bridge.problem import BridgeError, Problem

LONGEST_TEXT = 300
"""Characters of a foreign sentence that are kept."""

WINDOW = 5
"""Seconds of Fortnox's sliding window: what to wait when nothing else is said."""

SCOPES: Mapping[str, str] = {
    "companyinformation": "companyinformation",
    "financialyears": "bookkeeping",
    "accounts": "bookkeeping",
    "voucherseries": "bookkeeping",
    "vouchers": "bookkeeping",
    "sie": "bookkeeping",
    "settings": "settings",
    "invoices": "invoice",
    "supplierinvoices": "supplierinvoice",
    "invoicepayments": "payment",
    "supplierinvoicepayments": "payment",
}
"""First part of a path -> the scope that opens it."""


class FortnoxError(BridgeError):
    """Something about Fortnox failed."""

    status: ClassVar[int] = 502


class Unauthorized(FortnoxError):
    """Fortnox does not accept the access token."""

    status: ClassVar[int] = 409

    @property
    def problem(self) -> Problem:
        """What to tell a person: connect again."""
        return Problem("connection-revoked")


class FortnoxRefused(FortnoxError):
    """Fortnox refused: `code` and `message` are its own, `resource` the first part of the path."""

    def __init__(self, code: str, message: str, resource: str = "") -> None:
        self.code = code
        self.message = message
        self.resource = resource
        super().__init__(f"{code} {message}".strip())

    @property
    def scope(self) -> str:
        """The scope that opens the resource."""
        return SCOPES.get(self.resource, self.resource)

    @property
    def problem(self) -> Problem:
        """What to tell a person: what Fortnox said."""
        return Problem("fortnox-refused", {"code": self.code, "message": self.message})


class NotFound(FortnoxRefused):
    """Fortnox has no such thing."""


class ScopeMissing(FortnoxRefused):
    """The connection lacks the scope for the resource; a new consent is needed."""

    status: ClassVar[int] = 403

    @property
    def problem(self) -> Problem:
        """What to tell a person: connect again and allow the scope."""
        return Problem("scope-missing", {"scope": self.scope, "what": self.resource})


class LicenceMissing(FortnoxRefused):
    """The company lacks the Fortnox licence behind the resource."""

    status: ClassVar[int] = 403

    @property
    def module(self) -> str:
        """`integration` for the integration licence, else the scope whose product licence is missing."""
        return "integration" if self.code == INTEGRATION_LICENCE else self.scope

    @property
    def problem(self) -> Problem:
        """What to tell a person: the licence has to be bought. Which company that is, the error does not know."""
        return Problem("licence-missing", {"company": "", "module": self.module})


class RightMissing(FortnoxRefused):
    """The Fortnox user behind the connection lacks the right."""


class FortnoxRateLimited(FortnoxError):
    """Fortnox takes no more requests right now; `seconds` is what it asked us to wait, or None."""

    status: ClassVar[int] = 429

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        super().__init__("429 too many requests")

    @property
    def problem(self) -> Problem:
        """What to tell a person: wait."""
        return Problem("rate-limited", {"s": math.ceil(self.seconds or WINDOW)})

    @property
    def harmless(self) -> bool:
        """Tell that nothing was done."""
        return True


class FortnoxUnavailable(FortnoxError):
    """Fortnox gave no usable answer; `sent` tells whether the request may have reached it."""

    status: ClassVar[int] = 503

    def __init__(self, reason: str, *, sent: bool = True) -> None:
        self.reason = reason
        self.sent = sent
        super().__init__(reason)

    @property
    def problem(self) -> Problem:
        """What to tell a person: try again in a while."""
        return Problem("fortnox-unavailable")

    @property
    def harmless(self) -> bool:
        """Tell whether it never reached Fortnox."""
        return not self.sent


class FortnoxUnreadable(FortnoxError):
    """Fortnox answered in a shape we do not know; names the fields, never their values."""


class OAuthRefused(FortnoxError):
    """The token endpoint refused: `error` is its OAuth code, `description` its sentence."""

    def __init__(self, error: str, description: str = "") -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error} {description}".strip())

    @property
    def problem(self) -> Problem:
        """What to tell a person: the licence has to be bought, or what Fortnox said."""
        return (
            Problem("licence-missing", {"company": "", "module": "integration"})
            if self.error in LICENCE_ERRORS
            else Problem("fortnox-refused", {"code": self.error, "message": self.description})
        )

    @property
    def harmless(self) -> bool:
        """Tell that a refusal changes nothing."""
        return True


class GrantInvalid(OAuthRefused):
    """The authorisation code or refresh token is used, expired or revoked."""

    status: ClassVar[int] = 409

    @property
    def problem(self) -> Problem:
        """What to tell a person: connect again."""
        return Problem("connection-revoked")


class ClientInvalid(OAuthRefused):
    """The token endpoint does not know our client id and secret."""

    status: ClassVar[int] = 500

    @property
    def problem(self) -> Problem:
        """What to tell a person: nothing they can mend; the secret is ours."""
        return Problem("internal")


INTEGRATION_LICENCE = "2001103"

CODES: Mapping[str, type[FortnoxRefused]] = {
    "2000663": ScopeMissing,
    "2001101": LicenceMissing,
    INTEGRATION_LICENCE: LicenceMissing,
    "2001339": RightMissing,
    "2001393": RightMissing,
    "2002455": RightMissing,
    "2003275": RightMissing,
}
"""Fortnox code -> class. Any other code is FortnoxRefused, or NotFound with status 404."""

LOGIN_CODES = frozenset({"2000310", "2000311", "2004054"})
"""Codes that mean what 401 means."""

SYSTEM_EXCEPTION = "1000003"
"""Fortnox's own fault, whatever the status."""

FOREIGN: tuple[tuple[type[httpx.HTTPError], str, bool], ...] = (
    (httpx.ConnectTimeout, "no connection in time", False),
    (httpx.ConnectError, "no connection", False),
    (httpx.PoolTimeout, "no free connection", False),
    (httpx.TimeoutException, "no answer in time", True),
    (httpx.HTTPError, "the connection broke", True),
)
"""httpx's class -> our reason, and whether the request may have been sent. The first line that fits counts."""


@contextmanager
def at_the_wall() -> Iterator[None]:
    """Turn httpx's errors into FortnoxUnavailable, by the table; their texts may hold headers and are dropped."""
    try:
        yield
    except httpx.HTTPError as error:
        reason, sent = next((reason, sent) for kind, reason, sent in FOREIGN if isinstance(error, kind))
        raise FortnoxUnavailable(f"{reason} ({type(error).__name__})", sent=sent) from None


@dataclass(frozen=True, slots=True)
class ErrorInformation:
    """Fortnox's error envelope, read from either casing."""

    code: str
    message: str


def error_information(body: object) -> ErrorInformation | None:
    """Read the envelope of a parsed body, `Error/Message/Code` or `error/message/code`; None when it says nothing."""
    if not isinstance(body, dict) or not isinstance(body.get("ErrorInformation"), dict):
        return None
    fields = {str(name).lower(): value for name, value in body["ErrorInformation"].items()}
    code, message = _text(fields.get("code")), _text(fields.get("message"))
    return ErrorInformation(code, message) if code or message else None


def failure(status: int, content: bytes, resource: str, retry_after: str = "") -> FortnoxError:
    """Name the failure of an answer that was not a success. Never looks at the content type: it lies."""
    if status == 429:
        return FortnoxRateLimited(_seconds(retry_after))
    if status == 401:
        return Unauthorized("401 unauthorized")
    information = error_information(_parsed(content))
    if information is None:
        return FortnoxUnavailable(f"status {status} without an error of Fortnox's")
    if status >= 500 or information.code == SYSTEM_EXCEPTION:
        return FortnoxUnavailable(f"status {status}, {information.code} {information.message}")
    return refusal(information, resource, NotFound if status == 404 else FortnoxRefused)


def refusal(
    information: ErrorInformation, resource: str, otherwise: type[FortnoxRefused] = FortnoxRefused
) -> FortnoxError:
    """Name a refusal by its code; `otherwise` is the class of a code that is not in the table."""
    if information.code in LOGIN_CODES:
        return Unauthorized(f"{information.code} {information.message}")
    return CODES.get(information.code, otherwise)(information.code, information.message, resource)


def oauth_failure(status: int, content: bytes, retry_after: str = "") -> FortnoxError:
    """Name the failure of an answer of the token endpoint: its JSON comes as text/html and text/plain."""
    if status == 429:
        return FortnoxRateLimited(_seconds(retry_after))
    body = _parsed(content)
    error = body.get("error") if isinstance(body, dict) else None
    if status >= 500 or not isinstance(error, str) or not isinstance(body, dict):
        return FortnoxUnavailable(f"status {status} from the token endpoint")
    return OAUTH.get(error, OAuthRefused)(_text(error), _text(body.get("error_description")))


OAUTH: Mapping[str, type[OAuthRefused]] = {"invalid_grant": GrantInvalid, "invalid_client": ClientInvalid}
"""OAuth error -> class; any other is OAuthRefused."""

LICENCE_ERRORS = frozenset({"error_missing_license", "error_missing_app_license"})
"""OAuth errors of a company without the integration licence."""


def _parsed(content: bytes) -> object:
    try:
        return read_json(content)
    except ValueError:
        return None


def _text(value: object) -> str:
    return "" if value is None else str(value)[:LONGEST_TEXT]


def _seconds(retry_after: str) -> float | None:
    """Seconds of a Retry-After header; None for a date, nonsense or nothing (then the doubling decides)."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
