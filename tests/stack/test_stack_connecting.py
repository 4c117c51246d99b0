from __future__ import annotations

from infra.local.fortnox import Simulator
from infra.local.stack import LocalStack
from tests.stack.client import Bridge, NewBridge, callback, deny, in_both, landing, texts_of


def not_connected(bridge: Bridge) -> bool:
    """Nothing came of it: no connection, no import, no export."""
    bridge.refused("not-connected", "POST", "/imports", {})
    return bool(bridge.get("/connection")["status"] == "none")


def test_another_company_than_the_engagements_is_refused(bridge: Bridge, new_bridge: NewBridge) -> None:
    other = new_bridge()
    url = bridge.login()
    bridge.landed("org-number-mismatch", landing(other.consent(url)))
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


def test_a_consent_without_every_scope_is_refused(bridge: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.granted_scopes = ["bookkeeping", "companyinformation", "settings", "invoice", "supplierinvoice"]
    bridge.landed("scope-missing", bridge.connect())
    assert bridge.activity("connection-failed")[0]["params"]["scope"] == "payment"
    assert not_connected(bridge)


def test_a_consent_that_is_denied_ends_on_a_page_that_says_so(bridge: Bridge) -> None:
    bridge.landed("consent-denied", landing(deny(bridge.login(), bridge.company)))
    assert not_connected(bridge)


def test_only_an_administrator_connects_for_the_whole_company(bridge: Bridge) -> None:
    bridge.landed("not-administrator", bridge.connect("service", "assistant"))
    assert not_connected(bridge)


def test_a_suspended_company_sends_the_browser_back_with_nothing(bridge: Bridge) -> None:
    bridge.company.suspended = True
    assert bridge.connect() == "consent-denied"
    assert not_connected(bridge)


def test_a_login_that_takes_too_long_has_to_be_started_again(stack: LocalStack, bridge: Bridge) -> None:
    url = bridge.consent(bridge.login())
    stack.clock.move(11 * 60)
    assert landing(url) == "authorization-expired"
    texts_of("authorization-expired", {})
    assert not_connected(bridge)
    assert bridge.connect() == ""


def test_a_state_counts_once(bridge: Bridge) -> None:
    url = bridge.consent(bridge.login())
    assert landing(url) == ""
    assert landing(url) == "authorization-expired"
    assert bridge.get("/connection")["status"] == "connected"


def test_a_code_that_fortnox_does_not_know_connects_nothing(bridge: Bridge) -> None:
    bridge.landed("connection-revoked", landing(callback(bridge.login(), code="made-up")))
    assert not_connected(bridge)


def test_an_error_that_nobody_has_heard_of_is_told_in_fortnoxs_own_words(bridge: Bridge) -> None:
    refused = callback(bridge.login(), error="error_new", error_description="Något nytt")
    bridge.landed("fortnox-refused", landing(refused))
    assert bridge.activity("connection-failed")[0]["params"]["message"] == "Något nytt"


def test_a_failed_attempt_leaves_the_connection_there_was(connected: Bridge) -> None:
    before = connected.get("/connection")
    connected.landed("consent-denied", landing(deny(connected.login(), connected.company)))
    assert connected.get("/connection") == before
    assert connected.importing("2025-12-31")["status"] == "succeeded"


def test_disconnecting_is_refused_while_a_job_runs(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.latency = 0.3
    job = connected.start("imports", {"years": ["2025-12-31"]})
    path = f"/engagements/{connected.engagement}/connection"
    answers = [connected.ask("DELETE", path, accept_language=each) for each in ("sv", "en")]
    assert {answer.status_code for answer in answers} == {409}
    in_both("import-running", *(answer.json() for answer in answers))
    fortnox.knobs.latency = 0
    assert connected.wait(job)["status"] == "succeeded"
