"""A stack in a process of its own, as a person runs it: started in a folder, stopped with Ctrl+C, looked at over HTTP."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, Self

import httpx

from infra.cli.login import local_token
from tests import canaries
from tests.stack.books import small_company
from tests.stack.client import Bridge
from tests.stack.serve import NUMBER

ROOT = Path(__file__).parents[2]
STARTING, STOPPING = 120, 60
"""Seconds it may take."""


class Served:
    """Entering starts it; `restart` is Ctrl+C and a start in the same folder. `bridge` survives that.

    What it writes, the test writes, so that both are looked through for secrets; its workers' logs are when it ends.
    """

    def __init__(self, folder: Path, *, workers: bool) -> None:
        self.folder = folder
        self._flags = ["--workers"] if workers else []
        self._token = ""
        self.urls: dict[str, str] = {}
        self.bridge = Bridge("", lambda: self._token, small_company(number=NUMBER))

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bridge.close()
        self._stop()
        assert canaries.in_logs(self.folder / "logs") == []

    def restart(self) -> None:
        """Press Ctrl+C, wait until it is gone, and start it again in its folder."""
        assert self._stop() == 0
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "tests.stack.serve", str(self.folder), *self._flags]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own Python
        late = threading.Timer(STARTING, self._process.kill)
        late.start()
        assert self._process.stdout is not None
        self.urls = json.loads(self._process.stdout.readline())
        late.cancel()
        self._said = threading.Thread(target=shutil.copyfileobj, args=(self._process.stdout, sys.stdout))
        self._said.start()
        self.bridge.url = self.urls["api"]
        self._token = local_token(self.urls["api"])

    def _stop(self) -> int:
        """Press Ctrl+C; one that does not leave says what it does and is killed, and its code then tells so."""
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGINT)
        late = threading.Timer(STOPPING, self._end)
        late.start()
        code = self._process.wait()
        late.cancel()
        self._said.join()
        self._process.stdout.close()
        return code

    def _end(self) -> None:
        self._process.send_signal(signal.SIGUSR1)
        time.sleep(1)
        self._process.kill()

    def panel(self) -> dict[str, Any]:
        """What runs where."""
        return dict(httpx.get(f"{self.urls['api']}/_local").raise_for_status().json())

    def turn(self, **knobs: object) -> None:
        """Turn knobs of the simulator."""
        httpx.post(f"{self.urls['fortnox']}/_control", json=knobs).raise_for_status()

    def markers(self) -> Counter[str]:
        """Count our markers in the simulator's books, as they are stored."""
        httpx.post(f"{self.urls['fortnox']}/_control/save").raise_for_status()
        stored = "".join(each.read_text() for each in sorted((self.folder / "fortnox").glob("*.json")))
        return Counter(re.findall(r'"text":\s*"[^"]*(FB-[0-9A-Z]{13})"', stored))
