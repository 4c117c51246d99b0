"""One execution environment: a worker process under AWS's own runtime client, and the Runtime API it talks to.

The worker asks for the next event and posts its answer over HTTP, as in Lambda. The parent enforces the timeout with a
kill, and notices a worker that died.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.local.deployment import Function
from infra.local.host import MAX_PAYLOAD, Answer, failure

_API = "/2018-06-01/runtime"
_INIT_SECONDS = 60
_EXIT = "Runtime.ExitError"


class Environment:
    """A worker process that serves one function, one event at a time."""

    def __init__(self, function: Function, variables: Mapping[str, str], log: Path) -> None:
        self.function = function
        self.dead = False
        self.working = False
        self.used = 0.0
        self._events: queue.Queue[tuple[str, bytes, int] | None] = queue.Queue()
        self._answers: queue.Queue[Answer] = queue.Queue()
        self._ready = threading.Event()
        self._server = _server(self)
        host, port = self._server.server_address[:2]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.worker", function.handler],
                env={**variables, "AWS_LAMBDA_RUNTIME_API": f"{host!s}:{port}"},
                cwd=function.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl+C reaches the parent alone, which then ends its workers
            )
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def run(self, event: bytes) -> Answer | None:
        """Give the worker one event and wait for the answer, its death or the function's timeout.

        None if the worker had died before it took the event: another one may then run it.
        """
        request = str(uuid.uuid4())
        if not self.dead and not self._ready.wait(_INIT_SECONDS):
            self.close()
            return failure("Sandbox.Timedout", f"RequestId: {request} Error: the worker did not start")
        seconds = self.function.timeout
        self._events.put((request, event, int((time.time() + seconds) * 1000)))
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.close()
            return failure(
                "Sandbox.Timedout", f"RequestId: {request} Error: Task timed out after {seconds:.2f} seconds"
            )
        self.used, self.working = time.monotonic(), False
        untouched = self.dead and answer[1] == _EXIT and not self._events.empty()
        return None if untouched else answer

    def close(self) -> None:
        """Kill the worker and close its Runtime API."""
        self.dead = True
        self._events.put(None)
        self._process.kill()
        self._process.wait()
        self._server.shutdown()
        self._server.server_close()

    def _watch(self) -> None:
        """Wait for the process to end; an event it had taken is then answered as Lambda answers a lost runtime."""
        code = self._process.wait()
        self.dead = True
        why = "signal: killed" if code == -9 else f"exit status {code}"
        self._answers.put(failure(_EXIT, f"RequestId: unknown Error: Runtime exited with error: {why}"))
        self._ready.set()

    def next_event(self) -> tuple[str, bytes, int] | None:
        """Give the next event for the worker, waiting for one: (request id, JSON, deadline in ms). None when it is closed."""
        self._ready.set()
        taken = self._events.get()
        self.working = taken is not None
        return taken

    def answered(self, path: str, body: bytes) -> None:
        """Tell what the worker posted: a response, an error, or an error while it started."""
        if path.endswith("/response"):
            large = len(body) > MAX_PAYLOAD
            too_large = failure("Function.ResponseSizeTooLarge", f"Response payload size exceeded {MAX_PAYLOAD} bytes.")
            self._answers.put(too_large if large else (body.decode(), None))
            return
        error = json.loads(body)
        self.dead = self.dead or path.startswith("/init/")
        self._answers.put((body.decode(), error.get("errorType") or "Unknown"))
        self._ready.set()


class _Api(BaseHTTPRequestHandler):
    """The Runtime API as the worker sees it: it asks for an event, and posts what became of it."""

    environment: Environment
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one packet, or each event waits 40 ms for an acknowledgement

    def do_GET(self) -> None:
        taken = self.environment.next_event()
        if taken is None:
            self.close_connection = True
            return
        request, event, deadline = taken
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request,
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": self.environment.function.arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        }
        self._send(200, headers, event)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length is not None else self._chunks()
        # Acknowledged first: the next event must find the worker asking for it.
        self._send(202, {"Content-Type": "application/json"}, b'{"status":"OK"}')
        self.environment.answered(self.path.removeprefix(_API), body)

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's signature
        """Say nothing: the worker's own log tells what matters."""


def _server(environment: Environment) -> ThreadingHTTPServer:
    """Give the Runtime API of one environment on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Api", (_Api,), {"environment": environment}))
    server.daemon_threads = True
    return server
