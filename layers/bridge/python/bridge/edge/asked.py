"""From request bodies to the values flows take."""

from __future__ import annotations

from bridge.edge.models.connect import EngagementAsked
from bridge.edge.models.work import EntriesAsked
from bridge.engagements.engagement import Period
from bridge.engagements.validation import Draft
from bridge.exports.entry import ClosingEntry
from bridge.exports.voucher import Row
from bridge.ledger import money


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
