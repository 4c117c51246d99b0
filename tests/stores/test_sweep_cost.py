from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import sweep

PAGE = Path(__file__).parents[2] / "docs/operations/sweep.md"


def told(figure: str) -> list[float]:
    """The numbers the page gives for a figure."""
    [value] = re.findall(rf"^\| {re.escape(figure)} \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [float(each.replace(" ", "")) for each in value.split(", ")]


def test_the_page_tells_what_the_code_does() -> None:
    found = sweep.figures(1_000_000)
    for kind, name in (("notice", "a notice"), ("end", "an end")):
        cost = found["each"][kind]
        assert told(f"calls, reads and writes of {name}") == [cost["calls"], cost["reads"], cost["writes"]]
    month, one = found["month"], found["sweep"]
    assert told("looks in a month") == [month["looks"]]
    assert told("sweeps in a month") == [month["sweeps"]]
    assert told("queries in a month") == [month["queries"]]
    assert told("read units in a month") == [month["reads"]]
    assert told("write units in a month") == [month["writes"]]
    assert told("queries of a sweep that finds nothing") == [one["queries"]]
    assert told("looks in a sweep") == [one["looks"]]
    assert told("seconds each of the four parts works") == [one["seconds_a_part"]]
    assert told("seconds each of them has") == [one["seconds_there_are"]]
    assert told("leases one sweep can end") == [found["all_at_once"]["ends_a_sweep"]]
    assert told("hours until a million that end at one moment are ended") == [found["all_at_once"]["hours"]]


def test_a_million_connections_fit_into_the_time_of_a_sweep() -> None:
    assert sweep.figures(1_000_000)["sweep"]["ratio"] < 0.5


def test_the_bench_prints_one_object(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench.sweep", "--connections", "1000"])
    sweep.main()
    assert "connections 1000" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["bench.sweep", "--json"])
    sweep.main()
    assert capsys.readouterr().out.startswith('{"connections": 1000000')
