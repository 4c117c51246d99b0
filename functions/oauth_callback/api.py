"""HTTP door: engagements, and their connection to Fortnox."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from bridge import wiring
from bridge.edge import app as edge
from bridge.edge import asked, views
from bridge.edge.caller import caller
from bridge.edge.models.connect import (
    AuthorizationAsked,
    AuthorizationGiven,
    ConnectionGiven,
    EngagementAsked,
    EngagementGiven,
    EngagementList,
    Health,
)
from bridge.flows import connect, engagements
from bridge.tokens.connection import Mode

app = edge.api()
BASE = "/api/v1/engagements"


@app.get("/api/v1/health")
def health() -> Health:
    """Tell that the service answers."""
    return Health(status="ok")


@app.get(BASE)
def list_engagements() -> EngagementList:
    """List the tenant's engagements."""
    found = engagements.list_all(wiring.world(), caller(app))
    return EngagementList(items=[views.engagement(each) for each in found])


@app.post(BASE, status_code=201)
def create_engagement(body: EngagementAsked) -> Response[EngagementGiven]:
    """Create an engagement."""
    made = engagements.create(wiring.world(), caller(app), asked.engagement(body))
    return edge.created(f"{BASE}/{made.id}", views.engagement(made))


@app.get(f"{BASE}/<engagement>")
def read_engagement(engagement: str) -> EngagementGiven:
    """Read an engagement."""
    return views.engagement(engagements.read(wiring.world(), caller(app), engagement))


@app.get(f"{BASE}/<engagement>/connection")
def read_connection(engagement: str) -> ConnectionGiven:
    """Read how the engagement stands with Fortnox."""
    return views.connection(connect.status(wiring.world(), caller(app), engagement))


@app.delete(f"{BASE}/<engagement>/connection", status_code=204)
def delete_connection(engagement: str) -> Response[None]:
    """Disconnect; books already imported stay."""
    connect.disconnect(wiring.world(), caller(app), engagement)
    return Response(HTTPStatus.NO_CONTENT)


@app.post(f"{BASE}/<engagement>/connection/authorizations", status_code=201)
def start_authorization(engagement: str, body: AuthorizationAsked) -> Response[AuthorizationGiven]:
    """Start a login at Fortnox."""
    begun = connect.start(wiring.world(), caller(app), engagement, Mode(body.mode))
    given = AuthorizationGiven(authorize_url=begun.url, expires_at=begun.expires)
    return edge.created(f"{BASE}/{engagement}/connection", given)


@app.get("/oauth/callback", include_in_schema=False)
def finish_authorization() -> Response[None]:
    """Take the browser back from Fortnox and send it on to the console."""
    landing = connect.finish(wiring.world(), edge.query(app))
    return Response(HTTPStatus.SEE_OTHER, headers={"Location": wiring.console(landing.engagement, landing.problem)})


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return edge.serve(app, event, context)
