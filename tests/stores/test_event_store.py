from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bridge.stores.events import Events
from bridge.stores.failures import StoreUnavailable


@pytest.fixture
def heard(client: Callable[[str], Any]) -> Callable[[], list[dict[str, Any]]]:
    """What a host product hears that asked for our events on the bus."""
    client("events").create_event_bus(Name="bus")
    queue = client("sqs").create_queue(QueueName="heard")["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["fortnox-bridge"]})
    client("events").put_rule(Name="host", EventBusName="bus", EventPattern=pattern)
    client("events").put_targets(Rule="host", EventBusName="bus", Targets=[{"Id": "queue", "Arn": arn}])

    def read() -> list[dict[str, Any]]:
        messages = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in messages]

    return read


def test_an_event_is_heard_with_its_name_ids_and_details(
    client: Callable[[str], Any], heard: Callable[[], list[dict[str, Any]]]
) -> None:
    Events(client("events"), "bus").put("ConnectionExpiring", "t1", "eng_1", days=7)
    [event] = heard()
    assert (event["source"], event["detail-type"]) == ("fortnox-bridge", "ConnectionExpiring")
    assert event["detail"] == {"tenant": "t1", "engagement": "eng_1", "days": 7}


def test_a_bus_that_will_not_take_it_is_unavailable() -> None:
    class Full:
        def put_events(self, **_: Any) -> dict[str, Any]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    with pytest.raises(StoreUnavailable, match="ThrottlingException"):
        Events(Full(), "bus").put("ConnectionEnded", "t1", "eng_1")
