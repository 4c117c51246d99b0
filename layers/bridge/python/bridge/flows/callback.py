"""The browser's way to Fortnox and back. Every way it can go ends on a page, so problems are values here.

Leaving and coming back are both navigations of the browser's top level, so the cookie that binds them is never a third
party's, whoever's page began the login.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bridge.engagements import validation
from bridge.engagements.engagement import Engagement
from bridge.flows import imports, journal, launch, lookup, probing
from bridge.ledger import orgnumber
from bridge.ports import Company, Fortnox, Granted, Settings, Shared, World
from bridge.problem import BridgeError, Problem, Refused, refuse
from bridge.tokens import capability
from bridge.tokens.attempt import Attempt, Destination, Login, Redeemed, fingerprint, is_secret
from bridge.tokens.authorize import authorize_url
from bridge.tokens.connection import Connection

REFUSALS: Mapping[str, str] = {
    "access_denied": "consent-denied",
    "error_missing_license": "licence-missing",
    "error_missing_app_license": "licence-missing",
    "error_missing_system_admin_right": "not-administrator",
    "invalid_scope": "scope-refused",
    "unauthorized_client": "service-account-refused",
}
"""Fortnox's `error` on the way back -> our problem; anything else is `fortnox-refused` with its name."""

PLACES: Mapping[Destination, str] = {
    Destination.OVERVIEW: "",
    Destination.IMPORT: "/imports",
    Destination.PAYMENTS: "/payments",
}
"""Where each destination lies below an engagement's page in the console."""


PATIENCE = timedelta(seconds=20)
"""How long a browser that came back may wait for what is asked of Fortnox: it gets a page within the 29 s an answer may take."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser goes, and the cookie it takes along; none when it gets no further than a page of ours."""

    url: str
    cookie: str = ""


def leave(shared: Shared, ticket: str, cookie: str) -> Leaving:
    """Send the browser to Fortnox with a state of its own. A cookie it already has is kept: another tab lives on it."""
    attempt = shared.attempts.take_ticket(ticket, shared.clock.now())
    if attempt is None:
        return Leaving(page(shared.settings, None, "authorization-expired"))
    kept = cookie if is_secret(cookie) else shared.ids.secret()
    state = shared.ids.secret()
    shared.attempts.put(state, replace(attempt, cookie=fingerprint(kept)))
    asked, scopes = shared.settings, capability.scopes(attempt.capabilities)
    url = authorize_url(asked.apps_url, asked.client_id, asked.redirect_uri, state, scopes, attempt.mode)
    return Leaving(url, kept)


def arrive(shared: Shared, query: Mapping[str, str], cookie: str) -> str:
    """Take the browser back from Fortnox; gives the page where it ends."""
    state = query.get("state", "")
    found = shared.attempts.redeem(state, cookie, shared.clock.now()) if state else Redeemed(None, _stateless(query))
    attempt = found.attempt
    if attempt is None or found.problem:
        return page(shared.settings, attempt, found.problem)
    world, until = shared.of(attempt.tenant), shared.clock.now() + PATIENCE
    try:
        engagement, connection, left = _connect(world, attempt, query, until)
    except BridgeError as error:
        _failed(world, attempt, error.problem)
        return page(world.settings, attempt, error.problem.code)
    _tell(world, attempt, engagement, connection)
    if left and world.clock.now() < until:
        with suppress(BridgeError):  # its timer brings it to an end then
            world.broker.forget(left)
    return _onward(world, replace(attempt, engagement=engagement.id), engagement, connection)


def page(settings: Settings, attempt: Attempt | None, problem: str = "", job: str = "") -> str:
    """Give the console's page for how a login ended: of its engagement, of the activation link, or of neither."""
    told = urlencode({"problem": problem} if problem else {"connected": "1"})
    if attempt and attempt.destination is Destination.ACTIVATION:
        place = "/activate"
    elif attempt and attempt.engagement:
        below = f"/imports/{job}" if job else PLACES[attempt.destination]
        place = f"/engagements/{attempt.engagement}{below}"
    else:
        place = "/oauth/return"
    return f"{settings.console_url}{place}?{told}"


def _stateless(query: Mapping[str, str]) -> str:
    """Name the problem of a way back that belongs to no login; a locked Fortnox account comes back with nothing at all."""
    return REFUSALS.get(query.get("error", ""), "authorization-incomplete")


def _connect(
    world: World, attempt: Attempt, query: Mapping[str, str], until: datetime
) -> tuple[Engagement, Connection, int | None]:
    """Trade the code and save the connection; a consent that leads to none is dropped by the one rule of every end.

    Gives the Fortnox company too that the engagement left for this one, whose consent has a timer by then.
    The last grant on a company may be dropped during a login, and the consent with it: the connection is read once more.
    """
    known = lookup.engagement(world, attempt.tenant, attempt.engagement) if attempt.engagement else None
    code = _code(query, known.name if known else "")
    if known:
        lookup.idle(world, known)
    granted = world.broker.exchange(code, attempt.mode)
    earlier = world.connections.get(attempt.tenant, attempt.engagement) if known else None
    left = earlier.fortnox_tenant if earlier and earlier.fortnox_tenant != granted.fortnox_tenant else None
    try:
        engagement, connection = _checked(world, attempt, known, granted, until)
        if attempt.link:
            _use_link(world, attempt)
        if known is None:
            world.engagements.put(engagement)
        if left:
            world.broker.unclaim(left)
        world.connections.put(connection)
    except BridgeError:
        with suppress(BridgeError):  # its timer brings it to an end then
            world.broker.forget(granted.fortnox_tenant)
        raise
    with suppress(BridgeError):  # its timer is set by the look that comes then
        world.broker.renew(connection.fortnox_tenant)
    return engagement, lookup.live(world, connection.tenant, connection.engagement), left


