"""The product as an accountant's browser uses it, over real HTTP: one engagement about one company of the simulator."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from bridge import messages
from bridge.exports.marker import find
from infra.cli.browser import Browser, Person
from infra.cli.subject import demo_entries
from infra.local.fortnox.model import Company
from tests.stack.books import LAST

Json = dict[str, Any]
ENDED = ("succeeded", "partly-succeeded", "failed")
SERIES = {"V": "A", "S": "I"}
LANGUAGES = ("sv", "en")
LONGEST = 90.0
"""Seconds a job may take."""

PAUSE = 0.2
"""Seconds between two looks at a job."""

_keys = itertools.count(1)


@dataclass
class Bridge:
    """`token` gives a bearer token of the firm; `engagement` is made by `engage`."""

    url: str
    token: Callable[[], str]
    company: Company
    engagement: str = ""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    browser: Browser = field(default_factory=Browser)

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()
        self.browser.close()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Send a request; `path` is below /api/v1."""
        sent = {
            "Authorization": f"Bearer {self.token()}",
            **{name.replace("_", "-"): headers[name] for name in headers},
        }
        return self.http.request(method, f"{self.url}/api/v1{path}", json=body, headers=sent)

    def get(self, path: str, language: str = "en") -> Json:
        """Read something of the engagement."""
        return _good(self.ask("GET", f"/engagements/{self.engagement}{path}", accept_language=language))

    def items(self, path: str, language: str = "en") -> list[Json]:
        """Read a list of the engagement."""
        found: list[Json] = self.get(path, language)["items"]
        return found

    def post(self, path: str, body: object, key: str = "") -> httpx.Response:
        """Post something to the engagement."""
        named = {"idempotency_key": key} if key else {}
        return self.ask("POST", f"/engagements/{self.engagement}{path}", body, **named)

    def engage(self, **changes: object) -> str:
        """Create the engagement of the company."""
        years = [{"from": each.first, "to": each.last} for each in self.company.years]
        active = next(year for year in years if year["to"] == LAST)
        asked = {"name": self.company.name, "orgNumber": self.company.org_number, "years": years}
        self.engagement = _good(self.ask("POST", "/engagements", {**asked, "activePeriod": active, **changes}))["id"]
        return self.engagement

    def login(self, mode: str = "service", **wish: object) -> str:
        """Start an authorisation; gives our own address that begins it."""
        begun = _good(self.post("/connection/authorizations", {"mode": mode, **wish}))
        return str(begun["authorizeUrl"])

    def consent(self, url: str, user: str = "demo") -> str:
        """Log in and approve at Fortnox; gives the callback, not yet visited."""
        return self.browser.consent(self.leave(url), Person(user, user, self.company.org_number))

    def connect(self, mode: str = "service", user: str = "demo") -> str:
        """Do all of it; gives the problem the browser lands with, or nothing."""
        return self.land(self.consent(self.login(mode), user))

    def leave(self, url: str) -> str:
        """Follow the address of a login; gives where it leads at Fortnox."""
        return self.browser.visit(url)

    def land(self, callback: str) -> str:
        """Visit the callback; gives the problem the browser lands with, or nothing."""
        query = parse_qs(urlsplit(self.browser.visit(callback)).query)
        assert ("problem" in query) != ("connected" in query)
        return query.get("problem", [""])[0]

    def importing(self, *years: str) -> Json:
        """Import and wait; gives the job."""
        return self.wait(self.start("imports", {"years": list(years)}))

    def entries(self, drafts: Sequence[Json] = ()) -> list[str]:
        """Hand closing entries in; the six of the demo where none are given."""
        made = _good(self.post("/closing-entries", {"entries": list(drafts) or demo_entries(LAST)}))
        return [each["id"] for each in made["items"]]

    def exporting(self, ids: Sequence[str] = (), series: Mapping[str, str] = SERIES) -> Json:
        """Export and wait; gives the job."""
        return self.wait(self.start("exports", {"entryIds": list(ids) or self.entries(), "series": dict(series)}))

    def start(self, kind: str, body: Json) -> Json:
        """Start a job under a key of its own."""
        answer = self.post(f"/{kind}", body, key())
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def wait(self, job: Json) -> Json:
        """Wait until a job has ended."""
        until = time.monotonic() + LONGEST
        while job["status"] not in ENDED:
            assert time.monotonic() < until, f"{job['id']} is {job['status']} after {LONGEST} s"
            time.sleep(PAUSE)
            job = self.job(job)
        return job

    def job(self, job: Json, language: str = "en") -> Json:
        """Read a job as it stands."""
        return self.get(f"/{job['kind']}s/{job['id']}", language)

    @property
    def published(self) -> str | None:
        """The import whose books are shown."""
        found: str | None = self.get("")["publishedImport"]
        return found

    def activity(self, code: str) -> list[Json]:
        """Lines of the log with that code."""
        return [line for line in self.items("/activity") if line["code"] == code]

    @property
    def vouchers(self) -> int:
        """Vouchers the company has in Fortnox."""
        return sum(len(year.vouchers) for year in self.company.years)

    @property
    def markers(self) -> list[str]:
        """Markers of the company's vouchers in Fortnox, sorted."""
        return sorted(filter(None, (find(each.text) for year in self.company.years for each in year.vouchers)))

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Nothing is published and nothing posted inside."""
        before = self.published, self.vouchers
        yield
        assert (self.published, self.vouchers) == before

    def refused(self, code: str, method: str, path: str, body: object = None, **headers: str) -> Json:
        """Send something that has to be refused, in both languages; gives the problem in English."""
        where = f"/engagements/{self.engagement}{path}" if not path.startswith("//") else path[1:]
        answers = {each: self.ask(method, where, body, accept_language=each, **headers) for each in LANGUAGES}
        for language, answer in answers.items():
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert answer.headers["content-language"] == language
            assert answer.status_code == answer.json()["status"]
        return in_both(code, answers["sv"].json(), answers["en"].json())

    def failed(self, code: str, job: Json) -> Json:
        """Check that a job failed with that problem, told in both languages; gives the problem in English."""
        assert job["status"] == "failed", job
        return in_both(code, self.job(job, "sv")["problem"], self.job(job, "en")["problem"])

    def landed(self, code: str, problem: str) -> None:
        """Check that a browser came back with that problem, and that the log tells it in both languages."""
        assert problem == code
        lines = [self.items("/activity", each)[0] for each in LANGUAGES]
        assert {line["params"]["problem"] for line in lines} == {code}
        texts_of(code, lines[0]["params"])
        assert lines[0]["text"] != lines[1]["text"]


NewBridge = Callable[..., Bridge]
"""Makes an accounting firm with an engagement about a company of its own, with so many `vouchers` more."""


def deny(url: str, company: Company) -> str:
    """Log in at Fortnox and press the other button; gives the callback."""
    with httpx.Client(timeout=30) as http:
        http.post(url, data={"step": "login", "username": "demo", "password": "demo"})
        answer = http.post(url, data={"step": "consent", "company": str(company.number), "answer": "deny"})
    return str(answer.headers["location"])


def callback(url: str, **query: str) -> str:
    """Give the callback of the login that leads to this address at Fortnox, with parameters of our own."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **query})}"


def key() -> str:
    """Give a new idempotency key."""
    return f"test-{next(_keys)}"


def in_both(code: str, swedish: Json, english: Json) -> Json:
    """Check a problem that was answered in both languages."""
    assert (swedish["code"], english["code"]) == (code, code)
    for name in ("title", "detail"):
        assert _finished(swedish[name], english[name]), (swedish[name], english[name])
    return english


def texts_of(code: str, params: Mapping[str, Any]) -> None:
    """Check that the catalogue has the problem in both languages."""
    for text in (messages.title, messages.detail):
        assert _finished(text(code, params, "sv"), text(code, params, "en"))


def _finished(swedish: str, english: str) -> bool:
    return bool(swedish and english and swedish != english and "{" not in swedish + english)


def _good(answer: httpx.Response) -> Json:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return dict(answer.json())
