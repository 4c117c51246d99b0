"""What a child process runs to be measured: one task, again and again until enough CPU time is gathered."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

Found = dict[str, int]
Task = Callable[[Path], Found]
"""Reads a file and says what it found there."""

ENOUGH = 1.0
"""CPU seconds; below this a single run is repeated, so that a small file is not measured by chance alone."""

MEMORY = 8 << 30
CPU = 600
"""Bytes and CPU seconds after which a task has failed."""


def main(tasks: Mapping[str, Task]) -> None:
    """Run the task and read the file that the arguments name; print CPU seconds per run, peak memory, what was found.

    Starting Python and importing are not measured, memory for them is.
    """
    task, path = tasks[sys.argv[1]], Path(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    runs, spent = 0, 0.0
    while spent < ENOUGH:
        begun = time.process_time()
        found = task(path)
        spent += time.process_time() - begun
        runs += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"cpu": spent / runs, "rss": peak, "found": found}))
