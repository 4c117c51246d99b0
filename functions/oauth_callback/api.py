"""HTTP door: engagements, their connection to Fortnox, and the invitations to connect them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from bridge import wiring
from bridge.edge import app as edge
from bridge.edge import asked, connecting, cookies, views
from bridge.edge.caller import asking
from bridge.edge.models.activation import (
    ActivationAsked,
    ActivationGiven,
    ActivationStart,
    LinkAsked,
    LinkList,
    LinkMade,
)
from bridge.edge.models.connect import (
    AuthorizationAsked,
    AuthorizationGiven,
    CompanyAuthorizationAsked,
    ConnectionGiven,
    EngagementAsked,
    EngagementGiven,
    EngagementList,
    Health,
)
from bridge.engagements.engagement import Kind, Purpose
from bridge.flows import activation, callback, connect, engagements, status
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
    found = engagements.list_all(*asking(app))
    return EngagementList(items=[views.engagement(each) for each in found])


@app.post(BASE, status_code=201)
def create_engagement(body: EngagementAsked) -> Response[EngagementGiven]:
    """Create an engagement."""
    made = engagements.create(*asking(app), asked.engagement(body))
    return edge.created(f"{BASE}/{made.id}", views.engagement(made))


@app.post(f"{BASE}/authorizations", status_code=201)
def start_new_authorization(body: CompanyAuthorizationAsked) -> AuthorizationGiven:
    """Start a login at Fortnox whose company becomes an engagement."""
    kind, purpose = Kind(body.kind), Purpose(body.purpose)
    return connecting.authorization(connect.start_new(*asking(app), kind, purpose, asked.wish(body)))


@app.get(f"{BASE}/<engagement>")
def read_engagement(engagement: str) -> EngagementGiven:
    """Read an engagement."""
    return views.engagement(engagements.read(*asking(app), engagement))


@app.get(f"{BASE}/<engagement>/connection")
def read_connection(engagement: str) -> ConnectionGiven:
    """Read how the engagement stands with Fortnox."""
    return connecting.connection(status.read(*asking(app), engagement), edge.language(app))


@app.delete(f"{BASE}/<engagement>/connection", status_code=204)
def delete_connection(engagement: str) -> Response[None]:
    """Disconnect; books already imported stay."""
    connect.disconnect(*asking(app), engagement)
    return Response(HTTPStatus.NO_CONTENT)


@app.post(f"{BASE}/<engagement>/connection/authorizations", status_code=201)
def start_authorization(engagement: str, body: AuthorizationAsked) -> Response[AuthorizationGiven]:
    """Start a login at Fortnox."""
    begun = connect.start(*asking(app), engagement, asked.wish(body))
    return edge.created(f"{BASE}/{engagement}/connection", connecting.authorization(begun))


@app.get(f"{BASE}/<engagement>/activation-links")
def list_links(engagement: str) -> LinkList:
    """List the activation links."""
    world, who = asking(app)
    found = activation.list_all(world, who, engagement)
    return LinkList(items=[connecting.link(each, world.clock.now(), edge.language(app)) for each in found])


@app.post(f"{BASE}/<engagement>/activation-links", status_code=201)
def create_link(engagement: str, body: LinkAsked) -> Response[LinkMade]:
    """Make an activation link; its address is given this once."""
    made, url = activation.create(*asking(app), engagement, asked.invitation(body))
    given = connecting.new_link(made, url, edge.language(app))
    return edge.created(f"{BASE}/{engagement}/activation-links/{made.id}", given)


@app.delete(f"{BASE}/<engagement>/activation-links/<link>", status_code=204)
def delete_link(engagement: str, link: str) -> Response[None]:
    """Call an activation link back."""
    activation.revoke(*asking(app), engagement, link)
    return Response(HTTPStatus.NO_CONTENT)


@app.post("/api/v1/activations/lookup")
def read_activation(body: ActivationAsked) -> ActivationGiven:
    """Read what an activation link is for; needs no login, uses nothing up."""
    shared = wiring.shared()
    page = activation.read(shared, body.token)
    return connecting.activation_page(page, shared.clock.now(), edge.language(app))


@app.post("/api/v1/activations/authorizations", status_code=201)
def start_activation(body: ActivationStart) -> AuthorizationGiven:
    """Start the login of whoever was invited; needs no login with us."""
    return connecting.authorization(activation.start(wiring.shared(), body.token, Mode(body.mode)))


@app.get("/oauth/start", include_in_schema=False)
def leave() -> Response[None]:
    """Send the browser to Fortnox, bound to the login by a cookie."""
    held = edge.cookie(app, cookies.name())
    leaving = callback.leave(wiring.shared(), edge.query(app).get("ticket", ""), held)
    return edge.redirect(leaving.url, *([cookies.login(leaving.cookie)] if leaving.cookie else []))


@app.get("/oauth/callback", include_in_schema=False)
def arrive() -> Response[None]:
    """Take the browser back from Fortnox and send it on to the console."""
    held = edge.cookie(app, cookies.name())
    return edge.redirect(callback.arrive(wiring.shared(), edge.query(app), held))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return edge.serve(app, event, context)
