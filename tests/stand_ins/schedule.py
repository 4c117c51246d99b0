"""Many workers in one virtual time. One runs at a time, in a thread of its own, until it pauses; who is next is decided by
the times they asked for and by nothing else, so that a run is the same every time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count


class Schedule:
    """Virtual seconds since the start, and whose turn it is."""

    def __init__(self) -> None:
        self.time = 0.0
        self._turns: list[tuple[float, int, threading.Lock]] = []
        self._order = count()
        self._over = _baton()
        self._failures: list[Exception] = []

    def add(self, at: float, work: Callable[[], None]) -> None:
        """Have a worker begin at that time."""
        turn = self._turn(at)

        def run() -> None:
            turn.acquire()
            try:
                work()
            except Exception as error:  # noqa: BLE001 - raised again where the run was asked for
                self._failures.append(error)
            self._pass_on()

        threading.Thread(target=run, daemon=True).start()

    def run(self) -> None:
        """Let everybody work until nobody has anything left to do."""
        self._pass_on()
        self._over.acquire()
        if self._failures:
            raise self._failures[0]

    def pause(self, seconds: float) -> None:
        """Let that much time pass for the worker who asks; others work meanwhile."""
        at = self.time + seconds
        if not self._turns or at < self._turns[0][0]:
            self.time = at
            return
        turn = self._turn(at)
        self._pass_on()
        turn.acquire()

    def _turn(self, at: float) -> threading.Lock:
        turn = _baton()
        heappush(self._turns, (at, next(self._order), turn))
        return turn

    def _pass_on(self) -> None:
        if self._turns:
            self.time, _, turn = heappop(self._turns)
            turn.release()
        else:
            self._over.release()


def _baton() -> threading.Lock:
    taken = threading.Lock()
    taken.acquire()
    return taken
