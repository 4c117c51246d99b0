from __future__ import annotations

import time
from typing import Any

from infra.cli import browser
from infra.cli.mainjob import LOGIN
from infra.cli.subject import demo_entries
from infra.cli.witness import Witness, same
from infra.local.stack import LocalStack
from tests.stack.books import LAST, PLANTED, YEARS
from tests.stack.client import Bridge, Json


def states(stack: LocalStack, job: Json) -> list[str]:
    """Names of the states that the job's execution entered, in order."""
    client: Any = stack.client("stepfunctions")
    for machine in client.list_state_machines()["stateMachines"]:
        for each in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            if each["name"] == job["id"]:
                ended(client, each["executionArn"])
                events = client.get_execution_history(executionArn=each["executionArn"])["events"]
                entered = (event.get("stateEnteredEventDetails") for event in events)
                return [details["name"] for details in entered if details]
    raise AssertionError(f"no execution of {job['id']}")


def ended(client: Any, execution: str) -> None:
    """Wait for the execution's own end: the job's comes in its last task, a moment before."""
    for _ in range(200):
        if client.describe_execution(executionArn=execution)["status"] != "RUNNING":
            return
        time.sleep(0.05)
    raise AssertionError("the execution goes on after its job has ended")


def test_the_main_job_runs_from_one_end_to_the_other(stack: LocalStack, bridge: Bridge) -> None:
    assert bridge.connect() == ""
    first = bridge.importing(*YEARS)
    steps = ["OpenImport", "ImportYears", *["FetchYear", "ReadYear"] * 3, "FetchSubledgers", "MakeAppendices"]
    assert states(stack, first) == [*steps, "PublishImport", "ImportDone"]
    counted = {year.last: len(year.vouchers) for year in bridge.company.years}
    assert {year["id"]: year["vouchers"] for year in first["result"]["years"]} == counted
    assert [year["vouchers"] for year in bridge.items("/financial-years")] == [counted[year] for year in YEARS]
    for year in YEARS:
        certificate = bridge.get(f"/financial-years/{year}/certificate")
        assert certificate["counts"]["vouchers"] == certificate["counts"]["listed"] == counted[year]
        assert sum(each["vouchers"] for each in certificate["series"]) == counted[year]
        assert {each["difference"] for each in (*certificate["classes"], certificate["sums"])} == {"0.00"}
    appendices = {each["account"]: each for each in bridge.items("/appendices")}
    assert {account: each["difference"] for account, each in appendices.items()} == {"1510": PLANTED, "2440": "0.00"}
    ids = bridge.entries()
    export = bridge.exporting(ids)
    assert (export["status"], export["result"]) == ("succeeded", {"exported": 6, "verified": 6, "entries": 6})
    assert all_read_back(stack, bridge, export)
    assert {each["status"] for each in bridge.items("/closing-entries")} == {"transferred"}
    again = bridge.importing(*YEARS)
    assert (again["result"]["ownEntries"], again["result"]["doubleCounted"]) == (6, 0)
    assert bridge.published == again["id"]


def all_read_back(stack: LocalStack, bridge: Bridge, export: Json) -> bool:
    """Compare what Fortnox has with what was handed in, without the product."""
    texts = [(each["kind"], each["text"]) for each in demo_entries(LAST)]
    entries = {each["id"]: each for each in bridge.items("/closing-entries")}
    assert sorted((each["kind"], each["text"]) for each in entries.values()) == sorted(texts)
    witness = Witness(stack.fortnox_url, browser.Person(*LOGIN, bridge.company.org_number))
    try:
        return all(
            same(entries[item["entry"]], witness.voucher(item["series"], item["number"], item["year"]))
            for item in export["items"]
        )
    finally:
        witness.close()


def test_a_person_who_is_no_administrator_connects_only_for_themselves(bridge: Bridge) -> None:
    assert bridge.connect("personal", "assistant") == ""
    connection = bridge.get("/connection")
    assert (connection["status"], connection["mode"]) == ("connected", "personal")
    assert bridge.importing(LAST)["status"] == "succeeded"
    assert bridge.exporting(bridge.entries()[:1])["result"] == {"exported": 1, "verified": 1, "entries": 1}


def test_two_firms_share_a_company_and_the_last_to_leave_ends_the_consent(stack: LocalStack, connected: Bridge) -> None:
    other = Bridge(connected.url, lambda: stack.token("bo", "another-firm"), connected.company)
    other.engage()
    assert other.connect() == ""
    gone = connected.ask("DELETE", f"/engagements/{connected.engagement}/connection")
    assert gone.status_code == 204
    assert connected.get("/connection")["status"] == "none"
    assert other.importing(LAST)["status"] == "succeeded"
    assert other.ask("DELETE", f"/engagements/{other.engagement}/connection").status_code == 204
    other.refused("not-connected", "POST", "/imports", {})
    other.close()
