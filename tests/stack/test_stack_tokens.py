"""Tokens on the whole stack: many at once, consents withdrawn at Fortnox, answers that never come, a table that was changed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bridge.problem import BridgeError
from bridge.stores.lambdas import BrokerClient
from infra.local.engine import STACK
from infra.local.fortnox import Simulator
from infra.local.fortnox.knobs import Trouble
from infra.local.stack import CLIENT_ID, LocalStack
from tests.stack.books import LAST
from tests.stack.client import Bridge, NewBridge

HOUR = 3600.0
TOKEN = "/oauth-v1/token$"
MODES = pytest.mark.parametrize("mode", ["service", "personal"])


@pytest.fixture
def broker(stack: LocalStack) -> BrokerClient:
    """The broker as a function asks it."""
    return BrokerClient(stack.client("lambda"), f"{STACK}-Broker")


Ask = Callable[[Bridge], str]


@pytest.fixture
def ask(stack: LocalStack, broker: BrokerClient) -> Ask:
    """Ask for a token of an engagement; gives it, or what the failure tells a person."""

    def asked(bridge: Bridge) -> str:
        try:
            return broker.access_token(tenant(stack, bridge), bridge.engagement).token
        except BridgeError as error:
            return error.problem.code

    return asked


def tenant(stack: LocalStack, bridge: Bridge) -> str:
    """Find whose engagement it is."""
    items = stack.client("dynamodb").scan(TableName=stack.outputs["ConnectionsTable"])["Items"]
    return str(next(item["tenant"]["S"] for item in items if item.get("engagement", {}).get("S") == bridge.engagement))


def calls(fortnox: Simulator) -> int:
    """Count what was asked of the token endpoint."""
    return sum(count for path, count in fortnox.stats.by_path.items() if "/oauth-v1/token" in path)


@MODES
def test_of_many_callers_one_fetches_the_token_and_all_get_it(
    stack: LocalStack, fortnox: Simulator, bridge: Bridge, ask: Ask, mode: str
) -> None:
    assert bridge.connect(mode) == ""
    stack.clock.move(2 * HOUR)
    before = calls(fortnox)
    fortnox.knobs.troubles = [Trouble("slow_reply", path=TOKEN, seconds=0.5)]
    with ThreadPoolExecutor(24) as threads:
        given = set(threads.map(lambda _: ask(bridge), range(24)))
    assert calls(fortnox) == before + 1
    assert len(given) == 1
    assert "." in given.pop(), "a token, and no problem"


@MODES
def test_a_consent_withdrawn_at_fortnox_ends_the_connection_and_says_so(
    stack: LocalStack, fortnox: Simulator, bridge: Bridge, ask: Ask, mode: str
) -> None:
    assert bridge.connect(mode) == ""
    fortnox.state.grants.withdraw(CLIENT_ID, bridge.company.number)
    stack.clock.move(2 * HOUR)
    assert ask(bridge) == "connection-revoked"
    assert bridge.get("/connection")["status"] == "revoked"
    assert len(bridge.activity("connection-removed")) == 1
    bridge.refused("connection-revoked", "POST", "/imports", {})


def test_a_job_whose_token_fortnox_stops_taking_finds_the_consent_gone(fortnox: Simulator, connected: Bridge) -> None:
    fortnox.knobs.withdrawal_ends_access = True
    fortnox.state.grants.withdraw(CLIENT_ID, connected.company.number)
    connected.failed("connection-revoked", connected.importing(LAST))
    assert connected.get("/connection")["status"] == "revoked"


@pytest.mark.parametrize("kind", ["503", "429"])
@MODES
def test_a_token_endpoint_in_trouble_ends_nothing(
    stack: LocalStack, fortnox: Simulator, bridge: Bridge, ask: Ask, mode: str, kind: str
) -> None:
    assert bridge.connect(mode) == ""
    stack.clock.move(2 * HOUR)
    fortnox.knobs.troubles = [Trouble(kind, path=TOKEN)]
    assert ask(bridge) == "fortnox-unavailable"
    stack.clock.move(2 * HOUR + 61)
    assert "." in ask(bridge)
    assert bridge.get("/connection")["status"] == "connected"


def test_a_lost_token_answer_is_doubted_before_the_connection_is_given_up(
    stack: LocalStack, fortnox: Simulator, bridge: Bridge, ask: Ask
) -> None:
    assert bridge.connect("personal") == ""
    fortnox.knobs.troubles = [Trouble("lost_reply", path=TOKEN)]
    told = []
    for seconds in (0, 61, 200, 320):
        stack.clock.move(2 * HOUR + seconds)
        told.append(ask(bridge))
    assert told == ["fortnox-unavailable"] * 3 + ["connection-revoked"]
    assert bridge.connect("personal") == ""
    assert bridge.importing(LAST)["status"] == "succeeded"


def test_a_connection_that_was_changed_in_the_table_opens_nothing(
    stack: LocalStack, connected: Bridge, new_bridge: NewBridge, ask: Ask
) -> None:
    other = new_bridge()
    assert other.connect() == ""
    place = {"PK": {"S": f"T#{tenant(stack, connected)}#E#{connected.engagement}"}, "SK": {"S": "CONNECTION"}}
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["ConnectionsTable"],
        Key=place,
        UpdateExpression="SET fortnox_tenant = :other",
        ExpressionAttributeValues={":other": {"N": str(other.company.number)}},
    )
    assert ask(connected) == "internal"
    assert "." in ask(other)
