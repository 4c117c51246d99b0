"""Activation links (aktiveringslänkar): an invitation to the customer's Fortnox administrator to connect one engagement, once.

The token is a secret of 256 bits and is shown once, in the fragment of an address; only its hash is kept. Looking at the
page uses nothing up, and neither does a login that fails: a link is used when it has connected the company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.tokens.capability import Capability

LINK_LIFE = timedelta(days=7)

KEPT = timedelta(days=90)
"""How long after its end a link is still listed, and its page still says why it does not work."""


class LinkStatus(StrEnum):
    """What has become of a link; `opened` when somebody has looked at its page."""

    WAITING = "waiting"
    OPENED = "opened"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands. It is bound to the engagement and to the organisation number expected when it was made.

    `firm` and `recipient` are texts of whoever made it: how the customer knows the firm, and who it was meant for.
    """

    tenant: str
    engagement: str
    id: str
    org_number: str
    capabilities: tuple[Capability, ...]
    created_by: str
    created_at: datetime
    expires: datetime
    firm: str = ""
    recipient: str = ""
    opened_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def status(self, now: datetime) -> LinkStatus:
        """Tell what has become of it; what somebody did to it counts before its time ran out."""
        if self.used_at:
            return LinkStatus.USED
        if self.revoked_at:
            return LinkStatus.REVOKED
        if self.expires <= now:
            return LinkStatus.EXPIRED
        return LinkStatus.OPENED if self.opened_at else LinkStatus.WAITING
