"""Where the handlers run: what every Lambda host offers, and the host that runs them in this process.

The answer to an invocation is the JSON body and the kind of error, or None where it went well. An error's body is
Lambda's own ({"errorMessage", "errorType", "stackTrace"}), so that Retry and Catch match the exception's class name.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

from infra.local.deployment import Function

Answer = tuple[str, str | None]
_PER_FUNCTION = frozenset(("POWERTOOLS_SERVICE_NAME", "BROKER_SECONDS"))
"""Variables that are of the function alone, its name and its time: in one process they are left out instead of fought over."""

_ANY = frozenset(("TENANT_ROLE",))
"""Variables of which in one process the first function's stands for all: it has no rights of its own there, so no roles either."""

_DRAIN_SECONDS = 3
_AT_ONCE = 50
"""Invocations of one function that run at the same time in one process. More would wait for each other inside, until their
calls time out; so they wait at the door, as for a new execution environment."""
MAX_PAYLOAD = 6 * 1024 * 1024
"""Lambda's limit of a synchronous request or response, in bytes."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One execution environment that is alive: which function it serves, its process, whether it has an event."""

    function: str
    pid: int
    busy: bool


class Host(Protocol):
    """A Lambda service of one machine."""

    def start(self, functions: Mapping[str, Function], common: Mapping[str, str]) -> None:
        """Take the functions; `common` are variables that every one of them gets (endpoints, credentials)."""
        ...

    def invoke(self, name: str, event: Any) -> Answer:
        """Run the function and wait for its answer."""
        ...

    def workers(self) -> list[Worker]:
        """Give the processes that serve functions."""
        ...

    def stop(self) -> None:
        """Refuse further invocations and end what the host started."""
        ...


class ConflictingEnvironment(Exception):
    """Two functions want different values of one variable, which one process cannot give them: use workers."""


def failure(kind: str, message: str, trace: Iterable[str] = ()) -> Answer:
    """Give the answer of an invocation that failed."""
    return json.dumps({"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": list(trace)}), kind


class Context:
    """The context object of an invocation, with the attributes of Lambda's own."""

    identity = None
    client_context = None
    function_version = "$LATEST"

    def __init__(self, function: Function, seconds: float) -> None:
        self.function_name = function.name
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = function.memory
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{function.name}"
        self.log_stream_name = "local"
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


class InProcess:
    """Runs handlers in the calling thread: for debugging and coverage. Timeouts are told but not enforced."""

    def __init__(self) -> None:
        self._functions: Mapping[str, Function] = {}
        self._modules: dict[str, ModuleType] = {}
        self._one_request = threading.Lock()
        self._room: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        self._before: dict[str, str | None] = {}
        self._stopped = False
        self._running = 0
        self._idle = threading.Condition()

    def start(self, functions: Mapping[str, Function], common: Mapping[str, str]) -> None:
        """Put the functions' variables into this process' environment until `stop`."""
        wanted = merged(functions.values(), common)
        self._functions = functions
        self._room = {name: threading.Semaphore(_AT_ONCE) for name in functions}
        self._before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)

    def stop(self) -> None:
        """Restore the environment and forget the handlers, so that the next stack starts them cold.

        What runs is waited for a moment; beyond that it meets a stack that has stopped, as after a crash.
        """
        with self._idle:
            self._stopped = True
            self._idle.wait_for(lambda: self._running == 0, timeout=_DRAIN_SECONDS)
        for name, value in self._before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        self._before = {}
        for module in self._modules.values():
            sys.modules.pop(module.__name__, None)
        self._modules.clear()

    def workers(self) -> list[Worker]:
        """None: everything runs in this process."""
        return []

    def invoke(self, name: str, event: Any) -> Answer:
        """Run the handler here; whatever it raises becomes Lambda's error body."""
        with self._idle:
            if self._stopped:
                return failure("LocalStack.Stopped", f"{name} was asked to run after the local stack stopped")
            self._running += 1
        try:
            with self._room[name]:
                return self._run(self._functions[name], event)
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def _run(self, function: Function, event: Any) -> Answer:
        context = Context(function, function.timeout)
        # Powertools keeps the current HTTP event in a class, one for the whole process: one request at a time, then.
        alone = self._one_request if _is_http(event) else contextlib.nullcontext()
        try:
            handler = self._handler(function)
            with alone:
                result = handler(json.loads(json.dumps(event)), context)
        except Exception as error:  # noqa: BLE001 - Lambda reports whatever a handler raises
            trace = traceback.format_list(traceback.extract_tb(error.__traceback__))
            return failure(type(error).__name__, str(error), trace)
        return _marshalled(result)

    def _handler(self, function: Function) -> Callable[[Any, Context], Any]:
        module_name, attribute = function.handler.rsplit(".", 1)
        path = (function.folder / module_name.replace(".", "/")).with_suffix(".py")
        with self._lock:
            if str(path) not in self._modules:
                unique = f"local_{path.parent.name}_{path.stem}_{len(self._modules)}"
                self._modules[str(path)] = _load(unique, str(path))
        handler: Callable[[Any, Context], Any] = getattr(self._modules[str(path)], attribute)
        return handler


def _is_http(event: Any) -> bool:
    return isinstance(event, dict) and "routeKey" in event


def _load(name: str, path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _marshalled(result: Any) -> Answer:
    from awslambdaric.lambda_runtime_exception import FaultException
    from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

    try:
        body, _ = LambdaMarshaller().marshal_response(result)
    except FaultException as error:
        return failure(error.exception_type, error.msg)
    if len(body.encode()) > MAX_PAYLOAD:
        return failure("Function.ResponseSizeTooLarge", f"Response payload size exceeded {MAX_PAYLOAD} bytes.")
    return body, None


def merged(functions: Iterable[Function], common: Mapping[str, str]) -> dict[str, str]:
    """All functions' variables in one environment; an error if two of them differ on one."""
    values: dict[str, str] = {}
    owner: dict[str, str] = {}
    for function in functions:
        for name, value in {**function.environment, **common}.items():
            if name in _PER_FUNCTION:
                continue
            if values.setdefault(name, value) != value and name not in _ANY:
                raise ConflictingEnvironment(f"{name} differs between {owner[name]} and {function.name}")
            owner.setdefault(name, function.name)
    return values
