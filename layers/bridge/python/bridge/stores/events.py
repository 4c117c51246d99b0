"""Telling host products over an EventBridge bus what became of their connections."""

from __future__ import annotations

import json
from typing import Any

from bridge.problem import Param
from bridge.stores.failures import StoreUnavailable, at_the_wall

SOURCE = "fortnox-bridge"


class Events:
    """Implements `ports.Events`."""

    def __init__(self, client: Any, bus: str) -> None:
        """`client` is boto3's for EventBridge, `bus` the name of the bus."""
        self._client = client
        self._bus = bus

    def put(self, name: str, tenant: str, engagement: str, **details: Param) -> None:
        """Put one event; StoreUnavailable when the bus would not take it."""
        detail = {"tenant": tenant, "engagement": engagement, **details}
        entry = {"EventBusName": self._bus, "Source": SOURCE, "DetailType": name, "Detail": json.dumps(detail)}
        with at_the_wall():
            answer = self._client.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise StoreUnavailable(f"PutEvents: {answer['Entries'][0]['ErrorCode']}")
