"""moto as the AWS of one machine: a server in this process on a loopback port, with the seams the local stack needs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from werkzeug.serving import BaseWSGIServer, make_server

from infra.local import seams

REGION = "eu-north-1"
ACCOUNT = "123456789012"
HOST = "127.0.0.1"
OPERATOR = "local"
"""Access key of the local stack itself, which may do everything."""
_CREDENTIALS = {"aws_access_key_id": OPERATOR, "aws_secret_access_key": OPERATOR}
_running = threading.Lock()

_WAITING = 2048
"""Connections that may wait to be taken: of a thousand callers at once none may be turned away."""

Guarded = Callable[[WSGIApplication], WSGIApplication]


class AlreadyRunning(Exception):
    """moto keeps its state per process, so a process runs one local stack at a time."""


def environment(endpoint: str) -> dict[str, str]:
    """Give the AWS_* variables of every function, with credentials that work nowhere else and no way to real ones."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": OPERATOR,
        "AWS_SECRET_ACCESS_KEY": OPERATOR,
        "AWS_SESSION_TOKEN": OPERATOR,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


class Aws:
    """The moto server. `invoke` runs a function; `time_scale` shortens the waits and retries of workflows; `guarded` stands before it."""

    def __init__(self, invoke: seams.Invoke, time_scale: float = 1.0, guarded: Guarded = lambda aws: aws) -> None:
        self.url = ""
        self._guarded = guarded
        self._seams = seams.Seams(invoke, time_scale)
        self._server: BaseWSGIServer | None = None
        self._port_before: str | None = None
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._session: Any = None
        self._gate = threading.Event()

    def start(self) -> None:
        """Start serving on a free port; moto's own callbacks find it by MOTO_PORT."""
        if not _running.acquire(blocking=False):
            raise AlreadyRunning("another local stack runs in this process: stop it first")
        try:
            seams.check()
            self._seams.open()
            self._server = _server(self._gate, self._guarded)
        except BaseException:
            self._seams.close()
            _running.release()
            raise
        self._port_before = os.environ.get("MOTO_PORT")
        os.environ["MOTO_PORT"] = str(self._server.port)
        self.url = f"http://{HOST}:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="moto").start()

    def stop(self) -> None:
        """Stop serving and forget everything moto holds in memory (what was to be kept has been saved by then)."""
        if self._server is None:
            return
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        _reset_moto()
        self._seams.close()
        os.environ.pop("MOTO_PORT")
        if self._port_before is not None:
            os.environ["MOTO_PORT"] = self._port_before
        _running.release()

    def client(self, service: str) -> Any:
        """Give a boto3 client of that service, kept for the stack's life (making one is what takes time)."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make_client(service)
            return self._clients[service]

    def load_workflows(self) -> None:
        """Import the workflow interpreter (seconds of work), with its seams; until `open_workflows` only it is behind."""
        self._seams.open_workflows(self.client)

    def open_workflows(self) -> None:
        """Let requests to Step Functions through; before that they wait, whoever asks."""
        self._gate.set()

    def _make_client(self, service: str) -> Any:
        from botocore.config import Config

        if self._session is None:
            self._session = _session()  # one for all: it keeps what it read of the service models
        # A Lambda runs up to 15 minutes, and asking twice would run it twice.
        config = Config(read_timeout=960, retries={"total_max_attempts": 1}, max_pool_connections=64)
        return self._session.client(service, endpoint_url=self.url, config=config)


def _session() -> Any:
    """Give a session that reads nothing of the developer's own AWS configuration."""
    import boto3
    import botocore.session

    core = botocore.session.Session(session_vars={"profile": (None, [], None, None)})
    core.set_config_variable("config_file", os.devnull)
    core.set_config_variable("credentials_file", os.devnull)
    return boto3.session.Session(botocore_session=core, region_name=REGION, **_CREDENTIALS)


def _server(workflows: threading.Event, guarded: Guarded) -> BaseWSGIServer:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

    class Quiet(MotoRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing: every call of every handler passes here."""

    moto = guarded(DomainDispatcherApplication(create_backend_app))

    def gated(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        asked = environ.get("HTTP_X_AMZ_TARGET", "")
        if asked.startswith("AWSStepFunctions.") and not asked.endswith(".CreateStateMachine"):
            workflows.wait()
        answer: Iterable[bytes] = moto(environ, start_response)
        return answer

    server = make_server(HOST, 0, gated, threaded=True, request_handler=Quiet)
    server.socket.listen(_WAITING)
    return server


def _reset_moto() -> None:
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    BackendDict.reset()
    reset_model_data()
