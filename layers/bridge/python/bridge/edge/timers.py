"""Timer items that DynamoDB's TTL removed, read from a stream event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def removed(event: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[int]]:
    """Give the (tenant, engagement) of removed lease timers, and the Fortnox companies of removed refresh timers."""
    leases: list[tuple[str, str]] = []
    companies: list[int] = []
    for record in event.get("Records", ()):
        keys = record["dynamodb"]["Keys"]
        kind, *name = keys["PK"]["S"].split("#")
        if record.get("eventName") != "REMOVE" or kind != "TIMER":
            continue
        if keys["SK"]["S"] == "LEASE":
            leases.append((name[0], name[1]))
        elif keys["SK"]["S"] == "REFRESH":
            companies.append(int(name[1]))
    return leases, companies
