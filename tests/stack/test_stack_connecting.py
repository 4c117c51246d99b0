from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from infra.cli.browser import Browser, Person
from infra.local.fortnox import Simulator
from infra.local.stack import LocalStack
from tests.stack.books import LAST
from tests.stack.client import Bridge, Json, NewBridge, callback, deny, in_both, texts_of


def not_connected(bridge: Bridge) -> bool:
    """Nothing came of it: no connection, no import, no export."""
    bridge.refused("not-connected", "POST", "/imports", {})
    return bool(bridge.get("/connection")["status"] == "none")


def of(connection: Json, part: str) -> Json:
    """The line of the matrix about a part of the work."""
    found: Json = next(each for each in connection["capabilities"] if each["id"] == part)
    return found


def another(bridge: Bridge, **changes: object) -> Bridge:
    """One more engagement of the same firm about the same company."""
    made = Bridge(bridge.url, bridge.token, bridge.company, http=bridge.http, browser=bridge.browser)
    made.engage(**changes)
    return made


def test_another_company_than_the_engagements_is_refused_and_both_are_named(
    bridge: Bridge, new_bridge: NewBridge
) -> None:
    other = new_bridge()
    picked = bridge.browser.consent(bridge.leave(bridge.login()), Person("demo", "demo", other.company.org_number))
    bridge.landed("org-number-mismatch", bridge.land(picked))
    params = bridge.activity("connection-failed")[0]["params"]
    assert (params["company"], params["name"]) == (other.company.name, bridge.company.name)
    assert (params["actual"], params["expected"]) == (other.company.org_number, bridge.company.org_number)
    assert not_connected(bridge)


def test_a_company_whose_number_fails_its_check_digit_is_refused(bridge: Bridge) -> None:
    right = bridge.company.org_number
    bridge.company.org_number = wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    bridge.landed("org-number-invalid", bridge.connect())
    assert not_connected(bridge)
    spans = [{"from": each.first, "to": each.last} for each in bridge.company.years]
    asked = {"name": "Fel AB", "orgNumber": wrong, "years": spans, "activePeriod": spans[0]}
    bridge.refused("org-number-invalid", "POST", "//engagements", asked)


def test_a_company_without_the_integration_licence_cannot_connect(bridge: Bridge) -> None:
    bridge.company.licences.discard("integration")
    bridge.landed("licence-missing", bridge.connect())
    assert not_connected(bridge)


def test_a_company_without_a_program_connects_for_the_parts_it_has(bridge: Bridge) -> None:
    bridge.company.licences.discard("supplierinvoicing")
    bridge.landed("licence-missing", bridge.connect())
    assert bridge.get("/connection")["login"]["offers"] == ["fewer", "invite"]
    assert bridge.land(bridge.consent(bridge.login(capabilities=[]))) == ""
    found = bridge.get("/connection")
    assert (found["status"], of(found, "ledger")["answer"]) == ("connected", "yes")
    assert (of(found, "appendices")["answer"], of(found, "appendices")["fixer"]) == ("no-scope", "user")


def test_a_licence_that_ran_out_after_the_consent_is_the_administrators_to_mend(bridge: Bridge) -> None:
    back = bridge.consent(bridge.login())
    bridge.company.licences.discard("invoicing")
    assert bridge.land(back) == ""
    line = of(bridge.get("/connection"), "appendices")
    assert (line["answer"], line["scope"], line["fixer"]) == ("no-licence", "invoice", "administrator")
    bridge.company.licences.add("invoicing")
    assert bridge.importing(LAST)["status"] == "succeeded"
    assert of(bridge.get("/connection"), "appendices")["answer"] == "yes"


