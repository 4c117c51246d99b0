"""Send one voucher, once. The intent is saved before the request leaves; whatever happens after, the item says what may be."""

from __future__ import annotations

from datetime import timedelta

from bridge.exports.item import ExportItem, State, answered, refused, searched, sending, taken_up, wait
from bridge.exports.marker import find
from bridge.exports.voucher import NotSent, Outcome, PostedVoucher
from bridge.flows import lookup
from bridge.jobs.job import JobKey
from bridge.ports import Fortnox, World
from bridge.problem import BridgeError

GUARD = timedelta(seconds=2)
"""A request leaves within this of its saved intent, or not at all: a worker that froze in between must not wake and send."""


def send_voucher(world: World, key: JobKey, entry: str) -> str:
    """Send the entry's voucher if it is planned. Gives `final` when its fate is known, else `unknown`: then it is looked for."""
    item = world.entries.item(key, entry)
    if item.state is not State.PLANNED:
        return _told(item)
    try:
        client = lookup.fortnox(world, key, calls=2)
        first = client.next_number(item.draft.series, item.year_id)
    except BridgeError as error:
        if error.passes:
            raise
        return _told(world.entries.move(key, refused(item, error.problem)) or item)
    intent = world.entries.move(key, sending(item, world.clock.now(), first))
    if intent is None:
        return "unknown"
    after = answered(intent, _post(world, client, intent))
    moved = after if after is intent else world.entries.move(key, after)
    return _told(moved or intent)


def find_voucher(world: World, key: JobKey, entry: str) -> tuple[str, int]:
    """Find out what became of a voucher: `final`, `send` (again), or `wait` so many seconds before absence can be proven."""
    item = world.entries.item(key, entry)
    seconds = 0 if item.state.final else wait(item, world.clock.now(), world.settings.settle)
    if seconds:
        return "wait", seconds
    if item.state is State.SENDING:
        item = world.entries.move(key, searched(item, _search(lookup.fortnox(world, key), item))) or item
    if item.state is State.PLANNED:
        item = world.entries.move(key, taken_up(item, world.clock.now())) or item
        return ("final" if item.state.final else "send"), 0
    return ("final", 0) if item.state.final else ("wait", 1)


def _post(world: World, client: Fortnox, intent: ExportItem) -> Outcome:
    sent_at = intent.sent_at or world.clock.now()
    if not timedelta(0) <= world.clock.now() - sent_at <= GUARD:
        return NotSent("the worker was held up between intent and request")
    return client.post_voucher(intent.draft, intent.year_id)


def _search(client: Fortnox, item: ExportItem) -> list[PostedVoucher]:
    """Read every voucher the series got since the intent; complete, because numbers are given in order and never reused."""
    series, year = item.draft.series, item.year_id
    numbers = range(item.first_number, client.next_number(series, year))
    found = (client.voucher(series, number, year) for number in numbers)
    return [voucher for voucher in found if voucher and find(voucher.text) == item.marker]


def _told(item: ExportItem) -> str:
    return "final" if item.state.final else "unknown"
