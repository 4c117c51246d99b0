"""The private names of moto that the local stack replaces, their signatures checked first. moto is pinned for this.

Why each: Lambda wants Docker (we host the handlers); DynamoDB is not atomic under threads without a lock, and looks at
whole tables where it need not (`tables`); the server lists its own folders at each request; Step Functions makes a boto3
client per task, which is slow and not thread-safe; waits and retries may be shortened for tests.
"""

from __future__ import annotations

import inspect
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import moto

MOTO_VERSION = "5.2.5"
LOCK = threading.RLock()
"""Held during every DynamoDB request, and by whoever touches moto's tables directly (stream, TTL, saving)."""

Invoke = Callable[[str, Any], tuple[str, str | None]]
"""(function name, event) -> (JSON body, error kind or None)."""

_PARSER = "moto.stepfunctions.parser.asl.component"
_log = logging.getLogger(__name__)


class SeamMoved(Exception):
    """moto is not the version these replacements were written for: the local stack cannot start."""


def check() -> None:
    """Fail with the pinned version's name unless moto's private names look as they did in that version."""
    from moto.awslambda.models import LambdaFunction
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.responses import DynamoHandler

    expected: dict[Any, list[str]] = {
        LambdaFunction._invoke_lambda: ["self", "event"],  # noqa: SLF001 - the seam that is checked
        LambdaFunction.invoke: ["self", "body", "request_headers", "response_headers"],
        DynamoHandler.call_action: ["self"],
        DynamoDBBackend.transact_write_items: ["self", "transact_items"],
    }
    for function, names in expected.items():
        _compare(function, names)
    if moto.__version__ != MOTO_VERSION:
        raise SeamMoved(f"moto is {moto.__version__}; the local stack needs {MOTO_VERSION}: run make install")


def _compare(function: Callable[..., Any], names: list[str]) -> None:
    found = list(inspect.signature(function).parameters)
    if found != names:
        where = function.__qualname__
        raise SeamMoved(f"moto's {where} takes {found}, not {names} as in the pinned version {MOTO_VERSION}")


class Seams:
    """Replaces moto's names while open and puts the originals back when closed."""

    def __init__(self, invoke: Invoke, time_scale: float) -> None:
        self._invoke = invoke
        self._time_scale = time_scale
        self._undo = ExitStack()

    def open(self) -> None:
        """Replace what every service needs; the workflow interpreter is left until `open_workflows`."""
        from moto import backends
        from moto.awslambda.models import LambdaFunction
        from moto.core.config import default_user_config
        from moto.dynamodb.responses import DynamoHandler

        from infra.local import tables

        original = DynamoHandler.call_action

        def locked(handler: Any) -> Any:
            with LOCK:
                return original(handler)

        self._replace(DynamoHandler, "call_action", locked)
        for owner, name, value in tables.replacements():
            self._replace(owner, name, value)
        modules = tuple(backends.list_of_moto_modules())
        self._replace(backends, "list_of_moto_modules", lambda: modules)
        self._replace(LambdaFunction, "_invoke_lambda", self._event)
        self._replace(LambdaFunction, "invoke", self._request)
        settings: Any = default_user_config
        before = dict(settings)
        settings["stepfunctions"] = {"execute_state_machine": True}
        self._undo.callback(settings.update, before)

    def open_workflows(self, client: Callable[[str], Any]) -> None:
        """Replace what the workflow interpreter needs. Importing it takes over a second, so only when there is one."""
        tasks: Any = import_module(f"{_PARSER}.state.exec.state_task.lambda_eval_utils")
        retry: Any = import_module(f"{_PARSER}.common.retry.retrier_decl")
        wait: Any = import_module(f"{_PARSER}.state.wait.wait_function.wait_function")
        _compare(tasks.boto_client_for, ["region", "service", "state_credentials"])
        _compare(wait.WaitFunction._wait_interval, ["self", "env", "wait_seconds"])  # noqa: SLF001 - checked here
        self._replace(tasks, "boto_client_for", lambda region, service, state_credentials=None: client(service))  # noqa: ARG005 - moto calls it with these names
        # A failing task is the workflow's to retry or catch; moto would print its whole state on stderr each time.
        chatter = logging.getLogger("moto.stepfunctions")
        self._undo.callback(chatter.setLevel, chatter.level)
        chatter.setLevel(logging.CRITICAL)
        if self._time_scale == 1:
            return
        scale = self._time_scale
        self._replace(retry, "time", SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * scale)))
        self._replace(
            wait.WaitFunction,
            "_wait_interval",
            lambda _, env, wait_seconds: env.program_state_event.wait(wait_seconds * scale),
        )

    def close(self) -> None:
        """Put everything back."""
        self._undo.close()

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        self._undo.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, value)

    @property
    def _event(self) -> Callable[..., tuple[str, bool, str]]:
        invoke = self._invoke

        def event_invocation(function: Any, event: Any = None) -> tuple[str, bool, str]:
            body, error = invoke(function.function_name, event or {})
            return body, error is not None, ""

        return event_invocation

    @property
    def _request(self) -> Callable[..., str | bytes]:
        invoke = self._invoke

        def api_invocation(function: Any, body: Any, asked: Mapping[str, str], answered: dict[str, str]) -> str | bytes:
            event = json.loads(body) if body else {}
            if {key.lower(): value for key, value in asked.items()}.get("x-amz-invocation-type") == "Event":
                later = threading.Thread(
                    target=_invoke_later, args=(invoke, function.function_name, event), daemon=True
                )
                later.start()
                return ""
            text, error = invoke(function.function_name, event)
            if error is not None:
                answered["x-amz-function-error"] = "Unhandled"
            return text.encode()

        return api_invocation


def _invoke_later(invoke: Invoke, name: str, event: Any) -> None:
    _, error = invoke(name, event)
    if error is not None:
        _log.error("the asynchronous invocation of %s failed: %s", name, error)