def test_a_scope_that_was_not_granted_leaves_the_ledger_working(bridge: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.granted_scopes = ["bookkeeping", "companyinformation", "settings", "invoice", "supplierinvoice"]
    assert bridge.connect() == ""
    line = of(bridge.get("/connection"), "appendices")
    assert (line["answer"], line["scope"], line["fixer"]) == ("no-scope", "payment", "user")
    assert bridge.items(f"/voucher-series?year={LAST}")


def test_without_the_main_jobs_scope_the_connection_says_what_it_lacks(bridge: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.granted_scopes = ["companyinformation", "invoice"]
    assert bridge.connect() == ""
    found = bridge.get("/connection")
    assert (found["status"], found["export"]["reason"]) == ("missing-permission", "missing-permission")
    assert bridge.get("/connection", "sv")["text"] != found["text"]


def test_a_consent_that_does_not_tell_the_company_is_refused(bridge: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.granted_scopes = ["bookkeeping"]
    bridge.landed("scope-missing", bridge.connect())
    assert not_connected(bridge)


def test_a_consent_that_is_denied_ends_on_a_page_that_says_so(bridge: Bridge) -> None:
    bridge.landed("consent-denied", bridge.land(deny(bridge.leave(bridge.login()), bridge.company)))
    assert not_connected(bridge)


def test_who_is_no_administrator_connects_as_themselves_instead(bridge: Bridge) -> None:
    bridge.landed("not-administrator", bridge.connect("service", "assistant"))
    assert not_connected(bridge)
    assert bridge.get("/connection")["login"]["offers"] == ["personal", "invite"]
    assert bridge.land(bridge.consent(bridge.login("personal"), "assistant")) == ""
    assert bridge.get("/connection")["mode"] == "personal"


def test_an_app_without_service_accounts_offers_the_other_way(bridge: Bridge, fortnox: Simulator) -> None:
    client = fortnox.clients[parse_qs(urlsplit(bridge.leave(bridge.login())).query)["client_id"][0]]
    client.service_accounts = False
    try:
        bridge.landed("service-account-refused", bridge.connect())
        assert bridge.get("/connection")["login"]["offers"] == ["personal"]
        assert bridge.connect("personal") == ""
    finally:
        client.service_accounts = True


def test_a_scope_that_the_app_does_not_have_is_ours_to_mend(bridge: Bridge, fortnox: Simulator) -> None:
    client = fortnox.clients[parse_qs(urlsplit(bridge.leave(bridge.login())).query)["client_id"][0]]
    client.scopes = ["companyinformation", "bookkeeping", "settings"]
    try:
        bridge.landed("scope-refused", bridge.connect())
        assert bridge.land(bridge.consent(bridge.login(capabilities=[]))) == ""
    finally:
        client.scopes = None


def test_a_suspended_company_sends_the_browser_back_with_nothing(bridge: Bridge) -> None:
    bridge.company.suspended = True
    end = bridge.browser.visit(bridge.consent(bridge.login()))
    assert urlsplit(end).query == "problem=authorization-incomplete"
    texts_of("authorization-incomplete", {})
    page = httpx.get(end, headers={"accept-language": "en"})
    assert (page.status_code, "Log in to Fortnox and check the account" in page.text) == (200, True)


def test_a_login_that_takes_too_long_has_to_be_started_again(stack: LocalStack, bridge: Bridge) -> None:
    url = bridge.consent(bridge.login())
    stack.clock.move(11 * 60)
    assert bridge.land(url) == "authorization-expired"
    texts_of("authorization-expired", {})
    assert not_connected(bridge)
    assert bridge.connect() == ""


def test_a_state_counts_once(bridge: Bridge) -> None:
    url = bridge.consent(bridge.login())
    assert bridge.land(url) == ""
    assert bridge.land(url) == "authorization-used"
    texts_of("authorization-used", {})
    assert bridge.get("/connection")["status"] == "connected"


def test_a_state_that_was_carried_to_another_browser_counts_for_nothing(bridge: Bridge) -> None:
    url = bridge.consent(bridge.login())
    with Browser() as stranger:
        assert "problem=authorization-elsewhere" in stranger.visit(url)
    texts_of("authorization-elsewhere", {})
    assert bridge.land(url) == ""


def test_two_tabs_of_a_browser_both_come_back(bridge: Bridge) -> None:
    first, second = (bridge.leave(bridge.login()) for _ in range(2))
    person = Person("demo", "demo", bridge.company.org_number)
    backs = [bridge.browser.consent(url, person) for url in (second, first)]
    assert [bridge.land(back) for back in backs] == ["", ""]


def test_the_same_way_back_taken_many_times_at_once_counts_once(bridge: Bridge, fortnox: Simulator) -> None:
    back = bridge.consent(bridge.login())
    before = fortnox.stats.by_path.get("GET /3/companyinformation", 0)
    with ThreadPoolExecutor(20) as threads:
        problems = list(threads.map(lambda _: bridge.land(back), range(100)))
    assert sorted(problems) == [""] + ["authorization-used"] * 99
    assert fortnox.stats.by_path["GET /3/companyinformation"] == before + 1


def test_the_login_of_a_page_on_another_site_is_bound_by_a_cookie_of_our_own(bridge: Bridge) -> None:
    """The page at `localhost` asks without a cookie, as a page of another site would; only the navigation meets the cookie."""
    url = urlsplit(bridge.login())
    assert list(bridge.http.cookies.jar) == []
    headers = {"Origin": "http://localhost:9999", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = httpx.get(url.geturl(), headers=headers)
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=Lax" in answer.headers["set-cookie"]
    assert "access-control-allow-origin" not in answer.headers
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_a_code_that_fortnox_does_not_know_connects_nothing(bridge: Bridge) -> None:
    bridge.landed("authorization-expired", bridge.land(callback(bridge.leave(bridge.login()), code="made-up")))
    assert not_connected(bridge)


def test_an_error_that_nobody_has_heard_of_is_told_in_fortnoxs_own_words(bridge: Bridge) -> None:
    refused = callback(bridge.leave(bridge.login()), error="error_new", error_description="Något nytt")
    bridge.landed("fortnox-refused", bridge.land(refused))
    assert bridge.activity("connection-failed")[0]["params"]["message"] == "Något nytt"


def test_a_failed_attempt_leaves_the_connection_there_was(connected: Bridge) -> None:
    before = connected.get("/connection")
    denied = deny(connected.leave(connected.login()), connected.company)
    connected.landed("consent-denied", connected.land(denied))
    assert {**connected.get("/connection"), "login": None} == before
    assert connected.importing(LAST)["status"] == "succeeded"


def test_disconnecting_is_refused_while_a_job_runs(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.latency = 0.3
    job = connected.start("imports", {"years": [LAST]})
    path = f"/engagements/{connected.engagement}/connection"
    answers = [connected.ask("DELETE", path, accept_language=each) for each in ("sv", "en")]
    assert {answer.status_code for answer in answers} == {409}
    in_both("import-running", *(answer.json() for answer in answers))
    fortnox.knobs.latency = 0
    assert connected.wait(job)["status"] == "succeeded"


def test_the_login_leads_straight_into_the_import_it_was_for(bridge: Bridge) -> None:
    end = bridge.browser.visit(bridge.consent(bridge.login(thenImport={"years": [LAST]}, destination="import")))
    [job] = bridge.items("/imports")
    assert urlsplit(end).path == f"/engagements/{bridge.engagement}/imports/{job['id']}"
    assert bridge.wait(job)["status"] == "succeeded"
    assert bridge.published == job["id"]


def test_an_engagement_is_made_of_the_company_that_is_chosen_at_fortnox(bridge: Bridge) -> None:
    asked: Json = {"thenImport": {"years": []}}
    begun = bridge.ask("POST", "/engagements/authorizations", asked).json()["authorizeUrl"]
    end = bridge.browser.visit(bridge.consent(begun))
    made = Bridge(bridge.url, bridge.token, bridge.company, urlsplit(end).path.split("/")[2], bridge.http)
    found = made.get("")
    assert (found["name"], found["orgNumber"]) == (bridge.company.name, bridge.company.org_number)
    assert [year["id"] for year in found["years"]] == sorted(year.last for year in bridge.company.years)
    assert made.wait(made.items("/imports")[0])["status"] == "succeeded"
    made.browser.close()


@pytest.mark.parametrize("how", ["disconnected", "wrong-pick"])
def test_two_engagements_on_one_company_do_not_take_each_other_along(
    connected: Bridge, new_bridge: NewBridge, how: str
) -> None:
    other = another(connected)
    assert other.connect() == ""
    assert [each["id"] for each in other.get("/connection")["alsoConnected"]] == [connected.engagement]
    if how == "disconnected":
        assert other.ask("DELETE", f"/engagements/{other.engagement}/connection").status_code == 204
    else:
        third = new_bridge()
        mine = Person("demo", "demo", connected.company.org_number)
        picked = third.browser.consent(third.leave(third.login()), mine)
        third.landed("org-number-mismatch", third.land(picked))
    assert connected.importing(LAST)["status"] == "succeeded"
    assert connected.activity("connected-elsewhere") == []
    assert len(other.activity("connected-elsewhere")) == 1


def test_a_lease_that_ends_leaves_the_other_engagement_on_the_company_working(
    stack: LocalStack, connected: Bridge
) -> None:
    audit = another(connected, purpose="audit")
    assert audit.connect() == ""
    stack.clock.move(31 * 86400)
    assert stack.invoke("SweepDue", {})[1] is None
    assert (connected.get("/connection")["status"], audit.get("/connection")["status"]) == ("expired", "connected")
    assert audit.items(f"/voucher-series?year={LAST}")
    assert audit.get("/connection")["alsoConnected"] == []


def posted(bridge: Bridge, path: str, body: Any) -> httpx.Response:
    """Post without a login, as whoever was invited does."""
    return httpx.post(f"{bridge.url}/api/v1{path}", json=body)


def test_the_invited_administrator_connects_by_a_link_and_needs_no_login_with_us(bridge: Bridge) -> None:
    made = bridge.post("/activation-links", {"recipient": "Eva", "firm": "Revision AB"}).json()
    address, _, token = made["url"].partition("#")
    assert address.endswith("/activate")
    for _ in range(2):
        page = posted(bridge, "/activations/lookup", {"token": token}).json()
        assert (page["firm"], page["company"]) == ("Revision AB", bridge.company.name)
    begun = posted(bridge, "/activations/authorizations", {"token": token}).json()["authorizeUrl"]
    with Browser() as theirs:
        person = Person("demo", "demo", bridge.company.org_number)
        end = urlsplit(theirs.connect(begun, person))
    assert (end.path, end.query) == ("/activate", "connected=1")
    assert bridge.get("/connection")["connectedBy"] == "Eva"
    assert bridge.items("/activation-links")[0]["status"] == "used"
    assert len(bridge.activity("link-used")) == 1
    used = posted(bridge, "/activations/authorizations", {"token": token})
    assert (used.status_code, used.json()["code"]) == (410, "activation-used")


def test_a_link_that_was_called_back_or_made_up_opens_nothing(bridge: Bridge) -> None:
    made = bridge.post("/activation-links", {}).json()
    gone = bridge.ask("DELETE", f"/engagements/{bridge.engagement}/activation-links/{made['id']}")
    assert gone.status_code == 204
    for token, status in ((made["url"].partition("#")[2], 410), ("made-up", 404)):
        assert posted(bridge, "/activations/lookup", {"token": token}).status_code == status
