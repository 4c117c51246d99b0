"""The canaries sing: a secret that leaks is found wherever it may be, and fails the session."""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge import wiring
from bridge.flows import journal
from bridge.problem import Problem
from tests import canaries
from tests.stand_ins.world import FakeWorld

ROOT = Path(__file__).parents[1]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ0ZW5hbnRJZCI6MX0.c2ln"

LEAKING = """
from tests.canaries import MARK, pytest_runtest_logreport, pytest_sessionfinish, pytest_terminal_summary
"""
TEST = """
import logging
from aws_lambda_powertools.logging import Logger
from tests.canaries import MARK
LOGGER = Logger(service="leaky")
def test_that_passes():
    {leak}
"""


@pytest.mark.parametrize(
    "text",
    [
        f"token={canaries.MARK}0011",
        *(
            f"Basic {base64.b64encode(b'x' * length + b':' + canaries.MARK.encode()).decode()}"
            for length in range(3, 6)
        ),
        f"Bearer {JWT}",
        "Attempt(state='secret-0001')",
        "refresh-12",
    ],
)
def test_a_secret_is_known_by_its_mark_or_its_form(text: str) -> None:
    assert canaries.found("here", text)


@pytest.mark.parametrize(
    "text", ["", "a secret-free text", "secrets", "refresh-token", "eyJ", "access-control-allow-origin"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert canaries.found("here", text) == []


def test_secrets_are_marked_and_stay_as_long_and_as_different(monkeypatch: pytest.MonkeyPatch) -> None:
    canaries.mark(monkeypatch)
    made = [wiring.RandomIds().secret(), secrets.token_hex(20), secrets.token_hex(2)]
    assert [len(each) for each in made] == [43, 40, 4]
    assert [canaries.MARK in each for each in made] == [True, True, False]
    assert len({secrets.token_hex(20) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("method", "path", "leaks"),
    [
        ("POST", "/api/v1/engagements/e/connection/authorizations", False),
        ("POST", "/api/v1/engagements/e/activation-links", False),
        ("GET", "/api/v1/engagements/e/activation-links", True),
        ("POST", "/api/v1/engagements/e/imports", True),
    ],
)
def test_an_answer_holds_a_secret_only_where_it_is_handed_over(method: str, path: str, *, leaks: bool) -> None:
    request = httpx.Request(method, f"https://bridge.example{path}")
    answer = httpx.Response(200, text=f'{{"url": "#{canaries.MARK}"}}', request=request)
    assert bool(canaries.in_answer(answer)) is leaks


def test_what_the_world_in_memory_tells_is_looked_through(world: FakeWorld) -> None:
    assert canaries.in_world(world) == []
    journal.write(
        world, "T1", "e", "ada", "connection-failed", problem=Problem("fortnox-refused", {"code": "secret-1"})
    )
    assert canaries.in_world(world)
    world.jobs.lines.clear()


def test_what_worker_processes_wrote_is_looked_through(tmp_path: Path) -> None:
    (tmp_path / "Broker.log").write_bytes(b"\xff no secret\n")
    assert canaries.in_logs(tmp_path) == []
    (tmp_path / "ConnectApi.log").write_text(f"state={canaries.MARK}\n")
    assert canaries.in_logs(tmp_path) == [f"ConnectApi.log: state={canaries.MARK}"]


@pytest.mark.parametrize(
    "leak",
    ["print(MARK)", "logging.getLogger('x').warning('token %s', MARK)", "LOGGER.info('x', token=MARK)"],
)
def test_a_session_in_which_a_passing_test_leaks_fails_and_says_where(tmp_path: Path, leak: str) -> None:
    (tmp_path / "conftest.py").write_text(LEAKING)
    (tmp_path / "test_leak.py").write_text(TEST.format(leak=leak))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    environment: dict[str, Any] = {"env": {"PYTHONPATH": str(ROOT), "PATH": ""}, "cwd": tmp_path}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, **environment)  # noqa: S603 - our own Python
    assert (ran.returncode, "1 passed" in ran.stdout, "LEAKED" in ran.stdout) == (1, True, True), (
        ran.stdout + ran.stderr
    )
