"""`fortnox-bridge simulator`: Fortnox alone, for work on any other client of it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

from infra.cli.screen import Screen, put_json


def run(screen: Screen, folder: Path | None, books: Path | None, port: int, *, as_json: bool) -> None:
    """Serve the demo companies, or the company of a SIE file, until Ctrl+C."""
    from infra.local.fortnox import Simulator, serve
    from infra.local.fortnox.__main__ import fill

    simulator = Simulator(time.time, folder)
    if not simulator.load():
        fill(simulator, books)
    server = serve(simulator, port=port)
    companies = list(simulator.companies.values())
    if as_json:
        found = [{"number": each.number, "name": each.name, "orgNumber": each.org_number} for each in companies]
        put_json({"url": server.url, "companies": found})
    screen.say(f"Fortnox simulator {server.url}   knobs: {server.url}/_control   log in as demo / demo")
    for each in companies:
        screen.say(f"  {each.number}  {each.name}  {each.org_number}")
        for note in each.notes:
            screen.say(f"    {note}")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.stop()
