"""Achieved rate and 429s of the pacer against five ways a server may count 25 requests in 5 seconds, in virtual time.

    python -m bench.rate --requests 20000 --json

The client is sequential: wait for the pacer, send, hear the answer. The way there takes 8-100 ms, the way back 20-80 ms.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Protocol

from bridge.fortnox.limiter import LocalPacer

LIMIT, WINDOW = 25, 5.0


class Server(Protocol):
    """Tells whether a request arriving at a time (seconds, growing) is accepted."""

    def accepts(self, arrival: float) -> bool: ...


@dataclass
class Log:
    """An exact sliding log; a strict one counts rejected requests too."""

    limit: int = LIMIT
    window: float = WINDOW
    strict: bool = False
    seen: deque[float] = field(default_factory=deque)

    def accepts(self, arrival: float) -> bool:
        while self.seen and self.seen[0] <= arrival - self.window:
            self.seen.popleft()
        accepted = len(self.seen) < self.limit
        if accepted or self.strict:
            self.seen.append(arrival)
        return accepted


@dataclass
class Counter:
    """The approximated counter: this fixed window's count and the share of the one before that still reaches in."""

    window: int = -1
    current: int = 0
    previous: int = 0

    def accepts(self, arrival: float) -> bool:
        window, into = divmod(arrival, WINDOW)
        if window != self.window:
            self.previous = self.current if window == self.window + 1 else 0
            self.window, self.current = int(window), 0
        accepted = self.previous * (1 - into / WINDOW) + self.current + 1 <= LIMIT
        self.current += accepted
        return accepted


@dataclass
class Bucket:
    """A token bucket: 25 tokens, five new ones a second."""

    tokens: float = LIMIT
    filled: float = 0.0

    def accepts(self, arrival: float) -> bool:
        self.tokens = min(LIMIT, self.tokens + (arrival - self.filled) * LIMIT / WINDOW)
        self.filled = arrival
        accepted = self.tokens >= 1
        self.tokens -= accepted
        return accepted


@dataclass
class Twofold:
    """Five in a second and 25 in five."""

    short: Log = field(default_factory=lambda: Log(limit=5, window=1.0))
    long: Log = field(default_factory=Log)

    def accepts(self, arrival: float) -> bool:
        return self.short.accepts(arrival) and self.long.accepts(arrival)


SERVERS: dict[str, Callable[[], Server]] = {
    "log": Log,
    "strict": lambda: Log(strict=True),
    "counter": Counter,
    "bucket": Bucket,
    "twofold": Twofold,
}


@dataclass
class VirtualTime:
    """A clock that only sleeping moves."""

    now: float = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Result:
    """`ratio` is requests per second achieved of the five allowed; `interval` what the pacer ended at, in seconds."""

    server: str
    requests: int
    ratio: float
    rejected: int
    interval: float


def run(name: str, requests: int, seed: int = 1) -> Result:
    """Send the requests to one server, each until it is accepted."""
    time, server, chance = VirtualTime(), SERVERS[name](), random.Random(seed)
    pacer = LocalPacer(time.clock, time.sleep)
    rejected = 0
    for _ in range(requests):
        attempt = 0
        while not _sent(time, server, chance, pacer):
            pacer.limited(attempt, None)
            attempt += 1
        rejected += attempt
        pacer.succeeded()
    return Result(name, requests, round(requests * WINDOW / LIMIT / time.now, 4), rejected, round(pacer.interval, 4))


def _sent(time: VirtualTime, server: Server, chance: random.Random, pacer: LocalPacer) -> bool:
    pacer.wait()
    time.sleep(chance.uniform(0.008, 0.1))
    accepted = server.accepts(time.now)
    time.sleep(chance.uniform(0.02, 0.08))
    return accepted


def main() -> None:
    parser = argparse.ArgumentParser(description="Pacer against five server models, in virtual time.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = [run(name, arguments.requests) for name in SERVERS]
    if arguments.json:
        print(json.dumps([asdict(result) for result in results]))
        return
    for result in results:
        print(f"{result.server:8} {result.ratio:.4f} of the limit, {result.rejected} 429s, T={result.interval}")


if __name__ == "__main__":
    main()
