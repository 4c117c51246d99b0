"""Pacing: never more than Fortnox's 25 requests in any 5 seconds of one company, whatever way its server counts them.

One request per interval, evenly, is the only shape that is safe on a sliding log, on one that counts rejected requests
too, on an approximated counter and on a token bucket. All workers of a company take their slots from one budget: each
slot is there once. The interval starts 4 % above the nominal 0.2 s (at the nominal one a server that counts rejects
halves the rate) and moves slowly towards the ceiling, backing off at each 429. After five quiet seconds the first slots
may be used before their time: at once, if need be. That time is not forgiven, so the rate is kept.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bridge.ports.budget import BULK, FURTHEST, Budget, begins

LIMIT, WINDOW = 25, 5.0
"""Fortnox's own: requests in so many seconds."""

CEILING = 24
"""How many of the 25 we use unless told otherwise; the rest is left to the customer's other integrations."""

START, FASTEST, SLOWER = 5 / 24, 0.2045, 1.2
"""Seconds between two requests: at first, at the fastest the network's jitter allows, and how much slower at the slowest."""

STEP_DOWN, STEP_AFTER, STEP_UP = 0.0005, 500, 1.01
"""Seconds the interval gets shorter after so many successes; how much it grows at a 429."""

BURST = 10
"""Slots that may be used before their time after a quiet window."""

LATE = 0.1
"""Seconds after which a slot is dropped: two requests must not bunch up."""

LOOK = 0.1
"""Seconds before a slot when we look whether a 429 has made it void."""

FIRST_PAUSE, DOUBLINGS, LONGEST_PAUSE = 0.5, 4, 60.0
"""Seconds nobody sends after a 429 without Retry-After, how often that doubles, and the longest Retry-After that is obeyed."""

_log = logging.getLogger(__name__)


class Pacer(Protocol):
    """When a session may send its next request."""

    def wait(self) -> None:
        """Sleep until a request may be sent now."""
        ...

    def succeeded(self) -> None:
        """Tell that a request was accepted."""
        ...

    def limited(self, attempt: int, seconds: float | None) -> None:
        """Tell that a request got 429: its attempt counted from 0, and Retry-After if Fortnox gave one."""
        ...


class Tempo:
    """How far apart slots are, learnt by one process about one company. Threads may share it: a count that is lost does no harm."""

    def __init__(self, ceiling: int = CEILING) -> None:
        """`ceiling` is how many of the 25 requests may be used, 1 to 25."""
        even = WINDOW / ceiling
        self.interval = max(START, even)
        self.burst = min(BURST, ceiling)
        self._fastest, self._slowest = max(FASTEST, even), self.interval * SLOWER
        self._successes = 0
        self._heard = 0.0

    def succeeded(self) -> None:
        """Count a success; every 500th makes the interval half a millisecond shorter, down to the fastest."""
        self._successes += 1
        if self._successes % STEP_AFTER == 0:
            self.interval = max(self._fastest, self.interval - STEP_DOWN)

    def paused(self, until: float) -> None:
        """Make the interval longer when a pause ends that was not heard of before, at most once in a window."""
        if until > self._heard + WINDOW:
            self._heard = until
            self.interval = min(self._slowest, self.interval * STEP_UP)


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one request, in seconds: its own time, and the time it may be used from."""

    due: float
    opens: float


class SharedPacer:
    """The pacer of one session: slots out of the budget that all workers of the company share, `at_once` of them in one write.

    `clock` gives seconds since 1970, about the same everywhere.
    """

    def __init__(
        self,
        budget: Budget,
        tempo: Tempo,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        at_once: int = BULK,
    ) -> None:
        self._budget = budget
        self._tempo = tempo
        self._clock = clock
        self._sleep = sleep
        self._at_once = at_once
        self._slots: deque[Slot] = deque()

    def wait(self) -> None:
        """Sleep until the next slot that is good; one that was slept over, or that a 429 made void, is dropped."""
        while True:
            if not self._slots:
                self._slots.extend(self._reserve())
            slot = self._slots.popleft()
            self._sleep_until(slot.opens - LOOK)
            paused = self._paused()
            self._sleep_until(slot.opens)
            now = max(self._clock(), slot.opens)
            if paused <= now <= slot.due + LATE:
                return

    def succeeded(self) -> None:
        """Go a little faster in the long run."""
        self._tempo.succeeded()

    def limited(self, attempt: int, seconds: float | None) -> None:
        """Let no worker send for Retry-After, or for half a second doubled per attempt; all who hear of it go a little slower.

        A Retry-After beyond a minute is for the workflow to wait out: here it is as good as none.
        """
        obeyed = seconds if seconds and seconds <= LONGEST_PAUSE else 0.0
        pause = obeyed or FIRST_PAUSE * 2 ** min(attempt, DOUBLINGS)
        _log.warning("429 from Fortnox: all workers of the company pause for %.1f seconds", pause)
        self._budget.pause(math.ceil((self._clock() + pause) * 1000))

    def _paused(self) -> float:
        """Tell until when nobody may send. A pause further ahead than can be is by a clock that is wrong, and none."""
        paused = self._budget.paused() / 1000
        if paused > self._clock() + FURTHEST / 1000:
            return 0.0
        self._tempo.paused(paused)
        return paused

    def _reserve(self) -> Iterator[Slot]:
        """Take the next slots. Where the clocks disagree, only every other of them is used."""
        interval, now = self._tempo.interval, math.floor(self._clock() * 1000)
        taken = self._budget.reserve(now, math.ceil(self._at_once * interval * 1000))
        first, quiet = begins(taken, now) / 1000, now - taken >= WINDOW * 1000
        astray = taken > now + FURTHEST
        if astray:
            _log.warning("the budget is taken for %d seconds ahead: a clock is wrong", (taken - now) // 1000)
        for place in range(0, self._at_once, 2 if astray else 1):
            due = first + place * interval
            yield Slot(due, first if quiet and place < self._tempo.burst else due)

    def _sleep_until(self, time: float) -> None:
        seconds = time - self._clock()
        if seconds > 0:
            self._sleep(seconds)
