"""Starting workflows and asking the broker: calls to what runs elsewhere."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bridge.jobs.job import JobKey, Work
from bridge.ports import Access, Granted
from bridge.problem import BridgeError, Refused, refuse
from bridge.stores import shapes
from bridge.stores.lambdas import BrokerClient, BrokerFailed, BrokerUnavailable
from bridge.stores.workflows import Workflows
from bridge.tokens.connection import Connection, Mode

KEY = JobKey("t1", "eng_1", "imp_1")


class ScriptedLambda:
    """A Lambda that answers with one value, or fails with one error; remembers what it was asked."""

    def __init__(self, said: object, *, failed: bool = False) -> None:
        self.said = said
        self.failed = failed
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **params: Any) -> dict[str, Any]:
        self.asked.append({**params, "Payload": json.loads(params["Payload"])})
        answer = {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(self.said).encode())}
        return {**answer, "FunctionError": "Unhandled"} if self.failed else answer


def broker(said: object, *, failed: bool = False) -> tuple[BrokerClient, ScriptedLambda]:
    scripted = ScriptedLambda(said, failed=failed)
    return BrokerClient(scripted, "Broker"), scripted


def test_a_code_is_exchanged() -> None:
    scopes = ["bookkeeping", "invoice"]
    client, scripted = broker({"fortnoxTenant": 4711, "mode": "service", "scopes": scopes, "accessToken": "eyJ"})
    assert client.exchange("code-1", Mode.SERVICE) == Granted(4711, Mode.SERVICE, tuple(scopes), "eyJ")
    asked = {"action": "exchange", "code": "code-1", "mode": "service"}
    assert scripted.asked == [{"FunctionName": "Broker", "Payload": asked}]


@pytest.mark.parametrize("rejected", ["", "ab12"])
def test_an_access_token_is_given(rejected: str) -> None:
    client, scripted = broker({"accessToken": "eyJ", "fortnoxTenant": 4711})
    assert client.access_token("t1", "eng_1", rejected=rejected) == Access("eyJ", 4711)
    asked = {"action": "access_token", "tenant": "t1", "engagement": "eng_1", "rejected": rejected}
    assert scripted.asked[0]["Payload"] == asked


def test_a_connection_is_sealed(connection: Connection) -> None:
    client, scripted = broker({"seal": "mac"})
    assert client.seal(connection) == "mac"
    sent = scripted.asked[0]["Payload"]["connection"]
    assert shapes.read(Connection, sent) == connection


@pytest.mark.parametrize("action", ["forget", "unclaim", "renew"])
def test_a_consent_is_forgotten_or_renewed(action: str) -> None:
    client, scripted = broker(None)
    getattr(client, action)(4711)
    assert scripted.asked[0]["Payload"] == {"action": action, "fortnoxTenant": 4711}


def failure_of(kind: str, message: object) -> BridgeError:
    client, _ = broker({"errorType": kind, "errorMessage": message, "stackTrace": []}, failed=True)
    with pytest.raises(BridgeError) as failure:
        client.access_token("t1", "eng_1")
    return failure.value


def test_a_refusal_of_the_broker_is_a_refusal() -> None:
    failure = failure_of("Refused", str(refuse("connection-revoked", company="Å")))
    assert isinstance(failure, Refused)
    assert failure.problem.code == "connection-revoked"
    assert failure.problem.params == {"company": "Å"}


@pytest.mark.parametrize(
    "message", ["not json", "[]", "{}", '{"code": "unheard-of", "params": {}}', None, '{"code": "internal"}']
)
def test_a_refusal_that_cannot_be_read_is_a_failure(message: object) -> None:
    assert isinstance(failure_of("Refused", message), BrokerFailed)


@pytest.mark.parametrize(
    "kind", ["FortnoxUnavailable", "FortnoxRateLimited", "StoreUnavailable", "Sandbox.Timedout", "TokensUnderWay", ""]
)
def test_what_passes_by_itself_may_be_tried_again(kind: str) -> None:
    failure = failure_of(kind, "token eyJsecret")
    assert isinstance(failure, BrokerUnavailable)
    assert failure.problem.code == "fortnox-unavailable"
    assert failure.status == 503


def test_any_other_failure_tells_its_class_and_nothing_else() -> None:
    failure = failure_of("KeyError", "token eyJsecret")
    assert isinstance(failure, BrokerFailed)
    assert str(failure) == "KeyError"
    assert failure.problem.code == "internal"
    assert failure.__cause__ is None


def test_a_lambda_service_out_of_breath_is_unavailable(dynamodb: Any, faults: Any) -> None:
    wire = type(dynamodb)(ScriptedLambda(None))
    wire.on("invoke", faults.error("TooManyRequestsException", 429))
    with pytest.raises(BrokerUnavailable):
        BrokerClient(wire, "Broker").renew(1)


@pytest.fixture
def machines(client: Callable[[str], Any]) -> dict[Work, str]:
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}})
    role = "arn:aws:iam::123456789012:role/machine"
    made = {
        work: client("stepfunctions").create_state_machine(name=work, definition=definition, roleArn=role)
        for work in Work
    }
    return {work: answer["stateMachineArn"] for work, answer in made.items()}


def test_a_workflow_is_started_once_by_the_jobs_name(client: Callable[[str], Any], machines: dict[Work, str]) -> None:
    workflows = Workflows(client("stepfunctions"), machines)
    workflows.start(Work.IMPORT, KEY)
    workflows.start(Work.IMPORT, KEY)
    [execution] = client("stepfunctions").list_executions(stateMachineArn=machines[Work.IMPORT])["executions"]
    assert execution["name"] == "imp_1"
    started = client("stepfunctions").describe_execution(executionArn=execution["executionArn"])
    assert json.loads(started["input"]) == {"tenant": "t1", "engagement": "eng_1", "job": "imp_1"}
    assert client("stepfunctions").list_executions(stateMachineArn=machines[Work.EXPORT])["executions"] == []


def test_a_workflow_that_already_ended_under_that_name_counts_as_started(dynamodb: Any, faults: Any) -> None:
    wire = type(dynamodb)(None)
    wire.on("start_execution", faults.error("ExecutionAlreadyExists"))
    Workflows(wire, {Work.EXPORT: "arn"}).start(Work.EXPORT, KEY)
    assert wire.calls == ["start_execution"], "it asked, and did not ask again"
    assert wire.params["start_execution"]["name"] == KEY.id


def test_a_workflow_that_is_not_there_is_a_bug(dynamodb: Any, faults: Any) -> None:
    wire = type(dynamodb)(None)
    wire.on("start_execution", faults.error("StateMachineDoesNotExist"))
    with pytest.raises(ClientError):
        Workflows(wire, {Work.EXPORT: "arn"}).start(Work.EXPORT, KEY)
