"""The world of `bench.token_sim`: stand-ins in virtual time, where every call of a worker may fail, freeze or be its last."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.problem import BridgeError, Problem
from bridge.tokens.connection import Connection, Consent, Ended, Mode
from tests.stand_ins.fortnox import FakeOAuth, FakeTokens, GrantInvalid
from tests.stand_ins.schedule import Schedule
from tests.stand_ins.world import CountedIds, FakeWorld, StoppedClock

TENANT, ENGAGEMENT, FX = "T1", "e1", 1000001
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
IN_WINDOW = {"oauth.refresh", "consents.replace", "escrow.put", "clock.sleep"}
"""Calls between which a rotated token is in the worker's hands alone, and has to be."""


class Death(BaseException):
    """The worker's process ended here."""


class Failed(BridgeError):
    """A call failed; `harmless` tells that it had no effect for certain."""

    def __init__(self, *, harmless: bool = False) -> None:
        self._harmless = harmless
        super().__init__()

    @property
    def problem(self) -> Problem:
        return Problem("fortnox-unavailable")

    @property
    def harmless(self) -> bool:
        return self._harmless


@dataclass(frozen=True)
class Faults:
    """How often what happens, per call (deaths: before a call, and after it). Times are seconds.

    An outage of the consents' store begins at the worst time: when Fortnox has just rotated.
    """

    death: float = 0.0
    freeze: float = 0.0
    longest_freeze: float = 0.0
    store: float = 0.0
    unsent: float = 0.0
    unheard: float = 0.0
    slow: float = 0.0
    lost_answer: float = 0.0
    family: bool = False
    outage: float = 0.0
    withdrawn: bool = False

    @staticmethod
    def none() -> Faults:
        return Faults()

    @staticmethod
    def of(chance: random.Random) -> Faults:
        """Draw the troubles of one seed. Under family revocation nobody freezes longer than the consent is held for."""
        family, out = chance.random() < 0.3, chance.random() < 0.15
        return Faults(
            death=0.0 if out else 0.004,
            freeze=0.06,
            longest_freeze=150.0 if family else 420.0,
            store=0.1,
            unsent=0.02,
            unheard=0.02,
            slow=0.1,
            lost_answer=0.0 if out else 0.004,
            family=family,
            outage=chance.uniform(20, 60) if out else 0.0,
            withdrawn=chance.random() < 0.05,
        )


@dataclass(eq=False)
class Worker:
    """What is known of one worker: what it holds, the renewed token only it has, and whether it froze before."""

    holder: str = ""
    unsaved: str = ""
    frozen: bool = False


class RotatingFortnox(FakeOAuth):
    """Fortnox's token endpoint: refresh tokens work once; reuse may end the whole family."""

    patience = 120.0
    """Seconds the caller waits for an answer."""

    def __init__(self, world: SimulatedWorld) -> None:
        super().__init__()
        self._world = world
        self.withdrawn = False
        self.asked = self.rotations = 0
        self.rotated_at = float("-inf")

    def withdraw(self) -> None:
        """Somebody removes the integration at Fortnox."""
        self.live, self.withdrawn = "", True

    def client_credentials(self, tenant_id: int) -> FakeTokens:
        return self._answered(lambda: self._given(None, tenant_id))

    def refresh(self, refresh_token: str) -> FakeTokens:
        return self._answered(lambda: self._rotated(refresh_token))

    def _rotated(self, consumed: str) -> FakeTokens:
        if not self.live or consumed != self.live:
            if self._world.faults.family:
                self.live = ""
            raise GrantInvalid
        self.rotations += 1
        self.rotated_at = self._world.schedule.time
        self.live = self._world.worker.unsaved = f"refresh-{self.rotations}"
        return self._given(self.live, FX)

    def _given(self, refresh_token: str | None, tenant: int) -> FakeTokens:
        if self.withdrawn:
            raise GrantInvalid
        lives = self._world.chance.choice((3600, 3600, 400))
        return FakeTokens(f"access-{self.asked}", refresh_token, tenant, lives)

    def _answered(self, effect: Callable[[], FakeTokens]) -> FakeTokens:
        """Let the request travel, take effect or not, and be answered: at once, late, or never."""
        world, faults, chance = self._world, self._world.faults, self._world.chance
        world.live_through("oauth.refresh", 0.05)
        if chance.random() < faults.unsent:
            raise Failed(harmless=True)
        self.asked += 1
        if chance.random() < faults.unheard:
            world.schedule.pause(chance.uniform(0.1, 5))
            raise Failed
        if chance.random() < faults.lost_answer:
            return self._unanswered(effect)
        made = effect()
        takes = chance.uniform(5, 100) if chance.random() < faults.slow else chance.uniform(0.1, 0.5)
        world.schedule.pause(min(takes, self.patience))
        if takes > self.patience:
            raise Failed
        world.live_through("oauth.refresh", 0.0)
        return made

    def _unanswered(self, effect: Callable[[], FakeTokens]) -> FakeTokens:
        """Lose the answer: the effect comes up to 20 seconds after the request, to nobody's knowledge."""
        world = self._world

        def land() -> None:
            effect()
            world.died_in_window |= bool(world.worker.unsaved)

        world.add(land, world.schedule.time + world.chance.uniform(0, 20))
        world.schedule.pause(world.chance.choice((0.2, self.patience)))
        raise Failed


