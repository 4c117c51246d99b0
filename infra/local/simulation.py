"""How the local stack starts the Fortnox simulator: the one place that knows its interface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulator with its companies: the application to serve, and what to call before the folder is left."""

    simulator: Any
    application: WSGIApplication
    client_secret: str
    stop: Callable[[], None]


def fortnox(
    clock: Callable[[], datetime], folder: Path, books: Path | None, client: tuple[str, str, str]
) -> Simulation:
    """A simulator that holds the company of `books`, else the demo companies; `client` is id, secret and redirect."""
    from infra.local import fortnox as package

    simulator: Any = package.Simulator(clock, folder)
    client_id, secret, redirect = client
    simulator.register(client_id, secret, redirect)
    return Simulation(simulator, simulator, secret, lambda: None)
