"""The wall of what happens by itself: timers that DynamoDB's TTL removed, and how long there is for looking at what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bridge.edge.problems import LOGGER
from bridge.ports import Shared
from bridge.stores import keys, timers
from bridge.tokens.timer import Timer

LONGEST_LOOK = timedelta(seconds=310)
"""What one look may take: the broker's longest answer, and a little. None is begun with less time left."""


def removed(event: Mapping[str, Any]) -> list[Timer]:
    """Give what the timers were about that a stream event tells are gone."""
    gone = (each["dynamodb"]["Keys"] for each in event.get("Records", ()) if each.get("eventName") == "REMOVE")
    places = [(each["PK"]["S"], each["SK"]["S"]) for each in gone]
    return [timers.of_key(place) for place in places if place[1] == keys.TIMER]


def until(shared: Shared, context: Any) -> datetime:
    """Tell until when another look may be begun."""
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    return shared.clock.now() + left - LONGEST_LOOK


def told(counts: Mapping[str, int]) -> dict[str, int]:
    """Log how many looks came to what, and give it."""
    LOGGER.info("looked", extra=dict(counts))
    return dict(counts)
