"""Lists, page by page. Paging is no snapshot: rows that come and go while it lasts shift what the next page holds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Generic

from bridge.fortnox.errors import FortnoxUnavailable, FortnoxUnreadable
from bridge.fortnox.payloads import MetaPayload, P, read
from bridge.fortnox.session import Query, Session

LIMIT = 500
"""Rows of a page: Fortnox's maximum."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[P]):
    """A list resource: its path, the member that holds the rows, a row's model and what a row is known by."""

    path: str
    name: str
    row: type[P]
    key: Callable[[P], Hashable]


@dataclass(frozen=True, slots=True)
class Page(Generic[P]):
    """One page: rows by key, and Fortnox's count of rows and pages where it gives them."""

    rows: dict[Hashable, P]
    total: int | None
    pages: int | None
    short: bool

    def is_last(self, number: int) -> bool:
        """Tell whether no page follows: by the number of pages, or where there is none because it is not full."""
        return not self.rows or (self.short if self.pages is None else number >= self.pages)


def fetch_rows(session: Session, listing: Listing[P], **query: Query) -> Iterator[P]:
    """Yield every row of the list once.

    When the rows read do not agree with Fortnox's count of them, the list is read once more from the start and what is
    new is yielded. FortnoxUnavailable when rows are missing even then: half a list would pass for a whole one.
    """
    given: set[Hashable] = set()
    for last_reading in (False, True):
        totals: set[int] = set()
        keys: set[Hashable] = set()
        for page in _pages(session, listing, query):
            yield from (row for key, row in page.rows.items() if key not in given)
            keys |= page.rows.keys()
            given |= page.rows.keys()
            totals |= set() if page.total is None else {page.total}
        if totals <= {len(keys)}:
            return
        if last_reading and len(keys) < max(totals):
            raise FortnoxUnavailable(f"the list {listing.name} changed while it was read")


def fetch_count(session: Session, listing: Listing[P], **query: Query) -> int:
    """Read how many rows the list has, in one request; 0 where Fortnox does not say."""
    return _page(session.get(listing.path, **query, limit=1, page=1), listing).total or 0


def _pages(session: Session, listing: Listing[P], query: dict[str, Query]) -> Iterator[Page[P]]:
    previous: list[Hashable] = []
    for number in count(1):
        page = _page(session.get(listing.path, **query, limit=LIMIT, page=number), listing)
        if list(page.rows) == previous and previous:  # the list does not know about pages
            return
        yield page
        if page.is_last(number):
            return
        previous = list(page.rows)


def _page(body: object, listing: Listing[P]) -> Page[P]:
    if not isinstance(body, dict) or not isinstance(body.get(listing.name), list):
        raise FortnoxUnreadable(f"the answer has no list {listing.name}")
    rows = [read(listing.row, value) for value in body[listing.name]]
    meta = read(MetaPayload, body.get("MetaInformation") or {})
    return Page({listing.key(row): row for row in rows}, meta.total, meta.pages, short=len(rows) < LIMIT)
