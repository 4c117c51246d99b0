"""A large SIE file: how fast it is parsed and checked, beside the plain line loop and other parsers, in one run.

    python -m bench.sie
    python -m bench.sie --file FILE --json
    python -m bench.sie --generate FILE --rows 200000

Without a file the one of 2 million rows is made and measured. Times are CPU seconds (user and system) of the work
alone, memory is that of the whole process at its peak, ratios are of the best round of each.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median

from bench.sie import generator, measure
from bench.sie.measure import Measurement, Task


def main() -> None:
    parser = argparse.ArgumentParser(description="Parse and check of a large SIE file, beside others.")
    parser.add_argument("--file", type=Path, help="the file to measure")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=generator.ROWS, help="rows of the file that is made")
    parser.add_argument("--generate", type=Path, metavar="FILE", help="only make the file")
    arguments = parser.parse_args()
    if arguments.generate:
        generator.ensure(arguments.generate, arguments.rows)
        return
    if arguments.file and not arguments.file.is_file():
        parser.error(f"{arguments.file} is not a file")
    made = measure.ROOT / ".build" / "bench" / f"sie-{arguments.rows}.se"
    file = arguments.file or generator.ensure(made, arguments.rows)
    with tempfile.TemporaryDirectory(prefix="bench-sie-") as folder:
        done = measure.measure(file.resolve(), Path(folder), max(arguments.rounds, 1))
        if arguments.json:
            print(json.dumps(done.result(), ensure_ascii=False))
        else:
            show(done)


def show(done: Measurement) -> None:
    size = done.file.stat().st_size / 1e6
    found, rounds = done.parse.found, len(done.loop.cpu)
    print(f"{size:.2f} MB, {found['vouchers']} vouchers, {found['transactions']} rows; {rounds} rounds, interleaved")
    print(f"{'':24} {'CPU s':>9} {'(median)':>9} {'MB/s':>8} {'x loop':>8} {'RSS MB':>8}")
    rows = (("plain line loop", done.loop), ("parse", done.parse), ("whole check", done.check))
    for name, task in (*rows, *((each.name, each) for each in done.peers)):
        print(_row(name, task, done.loop))
    for each in done.peers:
        part = f"on the first {each.share}th of the file" if each.share > 1 else "on the same books"
        print(f"parse is {done.parse.speed / each.speed:.2f} times as fast as {each.name}, {part}")
    for name, reason in done.skipped.items():
        print(f"{name} skipped: {reason}")


def _row(name: str, task: Task, loop: Task) -> str:
    seconds = f"{task.best:>9.4f} {median(task.cpu):>9.4f}"
    return f"{name:24} {seconds} {task.speed:>8.1f} {loop.speed / task.speed:>8.1f} {task.rss / 1e6:>8.1f}"


if __name__ == "__main__":
    main()
