"""Starting the local stack from a command, and saying what runs where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra.cli.screen import Screen

if TYPE_CHECKING:
    from infra.local.stack import LocalStack

PORT = 8787
"""The API's port; the Fortnox simulator and the login take the next two."""


@contextmanager
def serve(screen: Screen, folder: Path, books: Path | None = None, port: int = PORT) -> Iterator[LocalStack]:
    """Run the whole product on this machine with its data in the folder."""
    from infra.local.stack import LocalStack, Ports

    screen.warn("Starting Fortnox Bridge on this machine ...")
    with LocalStack(folder, books=books, ports=Ports(port, port + 1, port + 2)) as stack:
        yield stack


def show(screen: Screen, stack: LocalStack) -> None:
    """Show the addresses, once everything answers."""
    from infra.cli import subject

    company = subject.read(stack.fortnox_url)
    screen.box(
        "Fortnox Bridge on this machine",
        [
            ("API", f"{stack.api_url}/api/v1   (what runs where: /_local)"),
            ("Fortnox simulator", f"{stack.fortnox_url}   (knobs: /_control)"),
            ("Log in there as", "demo / demo"),
            ("Company", f"{company.name} {company.org_number}, {len(company.years)} financial years"),
            ("Login for the API", stack.issuer_url),
            ("Data", f"{stack.folder}"),
        ],
    )
    screen.say("The console comes in a later version. Ctrl+C stops everything; data are kept.")
