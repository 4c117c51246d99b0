from __future__ import annotations

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import books, imports, status
from bridge.tokens.capability import Answer, Capability
from tests.flows.logins import another, tab
from tests.flows.runs import run_import
from tests.stand_ins.logins import log_in
from tests.stand_ins.world import FakeWorld

FX = 1000001
OURS = "https://console.example/engagements/"


@pytest.mark.parametrize(
    ("purpose", "asked", "scopes"),
    [
        ("year-end", None, "companyinformation bookkeeping settings invoice supplierinvoice payment"),
        ("year-end", (), "companyinformation bookkeeping settings"),
        ("year-end", (Capability.DOCUMENTS,), "companyinformation bookkeeping settings connectfile archive"),
        ("audit", None, "companyinformation bookkeeping settings connectfile archive"),
        ("billing", None, "companyinformation customer invoice payment"),
    ],
)
def test_what_is_asked_for_is_what_the_purpose_needs_or_the_caller_named(
    world: FakeWorld, caller: Caller, purpose: str, asked: tuple[Capability, ...] | None, scopes: str
) -> None:
    assert tab(world, caller, another(world, caller, purpose), capabilities=asked).scopes == scopes.split()


def test_what_works_in_another_engagement_on_the_company_is_asked_for_too(
    world: FakeWorld, caller: Caller, connected: str
) -> None:
    assert connected
    audit = tab(world, caller, another(world, caller, "audit"))
    assert {"invoice", "supplierinvoice", "payment", "archive"} <= set(audit.scopes)
    stranger = Caller("T2", "eve")
    assert "invoice" not in tab(world, stranger, another(world, stranger, "audit")).scopes


def test_without_the_companys_own_facts_nothing_is_connected(world: FakeWorld, caller: Caller, engagement: str) -> None:
    world.oauth.scopes = ("bookkeeping",)
    assert log_in(world, caller, engagement) == "scope-missing"
    assert world.jobs.lines[-1].params["scope"] == "companyinformation"
    assert world.consents.kept == {}


def test_a_scope_that_was_not_granted_takes_its_own_part_away_and_nothing_else(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    world.oauth.scopes = ("companyinformation", "bookkeeping", "settings", "invoice", "supplierinvoice")
    assert log_in(world, caller, engagement) == ""
    standing = status.read(world, caller, engagement)
    assert standing.status == "connected"
    assert standing.connection is not None
    found = {each.capability: (each.answer, each.scope, each.fixer) for each in standing.connection.capabilities}
    assert found == {
        "ledger": ("yes", "", ""),
        "appendices": ("no-scope", "payment", "user"),
        "documents": ("no-scope", "connectfile", "user"),
        "billing": ("no-scope", "customer", "user"),
    }
    assert world.fake.probed == ["bookkeeping", "settings", "invoice", "supplierinvoice"]


@pytest.mark.parametrize(
    ("answer", "fixer", "word"),
    [
        (Answer.NO_LICENCE, "administrator", "missing-permission"),
        (Answer.NO_RIGHT, "administrator", "missing-permission"),
        (Answer.NO_SCOPE, "user", "missing-permission"),
        (Answer.UNKNOWN, "fortnox", "connected"),
    ],
)
def test_what_fortnox_says_of_the_main_job_decides_the_status(
    world: FakeWorld, caller: Caller, engagement: str, answer: Answer, fixer: str, word: str
) -> None:
    world.fake.answers["bookkeeping"] = answer
    assert log_in(world, caller, engagement) == ""
    standing = status.read(world, caller, engagement)
    assert standing.status == word
    assert standing.connection is not None
    assert (standing.connection.capabilities[0].answer, standing.connection.capabilities[0].fixer) == (answer, fixer)


def test_the_next_import_asks_again_about_what_did_not_work(world: FakeWorld, caller: Caller, engagement: str) -> None:
    world.fake.answers["invoice"] = Answer.NO_LICENCE
    log_in(world, caller, engagement)
    world.fake.answers.clear()
    for asks in (True, False):
        world.fake.probed.clear()
        run_import(world, imports.start(world, caller, engagement, [], "").key)
        assert bool(world.fake.probed) is asks
    assert world.connections.kept["T1", engagement].capabilities[1].answer is Answer.YES


def test_a_ledger_is_imported_without_subledgers_where_the_connection_does_not_reach_them(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    world.oauth.scopes = ("companyinformation", "bookkeeping", "settings")
    log_in(world, caller, engagement)
    job = imports.start(world, caller, engagement, [], "")
    run_import(world, job.key)
    assert [year.vouchers for year in books.years(world, caller, engagement)] == [1, 2]
    made = books.appendices(world, caller, engagement)
    missing = {"answer": "no-scope", "scope": "invoice"}
    assert [(each["account"], each["ledger"], each["subledger"], each["missing"]) for each in made] == [
        ("1510", "2500.00", None, missing),
        ("2440", "0.00", None, missing),
    ]
    found = [finding.code for part in world.jobs.parts(job.key) for finding in part.findings]
    assert "subledgers-missing" in found
