from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.fortnox import Server, Simulator, __main__, serve
from infra.local.fortnox.knobs import Trouble
from infra.local.fortnox.model import Company
from tests.simulator.conftest import SMALL, Api, Clock


@pytest.fixture
def server(simulator: Simulator) -> Iterator[Server]:
    started = serve(simulator)
    yield started
    started.stop()


@pytest.fixture
def headers(api: Api) -> dict[str, str]:
    return {"Authorization": str(api.http.headers["authorization"])}


def test_a_lost_reply_is_a_closed_connection(
    simulator: Simulator, server: Server, headers: dict[str, str], small: Company, draft: Any
) -> None:
    simulator.knobs.troubles = [Trouble("lost_reply")]
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{server.url}/3/vouchers", headers=headers, json=draft())
    assert len(small.years[0].vouchers) == 4
    simulator.knobs.troubles = [Trouble("late", seconds=60)]
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{server.url}/3/vouchers", headers=headers, json=draft())
    assert len(small.years[0].vouchers) == 4


def test_sie_is_streamed_in_chunks(simulator: Simulator, server: Server, headers: dict[str, str]) -> None:
    simulator.knobs.sie_size = 3_000_000
    with httpx.stream("GET", f"{server.url}/3/sie/4", headers=headers) as answer:
        assert "content-length" not in answer.headers
        assert sum(len(chunk) for chunk in answer.iter_bytes()) == 3_000_000


def test_numbers_are_given_once_when_many_post_together(
    server: Server, headers: dict[str, str], small: Company, draft: Any
) -> None:
    with ThreadPoolExecutor(8) as pool, httpx.Client(headers=headers, base_url=server.url) as http:
        answers = list(pool.map(lambda _: http.post("/3/vouchers", json=draft()), range(24)))
    numbers = sorted(answer.json()["Voucher"]["VoucherNumber"] for answer in answers)
    assert numbers == list(range(2, 26))
    assert len(small.years[0].vouchers) == 27


def test_stopping_saves(simulator: Simulator, tmp_path: Path) -> None:
    serve(simulator).stop()
    assert (tmp_path / "state" / "fortnox.json").exists()


@pytest.mark.parametrize("from_file", [False, True])
def test_the_command_serves_a_file_or_the_demo_and_keeps_it(
    capsys: pytest.CaptureFixture[str], clock: Clock, tmp_path: Path, *, from_file: bool
) -> None:
    books, folder = tmp_path / "small.se", tmp_path / "kept"
    books.write_bytes(SMALL.encode("cp437"))
    __main__.main(
        ["--port", "0", "--folder", str(folder), *(["--books", str(books)] if from_file else [])], lambda: None
    )
    shown = capsys.readouterr().out
    assert ("Nordvik Snickeri AB" in shown, "Åäö Snickeri AB" in shown) == (not from_file, from_file)
    again = Simulator(clock, folder)
    assert again.load()
    assert len(again.companies) == (1 if from_file else 3)
    __main__.main(["--port", "0", "--folder", str(folder)], lambda: None)
    assert capsys.readouterr().out.splitlines()[1:] == shown.splitlines()[1:], "the second run takes up what was kept"
