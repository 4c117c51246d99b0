"""25 requests in a sliding window of five seconds for each client and company."""

from __future__ import annotations

from collections import deque

from infra.local.fortnox.knobs import Knobs


class Limiter:
    """The times of the requests let through, by client and company. Refused ones do not count."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, int], deque[float]] = {}

    def lets_through(self, client: str, company: int, now: float, knobs: Knobs) -> bool:
        """Whether one more request is allowed now; it counts if so."""
        if not knobs.rate_limit:
            return True
        times = self._times.setdefault((client, company), deque())
        while times and times[0] <= now - knobs.rate_seconds:
            times.popleft()
        if len(times) >= knobs.rate_requests:
            return False
        times.append(now)
        return True
