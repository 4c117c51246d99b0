"""Who is calling and what they may do, from the claims the JWT authoriser verified."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from bridge import wiring
from bridge.engagements.caller import ALL, Caller, Role, upto
from bridge.ports import World
from bridge.problem import Problem, refuse

TENANT = re.compile(r"[\w.:=+@-]{1,200}", re.ASCII)
"""What a tenant may be called: no character that means something in a key, a path or a pattern of rights."""

SCOPES: Mapping[str, Role] = {
    "bridge/read": Role.READER,
    "bridge/prepare": Role.PREPARER,
    "bridge/approve": Role.APPROVER,
}
"""Scope of a token -> what it lets its bearer do."""

APPROVER = frozenset(
    {
        "POST /api/v1/engagements/{engagement}/exports",
        "DELETE /api/v1/engagements/{engagement}/connection",
    }
)
"""Routes that write in Fortnox or take the connection away. Of the others, reading asks for a reader and the rest for a preparer."""


def needed(route: str) -> Role:
    """Tell which role a route asks for, by its key as API Gateway gives it: `GET /api/v1/engagements`."""
    if route in APPROVER:
        return Role.APPROVER
    return Role.READER if route.startswith("GET ") else Role.PREPARER


def missing(event: Mapping[str, Any]) -> Problem | None:
    """Say which role the caller of a route lacks; None where there is a login with that role, or no login is asked for."""
    claims = _claims(event)
    role = needed(event["routeKey"])
    return Problem("role-missing", {"role": role}) if claims and role not in _roles(claims) else None


def caller(app: APIGatewayHttpResolver) -> Caller:
    """Give tenant, name and roles. A login without a tenant is forbidden: nothing would be its own."""
    claims = _claims(app.current_event.raw_event)
    tenant = str(claims.get(wiring.tenant_claim(), ""))
    if not TENANT.fullmatch(tenant):
        raise refuse("forbidden")
    return Caller(tenant, str(claims.get("sub") or _client(claims)), _roles(claims))


def asking(app: APIGatewayHttpResolver) -> tuple[World, Caller]:
    """Give the caller, and before that the world of the caller's tenant."""
    who = caller(app)
    return wiring.world(who.tenant), who


def _claims(event: Mapping[str, Any]) -> Mapping[str, Any]:
    claims: Mapping[str, Any] = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
    return claims


def _roles(claims: Mapping[str, Any]) -> frozenset[Role]:
    """Give a person the roles of the named claim, or all without it, and a machine those of its scopes; scopes bound a person too."""
    told = wiring.roles_claim()
    named = upto(*(Role(each) for each in _listed(claims, told) if each in set(Role))) if told in claims else ALL
    scopes = [SCOPES[each] for name in ("scope", "scp") for each in _listed(claims, name) if each in SCOPES]
    return named & upto(*scopes) if scopes or _is_machine(claims) else named


def _is_machine(claims: Mapping[str, Any]) -> bool:
    """Tell whether a token was given to a client by itself: its subject is none, or the client, or its issuer says so.

    Issuers that give a client a subject of its own tell in claims of theirs: Entra, Auth0, Keycloak.
    """
    return (
        claims.get("sub", "") in {"", _client(claims), f"{_client(claims)}@clients"}
        or claims.get("idtyp") == "app"
        or claims.get("gty") == "client-credentials"
        or str(claims.get("preferred_username", "")).startswith("service-account-")
    )


def _client(claims: Mapping[str, Any]) -> str:
    return str(claims.get("client_id") or claims.get("azp") or "")


def _listed(claims: Mapping[str, Any], name: str) -> Iterator[str]:
    """Read a claim of several values: API Gateway gives a list as `[a b]`."""
    yield from str(claims.get(name, "")).strip("[]").replace(",", " ").split()
