"""Many at once want a token that has run out: how many calls to Fortnox that makes, and whether all of them get it.

    python -m bench.token_storm --callers 1000 --json

Each caller is a thread that asks the broker over HTTP, as a function does, on the local stack with its atomic tables. Both
kinds of consent are tried; `token_calls` and `seconds` are the worse of the two.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.problem import BridgeError
from bridge.stores.connections import Connections
from bridge.stores.engagements import Engagements
from bridge.stores.lambdas import BrokerClient
from bridge.tokens.connection import Connection, Mode
from infra.local.engine import STACK
from infra.local.fortnox.knobs import Trouble
from infra.local.fortnox.oauth.grants import Code
from infra.local.stack import ANY_PORTS, CLIENT_ID, LocalStack

SCOPES = ("bookkeeping", "companyinformation")
TENANT = "T1"
SLOW = 2.0
"""Seconds Fortnox takes to answer the one call, so that many wait for it."""

HOURS = 2
"""How far the clock is moved: an access token lives one."""


@dataclass(frozen=True)
class Storm:
    """What became of one storm; `different` counts how many different tokens were given out."""

    mode: str
    callers: int
    token_calls: int
    errors: int
    different: int
    seconds: float


def storm(stack: LocalStack, mode: Mode, callers: int) -> Storm:
    """Let a connection's token run out, and everybody ask for it at once."""
    client = stack.client("lambda")
    broker = BrokerClient(client, f"{STACK}-Broker")
    _connect(stack, broker, mode)
    stack.clock.move(HOURS * 3600.0)
    stack.simulator.knobs.troubles = [Trouble("slow_reply", path="/oauth-v1/token", seconds=SLOW)]
    gate, before = threading.Barrier(callers + 1), _token_calls(stack)
    given: set[str] = set()
    errors: list[str] = []

    def ask() -> None:
        gate.wait()
        try:
            given.add(broker.access_token(TENANT, mode.value).token)
        except BridgeError as error:
            errors.append(type(error).__name__)

    with ThreadPoolExecutor(callers) as threads:
        for _ in range(callers):
            threads.submit(ask)
        gate.wait()
        began = time.monotonic()
    seconds = round(time.monotonic() - began, 1)
    stack.clock.move(0)
    return Storm(mode.value, callers, _token_calls(stack) - before, len(errors), len(given), seconds)


def _connect(stack: LocalStack, broker: BrokerClient, mode: Mode) -> None:
    """Connect an engagement, named by its mode, to a company of its own, without a browser."""
    licensed = [each.number for each in stack.simulator.companies.values() if "integration" in each.licences]
    number = licensed[list(Mode).index(mode)]
    grants, now = stack.simulator.state.grants, stack.clock.now()
    redirect = f"{stack.api_url}/oauth/callback"
    grants.allow(CLIENT_ID, number, list(SCOPES), service=mode is Mode.SERVICE)
    code = grants.new_code(Code(CLIENT_ID, number, "demo", list(SCOPES), redirect, now.timestamp() + 600))
    broker.exchange(code, mode)
    year = Period(now.date(), now.date())
    table = stack.outputs["ConnectionsTable"]
    engagement = Engagement(TENANT, mode.value, "A", "5566778899", Kind.YEAR_END, Purpose.YEAR_END, (Year(year),), year)
    Engagements(stack.client("dynamodb"), table).put(engagement)
    fresh = Connection(TENANT, mode.value, number, "A", "5566778899", mode, SCOPES, "ada", now, now)
    Connections(stack.client("dynamodb"), table).put(replace(fresh, seal=broker.seal(fresh)))


def _token_calls(stack: LocalStack) -> int:
    counted: dict[str, int] = stack.simulator.stats.by_path
    return sum(calls for path, calls in counted.items() if path.startswith("POST /oauth-v1/token"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Many at once want a token that has run out.")
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalStack(Path(folder), ports=ANY_PORTS, tick_seconds=0) as stack:
        storms = [storm(stack, mode, arguments.callers) for mode in Mode]
    told = {
        "callers": arguments.callers,
        "token_calls": max(each.token_calls for each in storms),
        "errors": sum(each.errors for each in storms),
        "seconds": max(each.seconds for each in storms),
        "modes": [asdict(each) for each in storms],
    }
    if arguments.json:
        print(json.dumps(told))
        return
    for each in storms:
        print(f"{each.mode:9} {each.callers} callers, {each.token_calls} calls, {each.errors} errors, {each.seconds} s")


if __name__ == "__main__":
    main()
