from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement, Year
from bridge.engagements.validation import Draft
from bridge.flows import books, engagements, import_open, import_publish, imports
from bridge.jobs import keys
from bridge.jobs.job import JobKey, Status
from bridge.problem import Problem, Refused
from tests.flows.runs import run_import
from tests.stand_ins.world import FakeWorld


def refused(world: FakeWorld, key: JobKey) -> Problem:
    with pytest.raises(Refused) as error:
        run_import(world, key)
    imports.fail(world, key, error.value.problem)
    imports.fail(world, key, error.value.problem)
    return error.value.problem


def test_an_import_publishes_years_balances_and_both_appendices(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    job = imports.start(world, caller, connected, [], "key-1")
    run_import(world, job.key)
    done = imports.read(world, caller, connected, job.key.id)
    assert done.job.status is Status.SUCCEEDED
    first = {"vouchers": 1, "transactions": 2, "debit": "1000.00", "credit": "1000.00"}
    second = {"vouchers": 2, "transactions": 4, "debit": "3500.00", "credit": "3500.00"}
    assert done.job.result["years"] == [
        {"id": "2024-12-31", "from": "2024-01-01", "to": "2024-12-31", **first},
        {"id": "2025-12-31", "from": "2025-01-01", "to": "2025-12-31", **second},
    ]
    codes = {finding.code for part in done.parts for finding in part.findings}
    assert {"voucher-series-filled", "ib-gap", "subledger-difference"} <= codes
    appendix = books.appendix(world, caller, connected, "1510")
    assert (appendix["ledger"], appendix["subledger"], appendix["difference"]) == ("2500.00", "0.00", "2500.00")
    assert appendix["explained"] == "2500.00"
    assert [each["account"] for each in books.appendices(world, caller, connected)] == ["1510", "2440"]
    found = {each.account: each for each in books.accounts(world, caller, connected, "2025-12-31")}
    assert found["1930"].closing == 109000
    assert found["1930"].opening + found["1930"].movement == found["1930"].closing


def test_the_original_bytes_are_kept_as_they_came(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, ["2024-12-31"], "")
    run_import(world, job.key)
    assert world.files.kept[keys.raw(job.key, "2024-12-31")] == world.fake.files[3]


def test_nothing_is_shown_before_an_import_is_published(world: FakeWorld, caller: Caller, connected: str) -> None:
    imports.start(world, caller, connected, [], "")
    assert [year.source for year in books.years(world, caller, connected)] == [None, None]
    assert books.appendices(world, caller, connected) == []
    with pytest.raises(Refused) as missing:
        books.appendix(world, caller, connected, "1510")
    assert missing.value.problem.code == "appendix-missing"
    with pytest.raises(Refused) as accounts:
        books.accounts(world, caller, connected, "2025-12-31")
    assert accounts.value.problem.code == "not-imported"
    with pytest.raises(Refused) as year:
        books.accounts(world, caller, connected, "1999-12-31")
    assert year.value.problem.code == "year-unknown"


def test_years_show_what_was_imported_of_each(world: FakeWorld, caller: Caller, connected: str) -> None:
    run_import(world, imports.start(world, caller, connected, ["2025-12-31"], "").key)
    seen = [(year.year.id, year.source, year.vouchers) for year in books.years(world, caller, connected)]
    assert seen == [("2024-12-31", None, None), ("2025-12-31", "fortnox", 2)]


def test_an_import_without_the_balance_day_makes_appendices_of_its_last_year(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    run_import(world, imports.start(world, caller, connected, ["2024-12-31"], "").key)
    appendix = books.appendix(world, caller, connected, "1510")
    assert (appendix["day"], appendix["difference"]) == ("2024-12-31", "0.00")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("#TRANS 3001 {} -1000.00", "#TRANS 3001 {} -999.00"), "sie-unbalanced"),
        (("#RAR 0 20240101 20241231", "#RAR 0 20230101 20231231"), "sie-wrong-year"),
        (("#ORGNR 556677-8899", "#ORGNR 555555-5555"), "org-number-mismatch"),
        (("#VER B 1 20241201", "#VER B 1 20241301"), "sie-invalid"),
    ],
)
def test_books_that_cannot_be_trusted_are_not_published(
    world: FakeWorld, caller: Caller, connected: str, change: tuple[str, str], code: str
) -> None:
    before, after = change
    world.fake.files[3] = world.fake.files[3].replace(before.encode(), after.encode())
    job = imports.start(world, caller, connected, [], "")
    assert refused(world, job.key).code == code
    view = imports.read(world, caller, connected, job.key.id)
    assert view.job.status is Status.FAILED
    assert engagements.read(world, caller, connected).published == ""
    assert imports.start(world, caller, connected, [], "").key != job.key


