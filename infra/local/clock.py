"""One clock for everything on this machine: the real time plus an offset kept in a small file.

Worker processes read the same file, so moving the clock moves it for all of them at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.files import write_atomically

VARIABLE = "FORTNOX_BRIDGE_LOCAL_CLOCK"
"""The environment variable that tells a worker process where the file is."""


class SharedClock:
    """The time in UTC, shifted by the file's offset. Reads the file again only when it changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at = -1
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Give the time, as `now` does."""
        return self.now()

    def now(self) -> datetime:
        """Give the shifted time, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    @property
    def offset(self) -> timedelta:
        """How far this clock is from the real one."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if changed != self._read_at:
            self._offset = timedelta(seconds=float(json.loads(self.path.read_bytes())["offsetSeconds"]))
            self._read_at = changed
        return self._offset

    def move(self, seconds: float) -> None:
        """Set the offset (it does not add to an earlier one)."""
        write_atomically(self.path, json.dumps({"offsetSeconds": seconds}).encode())
        self._read_at = -1


def install(clock: Callable[[], datetime]) -> None:
    """Give the handlers of this process the clock; what they built for an earlier stack is forgotten."""
    from bridge import wiring

    wiring.forget()
    wiring.use_clock(clock)


def uninstall() -> None:
    """Give the handlers of this process the real time again."""
    install(lambda: datetime.now(UTC))


def from_environment() -> SharedClock:
    """Give the clock a worker process was started with."""
    return SharedClock(Path(os.environ[VARIABLE]))
