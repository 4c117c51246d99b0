"""Schedule door: look at every lease and token that is due."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.flows import keep


def sweep(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """End leases that are over, renew tokens that are due."""
    return dict(keep.sweep(wiring.world()))
