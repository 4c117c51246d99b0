"""Fortnox on one machine: a WSGI application over a state that fits in one file."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.http import HTTP_STATUS_CODES

from infra.local.fortnox import codec, errors
from infra.local.fortnox.answers import Answer, json_answer
from infra.local.fortnox.control import control
from infra.local.fortnox.gate import BASE, Gate, Stats, too_many
from infra.local.fortnox.incoming import Incoming
from infra.local.fortnox.knobs import Knobs, Trouble
from infra.local.fortnox.limiter import Limiter
from infra.local.fortnox.model import Company
from infra.local.fortnox.oauth.authorize import Browser, authorize
from infra.local.fortnox.oauth.grants import Client, Grants, User
from infra.local.fortnox.oauth.token import revoke, token

_SWEDEN = timezone(timedelta(hours=1))  # winter time all year: only days matter here
_HEADERS = ("authorization", "content-type", "cookie", "tenantid", "accept")
_FILE = "fortnox.json"
_LARGEST_BODY = 16 * 1024 * 1024


class NoAnswer(ConnectionError):
    """The connection closed without an answer: a knob asked for it. Raised out of `wsgi` where there is no socket."""


@dataclass(slots=True)
class Late:
    """A request whose effect comes later; whoever sent it was cut off."""

    due: float
    incoming: Incoming


@dataclass(slots=True)
class State:
    """Everything that is kept between runs."""

    companies: dict[int, Company] = field(default_factory=dict)
    grants: Grants = field(default_factory=Grants)
    knobs: Knobs = field(default_factory=Knobs)
    late: list[Late] = field(default_factory=list)


class Simulator:
    """Fortnox. `clock` gives seconds since 1970; `folder` is where `save` writes and `load` reads."""

    def __init__(
        self, clock: Callable[[], float], folder: Path | None = None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.state = State()
        self.stats = Stats()
        self.lock = threading.RLock()
        self._clock, self._folder, self._sleep = clock, folder, sleep
        self._limiter = Limiter()
        self.clients["demo-client"] = Client("demo-client", "demo-secret", any_loopback=True)
        self.users["demo"] = User("demo", "demo")
        self.users["assistant"] = User("assistant", "assistant", administrator=False)

    @property
    def companies(self) -> dict[int, Company]:
        """The companies by their DatabaseNumber."""
        return self.state.companies

    @property
    def knobs(self) -> Knobs:
        """What can be turned."""
        return self.state.knobs

    @property
    def clients(self) -> dict[str, Client]:
        """The registered apps by client id."""
        return self.state.grants.clients

    @property
    def users(self) -> dict[str, User]:
        """Who can log in, by name."""
        return self.state.grants.users

    def add(self, company: Company) -> Company:
        """Take a company in, or replace the one of the same number."""
        with self.lock:
            self.companies[company.number] = company
        return company

    def now(self) -> float:
        """Give the simulator's time: the clock and the offset knob."""
        return self._clock() + self.knobs.clock_offset

    def clock_text(self, now: float | None = None) -> str:
        """Give a time in Sweden, as text."""
        moment = datetime.fromtimestamp(self.now() if now is None else now, UTC)
        return moment.astimezone(_SWEDEN).strftime("%Y-%m-%d %H:%M:%S")

    def save(self) -> None:
        """Write the whole state into the folder: entirely or not at all. Nothing happens without a folder."""
        if self._folder is None:
            return
        with self.lock:
            content = json.dumps(codec.plain(self.state), separators=(",", ":"))
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = self._folder / f"{_FILE}.new"
            with beside.open("w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / _FILE)

    def load(self) -> bool:
        """Take up what was saved; False where nothing was."""
        if self._folder is None or not (self._folder / _FILE).exists():
            return False
        state = codec.build(State, json.loads((self._folder / _FILE).read_text(encoding="utf-8")))
        with self.lock:
            self.state = state
        return True

    def wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Both hosts of Fortnox, and `/_control`."""
        try:
            answer = self._answer(_incoming(environ))
        except NoAnswer:
            connection = environ.get("werkzeug.socket")
            if not isinstance(connection, socket.socket):
                raise
            connection.shutdown(socket.SHUT_RDWR)
            answer = Answer(200, b"")
        headers = [("Content-Type", answer.content_type), *answer.headers.items()]
        if isinstance(answer.body, bytes):
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(f"{answer.status} {HTTP_STATUS_CODES.get(answer.status, 'Unknown')}", headers)
        return [answer.body] if isinstance(answer.body, bytes) else answer.body

    def _answer(self, incoming: Incoming) -> Answer:
        if incoming.path.startswith("/_control"):
            with self.lock:
                self._settle()
                return control(self, incoming)
        with self.lock:
            self._settle()
            trouble = self.knobs.trouble(incoming.method, incoming.path)
        wait = self.knobs.latency + (trouble.seconds if trouble and trouble.kind == "delay" else 0)
        if wait:
            self._sleep(wait)
        with self.lock:
            answer = self._troubled(trouble, incoming) if trouble else self._served(incoming, self.now())
        if trouble and trouble.kind == "slow_reply":
            self._sleep(trouble.seconds)
        return answer

    def _settle(self) -> None:
        """Carry out what was to land by now. Nobody can see it earlier than at the next request."""
        due = sorted((each for each in self.state.late if each.due <= self.now()), key=lambda each: each.due)
        self.state.late = [each for each in self.state.late if each.due > self.now()]
        for late in due:
            self._served(late.incoming, late.due, paced=False)

    def _troubled(self, trouble: Trouble, incoming: Incoming) -> Answer:
        if trouble.kind == "429":
            self.stats.requests += 1
            self.stats.rate_limited += 1
            return too_many(self.knobs)
        if trouble.kind == "500":
            return _system_exception()
        if trouble.kind == "503":
            return Answer(503, b"<html><body>Service Unavailable</body></html>", "text/html; charset=UTF-8")
        if trouble.kind == "late":
            self.state.late.append(Late(self.now() + trouble.seconds, incoming))
            raise NoAnswer("closed before the effect")
        answer = self._served(incoming, self.now())
        if trouble.kind == "lost_reply":
            raise NoAnswer("closed after the effect")
        return answer

    def _served(self, incoming: Incoming, now: float, *, paced: bool = True) -> Answer:
        state = self.state
        try:
            if incoming.path.startswith(BASE):
                gate = Gate(state.companies, state.grants, state.knobs, self._limiter, self.stats)
                return gate.answer(incoming, now, self.clock_text(now), paced=paced)
            if incoming.path == "/oauth-v1/auth" and incoming.method in ("GET", "POST"):
                return authorize(Browser(incoming, state.grants, state.companies, state.knobs, now))
            if incoming.path == "/oauth-v1/token" and incoming.method == "POST":
                self.stats.count("POST", f"/oauth-v1/token {incoming.form.get('grant_type', '')}".rstrip())
                return token(incoming, state.grants, state.companies, state.knobs, now)
            if incoming.path == "/oauth-v1/revoke" and incoming.method == "POST":
                return revoke(incoming, state.grants)
        except Exception:  # noqa: BLE001 - a server answers 500 whatever went wrong, and goes on serving
            traceback.print_exc(file=sys.stderr)
            return _system_exception()
        return json_answer({"message": "No such route"}, 404)


def _system_exception() -> Answer:
    fault = errors.FAULTS["system"]
    return json_answer(errors.envelope(fault.code, fault.text), 500)


def _path(given: str) -> str:
    """Read PATH_INFO: UTF-8 dressed as Latin-1 by the rules of WSGI; httpx's transport leaves it as it is."""
    try:
        return given.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return given


def _incoming(environ: WSGIEnvironment) -> Incoming:
    length = environ.get("CONTENT_LENGTH") or "0"
    size = min(int(length), _LARGEST_BODY) if str(length).isdecimal() else 0
    given = {"content-type": environ.get("CONTENT_TYPE", "")}
    given |= {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", "") for name in _HEADERS[:1] + _HEADERS[2:]}
    return Incoming(
        method=environ["REQUEST_METHOD"],
        path=_path(environ.get("PATH_INFO", "")),
        query=environ.get("QUERY_STRING", ""),
        headers={name: value for name, value in given.items() if value},
        latin=environ["wsgi.input"].read(size).decode("latin-1") if size else "",
    )
