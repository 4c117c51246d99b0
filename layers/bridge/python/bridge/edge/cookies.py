"""The cookie that binds a login at Fortnox to the browser that began it."""

from __future__ import annotations

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from bridge import wiring
from bridge.tokens.attempt import ATTEMPT_LIFE


def name() -> str:
    """Name the cookie. Under https it is this very host's and nobody else can set it; browsers know no such name elsewhere."""
    return "__Host-fortnox-login" if _secure() else "fortnox-login"


def login(value: str) -> Cookie:
    """Make the cookie: for as long as a login may take, for no script, and not sent along by other sites' pages."""
    return Cookie(
        name(),
        value,
        path="/",
        secure=_secure(),
        http_only=True,
        max_age=int(ATTEMPT_LIFE.total_seconds()),
        same_site=SameSite.LAX_MODE,
    )


def _secure() -> bool:
    """Only a developer's own machine is reached without TLS."""
    return wiring.shared().settings.public_url.startswith("https://")
