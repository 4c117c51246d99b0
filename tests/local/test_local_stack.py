from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.local.serving import Listener, NoPort
from infra.local.stack import ANY_PORTS, LocalStack, Ports

ROOT = Path(__file__).parents[2]
SIGTERMED = """
import sys
from pathlib import Path
from infra.local.stack import ANY_PORTS, LocalStack
template = {"Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "A", "ProtocolType": "HTTP"}}}}
with LocalStack(Path(sys.argv[1]), ports=ANY_PORTS, template=lambda _: template) as stack:
    stack.clock.move(7)
    print("up", flush=True)
    stack.wait()
"""


@pytest.fixture(scope="module")
def stack(toy_maker: Callable[[], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The whole stack, with the toy template in place of the product's."""
    folder = tmp_path_factory.mktemp("stack")
    with LocalStack(folder, ports=ANY_PORTS, tick_seconds=0, template=lambda _: toy_maker()) as made:
        yield made


def ask(url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    kind = {"content-type": "application/json"} if data else {}
    request = urllib.request.Request(url, data, {**kind, **(headers or {})})  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_api_answers_over_http_and_knows_who_asks(stack: LocalStack) -> None:
    status, answer = ask(f"{stack.api_url}/open/door?x=1")
    assert (status, answer["event"]["queryStringParameters"]) == (200, {"x": "1"})
    assert ask(f"{stack.api_url}/closed", {}) == (401, {"message": "Unauthorized"})
    token = stack.token("anna", "firm", ["admin"])
    status, answer = ask(f"{stack.api_url}/closed", {"a": 1}, {"authorization": f"Bearer {token}"})
    claims = answer["event"]["requestContext"]["authorizer"]["jwt"]["claims"]
    assert (status, claims["sub"], claims["tenant"], claims["roles"]) == (200, "anna", "firm", "[admin]")


def test_the_panel_tells_what_runs_where(stack: LocalStack) -> None:
    status, about = ask(f"{stack.api_url}/_local")
    assert status == 200
    assert about["urls"]["api"] == stack.api_url
    assert about["counts"] == {"functions": 4, "routes": 2, "tables": 1, "machines": 1, "schedules": 1}
    assert ask(f"{stack.api_url}/_local/nothing") == (404, {"message": "Not Found"})
    assert ask(f"{stack.api_url}/_local/tick", {})[0] == 200


def test_the_panel_moves_the_clock_for_functions_and_tokens_alike(stack: LocalStack) -> None:
    token = stack.token("anna", "firm", ["admin"])
    assert ask(f"{stack.api_url}/_local/clock", {"offsetSeconds": 31 * 86400})[0] == 200
    try:
        assert ask(f"{stack.api_url}/closed", {}, {"authorization": f"Bearer {token}"})[0] == 401
        told = json.loads(stack.invoke("Play", {"do": "time"})[0])
        assert told[:10] == stack.clock.now().date().isoformat()
    finally:
        assert ask(f"{stack.api_url}/_local/clock", {"offsetSeconds": 0})[0] == 200


@pytest.mark.parametrize("body", [{}, {"offsetSeconds": "31"}, {"offsetSeconds": True}, [1]])
def test_a_clock_request_without_a_number_is_refused(stack: LocalStack, body: Any) -> None:
    assert ask(f"{stack.api_url}/_local/clock", body)[0] == 400


def test_the_simulator_knows_our_integration_by_the_secret_that_the_stack_put(stack: LocalStack) -> None:
    held = stack.client("secretsmanager").get_secret_value(SecretId="FortnoxBridge-ClientSecret")
    client = json.loads(held["SecretString"])
    known = stack.simulator.clients[client["client_id"]]
    assert known.secret == client["client_secret"]
    assert known.redirect_uris == [f"{stack.api_url}/oauth/callback"]
    assert ask(f"{stack.fortnox_url}/_control")[0] == 200


def test_the_issuer_is_discovered_at_its_address(stack: LocalStack) -> None:
    status, found = ask(f"{stack.issuer_url}/.well-known/openid-configuration")
    assert (status, found["issuer"]) == (200, stack.issuer_url)


def test_a_port_that_is_taken_gives_way_to_the_next_and_that_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        listener = Listener(wanted)
        assert wanted < listener.port < wanted + 50
        listener.stop()


def test_no_free_port_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.serving._TRIES", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(NoPort):
            Listener(taken.getsockname()[1])


def test_the_default_ports_are_fixed() -> None:
    assert Ports() == Ports(8787, 8788, 8789)


def test_sigterm_saves_and_leaves(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", SIGTERMED, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own Python
    late = threading.Timer(60, process.kill)
    late.start()
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "up\n"
        os.kill(process.pid, signal.SIGTERM)
    assert process.wait() in {0, 128 + signal.SIGTERM}  # the second where the signal comes before `wait` is reached
    late.cancel()
    assert json.loads((tmp_path / "clock.json").read_text()) == {"offsetSeconds": 7}
    assert (tmp_path / "state.pickle").exists()