class VirtualClock(StoppedClock):
    """The schedule's time."""

    def __init__(self, world: SimulatedWorld) -> None:
        super().__init__()
        self._world = world

    def now(self) -> datetime:
        return START + timedelta(seconds=self._world.schedule.time)

    def sleep(self, seconds: float) -> None:
        self._world.live_through("clock.sleep", seconds)


class Chance(CountedIds):
    """Ids in order, and the seed's chance."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance.random  # type: ignore[method-assign] # the seed's


class Wire:
    """A port each of whose calls takes a while, may fail before or after its effect, and may be the worker's last."""

    def __init__(self, world: SimulatedWorld, name: str, port: Any) -> None:
        self._world, self._name, self._port = world, name, port

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            return self._world.call(f"{self._name}.{method}", lambda: getattr(self._port, method)(*given), *given)

        return call


class SimulatedWorld(FakeWorld):
    """Every port in virtual time. `stored` and `escrow` are what the wires of a worker's calls lead to."""

    def __init__(self, mode: Mode, chance: random.Random, faults: Faults) -> None:
        super().__init__()
        self.schedule, self.chance, self.faults = Schedule(), chance, faults
        self.died_in_window = self.died_outside = self.false_reauth = False
        self._mode = mode
        self._here = threading.local()
        self._workers: list[Worker] = []
        self.clock, self.ids = VirtualClock(self), Chance(chance)
        self.oauth: RotatingFortnox = RotatingFortnox(self)
        self._connect()
        self.stored, self.held_back, self._ends = self.consents, self.escrow, self.connections.end
        self.mutated()
        self.consents: Any = Wire(self, "consents", self.stored)
        self.escrow: Any = Wire(self, "escrow", self.held_back)
        self.connections.end = self._end  # type: ignore[method-assign] # watched

    def mutated(self) -> None:
        """Take a precaution away: a mutant puts something here."""

    @property
    def worker(self) -> Worker:
        """Who works now."""
        found: Worker = self._here.worker
        return found

    def add(self, work: Callable[[], None], at: float) -> None:
        """Have a worker of its own do that at that time."""

        def works() -> None:
            self._here.worker = worker = Worker()
            self._workers.append(worker)
            with suppress(BridgeError, Death):
                work()
            self._workers.remove(worker)

        self.schedule.add(at, works)

    def call(self, name: str, effect: Callable[[], Any], *given: Any) -> Any:
        """Call a port: it takes a while, may fail before or after its effect, and the worker may not live to see it."""
        self.live_through(name, self.chance.uniform(0.002, 0.02))
        self._may_fail(name)
        made = effect()
        if name == "consents.move" and made:
            self.worker.holder = given[1].holder
        if made is not False and name in {"consents.replace", "escrow.put"}:
            self.worker.unsaved = ""
        self._may_fail(name)
        self.live_through(name, self.chance.uniform(0.002, 0.02))
        return made

    def _may_fail(self, name: str) -> None:
        out = name.startswith("consents.") and self.schedule.time < self.oauth.rotated_at + self.faults.outage
        if out or self.chance.random() < self.faults.store / 2:
            raise Failed

    def live_through(self, name: str, seconds: float) -> None:
        """Let time pass; a worker may freeze once in its life, and die at any time."""
        if not self.worker.frozen and self.chance.random() < self.faults.freeze:
            self.worker.frozen = True
            longest = self.faults.longest_freeze
            seconds += self.chance.choice((self.chance.uniform(1, 60), self.chance.uniform(0.7 * longest, longest)))
        self.schedule.pause(seconds)
        if self.chance.random() < self.faults.death:
            in_window = bool(self.worker.unsaved)
            self.died_in_window |= in_window and name in IN_WINDOW
            self.died_outside |= in_window and name not in IN_WINDOW
            raise Death

    def expected_deaths(self) -> float:
        """How many deaths in the window the rates make: after the answer, before the save, and around each failed save."""
        failed = self.faults.store / 2
        chances = 2 + 2 * failed / (1 - failed)
        return self.oauth.rotations * (chances * self.faults.death + self.faults.lost_answer)

    def _connect(self) -> None:
        """Bring one engagement to the company, its access token run out and its refresh token due."""
        period = Period(START.date(), START.date())
        year = (Year(period),)
        self.engagements.put(
            Engagement(TENANT, ENGAGEMENT, "A", "5566778899", Kind.YEAR_END, Purpose.YEAR_END, year, period)
        )
        scopes = FakeTokens.scopes
        fresh = Connection(TENANT, ENGAGEMENT, FX, "A", "5566778899", self._mode, scopes, "ada", START, START)
        self.connections.put(replace(fresh, seal=self.seals.make(fresh)))
        personal = self._mode is Mode.PERSONAL
        issued = START - timedelta(days=21) if personal else None
        self.consents.put(Consent(FX, self._mode, scopes, "access-0", START, "refresh-0" if personal else "", issued))

    def _end(self, connection: Connection) -> bool:
        """End a connection, and see whether that was right: not while a token that works is at hand."""
        if connection.ended is Ended.REVOKED and not self.oauth.withdrawn:
            held = self.stored.kept.get(FX)
            at_hand = {worker.unsaved for worker in self._workers}
            at_hand |= {each.refresh_token for each in self.held_back.kept.values()}
            at_hand |= {held.refresh_token} if held else set()
            works = self._mode is Mode.SERVICE or bool(self.oauth.live and self.oauth.live in at_hand)
            self.false_reauth |= works
        return self._ends(connection)
