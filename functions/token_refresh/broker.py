"""Invoked door: the token broker. The only Lambda that may read the client secret and decrypt tokens."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.edge import brokering


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one question to the broker: exchange, seal, access_token, forget, unclaim or renew."""
    return brokering.answer(wiring.shared(), event)
