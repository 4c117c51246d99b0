from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from infra.cli.api import Api
from infra.cli.main import app

SIE = """#FLAGGA 0
#PROGRAM "Test" 1
#FORMAT PC8
#GEN 20260101
#SIETYP 4
#FNAMN "Exempel AB"
#RAR 0 20250101 20251231
#KONTO 1930 "Bank"
#KONTO 3001 "Sales"
#IB 0 1930 10.00
#UB 0 1930 135.00
#RES 0 3001 -125.00
#VER A 1 20250115 "=Cash sale"
{
#TRANS 1930 {1 "K1"} 125.00
#TRANS 3001 {} -125.00
}
"""

Run = Callable[..., Any]


@pytest.fixture
def run() -> Run:
    """Run the command line; gives exit code, standard output and standard error."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.se"
    path.write_text(SIE, encoding="cp437")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.se"
    path.write_text(SIE.replace("#TRANS 3001 {} -125.00", "#TRANS 3001 {} -120.00"), encoding="cp437")
    return path


Answers = dict[str, Any]
"""METHOD path -> the JSON of each answer in turn (the last one stays), or an httpx.Response."""


class Script:
    """An API that answers by script and remembers what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = {key: list(value) if isinstance(value, list) else [value] for key, value in answers.items()}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        queue = self.answers[f"{request.method} {request.url.path.removeprefix('/api/v1')}"]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


@pytest.fixture
def scripted() -> Iterator[Callable[[Answers], tuple[Api, Script]]]:
    opened: list[Api] = []

    def make(answers: Answers) -> tuple[Api, Script]:
        script = Script(answers)
        api = Api("http://api.test", "token", transport=httpx.MockTransport(script))
        opened.append(api)
        return api, script

    yield make
    for api in opened:
        api.close()
