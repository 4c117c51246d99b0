"""Activation links: invite the customer's Fortnox administrator, who needs no account with us, to connect an engagement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.engagements.validation import is_readable
from bridge.flows import connect, journal, lookup
from bridge.ports import Shared, World
from bridge.problem import Problem, Refused, refuse
from bridge.tokens import capability
from bridge.tokens.activation import LINK_LIFE, Link, LinkStatus
from bridge.tokens.attempt import ATTEMPT_LIFE, Attempt, Destination
from bridge.tokens.capability import Capability
from bridge.tokens.connection import Mode

ENDED = {
    LinkStatus.USED: "activation-used",
    LinkStatus.EXPIRED: "activation-expired",
    LinkStatus.REVOKED: "activation-revoked",
}
"""What became of a link that works no more -> the problem of whoever follows it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a new link is to be: how the customer knows the firm, who it is meant for, and which parts are asked for."""

    firm: str = ""
    recipient: str = ""
    capabilities: tuple[Capability, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What the invited person is shown: a link that works, and the engagement it is for."""

    link: Link
    engagement: Engagement


def create(world: World, caller: Caller, engagement_id: str, asked: Invitation) -> tuple[Link, str]:
    """Make a link; gives it with its address, which is shown this once."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    _readable(asked)
    now = world.clock.now()
    link = Link(
        tenant=caller.tenant,
        engagement=engagement.id,
        id=world.ids.new("lnk"),
        org_number=engagement.org_number,
        capabilities=capability.wanted(engagement.purpose, asked.capabilities),
        created_by=caller.user,
        created_at=now,
        expires=now + LINK_LIFE,
        firm=asked.firm.strip(),
        recipient=asked.recipient.strip(),
    )
    token = world.ids.secret()
    world.link_tokens.put(token, link)
    world.links.put(link)
    journal.write(world, caller.tenant, engagement.id, caller.user, "link-created", recipient=_named(link))
    return link, f"{world.settings.console_url}/activate#{token}"


def list_all(world: World, caller: Caller, engagement_id: str) -> Sequence[Link]:
    """List the engagement's links, newest first."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    return world.links.list(caller.tenant, engagement.id)


def revoke(world: World, caller: Caller, engagement_id: str, link_id: str) -> None:
    """Call a link back; one that has connected the company is past that."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    link = world.links.get(caller.tenant, engagement.id, link_id)
    if link is None:
        raise refuse("not-found")
    if link.revoked_at:
        return
    if not world.links.revoke(link, world.clock.now()):
        raise refuse("activation-used")
    journal.write(world, caller.tenant, engagement.id, caller.user, "link-revoked", recipient=_named(link))


def read(shared: Shared, token: str) -> Page:
    """Show what a link is for. Nothing is used up: whoever looks, however often, leaves it as good as it was."""
    world, page = _working(shared, token)
    if page.link.opened_at is None:
        world.links.open(page.link, world.clock.now())
    return page


def start(shared: Shared, token: str, mode: Mode) -> connect.Authorization:
    """Start a login by a link. The link stays good until a login has connected the company."""
    world, page = _working(shared, token)
    attempt = Attempt(
        tenant=page.link.tenant,
        engagement=page.link.engagement,
        user=_named(page.link),
        mode=mode,
        expires=world.clock.now() + ATTEMPT_LIFE,
        purpose=page.engagement.purpose,
        capabilities=page.link.capabilities,
        destination=Destination.ACTIVATION,
        link=page.link.id,
    )
    return connect.begin(world, attempt)


def _working(shared: Shared, token: str) -> tuple[World, Page]:
    """Find the link of a token, and the world of the tenant who made it; refused unless it works now."""
    place = shared.link_tokens.find(token)
    if place is None:
        raise refuse("activation-unknown")
    world = shared.of(place.tenant)
    link = world.links.get(place.tenant, place.engagement, place.id)
    if link is None:
        raise refuse("activation-unknown")
    status = link.status(world.clock.now())
    if status in ENDED:
        raise refuse(ENDED[status])
    engagement = lookup.engagement(world, link.tenant, link.engagement)
    if engagement.org_number != link.org_number:
        raise refuse("activation-revoked")
    return world, Page(link, engagement)


def _named(link: Link) -> str:
    """Name whom a link is for, at least by its id."""
    return link.recipient or link.id


def _readable(asked: Invitation) -> None:
    wrong = tuple(
        Problem("invalid-value", {"reason": "control-characters"}, f"/{name}")
        for name, text in (("firm", asked.firm), ("recipient", asked.recipient))
        if not is_readable(text)
    )
    if wrong:
        raise Refused(wrong[0], wrong)
