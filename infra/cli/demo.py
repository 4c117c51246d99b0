"""`fortnox-bridge demo`: the main job from one end to the other, on this machine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.cli.exits import Exit, of_problem
from infra.cli.screen import Screen, put_json


def run(
    screen: Screen, folder: Path | None, books: Path | None, port: int, json_file: Path | None, *, leave: bool
) -> Exit:
    """Start everything, do the main job, write `json_file`; without `leave`, keep serving until Ctrl+C."""
    from infra.cli.stack import serve, show

    began = time.monotonic()
    with _folder(folder, books) as chosen, serve(screen, chosen, books, port) as stack:
        code = _job(screen, stack, began, json_file, is_demo=books is None)
        if not leave:
            show(screen, stack)
            stack.wait()
    return code


@contextmanager
def _folder(folder: Path | None, books: Path | None) -> Iterator[Path]:
    """Choose where data live: .local, or for the books of a file a place of their own that is gone afterwards."""
    if folder is None and books is not None:
        with tempfile.TemporaryDirectory(prefix="fortnox-bridge-") as fresh:
            yield Path(fresh)
    else:
        yield folder or Path(".local")


def _job(screen: Screen, stack: Any, began: float, json_file: Path | None, *, is_demo: bool) -> Exit:
    from infra.cli import mainjob, report, subject
    from infra.cli.api import Api, ApiProblem

    company = subject.read(stack.fortnox_url)
    for note in company.notes:
        screen.say(f"Simulator: {note}.")
    token = stack.token("demo", "demo-firm")
    with Api(stack.api_url, token, screen.language) as api:
        job = mainjob.MainJob(api, screen, company, stack.clock.now().date(), is_demo)
        code = Exit.FINDINGS
        try:
            mainjob.with_witness(job, stack.fortnox_url)
            code = Exit.OK if job.is_right else Exit.FINDINGS
        except ApiProblem as problem:
            code = _refused(screen, job, problem)
        finally:
            job.result["seconds"] = round(time.monotonic() - began, 1)
            if json_file:
                put_json(job.result, json_file)
        if "problem" not in job.result:
            report.show_end(screen, job.result)
    return code


def _refused(screen: Screen, job: Any, problem: Any) -> Exit:
    """Say why the run was refused, and that nothing of it is published."""
    job.result["problem"] = problem.problem
    for line in problem.lines:
        screen.warn(line)
    for year in job.published():
        vouchers = "nothing is" if year["vouchers"] is None else f"{year['vouchers']} vouchers are"
        screen.warn(f"{year['id']}: {vouchers} published.")
    return of_problem(problem.code)
