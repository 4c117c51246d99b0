"""Step Functions executions across a restart of the local stack."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from infra.local.aws import ACCOUNT, REGION

_MODELS = "moto.stepfunctions.parser.models"
_FIELDS = ("stop_date", "output", "error", "cause")
_BEGINNING = 10
"""Seconds that an execution may take to read its program."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One execution as it is saved. `status` is RUNNING for one that has to start again."""

    machine: str
    name: str
    input: str
    status: str
    started: Any
    fields: dict[str, Any]
    history: list[Any]


def collect() -> list[Kept]:
    """All executions there are; none where no workflow was ever used (the interpreter is then not even imported)."""
    return [_kept(machine.name, one) for machine in _machines() for one in list(machine.executions)]


def stop_all() -> None:
    """Tell the running executions to stop at their next step: later they would ask whoever serves AWS then."""
    for machine in _machines():
        for one in machine.executions:
            if one.status == "RUNNING" and _has_begun(one):
                one.stop(stop_date=one.start_date, error="LocalStack.Stopped", cause="the local stack stopped")


def put_back(kept: list[Kept]) -> None:
    """Put ended executions back under their state machines; those of machines the template no longer has are dropped."""
    machines = {machine.name: machine for machine in _machines()}
    for one in kept:
        if one.status != "RUNNING" and one.machine in machines:
            machines[one.machine].executions.append(_ended(machines[one.machine], one))


def start_again(kept: list[Kept], stepfunctions: Any) -> list[str]:
    """Start those that were running when they were saved, by the same name and input; returns their names."""
    arns = {machine.name: machine.arn for machine in _machines()}
    running = [one for one in kept if one.status == "RUNNING" and one.machine in arns]
    for one in running:
        stepfunctions.start_execution(stateMachineArn=arns[one.machine], name=one.name, input=one.input)
    return [one.name for one in running]


def _has_begun(one: Any) -> bool:
    """Wait while an execution still reads its program, as nothing can be told to it before."""
    until = time.monotonic() + _BEGINNING
    while one.exec_worker.env is None and time.monotonic() < until:
        time.sleep(0.01)
    return one.exec_worker.env is not None


def _machines() -> list[Any]:
    models: Any = sys.modules.get(_MODELS)
    return list(models.stepfunctions_parser_backends[ACCOUNT][REGION].state_machines) if models else []


def _kept(machine: str, one: Any) -> Kept:
    env = one.exec_worker.env
    return Kept(
        machine=machine,
        name=one.name,
        input=one.execution_input,
        status=one.status,
        started=one.start_date,
        fields={name: getattr(one, name) for name in _FIELDS},
        history=env.event_manager.get_event_history() if env is not None else [],
    )


def _ended(machine: Any, kept: Kept) -> Any:
    """Give an execution that tells what it told before it was saved; nothing runs in it."""
    models: Any = sys.modules[_MODELS]
    execution = models.Execution(
        name=kept.name,
        sm_type=machine.sm_type,
        role_arn=machine.roleArn,
        exec_arn=f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine.name}:{kept.name}",
        account_id=ACCOUNT,
        region_name=REGION,
        state_machine=machine,
        start_date=kept.started,
        cloud_watch_logging_session=None,
        activity_store={},
        input_data=kept.input,
    )
    for name, value in kept.fields.items():
        setattr(execution, name, value)
    execution.exec_status = models.ExecutionStatus(kept.status)
    history = SimpleNamespace(get_event_history=lambda: kept.history)
    pool = SimpleNamespace(get=lambda _: None, get_all=list)
    execution.exec_worker = SimpleNamespace(
        env=SimpleNamespace(event_manager=history, map_run_record_pool_manager=pool)
    )
    return execution