def test_a_file_that_lacks_vouchers_of_fortnoxs_own_list_is_not_published(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.fake.made_from[3] = world.fake.made_from[3] * 2
    problem = refused(world, imports.start(world, caller, connected, [], "").key)
    assert (problem.code, problem.params["listed"], problem.params["imported"]) == ("sie-incomplete", 2, 1)
    assert engagements.read(world, caller, connected).published == ""


def test_a_file_that_is_no_sie_file_says_so(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.fake.files[3] = b"<html>Not found</html>"
    assert refused(world, imports.start(world, caller, connected, [], "").key).code == "file-not-sie"


def test_the_company_is_checked_again_before_anything_is_fetched(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    job = imports.start(world, caller, connected, [], "")
    world.fake.org_number = "555555-5555"
    assert refused(world, job.key).code == "org-number-mismatch"
    assert world.files.kept == {}


def test_a_year_fortnox_does_not_have_is_named(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.fake.held = world.fake.held[:1]
    assert refused(world, imports.start(world, caller, connected, [], "").key).params["year"] == "2025-12-31"


def test_unknown_and_locked_years_are_refused_before_anything_starts(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    with pytest.raises(Refused) as unknown:
        imports.start(world, caller, connected, ["2025-12-31", "1999-12-31"], "")
    assert unknown.value.errors[0].pointer == "/years/1"
    held = world.engagements.kept["T1", connected]
    locked = Engagement(
        held.tenant, held.id, held.name, held.org_number, held.kind, held.purpose,
        tuple(Year(year.period, locked=True) for year in held.years), held.active,
    )  # fmt: skip
    world.engagements.kept["T1", connected] = locked
    with pytest.raises(Refused) as refusal:
        imports.start(world, caller, connected, [], "")
    assert refusal.value.problem.code == "year-locked"


def test_a_crowded_dimension_is_skipped_and_the_changes_of_vouchers_are_kept(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    objects = "".join(f'#OBJEKT 6 "{number}" "Projekt"\n' for number in range(501))
    struck = "#BTRANS 3001 {} -5.00\n#TRANS 1510 {6 7} 1000.00"
    data = world.fake.files[3].decode("cp437").replace("#TRANS 1510 {} 1000.00", struck)
    world.fake.files[3] = data.replace("#IB 0 1930", f'#DIM 6 "Projekt"\n{objects}#IB 0 1930').encode("cp437")
    world.fake.files[1] = world.fake.files[1].replace(b"#VER C 1 20250115", b"#VER A 7 20250115")
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    findings = [
        finding for part in imports.read(world, caller, connected, job.key.id).parts for finding in part.findings
    ]
    skipped = [finding.params for finding in findings if finding.code == "objects-skipped"]
    assert skipped == [{"dimension": "Projekt", "count": 501, "tags": 1, "limit": 500}]
    assert any("history-" in name for name in world.files.kept)


def test_a_year_without_vouchers_is_imported(world: FakeWorld, caller: Caller, connected: str) -> None:
    text = world.fake.files[3].decode("cp437")
    still = text[: text.index("#UB 0 1930")] + "#UB 0 1930 100.00\n#IB 0 1510 -100.00\n#UB 0 1510 -100.00\n"
    world.fake.files[3], world.fake.made_from[3] = still.encode("cp437"), []
    job = imports.start(world, caller, connected, ["2024-12-31"], "")
    run_import(world, job.key)
    done = imports.read(world, caller, connected, job.key.id)
    assert done.job.status is Status.SUCCEEDED
    assert [year["vouchers"] for year in done.job.result["years"]] == [0]
    read = next(part for part in done.parts if part.name == "3-read-2024-12-31")
    assert read.findings == ()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("SE556677889901", "org-number-malformed"),
        ("556677-8890", "org-number-check-digit"),
        ("X", "org-number-malformed"),
    ],
)
def test_a_number_in_the_file_that_cannot_be_compared_is_a_warning(
    world: FakeWorld, caller: Caller, connected: str, written: str, code: str
) -> None:
    world.fake.files[3] = world.fake.files[3].replace(b"#ORGNR 556677-8899", f"#ORGNR {written}".encode())
    job = imports.start(world, caller, connected, ["2024-12-31"], "")
    run_import(world, job.key)
    found = [each for part in imports.read(world, caller, connected, job.key.id).parts for each in part.findings]
    assert [each.severity for each in found if each.code == code] == ["warning"]


def test_the_limit_of_objects_is_a_setting(world: FakeWorld, caller: Caller, connected: str) -> None:
    world.settings = replace(world.settings, object_limit=1)
    objects = "#OBJEKT 6 1 Ett\n#OBJEKT 6 2 Två\n#IB 0 1930"
    world.fake.files[3] = world.fake.files[3].decode("cp437").replace("#IB 0 1930", objects).encode("cp437")
    job = imports.start(world, caller, connected, ["2024-12-31"], "")
    run_import(world, job.key)
    found = [each for part in imports.read(world, caller, connected, job.key.id).parts for each in part.findings]
    assert [each.params["limit"] for each in found if each.code == "objects-skipped"] == [1]


def test_an_import_overtaken_by_another_is_not_published(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    held = engagements.read(world, caller, connected)
    world.engagements.publish(held, "imp_other")
    world.engagements.get = lambda _tenant, _engagement: held  # type: ignore[method-assign,assignment] # an old read
    assert refused(world, job.key).code == "conflict"


def test_a_step_that_runs_again_changes_nothing(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    run_import(world, job.key)
    before = dict(world.files.kept)
    import_publish.publish_import(world, job.key)
    assert world.files.kept == before
    assert [line.code for line in world.jobs.lines].count("import-done") == 1


def test_our_own_vouchers_are_recognised_and_counted_once(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    text = "Periodisering FB-0123456789ABC"
    world.fake.files[3] = world.fake.files[3].replace(b"Faktura 1", text.encode())
    run_import(world, job.key)
    result = imports.read(world, caller, connected, job.key.id).job.result
    assert (result["ownEntries"], result["doubleCounted"]) == (0, 0)


def test_imports_are_listed_and_the_log_tells_of_them(world: FakeWorld, caller: Caller, connected: str) -> None:
    job = imports.start(world, caller, connected, [], "")
    assert [each.key for each in imports.list_all(world, caller, connected)] == [job.key]
    assert [line.code for line in books.activity(world, caller, connected)] == ["import-started", "connected"]
    with pytest.raises(Refused):
        imports.read(world, caller, connected, "imp_none")


def test_another_tenant_finds_nothing(world: FakeWorld, connected: str) -> None:
    with pytest.raises(Refused) as error:
        imports.list_all(world, Caller("T12", "eve"), connected)
    assert error.value.problem.code == "not-found"


def test_engagements_are_created_whole_or_not_at_all(world: FakeWorld, caller: Caller, engagement: str) -> None:
    assert [each.id for each in engagements.list_all(world, caller)] == [engagement]
    held = engagements.read(world, caller, engagement)
    periods = tuple(year.period for year in held.years)
    with pytest.raises(Refused) as one:
        engagements.create(world, caller, Draft("A", "12", "year-end", "year-end", periods, held.active))
    assert one.value.problem.code == "org-number-invalid"
    with pytest.raises(Refused) as many:
        engagements.create(world, caller, Draft("", "12", "year-end", "year-end", periods, held.active))
    assert many.value.problem.code == "invalid-request"
    assert len(many.value.errors) == 2


def test_years_of_a_job_that_never_opened_are_none(world: FakeWorld) -> None:
    assert import_open.years_of(world, JobKey("T1", "e", "imp")) == []


def test_several_control_accounts_are_one_appendix_under_the_first(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    world.fake.preset = [("CUSTCLAIM", "1510"), ("DOUBTFUL", "1515")]
    world.fake.files[1] = world.fake.files[1].replace(b"#TRANS 3001 {} -2500.00", b"#TRANS 1515 {} -2500.00")
    run_import(world, imports.start(world, caller, connected, [], "").key)
    appendix = books.appendix(world, caller, connected, "1510")
    assert (appendix["ledger"], appendix["difference"]) == ("0.00", "0.00")
    assert appendix["accounts"] == [
        {"account": "1510", "balance": "2500.00"},
        {"account": "1515", "balance": "-2500.00"},
    ]
