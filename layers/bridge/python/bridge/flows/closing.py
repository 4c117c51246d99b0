"""Closing entries as a user meets them: hand them in, list them, and see which series Fortnox has for them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.engagements.validation import is_readable
from bridge.exports.entry import ClosingEntry
from bridge.exports.voucher import TEXT_LIMIT
from bridge.flows import lookup
from bridge.ledger import money
from bridge.ports import FortnoxSeries, World
from bridge.problem import Problem, Refused, refuse


def create(
    world: World, caller: Caller, engagement_id: str, drafts: Sequence[ClosingEntry], key: str = ""
) -> Sequence[ClosingEntry]:
    """Take closing entries in, all or none; everything wrong with any of them is told at once.

    Entries without an id get one made from `key`, if there is one, so that a request sent twice is taken in once.
    """
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    problems = tuple(
        problem for place, draft in enumerate(drafts) for problem in _wrong(engagement, draft, f"/entries/{place}")
    )
    if problems:
        raise Refused(problems[0] if len(problems) == 1 else Problem("invalid-request"), problems)
    entries = [
        draft if draft.id else replace(draft, id=_id(world, engagement, key, place))
        for place, draft in enumerate(drafts)
    ]
    world.entries.put(caller.tenant, engagement.id, entries)
    return entries


def list_all(world: World, caller: Caller, engagement_id: str) -> Sequence[ClosingEntry]:
    """List the engagement's closing entries, each with its status towards Fortnox."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    return world.entries.list(caller.tenant, engagement.id)


def series(world: World, caller: Caller, engagement_id: str, year_id: str) -> Sequence[FortnoxSeries]:
    """List the voucher series Fortnox has in a year, asked for now."""
    engagement = lookup.engagement(world, caller.tenant, engagement_id)
    client = world.fortnox(lookup.connection(world, engagement), calls=2)
    period = next((year.period for year in engagement.years if year.id == year_id), None)
    year = next((year for year in client.years() if year.period == period), None)
    if year is None:
        raise refuse("year-unknown", year=year_id)
    return client.series(year.id)


def _id(world: World, engagement: Engagement, key: str, place: int) -> str:
    if not key:
        return world.ids.new("ent")
    facts = f"{engagement.tenant}|{engagement.id}|{key}|{place}"
    return f"ent_{hashlib.sha256(facts.encode()).hexdigest()[:32]}"


def _wrong(engagement: Engagement, entry: ClosingEntry, at: str) -> list[Problem]:
    """Say everything that is wrong with one entry, before any of Fortnox's own rules."""
    wrong = []
    name = entry.id or entry.text[:40]
    if entry.debit != entry.credit:
        params = {"id": name, "debit": money.text(entry.debit), "credit": money.text(entry.credit)}
        wrong.append(Problem("unbalanced-voucher", params, f"{at}/rows"))
    if not entry.text.strip() or len(entry.text) > TEXT_LIMIT:
        wrong.append(Problem("invalid-value", {"reason": "text-length"}, f"{at}/text"))
    texts = {f"{at}/text": entry.text, **{f"{at}/rows/{place}/text": row.text for place, row in enumerate(entry.rows)}}
    for pointer, text in texts.items():
        if not is_readable(text):
            wrong.append(Problem("invalid-value", {"reason": "control-characters"}, pointer))
    if not entry.rows or not any(row.amount for row in entry.rows):
        wrong.append(Problem("invalid-value", {"reason": "required"}, f"{at}/rows"))
    if not engagement.active.has(entry.booked):
        params = {"id": name, "date": entry.booked.isoformat(), "first": engagement.active.first.isoformat()}
        wrong.append(
            Problem("date-outside-period", {**params, "last": engagement.active.last.isoformat()}, f"{at}/date")
        )
    return wrong
