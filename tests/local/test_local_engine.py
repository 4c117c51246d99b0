from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local import seams
from infra.local.aws import AlreadyRunning, Aws
from infra.local.engine import Engine, UnknownFunction

TABLE = "FortnoxBridge-Table"
MACHINE = "arn:aws:states:eu-north-1:123456789012:stateMachine:FortnoxBridge-Machine"


@pytest.fixture(scope="module")
def engine(toy_maker: Callable[[], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = Engine(tmp_path_factory.mktemp("data"), toy_maker(), time_scale=0.01, tick_seconds=0)
    made.start()
    yield made
    made.stop()


def key(pk: str, sk: str = "x") -> dict[str, Any]:
    return {"PK": {"S": pk}, "SK": {"S": sk}}


def recorded(engine: Engine) -> list[Any]:
    item = engine.client("dynamodb").get_item(TableName=TABLE, Key=key("recorded", "all")).get("Item", {})
    return [json.loads(one["S"]) for one in item.get("seen", {"L": []})["L"]]


def finished(engine: Engine, execution: str) -> dict[str, Any]:
    client = engine.client("stepfunctions")
    while True:
        about: dict[str, Any] = client.describe_execution(executionArn=execution)
        if about["status"] != "RUNNING":
            return about
        time.sleep(0.02)


def run(engine: Engine, name: str, **event: Any) -> dict[str, Any]:
    client = engine.client("stepfunctions")
    asked = json.dumps({"job": name, "pause": 3, **event})
    return finished(engine, client.start_execution(stateMachineArn=MACHINE, name=name, input=asked)["executionArn"])


def test_a_function_is_invoked_by_either_name(engine: Engine) -> None:
    body, error = engine.invoke("Echo", {"a": 1})
    assert error is None
    assert json.loads(json.loads(body)["body"])["table"] == TABLE
    assert engine.invoke("FortnoxBridge-Echo", {})[1] is None
    with pytest.raises(UnknownFunction, match="Nobody"):
        engine.invoke("Nobody", {})


def test_lambdas_own_interface_reaches_the_same_function(engine: Engine) -> None:
    client = engine.client("lambda")
    good = client.invoke(FunctionName="FortnoxBridge-Play", Payload=b'{"do": "decimal"}')
    assert ("FunctionError" in good, good["Payload"].read()) == (False, b'{"value": 1.50}')
    bad = client.invoke(FunctionName="FortnoxBridge-Play", Payload=b'{"do": "raise"}')
    assert bad["FunctionError"] == "Unhandled"
    assert json.load(bad["Payload"])["errorType"] == "Broken"


def test_an_asynchronous_invocation_answers_before_the_function(engine: Engine) -> None:
    event = json.dumps({"do": "sleep", "seconds": 1}).encode()
    started = time.monotonic()
    answer = engine.client("lambda").invoke(FunctionName="FortnoxBridge-Play", Payload=event, InvocationType="Event")
    assert answer["StatusCode"] == 202
    assert time.monotonic() - started < 0.9


def test_a_workflow_retries_by_the_class_name_of_the_exception(engine: Engine) -> None:
    done = run(engine, "job-retry", failures=2)
    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"])["tried"] == {"attempts": 3}


def test_a_workflow_catches_by_the_class_name_and_its_history_tells(engine: Engine) -> None:
    done = run(engine, "job-caught", failures=0, broken=True)
    assert (done["status"], done["error"]) == ("FAILED", "ToyFailed")
    events = engine.client("stepfunctions").get_execution_history(executionArn=done["executionArn"])["events"]
    failed = [one["taskFailedEventDetails"]["error"] for one in events if one["type"] == "TaskFailed"]
    assert failed == ["Broken"]


def test_an_execution_name_is_used_once(engine: Engine) -> None:
    run(engine, "job-once", failures=0)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        run(engine, "job-once", failures=0)


def test_an_expired_item_is_deleted_and_only_that_reaches_the_stream_function(engine: Engine) -> None:
    client = engine.client("dynamodb")
    now = int(engine.clock.now().timestamp())
    for name, ttl in (("due", now - 1), ("later", now + 3600), ("ancient", now - 6 * 365 * 86400)):
        client.put_item(TableName=TABLE, Item={**key("timer", name), "ttl": {"N": str(ttl)}, "b": {"B": b"\xff\x00"}})
    client.put_item(TableName=TABLE, Item={**key("timer", "ours"), "ttl": {"N": str(now + 3600)}})
    client.delete_item(TableName=TABLE, Key=key("timer", "ours"))
    engine.tick()
    left = client.query(
        TableName=TABLE, KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": {"S": "timer"}}
    )
    assert [item["SK"]["S"] for item in left["Items"]] == ["ancient", "later"]
    (event,) = [one for one in recorded(engine) if "Records" in one]
    (record,) = event["Records"]
    assert record["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert (record["eventName"], record["dynamodb"]["OldImage"]["SK"]) == ("REMOVE", {"S": "due"})
    assert record["dynamodb"]["OldImage"]["b"] == {"B": "/wA="}
    assert record["eventSourceARN"].startswith(
        "arn:aws:dynamodb:eu-north-1:123456789012:table/FortnoxBridge-Table/stream/"
    )


def test_the_clock_decides_what_has_expired_and_which_schedule_is_due(engine: Engine) -> None:
    client = engine.client("dynamodb")
    soon = int(engine.clock.now().timestamp()) + 600
    client.put_item(TableName=TABLE, Item={**key("timer", "soon"), "ttl": {"N": str(soon)}})
    before = len(recorded(engine))
    engine.tick()
    assert "Item" in client.get_item(TableName=TABLE, Key=key("timer", "soon"))
    engine.clock.move(1200)
    engine.tick()
    engine.clock.move(0)
    assert "Item" not in client.get_item(TableName=TABLE, Key=key("timer", "soon"))
    new = recorded(engine)[before:]
    assert [one.get("detail-type", "stream") for one in new] == ["Scheduled Event", "stream"]


def test_a_batch_that_keeps_failing_is_halved_and_its_poison_goes_to_the_queue(engine: Engine) -> None:
    client = engine.client("dynamodb")
    past = str(int(engine.clock.now().timestamp()) - 1)
    for name in ("good-1", "poison", "good-2"):
        client.put_item(TableName=TABLE, Item={**key("batch", name), "ttl": {"N": past}})
    for _ in range(8):
        engine.tick()
    names = [
        one["dynamodb"]["OldImage"]["SK"]["S"]
        for event in recorded(engine)
        for one in event.get("Records", [])
        if one["dynamodb"]["OldImage"]["PK"]["S"] == "batch"
    ]
    assert sorted(names) == ["good-1", "good-2"]
    queue = engine.client("sqs")
    url = queue.get_queue_url(QueueName="FortnoxBridge-Failed")["QueueUrl"]
    (message,) = queue.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["DDBStreamBatchInfo"]["batchSize"] == 1


def test_conditional_writes_have_one_winner_under_threads(engine: Engine) -> None:
    client = engine.client("dynamodb")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(5):
            _race(partial(_put_if_absent, client, f"race-{turn}"))
        counts = _race(partial(_add, client), each=10)
    finally:
        sys.setswitchinterval(interval)
    assert len(counts) == 16
    item = client.get_item(TableName=TABLE, Key=key("counter"))["Item"]
    assert item["n"] == {"N": "160"}
    winners = client.scan(
        TableName=TABLE, FilterExpression="begins_with(PK, :r)", ExpressionAttributeValues={":r": {"S": "race-"}}
    )
    assert [one["winners"]["N"] for one in winners["Items"]] == ["1"] * 5


def _race(work: Callable[[], Any], threads: int = 16, each: int = 1) -> list[Any]:
    done: list[Any] = []
    barrier = threading.Barrier(threads)

    def one() -> None:
        barrier.wait()
        done.append([work() for _ in range(each)])

    running = [threading.Thread(target=one) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return done


def _put_if_absent(client: Any, name: str) -> None:
    try:
        client.put_item(TableName=TABLE, Item=key(name), ConditionExpression="attribute_not_exists(PK)")
    except client.exceptions.ConditionalCheckFailedException:
        return
    add = {"UpdateExpression": "ADD winners :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    client.update_item(TableName=TABLE, Key=key(name), **add)


def _add(client: Any) -> None:
    add = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    client.update_item(TableName=TABLE, Key=key("counter"), **add)


def test_a_process_runs_one_stack_at_a_time(engine: Engine) -> None:
    assert engine.endpoint
    with pytest.raises(AlreadyRunning):
        Aws(engine.invoke).start()


def test_a_moved_seam_is_told_with_the_pinned_version() -> None:
    with pytest.raises(seams.SeamMoved, match=r"invoke takes .*5\.2\.5"):
        seams._compare(Engine.invoke, ["self", "other"])
