"""Timer items that DynamoDB's TTL removed, read from a stream event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def removed(event: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[int]]:
    """Give the (tenant, engagement) of removed lease timers, and the Fortnox companies of removed refresh timers."""
    leases: list[tuple[str, str]] = []
    companies: list[int] = []
    for record in event.get("Records", ()):
        name = record["dynamodb"]["Keys"]["PK"]["S"].split("#")
        if record.get("eventName") != "REMOVE" or name[0] != "TIMER":
            continue
        if name[1] == "FX":
            companies.append(int(name[2]))
        else:
            leases.append((name[1], name[2]))
    return leases, companies
