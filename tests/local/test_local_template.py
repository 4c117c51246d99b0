from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.app import template
from infra.entries import ENTRIES
from infra.local.engine import Engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The product's own template, provisioned."""
    context = {"stage": "local", "issuer": "http://127.0.0.1:1", "consoleUrl": "http://127.0.0.1:2"}
    public = "http://127.0.0.1:3"
    made = Engine(tmp_path_factory.mktemp("data"), template(context), public_url=public, tick_seconds=0)
    made.start()
    yield made
    made.stop()


def test_every_line_of_the_table_is_a_function_with_its_folder_and_limits(engine: Engine) -> None:
    root = Path(__file__).parents[2]
    made = {name.removeprefix("FortnoxBridge-"): one for name, one in engine.deployment.functions.items()}
    assert made.keys() == {entry.name for entry in ENTRIES}
    for entry in ENTRIES:
        function = made[entry.name]
        assert function.folder == root / "functions" / entry.door
        assert (function.handler, function.timeout, function.memory) == (entry.handler, entry.timeout, entry.memory)


def test_every_route_leads_to_its_function_and_only_open_ones_need_no_login(engine: Engine) -> None:
    (api,) = engine.deployment.apis.values()
    made = {route.key: (route.function, route.authorizer is None) for route in api.routes}
    wanted = {
        route: (f"FortnoxBridge-{entry.name}", route in entry.open_routes)
        for entry in ENTRIES
        for route in (*entry.routes, *entry.open_routes)
    }
    assert made == wanted


def test_addresses_are_those_of_this_machine(engine: Engine) -> None:
    variables = engine.deployment.functions["FortnoxBridge-ConnectApi"].environment
    assert variables["PUBLIC_URL"] == engine.deployment.outputs["ApiUrl"] == "http://127.0.0.1:3"
    (api,) = engine.deployment.apis.values()
    assert {route.authorizer.issuer for route in api.routes if route.authorizer} == {"http://127.0.0.1:1"}


def test_the_interpreter_accepts_the_deployed_workflows(engine: Engine) -> None:
    engine.ready()
    machines = engine.client("stepfunctions").list_state_machines()["stateMachines"]
    assert {one["stateMachineArn"] for one in machines} == set(engine.deployment.machines.values())


def test_schedules_and_streams_are_those_of_the_table(engine: Engine) -> None:
    schedules = {one.function: one.expression for one in engine.deployment.schedules}
    assert schedules == {f"FortnoxBridge-{entry.name}": entry.schedule for entry in ENTRIES if entry.schedule}
    streams = [one.function for one in engine.deployment.streams]
    assert streams == [f"FortnoxBridge-{entry.name}" for entry in ENTRIES if entry.stream]
