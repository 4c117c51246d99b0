"""How far a job has come, as a bar per step on standard error; nothing where that is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bridge import messages

Watch = Callable[[dict[str, Any]], None]


@contextmanager
def watching(language: str) -> Iterator[Watch]:
    """Give what a job is shown to each time it has been looked at."""
    if not sys.stderr.isatty():
        yield lambda _job: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("  {task.description:38}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def watch(job: dict[str, Any]) -> None:
            for step in job["steps"]:
                if step["id"] not in tasks:
                    tasks[step["id"]] = bars.add_task(name(step["id"], language))
                bars.update(tasks[step["id"]], completed=step["done"], total=step["total"] or 1)

        yield watch


def name(step: str, language: str) -> str:
    """Name a step: `2-fetch-2025-12-31` is the fetching of the year that ends that day."""
    _, _, rest = step.partition("-")
    words, _, year = rest.partition("-") if rest[-1:].isdigit() else (rest, "", "")
    return f"{messages.text('states', f'step.{words}', {}, language)} {year}".strip()
