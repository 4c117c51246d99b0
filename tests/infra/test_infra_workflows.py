"""The definitions of the state machines: only what AWS and the local interpreter both do, and only names that exist."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bridge.problem import BridgeError
from bridge.tokens.connection import HELD
from infra.app import ROOT
from infra.entries import ENTRIES

HOUSE = ROOT / "layers" / "bridge" / "python"
INVOKE = "arn:aws:states:::lambda:invoke"

AWS_ERRORS = {
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.ALL",
    "States.Timeout",
}

_FLOW = {"Type", "Comment", "Next", "End", "ResultPath"}
_TRY = {"Retry", "Catch"}
SAFE = {
    "Task": _FLOW | _TRY | {"Resource", "Parameters", "ResultSelector", "TimeoutSeconds"},
    "Map": _FLOW | _TRY | {"ItemsPath", "ItemSelector", "ItemProcessor", "MaxConcurrency"},
    "Parallel": _FLOW | _TRY | {"Branches"},
    "Choice": {"Type", "Comment", "Choices", "Default"},
    "Wait": _FLOW | {"Seconds", "SecondsPath"},
    "Pass": _FLOW | {"Result", "Parameters"},
    "Succeed": {"Type", "Comment"},
    "Fail": {"Type", "Comment", "Error", "Cause"},
}

States = Mapping[str, Mapping[str, dict[str, Any]]]


def _tasks(states: States) -> Iterator[tuple[str, dict[str, Any]]]:
    for machine in states.values():
        yield from ((name, state) for name, state in machine.items() if state["Type"] == "Task")


def _machines(machine: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield machine
    for state in machine["States"].values():
        for inner in [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", []):
            yield from _machines(inner)


def _next(state: Mapping[str, Any]) -> set[str]:
    ways = [state, *state.get("Catch", []), *state.get("Choices", [])]
    return {way["Next"] for way in ways if "Next" in way} | ({state["Default"]} if "Default" in state else set())


def _definition_of(name: str) -> Path | None:
    for source in HOUSE.rglob("*.py"):
        if any(
            isinstance(node, ast.ClassDef) and node.name == name for node in ast.walk(ast.parse(source.read_text()))
        ):
            return source
    return None


def test_there_is_a_definition_for_each_workflow_of_the_table(workflows: Mapping[str, Any]) -> None:
    assert set(workflows) == {entry.workflow for entry in ENTRIES if entry.workflow}


def test_every_function_a_definition_names_is_an_entry_of_that_workflow_and_the_other_way_round(
    workflows: Mapping[str, Any],
) -> None:
    for name in workflows:
        text = (ROOT / "infra" / "workflows" / f"{name}.asl.json").read_text()
        assert set(re.findall(r"\$\{(.*?)\}", text)) == {entry.name for entry in ENTRIES if entry.workflow == name}


def test_a_state_that_calls_a_function_bears_its_name(states: States) -> None:
    for name, state in _tasks(states):
        assert state["Parameters"]["FunctionName"] == f"${{{name}}}"


def test_definitions_stay_in_the_safe_subset(workflows: Mapping[str, Any], states: States) -> None:
    for machine in workflows.values():
        assert set(machine) == {"Comment", "StartAt", "TimeoutSeconds", "States"}
    for machine in states.values():
        for name, state in machine.items():
            assert set(state) <= SAFE[state["Type"]], name
            if state["Type"] == "Task":
                assert state["Resource"] == INVOKE
            if state["Type"] == "Map":
                assert state["ItemProcessor"]["ProcessorConfig"] == {"Mode": "INLINE"}


def test_every_task_has_a_timeout_that_lets_its_function_time_out_first(states: States) -> None:
    limits = {entry.name: entry.timeout for entry in ENTRIES}
    for name, state in _tasks(states):
        assert limits[name] < state["TimeoutSeconds"] <= limits[name] + 60, name


def test_a_task_waits_longer_for_the_broker_than_one_that_crashed_holds_the_tokens(states: States) -> None:
    retries = (retry for _, state in _tasks(states) for retry in state["Retry"])
    for retry in (each for each in retries if "BrokerUnavailable" in each["ErrorEquals"]):
        pauses = (retry["IntervalSeconds"] * retry["BackoffRate"] ** number for number in range(retry["MaxAttempts"]))
        assert sum(min(pause, retry["MaxDelaySeconds"]) for pause in pauses) > HELD.total_seconds()


def test_every_error_named_is_one_of_aws_or_an_exception_of_the_house(states: States) -> None:
    named = {
        error
        for machine in states.values()
        for state in machine.values()
        for way in (*state.get("Retry", []), *state.get("Catch", []))
        for error in way["ErrorEquals"]
    }
    for name in named - AWS_ERRORS:
        source = _definition_of(name)
        assert source, f"{name} is neither an error of AWS nor a class in bridge"
        module = ".".join(source.relative_to(HOUSE).with_suffix("").parts)
        assert issubclass(getattr(importlib.import_module(module), name), BridgeError)


def test_sending_a_voucher_is_repeated_only_when_the_function_never_ran(states: States) -> None:
    retries = states["export"]["SendVoucher"]["Retry"]
    assert [retry["ErrorEquals"] for retry in retries] == [["Lambda.TooManyRequestsException"]]


def test_only_a_voucher_that_was_looked_for_is_sent_again(states: States) -> None:
    before = {name for name, state in states["export"].items() if "SendVoucher" in _next(state)}
    assert before == {"WasItFound"}
    assert {name for name, state in states["export"].items() if "WasItFound" in _next(state)} == {"FindVoucher"}


@pytest.mark.parametrize("workflow", ["import", "export"])
def test_every_state_is_reached_and_every_way_leads_to_a_state(
    workflow: str, workflows: Mapping[str, Mapping[str, Any]]
) -> None:
    for machine in _machines(workflows[workflow]):
        reached, left = set(), {machine["StartAt"]}
        while left:
            name = left.pop()
            reached.add(name)
            left |= _next(machine["States"][name]) - reached
        assert reached == set(machine["States"])


@pytest.mark.parametrize(("workflow", "last"), [("import", "FailImport"), ("export", "FailExport")])
def test_whatever_fails_ends_in_the_state_that_tells_it(
    workflow: str, last: str, workflows: Mapping[str, Mapping[str, Any]]
) -> None:
    """A read-back that fails changes nothing of what was sent: the export ends as if it had been read."""
    for name, state in workflows[workflow]["States"].items():
        if state["Type"] in {"Task", "Map"} and name != last:
            ends = "FinishExport" if name == "ReadBackExport" else last
            assert state["Catch"][-1] == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": ends}
