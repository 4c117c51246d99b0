"""A real browser, if one is installed: Chromium without a screen, told what to do over a pipe in its own protocol (CDP)."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en"),
)
LONGEST = 60.0
"""Seconds anything may take."""

_START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
"""Start a program that finds the pipes where Chromium looks for them, as files 3 and 4."""


def find() -> str | None:
    """Give the path of an installed browser."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """Entering starts it, with a profile in the folder; it is gone when left."""

    def __init__(self, path: str, profile: Path) -> None:
        self._command = [path, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        self._numbers = itertools.count(1)
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        theirs, self._ask = _pipe()
        answers, ours = _pipe()
        start = [sys.executable, "-c", _START, str(theirs), str(ours), *self._command]
        none = subprocess.DEVNULL
        self._process = subprocess.Popen(start, pass_fds=(theirs, ours), stdin=none, stdout=none, stderr=none)  # noqa: S603 - our own Python, which starts what was found
        os.close(theirs)
        os.close(ours)
        self._answers = os.fdopen(answers, "rb")
        late = threading.Timer(4 * LONGEST, self._process.kill)  # a browser that hangs says nothing for ever
        late.start()
        self._undo.callback(late.cancel)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, EOFError):
            self.call("Browser.close")
        self._process.wait(LONGEST)
        self._answers.close()
        os.close(self._ask)
        self._undo.close()

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Call a method of the protocol and wait for its answer; what happens meanwhile is not listened to."""
        number = next(self._numbers)
        asked = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self._ask, json.dumps(asked).encode() + b"\0")
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == number:
                return dict(answer.get("result", {}))

    def tab(self) -> Tab:
        """Open an empty tab with cookies of its own, as of another browser."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        return Tab(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def _message(self) -> bytes:
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser is gone")
            message += byte
        return bytes(message)


class Tab:
    """One tab: where it is, and what a page in it can be made to do."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser = browser
        self._session = session

    def visit(self, url: str) -> None:
        """Type an address in."""
        self._browser.call("Page.navigate", self._session, url=url)

    def do(self, script: str) -> Any:
        """Run a script in the page; gives its value."""
        asked = {"expression": script, "returnByValue": True}
        return self._browser.call("Runtime.evaluate", self._session, **asked).get("result", {}).get("value")

    def wait(self, arrived: Callable[[str], bool]) -> str:
        """Wait until the tab shows a page whose address is the right one; gives the address."""
        until, place = time.monotonic() + LONGEST, ""
        while time.monotonic() < until:
            place = self.do("document.readyState === 'complete' ? location.href : ''") or place
            if arrived(place):
                return place
            time.sleep(0.05)
        raise AssertionError(f"the browser is still at {place.partition('?')[0]}")


def _pipe() -> tuple[int, int]:
    """Make a pipe with numbers that nobody else wants in the new process."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
