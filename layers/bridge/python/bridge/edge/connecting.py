"""Shaping what the connecting flows give into what the API answers: connections and activation links, with their texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bridge import messages
from bridge.edge import problems
from bridge.edge.models.activation import ActivationGiven, LinkGiven, LinkMade, PromiseGiven
from bridge.edge.models.base import Json
from bridge.edge.models.connect import (
    AuthorizationGiven,
    CapabilityGiven,
    ConnectionGiven,
    ExportStateGiven,
    LoginGiven,
    SharingGiven,
)
from bridge.flows import activation, connect, status
from bridge.ledger import orgnumber
from bridge.tokens import attempt
from bridge.tokens.activation import Link
from bridge.tokens.attempt import Login
from bridge.tokens.capability import Known
from bridge.tokens.standing import Hindrance, Status

NEVER = ("password", "payments", "delete", "keep")
"""What the invited person is promised, whatever the link is for."""

NEEDED = ("licence", "administrator")
"""What connecting asks for, whatever it is for."""


def authorization(begun: connect.Authorization) -> AuthorizationGiven:
    """Shape a login that can begin."""
    return AuthorizationGiven(authorize_url=begun.url, expires_at=begun.expires)


def connection(standing: status.Standing, language: str) -> ConnectionGiven:
    """Shape a connection; one that ended by itself keeps its company and dates."""
    held = standing.connection
    common: Json = {
        "status": standing.status,
        "text": _told(standing, language),
        "login": _login(standing.login, language),
        "export": _export(standing.hindrance, language),
    }
    if held is None:
        return ConnectionGiven(**common)
    return ConnectionGiven(
        **common,
        company=held.company,
        org_number=orgnumber.masked(held.org_number),
        fortnox_tenant=held.fortnox_tenant,
        mode=held.mode,
        scopes=list(held.scopes),
        connected_by=held.connected_by,
        connected_at=held.connected_at,
        renewed_at=held.renewed_at,
        expires_at=standing.expires,
        days_left=standing.days_left,
        capabilities=[_capability(each, language) for each in held.capabilities],
        also_connected=[SharingGiven(id=each.id, name=each.name) for each in standing.sharing],
        unreachable_since=standing.unreachable_since,
    )


def link(held: Link, now: datetime, language: str) -> LinkGiven:
    """Shape an activation link."""
    state = held.status(now)
    return LinkGiven(
        id=held.id,
        status=state,
        text=messages.text("states", f"link.{state}", {}, language),
        firm=held.firm,
        recipient=held.recipient,
        created_by=held.created_by,
        created_at=held.created_at,
        expires_at=held.expires,
        opened_at=held.opened_at,
        used_at=held.used_at,
        revoked_at=held.revoked_at,
    )


def new_link(made: Link, url: str, language: str) -> LinkMade:
    """Shape a link just made, with the address that is shown this once."""
    return LinkMade(**link(made, made.created_at, language).model_dump(), url=url)


def activation_page(page: activation.Page, now: datetime, language: str) -> ActivationGiven:
    """Shape what an invited person is told."""
    held, parts = page.link, page.link.capabilities
    return ActivationGiven(
        status=held.status(now),
        tenant=held.tenant,
        invited_by=held.created_by,
        firm=held.firm,
        recipient=held.recipient,
        company=page.engagement.name,
        org_number=orgnumber.masked(held.org_number),
        reads=_promises("reads", parts, language),
        writes=_promises("writes", parts, language),
        never=_promises("never", NEVER, language),
        needs=_promises("needs", (*NEEDED, *parts), language),
        expires_at=held.expires,
    )


def _told(standing: status.Standing, language: str) -> str:
    """Tell the status in a sentence. Without a lease there is no day to name."""
    if standing.expires is None:
        lasting = "lasting" if standing.status == Status.CONNECTED else standing.status
        return messages.text("states", f"connection.{lasting}", {}, language)
    day, days = standing.expires.date().isoformat(), standing.days_left or 0
    return messages.text("states", f"connection.{standing.status}", {"date": day, "days": days}, language)


def _promises(kind: str, names: Iterable[str], language: str) -> list[PromiseGiven]:
    return [PromiseGiven(id=name, text=messages.text("activation", f"{kind}.{name}", {}, language)) for name in names]


def _capability(known: Known, language: str) -> CapabilityGiven:
    return CapabilityGiven(
        id=known.capability,
        answer=known.answer,
        scope=known.scope or None,
        fixer=known.fixer or None,
        text=messages.text("states", f"answer.{known.answer}", {}, language),
    )


def _export(hindrance: Hindrance, language: str) -> ExportStateGiven:
    if not hindrance:
        return ExportStateGiven(allowed=True)
    text = messages.text("states", f"export.{hindrance}", {}, language)
    return ExportStateGiven(allowed=False, reason=hindrance, text=text)


def _login(login: Login | None, language: str) -> LoginGiven | None:
    if login is None:
        return None
    return LoginGiven(
        mode=login.mode,
        expires_at=login.expires,
        ended_at=login.ended_at,
        problem=problems.given(login.problem, language) if login.problem else None,
        offers=list(attempt.offers(login)),
    )
