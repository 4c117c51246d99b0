"""Connect: a login at Fortnox becomes a code, the code a consent, the consent a connection of one engagement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.flows import ending, journal, lookup
from bridge.jobs.job import Work
from bridge.ledger import orgnumber
from bridge.ports import Granted, World
from bridge.problem import BridgeError, Problem, Refused, refuse
from bridge.tokens import lease
from bridge.tokens.authorize import authorize_url
from bridge.tokens.connection import ATTEMPT_LIFE, Attempt, Connection, Ended, Mode

REFUSALS: Mapping[str, str] = {
    "access_denied": "consent-denied",
    "error_missing_license": "licence-missing",
    "error_missing_app_license": "licence-missing",
    "error_missing_system_admin_right": "not-administrator",
}
"""Fortnox's `error` on the way back -> our problem; anything else is `fortnox-refused` with its name."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """Where to send the browser, and until when the login there may take."""

    url: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the browser ends: at the engagement, connected (no problem) or told why not."""

    engagement: str
    problem: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An engagement's connection as a user sees it. `status` is none, connected, expiring, expired, revoked or disconnected."""

    status: str
    connection: Connection | None
    expires: datetime | None
    days_left: int | None


def start(world: World, caller: Caller, engagement_id: str, mode: Mode) -> Authorization:
    """Start a login: remember it under a secret state, and give the address at Fortnox."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    expires = world.clock.now() + ATTEMPT_LIFE
    state = world.ids.secret()
    world.connections.put_attempt(state, Attempt(caller.tenant, engagement.id, caller.user, mode, expires))
    asked = world.settings
    return Authorization(
        authorize_url(asked.apps_url, asked.client_id, asked.redirect_uri, state, asked.scopes, mode), expires
    )


def finish(world: World, query: Mapping[str, str]) -> Landing:
    """Take the browser back from Fortnox. Every way this can go ends on a page, so problems are values here."""
    state = query.get("state", "")
    if not state:
        return Landing("", "consent-denied")
    attempt = world.connections.take_attempt(state, world.clock.now())
    if attempt is None:
        return Landing("", "authorization-expired")
    try:
        connection = _connect(world, attempt, query)
    except BridgeError as error:
        journal.write(
            world, attempt.tenant, attempt.engagement, attempt.user, "connection-failed", problem=error.problem
        )
        return Landing(attempt.engagement, error.problem.code)
    journal.write(world, attempt.tenant, attempt.engagement, attempt.user, "connected", company=connection.company)
    return Landing(attempt.engagement, "")


def status(world: World, caller: Caller, engagement_id: str) -> Standing:
    """Read how the engagement stands with Fortnox, without asking Fortnox."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    connection = world.connections.get(caller.tenant, engagement.id)
    if connection is None:
        return Standing("none", None, None, None)
    now = world.clock.now()
    expires = lease.ends(engagement.purpose, connection.renewed_at)
    days = lease.days_left(engagement.purpose, connection.renewed_at, now)
    if connection.ended:
        return Standing(connection.ended.value, connection, expires, 0)
    state = lease.state(engagement.purpose, connection.renewed_at, now)
    return Standing("connected" if state is lease.State.ACTIVE else state.value, connection, expires, days)


def disconnect(world: World, caller: Caller, engagement_id: str) -> None:
    """End the connection on a user's word; books, appendices and log stay. Refused while a job runs."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    _idle(world, engagement)
    connection = world.connections.get(caller.tenant, engagement.id)
    if connection and connection.ended:
        world.broker.forget(connection.fortnox_tenant)  # an earlier end may have been interrupted here
    elif connection and ending.end(world, connection, Ended.DISCONNECTED):
        journal.write(world, caller.tenant, engagement.id, caller.user, "disconnected", company=connection.company)


def _connect(world: World, attempt: Attempt, query: Mapping[str, str]) -> Connection:
    engagement = lookup.engagement(world, attempt.tenant, attempt.engagement)
    code = _code(query, engagement)
    _idle(world, engagement)
    granted = world.broker.exchange(code, attempt.mode)
    earlier = world.connections.get(attempt.tenant, attempt.engagement)
    try:
        connection = _checked(world, attempt, engagement, granted)
    except BridgeError:
        world.broker.forget(granted.fortnox_tenant)
        raise
    world.connections.put(connection)
    if earlier and earlier.fortnox_tenant != connection.fortnox_tenant:
        world.broker.forget(earlier.fortnox_tenant)
    return connection


def _idle(world: World, engagement: Engagement) -> None:
    """Refuse while a job runs: it works for the company it was started for."""
    for work in Work:
        if world.jobs.running(engagement.tenant, engagement.id, work):
            raise refuse(f"{work}-running")


def _code(query: Mapping[str, str], engagement: Engagement) -> str:
    error = query.get("error", "")
    if error in REFUSALS:
        raise refuse(REFUSALS[error], company=engagement.name, module="integration")
    if error:
        raise refuse("fortnox-refused", code=error[:60], message=query.get("error_description", "")[:200])
    if not query.get("code"):
        raise refuse("consent-denied")
    return query["code"]


def _checked(world: World, attempt: Attempt, engagement: Engagement, granted: Granted) -> Connection:
    now = world.clock.now()
    missing = [scope for scope in world.settings.scopes if scope not in granted.scopes]
    if missing:
        raise refuse("scope-missing", scope=missing[0], what=missing[0])
    connection = Connection(
        tenant=attempt.tenant,
        engagement=attempt.engagement,
        fortnox_tenant=granted.fortnox_tenant,
        company="",
        org_number="",
        mode=attempt.mode,
        scopes=granted.scopes,
        connected_by=attempt.user,
        connected_at=now,
        renewed_at=now,
    )
    company = world.fortnox(connection).company()
    number = orgnumber.parse(company.org_number)
    if isinstance(number, Problem):
        raise Refused(number)
    if company.tenant_id != granted.fortnox_tenant:
        raise refuse("company-changed")
    if number != engagement.org_number:
        raise Refused(orgnumber.mismatch(number, engagement.org_number))
    return replace(connection, company=company.name, org_number=number)
