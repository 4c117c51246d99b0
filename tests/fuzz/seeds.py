"""Files to begin with: our own, and the first and last lines of the shared real ones where they are."""

from __future__ import annotations

import os
from pathlib import Path

OWN = Path(__file__).parents[1] / "data" / "sie"
SUFFIXES = {".se", ".si"}


def own() -> list[bytes]:
    """Our own files, whole."""
    return [path.read_bytes() for path in _files(OWN)]


def seeds() -> dict[str, bytes]:
    """Every file by its name; the real ones are cut short, as a fuzzer wants them."""
    given = os.environ.get("BRIDGE_SHARED")  # noqa: TID251 - the real files lie outside the project
    shared = (Path(given) if given else Path(__file__).parents[2] / ".." / "shared") / "data" / "sie"
    found = {path.name: path.read_bytes() for path in _files(OWN)}
    for path in _files(shared):
        lines = path.read_bytes().splitlines(keepends=True)
        found[path.name] = b"".join([*lines[:12], *lines[max(12, len(lines) - 12) :]])
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
