"""`python -m infra.local.fortnox`: the simulator alone, until Ctrl+C."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from infra.local.fortnox import Simulator, books, serve


def main(argv: Sequence[str] | None = None, wait: Callable[[], object] | None = None) -> None:
    """Serve the demo companies, or the company of a SIE file, and keep them in a folder if one is given.

    `wait` returns or is interrupted when it is time to stop.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.local.fortnox", description="A Fortnox for one machine.")
    parser.add_argument("--port", type=int, default=8788)
    parser.add_argument("--books", type=Path, help="a SIE type 4 file to serve as a company")
    parser.add_argument("--folder", type=Path, help="where the state is kept between runs")
    given = parser.parse_args(argv)
    simulator = Simulator(time.time, given.folder)
    if not simulator.load():
        fill(simulator, given.books)
    server = serve(simulator, port=given.port)
    print(f"Fortnox simulator  {server.url}  (knobs: {server.url}/_control, log in as demo / demo)")
    for company in simulator.companies.values():
        print(f"  {company.number}  {company.name}  {company.org_number}", *company.notes, sep="\n    ")
    with suppress(KeyboardInterrupt):
        (wait or threading.Event().wait)()
    server.stop()


def fill(simulator: Simulator, sie: Path | None) -> None:
    """Give a new simulator its companies."""
    if sie is not None:
        simulator.add(books.from_sie(sie))
        return
    from infra.local.fortnox.demo import companies

    for company in companies():
        simulator.add(company)


if __name__ == "__main__":
    main()
