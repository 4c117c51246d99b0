"""The API's gateway: token, rate, route, scope, licence, parameters; then the resource itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.local.fortnox import api, shift
from infra.local.fortnox.answers import Answer, Call, json_answer
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.incoming import Incoming
from infra.local.fortnox.knobs import Knobs
from infra.local.fortnox.limiter import Limiter
from infra.local.fortnox.model import Company
from infra.local.fortnox.oauth.grants import Grants
from infra.local.fortnox.routes import Route
from infra.local.fortnox.scopes import LICENCE_OF

BASE = "/3/"


@dataclass(slots=True)
class Stats:
    """What has been asked since the start."""

    requests: int = 0
    rate_limited: int = 0
    vouchers_created: int = 0
    by_path: dict[str, int] = field(default_factory=dict)

    def count(self, method: str, path: str) -> None:
        """One more request of this method and path template."""
        self.by_path[f"{method} {path}"] = self.by_path.get(f"{method} {path}", 0) + 1


@dataclass(slots=True)
class Gate:
    """One API request on its way to its resource. `paced` is off for what lands late: it was let through long ago."""

    companies: dict[int, Company]
    grants: Grants
    knobs: Knobs
    limiter: Limiter
    stats: Stats

    def answer(self, incoming: Incoming, now: float, clock: str, *, paced: bool = True) -> Answer:
        """Give the answer to a request below /3."""
        route, values = _route(incoming)
        self.stats.requests += 1
        self.stats.count(incoming.method, BASE + route.template if route else incoming.path)
        claims = self.grants.claims(incoming.bearer, now)
        company = self.companies.get(claims["tenantId"]) if claims else None
        if claims is None or company is None or self._withdrawn(claims):
            return json_answer({"message": "unauthorized"}, 401)
        if paced and not self.limiter.lets_through(claims["aud"], company.number, now, self.knobs):
            self.stats.rate_limited += 1
            return too_many(self.knobs)
        if route is None:
            return json_answer({"message": "No such route"}, 404)
        try:
            self._check(route, claims, company, incoming)
            call = self._call(company, incoming, clock, values)
            found = route.handler(call)
        except Refusal as refusal:
            return json_answer(refusal.body, refusal.status)
        self._afterwards(route, call, found)
        return found

    def _withdrawn(self, claims: dict[str, Any]) -> bool:
        """Whether the token dies with its consent, and that is gone."""
        gone = self.grants.consent(claims["aud"], claims["tenantId"]) is None
        return gone and self.knobs.withdrawal_ends_access

    def _check(self, route: Route, claims: dict[str, Any], company: Company, incoming: Incoming) -> None:
        if not set(route.scopes) & set(claims["scopes"]):
            raise Refusal("scope", status=self.knobs.scope_status)
        licences = company.licences - set(self.knobs.licences_off.get(company.number, ()))
        if "integration" not in licences:
            raise Refusal("integration-licence", status=self.knobs.licence_status)
        needed = LICENCE_OF[route.scopes[0]]
        if needed is not None and needed not in licences:
            raise Refusal("module-licence", status=self.knobs.licence_status)
        if set(incoming.parameters) - route.parameters:
            raise Refusal("parameter")

    def _call(self, company: Company, incoming: Incoming, clock: str, values: dict[str, str]) -> Call:
        return Call(
            company=company,
            org_number=self.knobs.org_number.get(company.number, company.org_number),
            knobs=self.knobs,
            now=clock,
            path=incoming.path,
            query=incoming.parameters,
            body=incoming.body,
            content_type=incoming.headers.get("content-type", ""),
            values=values,
        )

    def _afterwards(self, route: Route, call: Call, answer: Answer) -> None:
        if (route.method, route.template) == ("POST", "vouchers") and answer.status == 201:
            self.stats.vouchers_created += 1
        if self.knobs.page_shift is not None and shift.wanted(self.knobs.page_shift, route, call):
            self.knobs.page_shift = None
            shift.insert(call, route.template)


def too_many(knobs: Knobs) -> Answer:
    """429: a short body that is no envelope, and no Retry-After unless a knob says so."""
    answer = Answer(429, b"Too Many Requests", "text/plain; charset=UTF-8")
    if knobs.retry_after is not None:
        answer.headers["Retry-After"] = str(knobs.retry_after)
    return answer


def _route(incoming: Incoming) -> tuple[Route | None, dict[str, str]]:
    path = incoming.path.removeprefix(BASE).rstrip("/")
    for route in api.ROUTES:
        values = route.match(incoming.method, path)
        if values is not None:
            return route, values
    return None, {}
