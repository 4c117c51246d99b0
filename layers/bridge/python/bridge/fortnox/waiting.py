"""The patience of somebody who waits for an answer: it ends at one moment for all that a client does, however often it tries."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from bridge.fortnox.errors import FortnoxUnavailable


class Waiting:
    """Until `end` a client may sleep and send, and no longer. `clock` gives seconds, by which the end is told."""

    def __init__(self, end: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._end = end
        self._clock = clock
        self._sleep = sleep

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self._end - self._clock()

    def sleep(self, seconds: float) -> None:
        """Sleep, unless nobody would wait any more when it is over."""
        if seconds > self.left:
            raise FortnoxUnavailable("nobody waits that long", sent=False)
        self._sleep(seconds)


class Brief(httpx.BaseTransport):
    """Connections whose every step may take no longer than somebody waits."""

    def __init__(self, waiting: Waiting, connections: httpx.BaseTransport) -> None:
        self._waiting = waiting
        self._connections = connections

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it with what is left of the time; with nothing left, it is not sent."""
        left = self._waiting.left
        if left <= 0:
            raise httpx.ConnectTimeout("nobody waits any more")
        given = request.extensions["timeout"]
        request.extensions["timeout"] = {step: min(left, seconds) for step, seconds in given.items()}
        return self._connections.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()
