"""A request budget in memory; a lock stands for the one step that a write to the table is."""

from __future__ import annotations

import threading

from bridge.ports.budget import begins


class MemoryBudget:
    """The budget of one company, for all threads of this process. `writes` counts the reservations."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = self._paused = 0
        self.writes = 0

    def reserve(self, now: int, span: int) -> int:
        with self._lock:
            before, self._taken = self._taken, begins(self._taken, now) + span
            self.writes += 1
            return before

    def pause(self, until: int) -> None:
        with self._lock:
            self._taken, self._paused = max(self._taken, until), max(self._paused, until)

    def paused(self) -> int:
        return self._paused
