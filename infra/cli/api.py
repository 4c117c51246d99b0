"""The HTTP API as a client sees it: requests, problems, and jobs that are waited for. Shapes are those of docs/openapi.json."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx

Json = dict[str, Any]
Watch = Callable[[Json], None]
"""Called with a job each time it has been looked at."""

TIMEOUT = 60.0
"""Seconds for one request; the API itself gives up after 30."""

LONGEST_JOB = 1800.0
"""Seconds a job is waited for."""

ENDED = frozenset({"succeeded", "partly-succeeded", "failed"})


class ApiProblem(Exception):
    """The API answered with a problem (RFC 9457), or a job ended with one."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = dict(problem)
        super().__init__(f"{problem.get('title', '')}. {problem.get('detail', '')}".strip())

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return str(self.problem.get("code", "internal"))

    @property
    def lines(self) -> list[str]:
        """What to tell a person: the problem, then each field error."""
        errors = self.problem.get("errors") or []
        return [str(self), *(f"{each.get('pointer') or ''} {each.get('detail', '')}".strip() for each in errors)]


@dataclass(frozen=True, slots=True)
class Engagement:
    """The API of one engagement."""

    api: Api
    id: str

    def get(self, path: str, **query: str) -> Json:
        """GET below the engagement."""
        return self.api.get(f"/engagements/{self.id}/{path}", **query)

    def items(self, path: str, **query: str) -> list[Json]:
        """GET a list below the engagement."""
        found: list[Json] = self.get(path, **query)["items"]
        return found

    def post(self, path: str, body: Mapping[str, Any], key: str = "") -> Json:
        """POST below the engagement; `key` is the Idempotency-Key."""
        return self.api.post(f"/engagements/{self.id}/{path}", body, key)

    def run(self, kind: str, body: Mapping[str, Any], key: str, watch: Watch) -> Json:
        """Start a job (`imports` or `exports`) and wait for its end. Raises ApiProblem when it failed."""
        started = self.post(kind, body, key)
        return self.wait(kind, str(started["id"]), watch)

    def wait(self, kind: str, job_id: str, watch: Watch, sleep: Callable[[float], None] = time.sleep) -> Json:
        """Look at a job until it has ended."""
        until = time.monotonic() + LONGEST_JOB
        while True:
            job = self.get(f"{kind}/{quote(job_id, safe='')}")
            watch(job)
            if job["status"] in ENDED:
                break
            if time.monotonic() > until:
                raise ApiProblem({"code": "internal", "title": f"{job_id} did not end in {LONGEST_JOB:.0f} s"})
            sleep(0.2)
        if job["status"] == "failed":
            raise ApiProblem(job["problem"] or {"code": "internal", "title": f"{job_id} failed"})
        return job


class Api:
    """A client of the API. `language` is what its texts come in."""

    def __init__(
        self, url: str, token: str, language: str = "en", transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1", headers=headers, timeout=TIMEOUT, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def get(self, path: str, **query: str) -> Json:
        """GET. Raises ApiProblem for anything but success."""
        return _body(self._http.get(path, params=query))

    def post(self, path: str, body: Mapping[str, Any], key: str = "") -> Json:
        """POST a JSON body."""
        return _body(self._http.post(path, json=body, headers={"Idempotency-Key": key} if key else {}))

    def engagement(self, engagement_id: str) -> Engagement:
        """Give the API of one engagement."""
        return Engagement(self, quote(engagement_id, safe=""))


def _body(answer: httpx.Response) -> Json:
    if answer.is_success:
        found: Json = answer.json() if answer.content else {}
        return found
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "code" not in problem:
        problem = {
            "code": "internal",
            "title": f"{answer.request.method} {answer.request.url.path}: {answer.status_code}",
        }
    raise ApiProblem(problem)
