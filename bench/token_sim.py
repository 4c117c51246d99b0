"""The token broker's own code against crashes, freezes, lost and late answers and failing saves, in seeded virtual time.

    python -m bench.token_sim --seeds 10000 --json

Several workers want a token of one company, interleaved at every call they make. A seed is the same run every time. `lost`
counts connections that had to be consented to again for another reason than a death inside the rotation window (Fortnox has
rotated, and worker or answer died before the new token was kept): those are `in_window`, to be compared with `expected`, what the
rates of death and the length of the window alone make. `false_reauth` counts ends of connections whose token worked and was at
hand. Each mutant takes one precaution away; the first seed that catches it is told.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from bench.token_world import ENGAGEMENT, FX, TENANT, Faults, SimulatedWorld
from bridge.flows import broker
from bridge.flows.broker import _lose, _taken_up
from bridge.ports import Shared
from bridge.tokens.connection import Consent, Mode, fingerprint

Mutation = Callable[[], AbstractContextManager[None]]

AFTERWARDS = 1200.0
"""Seconds after the last worker when somebody without any trouble asks whether the connection still works."""


@dataclass
class Outcome:
    """What became of one seed's connection."""

    seed: int
    mode: Mode
    calls: int = 0
    rotations: int = 0
    deaths: float = 0.0
    lost: bool = False
    in_window: bool = False
    false_reauth: bool = False
    needless: int = 0

    @property
    def wrong(self) -> bool:
        """Whether it shows a fault of ours."""
        return self.lost or self.false_reauth or self.needless > 0


@dataclass
class Total:
    """What became of all."""

    seeds: int = 0
    lost: int = 0
    false_reauth: int = 0
    in_window: int = 0
    expected: float = 0.0
    service_seeds: int = 0
    service_lost: int = 0
    rotations: int = 0
    needless: int = 0
    mutants: dict[str, int | None] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.seeds += 1
        self.lost += outcome.lost
        self.false_reauth += outcome.false_reauth
        self.in_window += outcome.in_window
        self.expected += outcome.deaths
        self.rotations += outcome.rotations
        self.needless += outcome.needless
        self.service_seeds += outcome.mode is Mode.SERVICE
        self.service_lost += outcome.mode is Mode.SERVICE and outcome.lost


def run(seed: int) -> Outcome:
    """Run one seed."""
    chance = random.Random(seed)
    mode = Mode.SERVICE if seed % 4 == 3 else Mode.PERSONAL
    calm = seed % 10 == 0
    world = SimulatedWorld(mode, chance, Faults.none() if calm else Faults.of(chance))
    for work, at in _plan(world, chance, calm=calm):
        world.add(work, at)
    world.schedule.run()
    return _judged(Outcome(seed, mode), world, calm=calm)


def _plan(world: SimulatedWorld, chance: random.Random, *, calm: bool) -> Iterator[tuple[Callable[[], None], float]]:
    """Give who asks, and when: all at once where nothing goes wrong, else in waves with sweeps in between."""
    if calm:
        yield from ((partial(ask, world), chance.uniform(0, 0.5)) for _ in range(chance.randint(5, 20)))
        return
    for wave in (0.0, chance.uniform(30, 300), chance.uniform(315, 450), chance.uniform(3500, 4500)):
        for _ in range(chance.randint(1, 3)):
            unhappy = chance.random() < 0.4
            yield partial(ask, world, unhappy=unhappy), wave + chance.expovariate(1 / 3)
    yield partial(sweep, world), chance.uniform(0, 600)
    if world.faults.withdrawn:
        yield world.oauth.withdraw, chance.uniform(0, 4000)


def ask(world: SimulatedWorld, *, unhappy: bool = False) -> None:
    """Ask for a token as a job does; the unhappy one says that the present one was rejected."""
    held = world.stored.kept.get(FX)
    rejected = fingerprint(held.access_token) if held and unhappy else ""
    broker.access_token(world, TENANT, ENGAGEMENT, rejected=rejected)


def sweep(world: SimulatedWorld) -> None:
    """Look at the company as the sweep does when its timer is due."""
    broker.renew(world, FX)


def _judged(outcome: Outcome, world: SimulatedWorld, *, calm: bool) -> Outcome:
    """Ask, without any trouble, whether the connection still works, and find out why not."""
    outcome.calls, outcome.rotations = world.oauth.asked, world.oauth.rotations
    outcome.needless = max(0, outcome.calls - 1) if calm else 0
    outcome.deaths = world.expected_deaths()
    world.faults = Faults.none()
    works = [_works(world, after) for after in (AFTERWARDS, 2 * AFTERWARDS, 3 * AFTERWARDS)][-1]
    if not works and not world.oauth.withdrawn:
        outcome.in_window = world.died_in_window and not world.died_outside
        outcome.lost = not outcome.in_window
    outcome.false_reauth = world.false_reauth
    return outcome


