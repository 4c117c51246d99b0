"""Connect: begin a login at Fortnox for an engagement, or for one that is made of the company chosen there; and disconnect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Kind, Purpose
from bridge.flows import ending, imports, lookup
from bridge.ports import World
from bridge.problem import refuse
from bridge.tokens import capability
from bridge.tokens.attempt import ATTEMPT_LIFE, Attempt, Destination, Login
from bridge.tokens.capability import Capability, Known
from bridge.tokens.connection import Ended, Mode


@dataclass(frozen=True, slots=True)
class Wish:
    """What a login is to be for: parts of the work (None: what the purpose is for), where to end, an import to start at once.

    `years` name the years of that import, none of them the newest ones; None starts no import.
    """

    mode: Mode = Mode.SERVICE
    capabilities: tuple[Capability, ...] | None = None
    destination: Destination = Destination.OVERVIEW
    years: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """Where to send the browser, at its top level, and until when the login may take."""

    url: str
    expires: datetime


def start(world: World, caller: Caller, engagement_id: str, wish: Wish) -> Authorization:
    """Start a login for an engagement: what is to come of it is remembered under a ticket that any browser may begin with."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    if wish.years is not None:
        imports.choose(engagement, wish.years)
    attempt = Attempt(
        tenant=caller.tenant,
        engagement=engagement.id,
        user=caller.user,
        mode=wish.mode,
        expires=world.clock.now() + ATTEMPT_LIFE,
        purpose=engagement.purpose,
        capabilities=capability.wanted(
            engagement.purpose, wish.capabilities, _held(world, caller, engagement.org_number)
        ),
        destination=wish.destination,
        years=wish.years,
    )
    return begin(world, attempt)


def start_new(world: World, caller: Caller, kind: Kind, purpose: Purpose, wish: Wish) -> Authorization:
    """Start a login whose company becomes an engagement, with its name, number and financial years."""
    attempt = Attempt(
        tenant=caller.tenant,
        engagement="",
        user=caller.user,
        mode=wish.mode,
        expires=world.clock.now() + ATTEMPT_LIFE,
        purpose=purpose,
        capabilities=capability.wanted(purpose, wish.capabilities),
        destination=wish.destination,
        kind=kind,
        years=wish.years,
    )
    return begin(world, attempt)


def begin(world: World, attempt: Attempt) -> Authorization:
    """Remember a login and give the address where a browser begins it."""
    if attempt.mode is Mode.SERVICE and not world.settings.service_accounts:
        raise refuse("service-account-refused")
    ticket = world.ids.secret()
    world.attempts.put_ticket(ticket, attempt)
    if attempt.engagement:
        login = Login(attempt.mode, attempt.capabilities, attempt.expires)
        world.logins.note(attempt.tenant, attempt.engagement, login)
    return Authorization(f"{world.settings.start_uri}?{urlencode({'ticket': ticket})}", attempt.expires)


def disconnect(world: World, caller: Caller, engagement_id: str) -> None:
    """End the connection on a user's word; books, appendices and log stay. Refused while a job runs."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    lookup.idle(world, engagement)
    connection = world.connections.get(caller.tenant, engagement.id)
    if connection and connection.ended:
        ending.forget(world, connection)  # an earlier end may have been interrupted here
    elif connection:
        ending.end(world, connection, Ended.DISCONNECTED, caller.user)


def _held(world: World, caller: Caller, org_number: str) -> Sequence[Known]:
    """List what works today of the company, for all of the firm's engagements about it: they share its consent."""
    engagements = [each for each in world.engagements.list(caller.tenant) if each.org_number == org_number]
    connections = [world.connections.get(caller.tenant, each.id) for each in engagements]
    return [known for each in connections if each and not each.ended for known in each.capabilities]
