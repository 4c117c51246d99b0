"""The other parsers in a virtual environment of their own, made on demand: they never mix with what we need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PINS = Path("requirements/bench.txt")


class Absent(Exception):
    """The packages cannot be installed; the text says why."""


def python(root: Path) -> Path:
    """Give the interpreter that has them, with exactly the packages that are pinned."""
    pins, home = root / PINS, root / ".build" / "peers"
    ready, found = home / PINS.name, home / "bin" / "python"
    if ready.exists() and ready.read_bytes() == pins.read_bytes():
        return found
    shutil.rmtree(home, ignore_errors=True)
    print("Installing other parsers in .build/peers (once) ...", file=sys.stderr)
    _run(sys.executable, "-m", "venv", str(home))
    options = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes")
    _run(str(found), "-m", "pip", "install", *options, "-r", str(pins))
    shutil.copy(pins, ready)
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise Absent(([*done.stderr.splitlines(), f"exit code {done.returncode}"])[0])
