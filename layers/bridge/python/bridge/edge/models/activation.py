"""Activation links over HTTP: the firm's side, and the page of whoever was invited."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from bridge.edge.models.base import Asked, Given
from bridge.edge.models.connect import ConnectMode, Part

Token = Annotated[str, Field(min_length=1, max_length=100)]
"""The token of a link; it is sent in a body and stands in no address."""

Name = Annotated[str, Field(max_length=100)]


class LinkAsked(Asked):
    """A new link: how the customer knows the firm, and who it is meant for (both optional, both shown as text)."""

    firm: Name = ""
    recipient: Name = ""
    capabilities: list[Part] | None = None


class LinkGiven(Given):
    """A link as it stands: waiting, opened, used, expired or revoked."""

    id: str
    status: str
    text: str
    firm: str
    recipient: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class LinkMade(LinkGiven):
    """A new link; its address is given this once and kept nowhere."""

    url: str


class LinkList(Given):
    """The engagement's links, newest first."""

    items: list[LinkGiven]


class ActivationAsked(Asked):
    """The token of the link that was followed."""

    token: Token


class ActivationStart(ActivationAsked):
    """Start the login: as administrator for the whole company, or only as the one who logs in."""

    mode: ConnectMode = "service"


class PromiseGiven(Given):
    """A line of what will be read or written, what never will, or what is needed."""

    id: str
    text: str


class ActivationGiven(Given):
    """What the invited person is told. `firm` is the firm's own word; `tenant` and `invitedBy` are those of its login."""

    status: str
    tenant: str
    invited_by: str
    firm: str
    recipient: str
    company: str
    org_number: str
    reads: list[PromiseGiven]
    writes: list[PromiseGiven]
    never: list[PromiseGiven]
    needs: list[PromiseGiven]
    expires_at: datetime
