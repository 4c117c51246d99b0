from __future__ import annotations

from infra.local.fortnox import Simulator
from infra.local.fortnox.knobs import Trouble
from tests.stack.books import LAST
from tests.stack.client import Bridge, key

HUNDRED_AND_ONE = 101 * 1024 * 1024


def test_a_company_that_changed_its_number_is_refused(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.org_number[connected.company.number] = "556677-8899"
    with connected.untouched():
        problem = connected.failed("org-number-mismatch", connected.importing(LAST))
    assert (problem["params"]["actual"], problem["params"]["name"]) == ("556677-8899", connected.company.name)
    assert [each["status"] for each in connected.items("/imports")] == ["failed"]


def test_a_sie_answer_beyond_a_hundred_megabytes_is_refused(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.sie_size = HUNDRED_AND_ONE
    with connected.untouched():
        problem = connected.failed("file-too-large", connected.importing(LAST))
    assert problem["params"]["size"] > problem["params"]["limit"] == 100 * 1024 * 1024
    assert [each["status"] for each in connected.items("/imports")] == ["failed"]


def test_a_sie_answer_with_an_unbalanced_voucher_is_refused(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.sie_unbalanced = True
    with connected.untouched():
        problem = connected.failed("sie-unbalanced", connected.importing(LAST))
    assert (problem["params"]["amount"], problem["params"]["count"]) == ("1.00", 1)


def test_a_year_that_fortnox_does_not_have_is_refused(bridge: Bridge) -> None:
    years = [{"from": "2023-01-01", "to": "2023-12-31"}, {"from": "2025-01-01", "to": "2025-12-31"}]
    bridge.engage(years=years)
    assert bridge.connect() == ""
    with bridge.untouched():
        problem = bridge.failed("year-unknown", bridge.importing())
    assert problem["params"] == {"year": "2023-12-31"}


def test_a_year_that_the_engagement_does_not_have_is_refused_at_once(connected: Bridge) -> None:
    asked = {"years": [LAST, "2019-12-31"]}
    problem = connected.refused("year-unknown", "POST", "/imports", asked, idempotency_key=key())
    assert [each["pointer"] for each in problem["errors"]] == ["/years/1"]
    connected.refused("year-unknown", "GET", "/voucher-series?year=2019-12-31")
    connected.refused("year-unknown", "GET", "/accounts?year=2019-12-31")
    assert connected.items("/imports") == []


def test_a_licence_that_ended_since_is_named_and_once_it_is_bought_the_import_runs(
    connected: Bridge, fortnox: Simulator
) -> None:
    modules = {"invoicing": "invoice", "supplierinvoicing": "supplierinvoice", "integration": "integration"}
    for licence, module in modules.items():
        fortnox.knobs.licences_off[connected.company.number] = [licence]
        with connected.untouched():
            problem = connected.failed("licence-missing", connected.importing(LAST))
        assert problem["params"]["module"] == module
    fortnox.knobs.licences_off.clear()
    assert connected.importing(LAST)["status"] == "succeeded"


def test_a_consent_withdrawn_at_fortnox_asks_for_a_new_one(connected: Bridge, fortnox: Simulator) -> None:
    for client in fortnox.clients:
        fortnox.state.grants.withdraw(client, connected.company.number)
    fortnox.state.grants.key = "00" * 32
    with connected.untouched():
        connected.failed("connection-revoked", connected.importing(LAST))
    assert connected.connect() == ""
    assert connected.importing(LAST)["status"] == "succeeded"


def test_one_import_runs_at_a_time(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.troubles = [Trouble("delay", "companyinformation", seconds=1.5)]
    job = connected.start("imports", {"years": [LAST]})
    connected.refused("import-running", "POST", "/imports", {"years": [LAST]})
    assert connected.wait(job)["status"] == "succeeded"
    assert [each["id"] for each in connected.items("/imports")] == [job["id"]]


def test_an_idempotency_key_gives_the_same_import_again(connected: Bridge) -> None:
    same = key()
    jobs = [connected.post("/imports", {"years": [LAST]}, same).json() for _ in range(2)]
    assert jobs[0]["id"] == jobs[1]["id"]
    assert connected.wait(jobs[0])["status"] == "succeeded"
    again = connected.post("/imports", {"years": [LAST]}, same)
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (202, jobs[0]["id"], "succeeded")
    connected.refused("idempotency-key-reused", "POST", "/imports", {"years": []}, idempotency_key=same)
    assert len(connected.items("/imports")) == 1


def test_a_failed_import_leaves_the_published_books(imported: Bridge, fortnox: Simulator) -> None:
    published, accounts = imported.published, imported.items(f"/accounts?year={LAST}")
    fortnox.knobs.sie_unbalanced = True
    imported.failed("sie-unbalanced", imported.importing(LAST))
    assert (imported.published, imported.items(f"/accounts?year={LAST}")) == (published, accounts)


def test_nothing_is_shown_of_books_that_were_not_imported(connected: Bridge) -> None:
    connected.refused("not-imported", "GET", f"/accounts?year={LAST}")
    connected.refused("appendix-missing", "GET", "/appendices/1510")
    assert connected.items("/appendices") == []
