"""From request bodies to the values flows take."""

from __future__ import annotations

from bridge.edge.models.activation import LinkAsked
from bridge.edge.models.connect import AuthorizationAsked, EngagementAsked, Part
from bridge.edge.models.work import EntriesAsked
from bridge.engagements.engagement import Period
from bridge.engagements.validation import Draft
from bridge.exports.entry import ClosingEntry
from bridge.exports.voucher import Row
from bridge.flows import activation, connect
from bridge.ledger import money
from bridge.tokens.attempt import Destination
from bridge.tokens.capability import Capability
from bridge.tokens.connection import Mode


def engagement(body: EngagementAsked) -> Draft:
    """Take a new engagement as asked for; its fields are checked by the core."""
    return Draft(
        name=body.name,
        org_number=body.org_number,
        kind=body.kind,
        purpose=body.purpose,
        years=tuple(Period(year.first, year.last) for year in body.years),
        active=Period(body.active_period.first, body.active_period.last),
        currency=body.currency,
    )


def wish(body: AuthorizationAsked) -> connect.Wish:
    """Take what a login is to be for."""
    return connect.Wish(
        mode=Mode(body.mode),
        capabilities=parts(body.capabilities),
        destination=Destination(body.destination),
        years=tuple(body.then_import.years) if body.then_import else None,
    )


def invitation(body: LinkAsked) -> activation.Invitation:
    """Take what a new activation link is to be."""
    return activation.Invitation(body.firm, body.recipient, parts(body.capabilities))


def parts(named: list[Part] | None) -> tuple[Capability, ...] | None:
    """Take parts of the work by their names; None where none are named."""
    return None if named is None else tuple(Capability(each) for each in named)


def entries(body: EntriesAsked) -> list[ClosingEntry]:
    """Take closing entries as asked for."""
    return [
        ClosingEntry(
            id=entry.id,
            kind=entry.kind,
            booked=entry.date,
            text=entry.text,
            rows=tuple(
                Row(row.account, money.ore(row.amount), row.text, row.cost_center, row.project) for row in entry.rows
            ),
        )
        for entry in body.entries
    ]
