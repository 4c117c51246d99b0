"""Pacing: never more than Fortnox's 25 requests in any 5 seconds, whatever way its server counts them.

One request per interval, evenly, is the only shape that is safe on a sliding log, on one that counts rejected requests
too, on an approximated counter and on a token bucket. The interval starts 4 % above the nominal 0.2 s (at the nominal one
a server that counts rejects halves the rate) and moves slowly towards 0.2045 s, backing off at each 429. After five quiet
seconds the first ten requests go at once; the time they borrowed is waited for afterwards, so the rate is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Pacer(Protocol):
    """When a request of one company may be sent; shared by all who talk to that company."""

    def wait(self) -> None:
        """Sleep until a request may be sent now."""
        ...

    def succeeded(self) -> None:
        """Tell that a request was accepted."""
        ...

    def limited(self, attempt: int, seconds: float | None) -> None:
        """Tell that a request got 429: its attempt counted from 0, and Retry-After if Fortnox gave one."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """The figures, in seconds and requests."""

    start: float = 5 / 24
    fastest: float = 0.2045
    slowest: float = 0.250
    burst: int = 10
    window: float = 5.0
    late: float = 0.1
    faster_by: float = 0.0005
    faster_after: int = 500
    slower_by: float = 1.02
    first_penalty: float = 0.5
    doublings: int = 4


class LocalPacer:
    """The pacer of one process: a theoretical arrival time (TAT) under a lock, and slots reserved ahead of it.

    `clock` gives seconds that only grow. Threads may share it.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None], pace: Pace | None = None) -> None:
        self._clock = clock
        self._sleep = sleep
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._interval = self._pace.start
        self._next = float("-inf")
        self._credit = 0
        self._round = 0
        self._successes = 0
        self._slowed = float("-inf")

    @property
    def interval(self) -> float:
        """Seconds between two requests at present."""
        return self._interval

    def wait(self) -> None:
        """Reserve a slot and sleep until it comes.

        A slot that was slept over, or that a 429 cancelled, is dropped and the next one taken: requests never bunch up.
        """
        while True:
            slot, of_round = self._reserve()
            pause = slot - self._clock()
            if pause > 0:
                self._sleep(pause)
            if of_round == self._round and self._clock() - slot <= self._pace.late:
                return

    def succeeded(self) -> None:
        """Count a success; every 500th makes the interval half a millisecond shorter, down to the fastest."""
        with self._lock:
            self._successes += 1
            if self._successes % self._pace.faster_after == 0:
                self._interval = max(self._pace.fastest, self._interval - self._pace.faster_by)

    def limited(self, attempt: int, seconds: float | None) -> None:
        """Let nothing out for Retry-After, or for half a second doubled per attempt; cancel the slots given out."""
        penalty = seconds or self._pace.first_penalty * 2 ** min(attempt, self._pace.doublings)
        with self._lock:
            now = self._clock()
            self._next = max(self._next, now + penalty)
            self._credit = 0
            self._round += 1
            if now - self._slowed >= self._pace.window:
                self._slowed = now
                self._interval = min(self._pace.slowest, self._interval * self._pace.slower_by)

    def _reserve(self) -> tuple[float, int]:
        """Give the next slot and the round it belongs to; a round ends at a 429."""
        with self._lock:
            now = self._clock()
            if self._next < now:
                quiet = now - self._next >= self._pace.window
                self._credit = self._pace.burst if quiet else 1
                self._next = now
            slot = now if self._credit else self._next
            self._credit = max(0, self._credit - 1)
            self._next += self._interval
            return slot, self._round
