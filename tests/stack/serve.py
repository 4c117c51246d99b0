"""`python -m tests.stack.serve FOLDER [--workers]`: a local stack in a process of its own; prints its addresses as JSON."""

from __future__ import annotations

import faulthandler
import json
import signal
import sys
from pathlib import Path

import pytest

from infra.local.stack import ANY_PORTS, LocalStack
from tests import canaries
from tests.stack.books import small_company

NUMBER = 3_999_999
"""The company it serves."""


def main(folder: str, *flags: str) -> None:
    """Serve until Ctrl+C."""
    faulthandler.register(signal.SIGUSR1)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start what runs in the background deaf to Ctrl+C
    workers = "--workers" in flags
    canaries.mark(pytest.MonkeyPatch())
    with LocalStack(Path(folder), ports=ANY_PORTS, workers=workers, time_scale=0.05, tick_seconds=0) as stack:
        if NUMBER not in stack.simulator.companies:
            stack.simulator.add(small_company(number=NUMBER))
        stack.ready()
        print(json.dumps(stack.about()["urls"]), flush=True)
        stack.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
