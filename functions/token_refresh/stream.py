"""Stream door: a timer item was removed by its TTL, so its lease or token is due."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.edge import timers
from bridge.flows import keep


def expired(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Look at what each removed timer was about."""
    leases, companies = timers.removed(event)
    for tenant, engagement in leases:
        keep.lease_timer(wiring.world(), tenant, engagement)
    for company in companies:
        keep.renew(wiring.world(), company)
    return {}
