from __future__ import annotations

import json
import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.core.base_backend import BackendDict

from infra.local import executions, files, state
from infra.local.cfn import TemplateError
from infra.local.engine import Engine
from infra.local.state import OtherVersion

TABLE, BUCKET = "FortnoxBridge-Table", "fortnoxbridge-bucket"
MACHINE = "arn:aws:states:eu-north-1:123456789012:stateMachine:FortnoxBridge-Machine"
Start = Callable[..., Engine]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def start(folder: Path, toy_maker: Callable[[], dict[str, Any]]) -> Iterator[Start]:
    """Starts an engine on the module's folder; what a test leaves running is stopped."""
    running: list[Engine] = []

    def begin(template: dict[str, Any] | None = None) -> Engine:
        made = Engine(folder, template or toy_maker(), time_scale=0.01, tick_seconds=0)
        made.start()
        running.append(made)
        return made

    yield begin
    for engine in running:
        engine.stop()


def _fill(engine: Engine) -> dict[str, Any]:
    """Put one of everything that must survive."""
    held: dict[str, Any] = {}
    item = {"PK": {"S": "a"}, "SK": {"S": "b"}, "ttl": {"N": "99999999999"}}
    engine.client("dynamodb").put_item(TableName=TABLE, Item=item)
    engine.client("s3").put_object(Bucket=BUCKET, Key="raw/x", Body=b"bytes")
    key = engine.client("kms").list_keys()["Keys"][0]["KeyId"]
    asked = {"KeyId": key, "Plaintext": b"token", "EncryptionContext": {"purpose": "test"}}
    held["key"], held["cipher"] = key, engine.client("kms").encrypt(**asked)["CiphertextBlob"]
    engine.client("secretsmanager").put_secret_value(SecretId="FortnoxBridge-ClientSecret", SecretString="s3cret")
    workflows = engine.client("stepfunctions")
    done, running = (json.dumps({"job": name, "failures": 0, "pause": pause}) for name, pause in (("d", 0), ("r", 400)))
    held["done"] = workflows.start_execution(stateMachineArn=MACHINE, name="done", input=done)["executionArn"]
    while workflows.describe_execution(executionArn=held["done"])["status"] == "RUNNING":
        time.sleep(0.02)
    held["running"] = workflows.start_execution(stateMachineArn=MACHINE, name="running", input=running)["executionArn"]
    while "Item" not in engine.client("dynamodb").get_item(
        TableName=TABLE, Key={"PK": {"S": "r"}, "SK": {"S": "attempts"}}
    ):
        time.sleep(0.02)
    return held


def test_everything_that_is_kept_survives_a_restart(start: Start, folder: Path) -> None:
    first = start()
    held = _fill(first)
    first.stop()
    assert (folder / "state.pickle").stat().st_mode & 0o077 == 0
    second = start()
    second.ready()
    item = second.client("dynamodb").get_item(TableName=TABLE, Key={"PK": {"S": "a"}, "SK": {"S": "b"}})["Item"]
    assert item["ttl"] == {"N": "99999999999"}
    assert second.client("s3").get_object(Bucket=BUCKET, Key="raw/x")["Body"].read() == b"bytes"
    context = {"CiphertextBlob": held["cipher"], "EncryptionContext": {"purpose": "test"}}
    assert second.client("kms").decrypt(**context)["Plaintext"] == b"token"
    assert [one["KeyId"] for one in second.client("kms").list_keys()["Keys"]] == [held["key"]]
    secret = second.client("secretsmanager").get_secret_value(SecretId="FortnoxBridge-ClientSecret")
    assert secret["SecretString"] == "s3cret"
    workflows = second.client("stepfunctions")
    assert second.restarted == ["running"]
    done = workflows.describe_execution(executionArn=held["done"])
    assert (done["status"], json.loads(done["output"])["tried"]) == ("SUCCEEDED", {"attempts": 1})
    assert workflows.get_execution_history(executionArn=held["done"])["events"][-1]["type"] == "ExecutionSucceeded"
    while (again := workflows.describe_execution(executionArn=held["running"]))["status"] == "RUNNING":
        time.sleep(0.02)
    assert json.loads(again["output"])["tried"] == {"attempts": 2}


def test_what_the_stream_had_not_delivered_is_delivered_after_a_restart(start: Start) -> None:
    first = start()
    past = str(int(first.clock.now().timestamp()) - 1)
    item = {"PK": {"S": "timer"}, "SK": {"S": "late"}, "ttl": {"N": past}}
    first.client("dynamodb").put_item(TableName=TABLE, Item=item)
    first._parts[1].tick()
    first.stop()
    second = start()
    second.tick()
    seen = second.client("dynamodb").get_item(TableName=TABLE, Key={"PK": {"S": "recorded"}, "SK": {"S": "all"}})
    assert "late" in seen["Item"]["seen"]["L"][-1]["S"]


def test_a_table_with_other_keys_than_the_template_is_not_taken_over(
    start: Start, toy_template: dict[str, Any]
) -> None:
    start().stop()
    toy_template["Resources"]["Table"]["Properties"]["KeySchema"].pop()
    toy_template["Resources"]["Table"]["Properties"]["AttributeDefinitions"].pop()
    with pytest.raises(TemplateError, match="other keys"):
        start(toy_template)
    start().stop()


def test_the_environment_is_as_before_when_the_stack_has_stopped(start: Start) -> None:
    before = dict(os.environ)  # noqa: TID251 - what the test is about
    engine = start()
    assert dict(os.environ) != before  # noqa: TID251 - what the test is about
    engine.stop()
    assert dict(os.environ) == before  # noqa: TID251 - what the test is about


def test_an_execution_that_still_reads_its_program_is_told_to_stop_too(
    start: Start, toy_template: dict[str, Any]
) -> None:
    states = {f"Wait{number}": {"Type": "Wait", "Seconds": 400, "Next": f"Wait{number + 1}"} for number in range(300)}
    program = {"StartAt": "Wait0", "States": {**states, "Wait300": {"Type": "Succeed"}}}
    toy_template["Resources"]["Machine"]["Properties"]["DefinitionString"] = json.dumps(program)
    engine = start(toy_template)
    engine.ready()
    engine.client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="begun", input="{}")
    [begun] = [one for machine in executions._machines() for one in machine.executions if one.name == "begun"]
    assert vars(begun.exec_worker)["env"] is None, "it has not begun to run"
    executions.stop_all()
    assert not begun.exec_worker.env.is_running()


def test_data_of_another_moto_are_refused(tmp_path: Path) -> None:
    files.write_atomically(tmp_path / "state.pickle", pickle.dumps({"moto": "1.0", "kept": {}, "executions": []}))
    with pytest.raises(OtherVersion, match=r"1\.0"):
        state.load(tmp_path / "state.pickle")
    BackendDict.reset()
