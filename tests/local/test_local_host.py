from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import clock
from infra.local.clock import SharedClock
from infra.local.deployment import Function
from infra.local.host import ConflictingEnvironment, Host, InProcess, merged
from infra.local.workers import WorkerPool


def function(door: Path, name: str = "Play", handler: str = "toy.play", **more: Any) -> Function:
    environment = more.pop("environment", {"TABLE": "t"})
    timeout, concurrency = more.pop("timeout", 20), more.pop("concurrency", None)
    arn = f"arn:aws:lambda:eu-north-1:1:function:{name}"
    return Function(name, door, handler, timeout, 256, "python3.13", environment, arn, concurrency)


@pytest.fixture(scope="module")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clock") / "clock.json"


@pytest.fixture(scope="module", params=["inproc", "workers"])
def host(
    request: pytest.FixtureRequest, toy_door: Path, clock_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    """Either host with the toy functions; both must behave alike."""
    made: Host = InProcess() if request.param == "inproc" else WorkerPool(tmp_path_factory.mktemp("logs"))
    functions = {
        "Play": function(toy_door),
        "Echo": function(toy_door, "Echo", "toy.echo"),
        "Gone": function(toy_door, "Gone", "missing.handler"),
    }
    made.start(functions, {"AWS_DEFAULT_REGION": "eu-north-1", clock.VARIABLE: str(clock_file)})
    yield made
    made.stop()


@pytest.fixture
def workers(toy_door: Path, tmp_path: Path) -> Iterator[WorkerPool]:
    """Worker processes for the tests that hurt them."""
    made = WorkerPool(tmp_path)
    functions = {
        "Play": function(toy_door),
        "Short": function(toy_door, "Short", timeout=1),
        "One": function(toy_door, "One", concurrency=1),
    }
    made.start(functions, {"AWS_DEFAULT_REGION": "eu-north-1", clock.VARIABLE: str(tmp_path / "clock.json")})
    yield made
    made.stop()


def test_a_result_is_json_and_no_error(host: Host) -> None:
    body, error = host.invoke("Echo", {"å": 1})
    assert error is None
    assert json.loads(json.loads(body)["body"])["event"] == {"å": 1}


def test_an_exception_becomes_lambdas_error_body_with_its_class_name(host: Host) -> None:
    body, error = host.invoke("Play", {"do": "raise", "why": "because"})
    told = json.loads(body)
    assert (error, told["errorType"], told["errorMessage"]) == ("Broken", "Broken", "because")
    assert any("toy.py" in line for line in told["stackTrace"])


def test_the_host_goes_on_after_an_exception(host: Host) -> None:
    host.invoke("Play", {"do": "raise"})
    assert host.invoke("Play", {"do": "decimal"}) == ('{"value": 1.50}', None)


def test_a_result_that_is_not_json_is_a_marshalling_error(host: Host) -> None:
    assert host.invoke("Play", {"do": "unserialisable"})[1] == "Runtime.MarshalError"


def test_a_handler_that_cannot_be_imported_is_told(host: Host) -> None:
    body, error = host.invoke("Gone", {})
    assert error in {"Runtime.ImportModuleError", "FileNotFoundError"}
    assert "missing" in json.loads(body)["errorMessage"]


def test_the_context_tells_the_remaining_time(host: Host) -> None:
    remaining = json.loads(host.invoke("Play", {"do": "remaining"})[0])
    assert 0 < remaining <= 20_000


def test_functions_see_their_own_and_the_common_variables(host: Host) -> None:
    variables = json.loads(host.invoke("Play", {"do": "variables"})[0])
    assert (variables["TABLE"], variables["AWS_DEFAULT_REGION"]) == ("t", "eu-north-1")


def test_both_hosts_follow_the_shared_clock(host: Host, clock_file: Path) -> None:
    shared = SharedClock(clock_file)
    if isinstance(host, InProcess):
        clock.install(shared)
    host.invoke("Play", {"do": "time"})
    shared.move(86400 * 31)
    try:
        told = json.loads(host.invoke("Play", {"do": "time"})[0])
        assert told[:10] == shared.now().date().isoformat()
    finally:
        shared.move(0)
        clock.uninstall()


def test_a_worker_is_reused_while_warm_and_listed(workers: WorkerPool) -> None:
    first, second = (json.loads(workers.invoke("Play", {"do": "pid"})[0]) for _ in range(2))
    assert first == second != os.getpid()
    assert [(one.function, one.pid, one.busy) for one in workers.workers()] == [("Play", first, False)]


def test_concurrent_invocations_get_a_worker_each(workers: WorkerPool) -> None:
    busy = threading.Thread(target=workers.invoke, args=("Play", {"do": "sleep", "seconds": 1}))
    busy.start()
    while not workers.workers():
        pass
    other = json.loads(workers.invoke("Play", {"do": "pid"})[0])
    assert len({one.pid for one in workers.workers()} | {other}) == 2
    busy.join()


def test_a_function_beyond_its_timeout_is_killed(workers: WorkerPool) -> None:
    body, error = workers.invoke("Short", {"do": "sleep", "seconds": 30})
    assert error == "Sandbox.Timedout"
    assert "timed out after 1.00 seconds" in json.loads(body)["errorMessage"]
    assert workers.workers() == []


def test_a_worker_that_is_killed_at_work_ends_the_invocation(workers: WorkerPool) -> None:
    answers: list[tuple[str, str | None]] = []
    work = threading.Thread(target=lambda: answers.append(workers.invoke("Play", {"do": "sleep", "seconds": 30})))
    workers.invoke("Play", {"do": "pid"})
    work.start()
    while not any(one.busy for one in workers.workers()):
        pass
    os.kill(workers.workers()[0].pid, signal.SIGKILL)
    work.join()
    assert answers[0][1] in {"Runtime.ExitError", None}
    assert "signal: killed" in json.loads(answers[0][0])["errorMessage"]


def test_a_worker_that_is_killed_while_idle_is_replaced_unnoticed(workers: WorkerPool) -> None:
    pid = json.loads(workers.invoke("Play", {"do": "pid"})[0])
    os.kill(pid, signal.SIGKILL)
    other = json.loads(workers.invoke("Play", {"do": "pid"})[0])
    assert other != pid


def test_a_worker_that_exits_by_itself_is_an_exit_error(workers: WorkerPool) -> None:
    body, error = workers.invoke("Play", {"do": "exit"})
    assert error == "Runtime.ExitError"
    assert "exit status 3" in json.loads(body)["errorMessage"]


def test_reserved_concurrency_is_kept(workers: WorkerPool) -> None:
    busy = threading.Thread(target=workers.invoke, args=("One", {"do": "sleep", "seconds": 1}))
    busy.start()
    while not any(one.busy for one in workers.workers()):
        pass
    assert workers.invoke("One", {"do": "pid"})[1] == "TooManyRequestsException"
    busy.join()


def test_an_event_beyond_6_mb_is_refused(workers: WorkerPool) -> None:
    assert workers.invoke("Play", {"do": "x" * (6 * 1024 * 1024)})[1] == "RequestEntityTooLargeException"


def test_workers_know_nothing_of_the_parents_environment(workers: WorkerPool) -> None:
    os.environ["SOMETHING_OF_MINE"] = "1"  # noqa: TID251 - what the test is about
    try:
        variables = json.loads(workers.invoke("Play", {"do": "variables"})[0])
    finally:
        del os.environ["SOMETHING_OF_MINE"]  # noqa: TID251 - put back
    assert "SOMETHING_OF_MINE" not in variables
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "Play"


def test_after_stop_nothing_runs_and_no_process_is_left(toy_door: Path, tmp_path: Path) -> None:
    host = WorkerPool(tmp_path)
    host.start({"Play": function(toy_door)}, {clock.VARIABLE: str(tmp_path / "clock.json")})
    pid = json.loads(host.invoke("Play", {"do": "pid"})[0])
    host.stop()
    assert host.invoke("Play", {"do": "pid"})[1] == "LocalStack.Stopped"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_one_process_cannot_give_two_functions_different_values(toy_door: Path) -> None:
    one = function(toy_door, "A", environment={"TABLE": "a", "POWERTOOLS_SERVICE_NAME": "A"})
    other = function(toy_door, "B", environment={"TABLE": "b", "POWERTOOLS_SERVICE_NAME": "B"})
    with pytest.raises(ConflictingEnvironment, match="TABLE differs between A and B"):
        merged([one, other], {})
    assert merged([one], {"X": "1"}) == {"TABLE": "a", "X": "1"}
