"""The whole product on one machine: Fortnox simulator, AWS, HTTP API, login, with all data in one folder.

with LocalStack(Path(".local")) as stack:
    print(stack.api_url)
    stack.wait()
"""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from infra.local import control, landing
from infra.local.clock import SharedClock
from infra.local.engine import Engine
from infra.local.files import write_atomically
from infra.local.host import Answer
from infra.local.issuer import Claims, Issuer
from infra.local.serving import Listener
from infra.local.simulation import Simulation, fortnox

CLIENT_ID = "fortnox-bridge-local"
AUDIENCE = "fortnox-bridge"
_SECRET = "ClientSecret"  # noqa: S105 - the logical id of the secret in the template

Template = Callable[[Mapping[str, object]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Ports:
    """The wanted ports; one that is taken gives way to the next free one. 0 means any."""

    api: int = 8787
    fortnox: int = 8788
    issuer: int = 8789


ANY_PORTS = Ports(0, 0, 0)


class LocalStack:
    """Entering starts everything, leaving saves and stops it. SIGTERM leaves as Ctrl+C does.

    `books` is a SIE 4 file whose company the simulator then serves instead of its demo companies. `workers` runs each
    function in processes of its own. `template` is for tests that bring their own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        books: Path | None = None,
        workers: bool = False,
        ports: Ports | None = None,
        time_scale: float = 1.0,
        tick_seconds: float = 1.0,
        template: Template | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.clock = SharedClock(self.folder / "clock.json")
        self.notes: list[str] = []
        self.simulator: Any = None
        self.api_url = self.fortnox_url = self.issuer_url = ""
        self._books, self._ports = books, ports or Ports()
        self._settings: dict[str, Any] = {"workers": workers, "time_scale": time_scale, "tick_seconds": tick_seconds}
        self._template = template
        self._issuer = Issuer(self.folder, self.clock, Claims(AUDIENCE))
        self._engine: Engine | None = None
        self._stop = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            self._start(undo)
            self._stop = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.close()

    def _start(self, undo: contextlib.ExitStack) -> None:
        _leave_on_sigterm(undo)
        api = self._listener("HTTP API", self._ports.api, undo)
        books = self._listener("Fortnox simulator", self._ports.fortnox, undo)
        login = self._listener("issuer", self._ports.issuer, undo)
        self.api_url, self.fortnox_url, self.issuer_url = api.url, books.url, login.url
        self._issuer.url = login.url
        login.serve(self._issuer)
        simulation = self._simulate(books, undo)
        self._engine = Engine(
            self.folder,
            self._drawn(),
            **self._settings,
            public_url=api.url,
            issuer=login.url,
        )
        self._engine.start()
        undo.callback(self._engine.stop)
        self._put_secret(simulation)
        panel = control.Control(self.about, self.clock.move, self._engine.tick)
        api.serve(self._engine.front({control.PREFIX: panel, **dict.fromkeys(landing.PLACES, landing.landing)}))
        undo.callback(api.stop)  # first of all to stop: no request meets a stack that is half gone

    def _listener(self, what: str, wanted: int, undo: contextlib.ExitStack) -> Listener:
        listener = Listener(wanted)
        undo.callback(listener.stop)
        if wanted and listener.port != wanted:
            self.notes.append(f"Port {wanted} is taken: the {what} is at {listener.url}.")
            print(self.notes[-1], file=sys.stderr)
        return listener

    def _simulate(self, listener: Listener, undo: contextlib.ExitStack) -> Simulation:
        secret = _kept_secret(self.folder / "client-secret")
        redirect = f"{self.api_url}/oauth/callback"
        simulation = fortnox(self.clock, self.folder / "fortnox", self._books, (CLIENT_ID, secret, redirect))
        self.simulator = simulation.simulator
        listener.serve(simulation.simulator.wsgi)
        undo.callback(simulation.save)
        return simulation

    def _drawn(self) -> Mapping[str, Any]:
        if self._template is None:
            from infra.app import template

            return template(self._context())
        return self._template(self._context())

    def _context(self) -> dict[str, object]:
        """Give the stack's parameters on this machine: only addresses and names differ from those in AWS."""
        return {
            "stage": "local",
            "issuer": self.issuer_url,
            "audience": AUDIENCE,
            "consoleUrl": self.api_url,
            "fortnoxApiUrl": self.fortnox_url,
            "fortnoxAppsUrl": self.fortnox_url,
            "fortnoxClientId": CLIENT_ID,
            "settleSeconds": "2",
        }

    def _put_secret(self, simulation: Simulation) -> None:
        held = {"client_id": CLIENT_ID, "client_secret": simulation.client_secret}
        for name in self._running.deployment.secrets:
            if name.endswith(_SECRET):
                self.client("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps(held))

    @property
    def _running(self) -> Engine:
        assert self._engine is not None, "the stack has not been started"
        return self._engine

    def about(self) -> dict[str, Any]:
        """Tell what runs where, as /_local shows it."""
        deployment = self._running.deployment
        return {
            "urls": {
                "api": self.api_url,
                "fortnox": self.fortnox_url,
                "issuer": self.issuer_url,
                "aws": self._running.endpoint,
            },
            "folder": str(self.folder),
            "clock": {"now": self.clock.now().isoformat(), "offsetSeconds": self.clock.offset.total_seconds()},
            "workers": [{"function": one.function, "pid": one.pid, "busy": one.busy} for one in self.workers()],
            "counts": {
                "functions": len(deployment.functions),
                "routes": sum(len(api.routes) for api in deployment.apis.values()),
                "tables": len(deployment.tables),
                "machines": len(deployment.machines),
                "schedules": len(deployment.schedules),
            },
            "resources": {"tables": deployment.tables, "buckets": deployment.buckets, "machines": deployment.machines},
            "restarted": self._running.restarted,
            "refused": self.refused,
            "notes": self.notes,
        }

    def token(
        self, subject: str, tenant: str, roles: Iterable[str] | None = None, seconds: int | None = None, **more: Any
    ) -> str:
        """Give a bearer token for the HTTP API; `more` adds claims."""
        return self._issuer.token(subject, tenant, roles, **({} if seconds is None else {"seconds": seconds}), **more)

    def invoke(self, name: str, event: Any) -> Answer:
        """Run a function by its name in THE TABLE: the JSON body, and the kind of error or None."""
        return self._running.invoke(name, event)

    def client(self, service: str) -> Any:
        """Give a boto3 client of the local AWS."""
        return self._running.client(service)

    def workers(self) -> list[Any]:
        """Give the worker processes that are alive, with their pids."""
        return self._running.workers()

    @property
    def refused(self) -> list[str]:
        """What functions asked of AWS that their roles do not allow."""
        return self._running.refused

    def tick(self) -> int:
        """Do now what is due: schedules, expiry, streams."""
        return self._running.tick()

    def ready(self) -> None:
        """Wait until the workflows are made too (requests to them wait by themselves)."""
        self._running.ready()

    @property
    def outputs(self) -> Mapping[str, str]:
        """The template's outputs: names of tables and buckets, ARNs of machines."""
        return self._running.deployment.outputs

    def wait(self) -> None:
        """Block until Ctrl+C or SIGTERM; then return, so that leaving the context saves."""
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            threading.Event().wait()


def _leave_on_sigterm(undo: contextlib.ExitStack) -> None:
    if threading.current_thread() is not threading.main_thread():
        return

    def leave(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    undo.callback(signal.signal, signal.SIGTERM, before)


def _kept_secret(path: Path) -> str:
    """Give the client secret of our integration at the simulator; the same at every start."""
    if not path.exists():
        write_atomically(path, secrets.token_urlsafe(24).encode())
    return path.read_text()
