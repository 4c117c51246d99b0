"""The request budget of one Fortnox company: which stretch of time the next requests have, agreed among all workers.

Times are whole milliseconds since 1970, by the clock of whoever asks.
"""

from __future__ import annotations

from typing import Protocol

BULK = 5
"""Slots a bulk worker reserves at a time: a fifth of the writes, and a crash wastes a second of the budget."""

FURTHEST = 90_000
"""The longest pause and half a minute's queue. Reserved further ahead than this is by a clock that is wrong."""


class Budget(Protocol):
    """One number that only reservations move, the end of the last one, and until when nobody may send."""

    def reserve(self, now: int, span: int) -> int:
        """Take `span` from where `begins` says, in one step among all workers; gives where the reservations ended before, 0 for never."""
        ...

    def pause(self, until: int) -> None:
        """Let nobody send before then; what is reserved from now on comes after it."""
        ...

    def paused(self) -> int:
        """Tell until when nobody may send: reservations before that are void."""
        ...


def begins(taken: int, now: int) -> int:
    """Give where a reservation begins: where those before end, unless that is past, or further ahead than can be."""
    return taken if now <= taken <= now + FURTHEST else now
