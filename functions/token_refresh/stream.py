"""Stream door: timers were removed by their TTL, so their leases and tokens are due."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.edge import timers
from bridge.flows import keep


def expired(event: dict[str, Any], context: object) -> dict[str, int]:
    """Look at what each removed timer was about."""
    shared = wiring.shared()
    return timers.told(keep.removed(shared, timers.removed(event), timers.until(shared, context)))
