"""The certificate of an imported year: written when the import is published, the same ever after."""

from __future__ import annotations

import hashlib

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import books, import_publish, imports
from bridge.jobs import keys
from bridge.problem import Refused
from tests.flows.runs import run_import
from tests.stand_ins.world import FakeWorld

FIRST, SECOND = "2024-12-31", "2025-12-31"


def test_it_tells_what_was_fetched_and_what_was_made_of_it(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    found = books.certificate(world, caller, connected, SECOND)
    raw = world.files.kept[keys.raw(job.key, SECOND)]
    assert found["import"] == job.key.id
    assert found["company"] == {"name": "Nordvik", "orgNumber": "556677-8899"}
    assert found["year"] == {"id": SECOND, "from": "2025-01-01", "to": SECOND, "cashMethod": False}
    assert (found["source"]["kind"], found["source"]["type"]) == ("fortnox", "4E")
    assert found["source"]["sha256"] == hashlib.sha256(raw).hexdigest()
    assert found["source"]["bytes"] == str(len(raw))
    assert found["counts"] == {"vouchers": 2, "transactions": 4, "listed": 1}
    assert found["sums"] == {"debit": "3500.00", "credit": "3500.00", "difference": "0.00"}
    assert (found["startedBy"], found["publishedAt"]) == (caller.user, world.clock.now().isoformat())
    assert {each["name"] for each in found["files"]} >= {
        "vouchers-00000.jsonl.gz",
        "balances.jsonl.gz",
        "series.jsonl.gz",
    }


def test_it_tells_series_classes_openings_and_what_the_rules_changed(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    before, after = (books.certificate(world, caller, connected, year) for year in (FIRST, SECOND))
    told = [
        (each["series"], each["vouchers"], each["first"], each["last"], each["missing"]) for each in after["series"]
    ]
    assert told == [("A", 1, 1, 1, 0), ("C", 1, 1, 1, 0)]
    assert before["applied"] == []
    assert after["applied"] == [{"code": "voucher-series-filled", "count": 1, "series": "A"}]
    assert before["openings"] == {"agree": None, "gaps": []}
    assert after["openings"] == {"agree": False, "gaps": [{"account": "1930", "difference": "-10.00"}]}
    assert after["classes"] == [
        {
            "class": "1",
            "opening": "1090.00",
            "closing": "3590.00",
            "stated": "3590.00",
            "difference": "0.00",
            "unstated": 0,
        },
        {
            "class": "3",
            "opening": "0.00",
            "closing": "-2500.00",
            "stated": "-2500.00",
            "difference": "0.00",
            "unstated": 0,
        },
    ]
    assert after["findings"]["warning"]["ib-gap"] == 1


def test_only_what_the_source_states_is_held_against_it(world: FakeWorld, caller: Caller, connected: str) -> None:
    lines = world.fake.files[3].decode("cp437").splitlines()
    still = [line for line in lines if not line.startswith(("#UB 0", "#RES 0"))]
    world.fake.files[3] = "\n".join([*still, "#UB 0 1510 999.00", ""]).encode("cp437")
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    assets, *results = books.certificate(world, caller, connected, FIRST)["classes"]
    assert (assets["stated"], assets["difference"], assets["unstated"]) == ("999.00", "1.00", 1)
    assert [(each["stated"], each["difference"], each["unstated"]) for each in results] == [(None, None, 1)]


def test_a_file_that_states_last_years_balances_is_held_against_them(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    text = world.fake.files[3].decode("cp437")
    (opening,) = (line for line in text.splitlines() if line.startswith("#IB 0 1930 "))
    last_year = opening.replace("#IB 0", "#UB -1")
    world.fake.files[3] = text.replace(opening, f"{last_year}\n{opening}").encode("cp437")
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    assert books.certificate(world, caller, connected, FIRST)["openings"] == {"agree": True, "gaps": []}


def test_a_step_that_runs_again_leaves_the_certificate(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    first = books.certificate(world, caller, connected, FIRST)
    world.clock.move(seconds=60)
    import_publish.publish_import(world, job.key)
    assert books.certificate(world, caller, connected, FIRST) == first


def test_there_is_none_of_a_year_that_was_not_imported(world: FakeWorld, caller: Caller, connected: str) -> None:
    for year, code in ((FIRST, "not-imported"), ("2019-12-31", "year-unknown")):
        with pytest.raises(Refused) as error:
            books.certificate(world, caller, connected, year)
        assert error.value.problem.code == code
