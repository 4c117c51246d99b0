"""The Lambda host with worker processes: real timeouts, real kills, one process per concurrent invocation."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.deployment import Function
from infra.local.host import MAX_PAYLOAD, Answer, Worker, failure
from infra.local.rights import access_key
from infra.local.runtime import Environment

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH")
MOST_ALIVE = 12
"""Worker processes kept alive together (about 50 MB each); the longest unused idle one is ended beyond that."""


class WorkerPool:
    """Hosts functions in worker processes, reused while warm. Their output goes to one file per function."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._functions: Mapping[str, Function] = {}
        self._common: Mapping[str, str] = {}
        self._idle: list[Environment] = []
        self._busy: list[Environment] = []
        self._lock = threading.Lock()
        self._stopped = False

    def start(self, functions: Mapping[str, Function], common: Mapping[str, str]) -> None:
        """Take the functions; processes start when they are first needed."""
        self._logs.mkdir(parents=True, exist_ok=True)
        self._functions = functions
        self._common = common

    def invoke(self, name: str, event: Any) -> Answer:
        """Run the function in a free worker, or a new one."""
        if self._stopped:
            return failure("LocalStack.Stopped", f"{name} was asked to run after the local stack stopped")
        body = json.dumps(event).encode()
        if len(body) > MAX_PAYLOAD:
            return failure("RequestEntityTooLargeException", f"{len(body)} byte payload is too large")
        answer = None
        while answer is None:
            environment = self._taken(self._functions[name])
            if environment is None:
                return failure("TooManyRequestsException", "Rate Exceeded.")
            try:
                answer = environment.run(body)
            finally:
                self._given_back(environment)
        return answer

    def workers(self) -> list[Worker]:
        """Give the processes that are alive, with their pids."""
        with self._lock:
            known = [*self._idle, *self._busy]
        return [Worker(one.function.name, one.pid, one.working) for one in known if not one.dead]

    def stop(self) -> None:
        """End every worker this host started."""
        with self._lock:
            self._stopped = True
            ending = [*self._idle, *self._busy]
            self._idle.clear()
        for environment in ending:
            environment.close()

    def _taken(self, function: Function) -> Environment | None:
        with self._lock:
            for one in reversed(self._idle):
                if one.function.name == function.name and not one.dead:
                    self._idle.remove(one)
                    self._busy.append(one)
                    return one
            running = sum(1 for one in self._busy if one.function.name == function.name)
            if function.concurrency is not None and running >= function.concurrency:
                return None
            environment = Environment(function, self._variables(function), self._logs / f"{function.name}.log")
            self._busy.append(environment)
            return environment

    def _given_back(self, environment: Environment) -> None:
        with self._lock:
            self._busy.remove(environment)
            if not environment.dead and not self._stopped:
                self._idle.append(environment)
            ending = [one for one in self._idle if one.dead]
            if len(self._idle) + len(self._busy) > MOST_ALIVE and self._idle:
                ending.append(min(self._idle, key=lambda one: one.used))
            self._idle = [one for one in self._idle if one not in ending]
        for one in [*ending, *([environment] if environment.dead else [])]:
            one.close()

    def _variables(self, function: Function) -> dict[str, str]:
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        own = {
            "_HANDLER": function.handler,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(function.folder),
        }
        credentials = {"AWS_ACCESS_KEY_ID": access_key(function.role)} if function.role else {}
        return {**passed, **function.environment, **own, **self._common, **credentials}
