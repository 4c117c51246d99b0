"""How the local stack fills and keeps the Fortnox simulator: the one place that knows its interface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infra.local.fortnox import Simulator, books
from infra.local.fortnox.model import Company
from infra.local.fortnox.oauth.grants import Client


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulator with its companies, and the secret by which it knows our integration."""

    simulator: Simulator
    client_secret: str

    def save(self) -> None:
        """Keep the companies and the consents in the folder."""
        self.simulator.save()


def fortnox(clock: Callable[[], datetime], folder: Path, sie: Path | None, client: tuple[str, str, str]) -> Simulation:
    """Give the folder's simulator; a new one gets the company of the SIE file, else the demo companies.

    `client` is the integration's id, its secret and its redirect address.
    """
    simulator = Simulator(lambda: clock().timestamp(), folder)
    if not simulator.load():
        for company in [books.from_sie(sie)] if sie is not None else _demo():
            simulator.add(company)
    client_id, secret, redirect = client
    simulator.clients[client_id] = Client(client_id, secret, [redirect])
    return Simulation(simulator, secret)


def _demo() -> list[Company]:
    from infra.local.fortnox.demo import companies

    return list(companies())