def _works(world: SimulatedWorld, after: float) -> bool:
    works = [False]

    def look() -> None:
        ask(world, unhappy=True)
        works[0] = True

    world.add(look, world.schedule.time + after)
    world.schedule.run()
    return works[0]


@contextmanager
def put(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Put something else in a name's place for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _owner_fenced(world: SimulatedWorld) -> None:
    """Save only while one still holds the consent."""
    real = world.stored.replace

    def replace(consent: Consent, consumed: str) -> bool:
        held = world.stored.kept.get(FX)
        return bool(held and held.holder == world.worker.holder) and real(consent, consumed)

    world.stored.replace = replace


def _unfenced(world: SimulatedWorld) -> None:
    """Save whatever is there."""

    def replace(consent: Consent, consumed: str) -> bool:
        del consumed
        world.stored.put(consent)
        return True

    world.stored.replace = replace


def _unheld(world: SimulatedWorld) -> None:
    """Let everybody renew at once."""
    world.stored.move = lambda _seen, _moved: True


def _without_escrow(world: SimulatedWorld) -> None:
    """Keep what cannot be saved nowhere."""
    world.held_back.put = lambda _consent, _consumed: None


def _hasty(world: SimulatedWorld) -> None:
    """Give up on an answer after ten seconds."""
    world.oauth.patience = 10.0


def _without_a_second_look(shared: Shared, consent: Consent, rejected: str) -> Consent:
    """Wait for the other one, and renew without looking what that one saved."""
    del rejected
    while True:
        renewed = _taken_up(shared, consent)
        if renewed:
            return renewed
        shared.clock.sleep(0.2 + 0.8 * shared.ids.chance())
        found = shared.consents.get(FX)
        if found is None or found.lost:
            raise broker.TokensUnderWay
        consent = found


def _used_first(saved: Callable[..., Consent]) -> Callable[..., Consent]:
    """Use the new access token before the refresh token is saved."""

    def later(world: SimulatedWorld, renewed: Consent, consumed: Consent) -> Consent:
        world.call("fortnox.company", lambda: None)
        return saved(world, renewed, consumed)

    return later


def _in_world(change: Callable[[SimulatedWorld], None]) -> Mutation:
    """Take something away in the world a flow is given."""
    return lambda: put(SimulatedWorld, "mutated", change)


def _in_flow(name: str, change: Callable[[Any], Any]) -> Mutation:
    """Put something else in the place of a part of the flow."""
    return lambda: put(broker, name, change(getattr(broker, name)))


def _both(first: Mutation, second: Mutation) -> Mutation:
    @contextmanager
    def mutation() -> Iterator[None]:
        with first(), second():
            yield

    return mutation


MUTANTS: dict[str, Mutation] = {
    "save fenced on the holder": _in_world(_owner_fenced),
    "save not fenced": _in_world(_unfenced),
    "nobody holds": _in_world(_unheld),
    "no second look after waiting": _in_flow("_renewed", lambda _: _without_a_second_look),
    "a refusal is final at once": _in_flow("_judge", lambda _: _lose),
    "no escrow": _in_world(_without_escrow),
    "one try to save": _both(_in_flow("PAUSES", lambda _: ()), _in_world(_without_escrow)),
    "ten seconds for an answer": _in_world(_hasty),
    "used before saved": _in_flow("_saved", _used_first),
}


def first_caught(name: str, seeds: int) -> int | None:
    """Give the first seed that catches the mutant."""
    with MUTANTS[name]():
        return next((seed for seed in range(seeds) if run(seed).wrong), None)


def total(seeds: int, mutants: int) -> Total:
    """Run the seeds, and each mutant up to its first or `mutants`."""
    all_of_them = Total()
    for seed in range(seeds):
        all_of_them.add(run(seed))
    all_of_them.mutants = {name: first_caught(name, mutants) for name in MUTANTS}
    return all_of_them


def main() -> None:
    parser = argparse.ArgumentParser(description="The token broker against crashes, freezes and lost answers.")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--mutants", type=int, default=1000, help="seeds to try each mutant with, at most")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    began = time.process_time()
    found = total(arguments.seeds, arguments.mutants)
    told = {**asdict(found), "ratio": round(found.in_window / found.expected, 3) if found.expected else None}
    told |= {"expected": round(found.expected, 1), "cpu_seconds": round(time.process_time() - began, 1)}
    if arguments.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(f"{name:14} {value}")


if __name__ == "__main__":
    main()
