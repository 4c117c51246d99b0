"""The per-voucher state machine of an export: plan, send once, know or look, never send blindly again.

Every move is saved only if nobody else moved the item first (`version`), so a crash at any point leaves a state that
says what may have happened, and two workers can never both send.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.exports.voucher import Ambiguous, NotSent, Ok, Outcome, PostedVoucher, Rejected, VoucherDraft
from bridge.problem import Problem

MAX_ATTEMPTS = 2
"""A voucher is sent at most twice, the second time only after a complete search found nothing; then a person looks."""


MAX_RETURNS = 6
"""Times a voucher that did not leave may be taken up again before it is given up, untouched."""

RETRY_SECONDS = 20
"""Pause before a voucher that could not be sent is tried again."""


class State(StrEnum):
    """What is known about the voucher in Fortnox."""

    PLANNED = "planned"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVIEW = "review"

    @property
    def final(self) -> bool:
        """Tell whether the workflow leaves the voucher alone from here."""
        return self in {State.CONFIRMED, State.REJECTED, State.REVIEW}


@dataclass(frozen=True, slots=True)
class ExportItem:
    """One closing entry in one export. `draft` and `marker` are frozen at acceptance; `first_number` is where to search from."""

    entry: str
    year: str
    year_id: int
    draft: VoucherDraft
    marker: str
    state: State = State.PLANNED
    attempt: int = 0
    returns: int = 0
    sent_at: datetime | None = None
    first_number: int = 0
    number: int = 0
    verified: bool = False
    problem: Problem | None = None
    version: int = 0


def sending(item: ExportItem, now: datetime, next_number: int) -> ExportItem:
    """Give the intent: saved before the request leaves us, with the number the series would give next."""
    first = item.first_number or next_number
    return replace(item, state=State.SENDING, attempt=item.attempt + 1, sent_at=now, first_number=first, problem=None)


def answered(item: ExportItem, outcome: Outcome) -> ExportItem:
    """Give the item after a send. An ambiguous outcome changes nothing: the intent stands and is looked into later."""
    match outcome:
        case Ok(voucher):
            return confirmed(item, voucher)
        case Rejected(code, message):
            return refused(item, Problem("voucher-rejected", {"entry": item.entry, "code": code, "message": message}))
        case NotSent():
            return not_sent(item)
        case Ambiguous():
            return item


def not_sent(item: ExportItem) -> ExportItem:
    """Give the item when the request never left us: planned again, and the attempt does not count."""
    return replace(item, state=State.PLANNED, attempt=item.attempt - 1)


def taken_up(item: ExportItem, now: datetime) -> ExportItem:
    """Give a planned item that is to be sent again after something kept it back, or given up where that does not end.

    It is counted here, before the next send, so that a worker which dies before its first line cannot go on for ever.
    """
    if item.returns + 1 >= MAX_RETURNS:
        return refused(item, Problem("fortnox-unavailable"))
    return replace(item, returns=item.returns + 1, sent_at=now)


def parked(item: ExportItem) -> ExportItem:
    """Give an item whose fate is still unknown when its export ends: a person looks."""
    return replace(item, state=State.REVIEW, problem=Problem("outcome-unknown", {"entry": item.entry, "found": ""}))


def refused(item: ExportItem, problem: Problem) -> ExportItem:
    """Give the item after a definite no: nothing was created, and the entry is free to be corrected."""
    return replace(item, state=State.REJECTED, problem=problem)


def confirmed(item: ExportItem, voucher: PostedVoucher) -> ExportItem:
    """Give the item once its voucher is known to be in Fortnox."""
    return replace(item, state=State.CONFIRMED, number=voucher.number, problem=None)


def wait(item: ExportItem, now: datetime, settle: timedelta) -> int:
    """Seconds until a search can prove absence (before that the request may still land), or until the next try."""
    if item.sent_at is None:
        return 0
    if item.state is State.PLANNED:
        settle = timedelta(seconds=RETRY_SECONDS)
    left = (item.sent_at + settle - now).total_seconds()
    return max(0, int(left) + (left % 1 > 0))


def searched(item: ExportItem, hits: list[PostedVoucher]) -> ExportItem:
    """Give the item after a complete search for its marker, made once the settle time had passed."""
    if len(hits) == 1 and same(item.draft, hits[0]):
        return confirmed(item, hits[0])
    if hits:
        numbers = ", ".join(f"{hit.series} {hit.number}" for hit in hits)
        return replace(
            item, state=State.REVIEW, problem=Problem("outcome-unknown", {"entry": item.entry, "found": numbers})
        )
    if item.attempt < MAX_ATTEMPTS:
        return replace(item, state=State.PLANNED, sent_at=None)
    return parked(item)


def same(draft: VoucherDraft, voucher: PostedVoucher) -> bool:
    """Tell whether Fortnox has exactly what was sent: series, day, text, and each row's account, amount and dimensions."""
    sent = sorted((row.account, row.amount, row.cost_center, row.project) for row in draft.rows)
    held = sorted((row.account, row.amount, row.cost_center, row.project) for row in voucher.rows)
    return (draft.series, draft.booked, draft.text, sent) == (voucher.series, voucher.booked, voucher.text, held)
