"""Who is calling, from the claims the JWT authoriser verified."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from bridge import wiring
from bridge.engagements.caller import Caller
from bridge.problem import refuse


def caller(app: APIGatewayHttpResolver) -> Caller:
    """Give tenant, user and roles. A login without a tenant is forbidden: nothing would be its own."""
    claims = app.current_event.request_context.authorizer.jwt_claim or {}
    tenant = str(claims.get(wiring.tenant_claim(), ""))
    if not tenant or "#" in tenant or "/" in tenant:
        raise refuse("forbidden")
    roles = str(claims.get(wiring.roles_claim(), "")).strip("[]").replace(",", " ").split()
    return Caller(tenant, str(claims.get("sub", "")), frozenset(roles))