def _code(query: Mapping[str, str], company: str) -> str:
    error = query.get("error", "")
    if error in REFUSALS:
        raise refuse(REFUSALS[error], company=company, module="needed")
    if error:
        raise refuse("fortnox-refused", code=error[:60], message=query.get("error_description", "")[:200])
    if not query.get("code"):
        raise refuse("authorization-incomplete")
    return query["code"]


def _checked(
    world: World, attempt: Attempt, known: Engagement | None, granted: Granted, until: datetime
) -> tuple[Engagement, Connection]:
    """Read which company it is, compare it with the one expected, and find out what works there."""
    if capability.COMPANY not in granted.scopes:
        raise refuse("scope-missing", scope=capability.COMPANY, what=capability.COMPANY)
    fresh = _unchecked(world, attempt, granted)
    client = world.fortnox(fresh, granted.access_token, calls=len(granted.scopes) + 1, until=until)
    company = client.company()
    if company.tenant_id != granted.fortnox_tenant:
        raise refuse("company-changed")
    number = orgnumber.parse(company.org_number)
    if isinstance(number, Problem):
        raise Refused(number)
    engagement = known or _drawn_up(world, attempt, client, company)
    if number != engagement.org_number:
        raise Refused(orgnumber.mismatch(number, engagement.org_number, company.name, engagement.name))
    connection = replace(
        fresh,
        engagement=engagement.id,
        company=company.name,
        org_number=number,
        capabilities=probing.probe(client, granted.scopes),
    )
    return engagement, replace(connection, seal=world.broker.seal(connection))


def _unchecked(world: World, attempt: Attempt, granted: Granted) -> Connection:
    now = world.clock.now()
    return Connection(
        tenant=attempt.tenant,
        engagement=attempt.engagement,
        fortnox_tenant=granted.fortnox_tenant,
        company="",
        org_number="",
        mode=granted.mode,
        scopes=granted.scopes,
        connected_by=attempt.user,
        connected_at=now,
        renewed_at=now,
    )


def _drawn_up(world: World, attempt: Attempt, client: Fortnox, company: Company) -> Engagement:
    """Draw up the engagement of a company, to be saved with its connection: its years are Fortnox's, the active one the newest that is over."""
    years = tuple(year.period for year in client.years())
    if not years:
        raise refuse("years-missing", company=company.name)
    today = world.clock.now().date()
    active = max((year for year in years if year.last < today), default=years[-1])
    draft = validation.Draft(company.name, company.org_number, attempt.kind, attempt.purpose, years, active)
    made = validation.create(attempt.tenant, world.ids.new("eng"), draft)
    if not isinstance(made, Engagement):
        raise Refused(made[0], made)
    return made


def _use_link(world: World, attempt: Attempt) -> None:
    """Use the activation link up: after every check, so that a login that failed leaves it as it was."""
    link = world.links.get(attempt.tenant, attempt.engagement, attempt.link)
    if link is None or not world.links.use(link, world.clock.now()):
        raise refuse("activation-used" if link and link.used_at else "activation-revoked")


def _failed(world: World, attempt: Attempt, problem: Problem) -> None:
    """Keep why a login failed, where there is an engagement to show it at."""
    if attempt.engagement:
        tenant, engagement = attempt.tenant, attempt.engagement
        login = Login(attempt.mode, attempt.capabilities, attempt.expires, problem, world.clock.now())
        world.logins.note(tenant, engagement, login)
        journal.write(world, tenant, engagement, attempt.user, "connection-failed", problem=problem)


def _tell(world: World, attempt: Attempt, engagement: Engagement, connection: Connection) -> None:
    """Log and announce the connection, and say so where the firm works with the company in another engagement too."""
    tenant = engagement.tenant
    world.logins.forget(tenant, engagement.id)
    journal.write(world, tenant, engagement.id, attempt.user, "connected", company=connection.company)
    world.events.put("ConnectionMade", tenant, engagement.id, mode=connection.mode)
    if attempt.link:
        journal.write(world, tenant, engagement.id, attempt.user, "link-used", company=connection.company)
        world.events.put("ActivationLinkUsed", tenant, engagement.id, link=attempt.link)
    for other in lookup.sharing(world, connection):
        journal.write(
            world,
            tenant,
            engagement.id,
            attempt.user,
            "connected-elsewhere",
            company=connection.company,
            other=other.name,
        )


def _onward(world: World, attempt: Attempt, engagement: Engagement, connection: Connection) -> str:
    """Start what was waiting for the connection, and end there."""
    if attempt.years is None:
        return page(world.settings, attempt)
    try:
        job = imports.new_job(world, engagement, connection, attempt.user, attempt.years)
        started = launch.launch(world, job, "")
    except BridgeError as error:
        journal.write(world, attempt.tenant, attempt.engagement, attempt.user, "import-failed", problem=error.problem)
        return page(world.settings, attempt, error.problem.code)
    return page(world.settings, attempt, job=started.key.id)
