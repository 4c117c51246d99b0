"""Schedule door: look at every lease and token that is due."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.edge import timers
from bridge.flows import keep


def sweep(event: dict[str, Any], context: object) -> dict[str, int]:
    """Announce and end leases, renew tokens; of several parts only the one the schedule names."""
    shared = wiring.shared()
    part, parts = event.get("part", 0), event.get("parts", 1)
    return timers.told(keep.sweep(shared, timers.until(shared, context), part, parts))
