"""`fortnox-bridge dev`: everything runs, nothing is done."""

from __future__ import annotations

from pathlib import Path

from infra.cli.screen import Screen, put_json


def run(screen: Screen, folder: Path, books: Path | None, port: int, *, as_json: bool) -> None:
    """Serve until Ctrl+C. With `as_json`, what runs where is printed as JSON."""
    from infra.cli.stack import serve, show

    with serve(screen, folder, books, port) as stack:
        if as_json:
            put_json(stack.about())
        else:
            show(screen, stack)
        stack.wait()
