"""A template, running: moto, the functions' host, streams, expiry and schedules, with its state kept in one folder."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from infra.local import aws, clock, events, executions, gate, provision, rights, state
from infra.local.authorizer import JwtAuthorizer
from infra.local.deployment import Deployment
from infra.local.front import Front
from infra.local.host import Answer, Host, InProcess
from infra.local.site import Site, asset_folder
from infra.local.workers import WorkerPool

STACK = "FortnoxBridge"
_log = logging.getLogger(__name__)


class UnknownFunction(Exception):
    """No function of the template has that name or logical id."""


class Engine:
    """Start it, use it, stop it (which saves). `public_url` and `issuer` are the addresses the template's API gets.

    `time_scale` shortens the waits and retries of workflows; `tick_seconds` is how often events are looked for, 0 for
    only when `tick` is called.
    """

    def __init__(
        self,
        folder: Path,
        template: Mapping[str, Any],
        *,
        workers: bool = False,
        time_scale: float = 1.0,
        tick_seconds: float = 1.0,
        public_url: str | None = None,
        issuer: str | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.clock = clock.SharedClock(folder / "clock.json")
        self.deployment = Deployment()
        self.restarted: list[str] = []
        self._template = template
        self._public_url, self._issuer = public_url, issuer
        self._host: Host = WorkerPool(folder / "logs") if workers else InProcess()
        self._rights = rights.Rights()
        self._aws = aws.Aws(self._host.invoke, time_scale, partial(gate.guarded, rights=self._rights))
        self._parts: list[events.Ticking] = []
        self._tick_seconds = tick_seconds
        self._stop = contextlib.ExitStack()
        self._workflows = threading.Thread()
        self._failure: Exception | None = None

    def start(self) -> None:
        """Load the folder's state, provision the template, take the functions, begin ticking."""
        with contextlib.ExitStack() as undo:
            self._aws.start()
            undo.callback(self._aws.stop)
            kept = state.load(self._state_file)
            folder_of = partial(asset_folder, self._template)
            site = Site(STACK, self.client, folder_of, self._issuer, self._public_url)
            self.deployment = provision.provision(self._template, site)
            self._rights.know(self.deployment.roles)
            undo.callback(self._host.stop)
            common = {**aws.environment(self._aws.url), clock.VARIABLE: str(self.clock.path)}
            self._host.start(self.deployment.functions, common)
            clock.install(self.clock)
            undo.callback(clock.uninstall)
            self._begin_workflows(site.later, kept)
            undo.callback(self._save)
            self._start_events(undo)
            self._stop = undo.pop_all()

    def _begin_workflows(self, later: Sequence[Callable[[], Any]], kept: list[executions.Kept]) -> None:
        """Make the workflows aside: importing their interpreter takes longer than everything else together."""

        def make() -> None:
            try:
                if later:
                    self._aws.load_workflows()
                for step in later:
                    step()
                executions.put_back(kept)
            except Exception as error:  # noqa: BLE001 - `ready` raises it in the thread that asks
                self._failure = error
                _log.exception("the workflows could not be made")
            self._aws.open_workflows()
            if self._failure is None:
                self.restarted = executions.start_again(kept, self.client("stepfunctions"))

        self._workflows = threading.Thread(target=make, daemon=True, name="workflows")
        self._workflows.start()

    def ready(self) -> None:
        """Wait until the workflows are made too; raises what kept them from it."""
        self._workflows.join()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop the events, save the state, end the workers, then moto. Safe to call again."""
        self._stop.close()

    def save(self) -> None:
        """Write the state as it is now, without stopping anything."""
        self.ready()
        state.save(self._state_file, executions.collect())

    def _save(self) -> None:
        self._workflows.join()
        kept = executions.collect()
        executions.stop_all()
        self._host.stop()
        state.save(self._state_file, kept)

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.pickle"

    def _start_events(self, undo: contextlib.ExitStack) -> None:
        streams = [events.StreamPoller(one, self._host.invoke, self._send) for one in self.deployment.streams]
        expiry = events.TimeToLive(self.deployment.tables, self.clock)
        schedules = events.Schedules(self.deployment.schedules, self._host.invoke, self.clock)
        self._parts = [schedules, expiry, *streams]
        if self._tick_seconds:
            ticker = events.Ticker(self._parts, self._tick_seconds)
            ticker.start()
            undo.callback(ticker.stop)

    def _send(self, queue: str, body: str) -> None:
        client = self.client("sqs")
        url = client.get_queue_url(QueueName=queue.rsplit(":", 1)[-1])["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody=body)

    def tick(self) -> int:
        """Do now what is due: schedules, expiry, then the streams; the answer counts what was done."""
        return sum(part.tick() for part in self._parts)

    def client(self, service: str) -> Any:
        """Give a boto3 client of the local AWS."""
        return self._aws.client(service)

    def invoke(self, name: str, event: Any) -> Answer:
        """Run a function by its name or its logical id: the JSON body, and the kind of error or None."""
        for candidate in (name, f"{STACK}-{name}"):
            if candidate in self.deployment.functions:
                return self._host.invoke(candidate, event)
        raise UnknownFunction(f"{name} is none of {', '.join(sorted(self.deployment.functions))}")

    @property
    def refused(self) -> list[str]:
        """What functions asked of AWS that their roles do not allow."""
        return self._rights.refused

    def workers(self) -> list[Any]:
        """Give the worker processes that are alive, with their pids; none when functions run in this process."""
        return self._host.workers()

    @property
    def endpoint(self) -> str:
        """The address of the local AWS."""
        return self._aws.url

    def front(self, mounts: Mapping[str, WSGIApplication] | None = None) -> WSGIApplication:
        """Give the template's HTTP API as an application."""
        (api,) = self.deployment.apis.values()
        return Front(api, self._host.invoke, self.clock, JwtAuthorizer(self.clock), mounts)
