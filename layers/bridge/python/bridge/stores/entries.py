"""Closing entries, and what became of each in the export that holds it, in the work table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bridge.exports.entry import ClosingEntry, EntryStatus
from bridge.exports.item import ExportItem, State
from bridge.jobs.job import JobKey
from bridge.ports import Ids
from bridge.problem import refuse
from bridge.stores import keys, shapes, writes
from bridge.stores.attributes import Item
from bridge.stores.failures import StoreUnavailable
from bridge.stores.table import TRIES, Conflicted, Table

STANDING: Mapping[State, EntryStatus] = {
    State.PLANNED: EntryStatus.ACCEPTED,
    State.SENDING: EntryStatus.ACCEPTED,
    State.CONFIRMED: EntryStatus.TRANSFERRED,
    State.REJECTED: EntryStatus.PENDING,
    State.REVIEW: EntryStatus.ACCEPTED,
}
"""State of the voucher -> where its entry stands; an entry no export holds is pending."""


class Entries:
    """Implements `ports.Entries`. A status is never stored with an entry: it is that of the export which holds it."""

    def __init__(self, client: Any, table: str, ids: Ids) -> None:
        """`client` is boto3's for DynamoDB, `table` the work table; `ids` names each write, so that we know our own."""
        self._table = Table(client, table)
        self._ids = ids

    def put(self, tenant: str, engagement: str, entries: Sequence[ClosingEntry]) -> None:
        """Save new entries, all or none; one that is there with the same content is left alone, else Refused conflict."""
        place = tenant, engagement
        for _ in range(TRIES):
            new = self._new(place, entries)
            if not new or self._saved(place, new):
                return
        raise StoreUnavailable("too many save entries at once")

    def list(self, tenant: str, engagement: str) -> Sequence[ClosingEntry]:
        """Read all, by id, each with its status towards Fortnox."""
        held = {item.entry: STANDING[item.state] for item in self._held(tenant, engagement)}
        stored = self._stored((tenant, engagement))
        return [replace(entry, status=held.get(entry.id, EntryStatus.PENDING)) for entry in stored]

    def items(self, key: JobKey) -> Sequence[ExportItem]:
        """Read an export's items, by entry."""
        return [_read(item) for item in self._table.list(keys.of_job(key), "ITEM#")]

    def item(self, key: JobKey, entry: str) -> ExportItem:
        """Read one; Refused not-found when the export has no such entry."""
        item = self._table.read(keys.item(key, entry))
        if item is None:
            raise refuse("not-found")
        return _read(item)

    def move(self, key: JobKey, item: ExportItem) -> ExportItem | None:
        """Save the item and the export's hold on its entry, if nobody moved it since it was read; else None.

        Each move has an id of its own: two workers that write the very same thing are still two, and one loses.
        """
        moved = replace(item, version=item.version + 1)
        facts = {**shapes.write(moved), "op": self._ids.new("op")}
        unmoved = writes.when("#version = :version", version=item.version)
        ours = writes.when("#export = :export", export=key.id)
        saved = self._table.try_write(
            writes.put(keys.item(key, item.entry), facts, unmoved),
            writes.put(keys.sent(key.tenant, key.engagement, item.entry), {**facts, "export": key.id}, ours),
            ours=lambda stored: stored.get("op") == facts["op"],
        )
        return moved if saved else None

    def sent(self, tenant: str, engagement: str) -> Mapping[str, ExportItem]:
        """Read every item that holds its entry, by marker; a rejected one holds it no more."""
        held = self._held(tenant, engagement)
        return {item.marker: item for item in held if item.state is not State.REJECTED}

    def _held(self, tenant: str, engagement: str) -> Iterator[ExportItem]:
        return map(_read, self._table.list(keys.of_engagement(tenant, engagement), "SENT#"))

    def _stored(self, place: tuple[str, str]) -> Iterator[ClosingEntry]:
        stored = self._table.list(keys.of_engagement(*place), "ENTRY#")
        return (shapes.read(ClosingEntry, item, "op") for item in stored)

    def _new(self, place: tuple[str, str], entries: Sequence[ClosingEntry]) -> Sequence[ClosingEntry]:
        """Give those that are not there yet. Refused when an id is taken by other content."""
        known = {entry.id: entry.content for entry in self._stored(place)}
        new = [entry for entry in entries if entry.id not in known]
        for entry in entries:
            if known.setdefault(entry.id, entry.content) != entry.content:
                raise refuse("conflict")
        return list({entry.id: entry for entry in new}.values())

    def _saved(self, place: tuple[str, str], entries: Sequence[ClosingEntry]) -> bool:
        """Save them in as few transactions as fit; where somebody was first, take back what was saved and give False."""
        operation = self._ids.new("op")
        groups = ([writes.put(*_placed(place, entry, operation), writes.ABSENT)] for entry in entries)
        for batch in writes.batches(groups):
            try:
                self._table.write(*batch)
            except Conflicted as conflict:
                if not _all_ours(conflict, operation):
                    self._take_back(place, entries, operation)
                    return False
        return True

    def _take_back(self, place: tuple[str, str], entries: Sequence[ClosingEntry], operation: str) -> None:
        ours = writes.when("#op = :op", op=operation)
        for entry in entries:
            self._table.try_write(writes.delete(keys.entry(*place, entry.id), ours))


def _placed(place: tuple[str, str], entry: ClosingEntry, operation: str) -> tuple[keys.Key, Item]:
    facts = shapes.write(replace(entry, status=EntryStatus.PENDING))
    return keys.entry(*place, entry.id), {**facts, "op": operation}


def _all_ours(conflict: Conflicted, operation: str) -> bool:
    """Tell whether the conflict is with ourselves: the answer was lost, and the SDK sent again."""
    return all(
        stored.get("op") == operation for failed, stored in zip(conflict.failed, conflict.stored, strict=True) if failed
    )


def _read(item: Item) -> ExportItem:
    return shapes.read(ExportItem, item, "op", "export")
