from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import httpx
import pytest

from infra.local.fortnox import Simulator
from infra.local.fortnox.model import Company
from infra.local.fortnox.oauth.grants import Client, User
from tests.simulator.conftest import NOW, SCOPES, Api, Clock, Person

DAY = 24 * 3600


def sent_back(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302
    return dict(httpx.URL(answer.headers["location"]).params)


def test_an_unknown_app_gets_a_page_and_no_redirect(person: Person) -> None:
    answer = person.visit(client_id="nobody")
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"state": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "bookkeeping everything"}, "invalid_scope"),
        ({"scope": "Bookkeeping"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"account_type": "personal"}, "invalid_request"),
    ],
)
def test_what_the_app_asks_for_is_checked_before_the_login(
    person: Person, changed: dict[str, str | None], error: str
) -> None:
    assert sent_back(person.visit(**changed))["error"] == error


def test_a_scope_that_is_not_ticked_for_the_app_is_refused_before_the_login(
    simulator: Simulator, person: Person
) -> None:
    simulator.clients["demo-client"].scopes = ["bookkeeping"]
    assert sent_back(person.visit()) == {
        "error": "invalid_scope",
        "error_description": "An unsupported scope was requested",
        "state": "s1",
    }


def test_the_redirect_address_is_checked_after_the_login_and_never_followed(person: Person) -> None:
    assert person.visit(redirect_uri="https://evil.test/").status_code == 200
    answer = person.log_in(redirect_uri="https://evil.test/")
    assert (answer.status_code, "redirect_uri" in answer.text) == (400, True)
    assert person.visit(redirect_uri="https://evil.test/", scope="nonsense").status_code == 400


def test_a_registered_address_is_used_where_the_app_names_none(
    simulator: Simulator, person: Person, small: Company
) -> None:
    simulator.clients["demo-client"] = Client("demo-client", "demo-secret", ["https://app.test/back?x=1"])
    answer = person.approve(small.number, redirect_uri=None)
    assert answer.headers["location"].startswith("https://app.test/back?x=1&code=")
    assert person.visit().status_code == 400


def test_a_wrong_password_shows_the_login_again(person: Person) -> None:
    answer = person.submit(person.visit(), username="demo", password="nope")
    assert (answer.status_code, "Fel användarnamn" in answer.text) == (401, True)


def test_the_consent_names_the_app_the_company_and_the_scopes(person: Person, small: Company) -> None:
    page = person.log_in(scope="bookkeeping invoice")
    assert all(text in page.text for text in ("Fortnox Bridge", small.name, "Bokföring", "Kundfakturor"))


def test_somebody_with_several_companies_chooses_one(person: Person, small: Company, nordvik: Company) -> None:
    page = person.log_in()
    assert small.name in page.text
    assert nordvik.name in page.text
    assert nordvik.name in person.submit(page, company=nordvik.number).text


def test_the_chooser_tells_which_company_lacks_the_integration_licence(
    simulator: Simulator, person: Person, small: Company, nordvik: Company
) -> None:
    simulator.knobs.licences_off[small.number] = ["integration"]
    page = person.log_in()
    assert page.text.count("saknar integrationslicens") == 1
    assert sent_back(person.submit(page, company=small.number))["error"] == "error_missing_license"
    assert nordvik.name in person.visit().text


def test_the_consent_says_as_whom_the_app_will_work(person: Person, small: Company) -> None:
    assert "som dig (demo)" in person.log_in().text
    assert "servicekonto för hela företaget" in person.visit(account_type="service").text
    assert small.name in person.visit().text


def test_a_personal_consent_after_a_service_one_leaves_the_service_account_working(
    person: Person, small: Company
) -> None:
    person.connect(small.number, account_type="service")
    person.submit(person.visit(), answer="approve")
    assert person.token(small.number, grant_type="client_credentials").status_code == 200


def test_somebody_elses_company_cannot_be_chosen(simulator: Simulator, person: Person, nordvik: Company) -> None:
    simulator.users["eva"] = User("eva", "eva", [nordvik.number, 42])
    page = person.log_in("eva")
    assert 'value="consent"' in page.text, "one company of hers exists: no choice to make"
    again = person.submit(page, company=2000001, answer="approve")
    assert dict(httpx.URL(again.headers["location"]).params).keys() == {"code", "state"}
    assert next(iter(simulator.state.grants.codes.values())).company == nordvik.number


def test_denying_sends_access_denied(person: Person) -> None:
    assert sent_back(person.submit(person.log_in(), answer="deny"))["error"] == "access_denied"


def test_the_next_visit_needs_no_login_until_somebody_logs_out(person: Person) -> None:
    person.log_in()
    page = person.visit()
    assert "Godkänn" in page.text
    person.http.post(page.request.url, data={"step": "logout"})
    assert "Lösenord" in person.visit().text


def test_only_an_administrator_approves_a_service_account(person: Person, small: Company) -> None:
    answer = person.approve(small.number, "assistant", account_type="service")
    assert sent_back(answer)["error"] == "error_missing_system_admin_right"
    assert "code" in sent_back(person.submit(person.visit(), answer="approve"))


def test_an_app_without_service_accounts_may_not_ask_for_one(simulator: Simulator, person: Person) -> None:
    simulator.clients["demo-client"].service_accounts = False
    assert sent_back(person.visit(account_type="service"))["error"] == "unauthorized_client"


@pytest.mark.parametrize("licence", ["integration", "archive"])
def test_a_company_without_a_licence_cannot_consent(
    simulator: Simulator, person: Person, small: Company, licence: str
) -> None:
    simulator.knobs.licences_off[small.number] = [licence]
    assert sent_back(person.log_in())["error"] == "error_missing_license"


def test_a_suspended_company_comes_back_with_neither_code_nor_state(person: Person, small: Company) -> None:
    small.suspended = True
    assert person.log_in().headers["location"] == "http://127.0.0.1:9999/callback"


def test_the_token_answer_has_the_fields_and_headers_fortnox_sends(person: Person, small: Company) -> None:
    code = sent_back(person.approve(small.number))["code"]
    answer = person.token(grant_type="authorization_code", code=code, redirect_uri="http://127.0.0.1:9999/callback")
    assert list(answer.json()) == ["access_token", "expires_in", "token_type", "scope", "refresh_token"]
    assert answer.json()["scope"] == SCOPES
    assert (answer.json()["expires_in"], answer.json()["token_type"]) == (3600, "bearer")
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


def test_the_access_token_is_a_large_jwt_with_the_claims_of_fortnox(person: Person, small: Company) -> None:
    token = person.connect(small.number)["access_token"]
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert len(token) > 2048
    assert claims["tenantId"] == small.number
    assert claims["sub"] == f"{claims['userId']}@{small.number}"
    assert claims["exp"] == NOW + 3600
    assert "bf.voucher" in json.loads(gzip.decompress(base64.b64decode(claims["rightsAsJson"])))


def test_a_code_works_once_for_ten_minutes_and_for_its_own_address(
    person: Person, small: Company, clock: Clock
) -> None:
    code = sent_back(person.approve(small.number))["code"]
    assert person.token(grant_type="authorization_code", code=code).status_code == 200
    assert person.token(grant_type="authorization_code", code=code).json()["error"] == "invalid_grant"
    code = sent_back(person.submit(person.visit(), answer="approve"))["code"]
    clock.now += 601
    assert person.token(grant_type="authorization_code", code=code).status_code == 400
    code = sent_back(person.submit(person.visit(), answer="approve"))["code"]
    assert person.token(grant_type="authorization_code", code=code, redirect_uri="http://x/").status_code == 400


def test_a_refresh_token_works_once_and_its_successor_lives_on(person: Person, small: Company) -> None:
    first = person.connect(small.number)["refresh_token"]
    second = person.token(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    again = person.token(grant_type="refresh_token", refresh_token=first)
    assert (again.status_code, again.headers["content-type"]) == (400, "text/html; charset=UTF-8")
    assert again.text == '{"error":"invalid_grant","error_description":"Invalid refresh token"}'
    assert person.token(grant_type="refresh_token", refresh_token=second).status_code == 200


def test_a_refresh_token_lives_45_days(person: Person, small: Company, clock: Clock) -> None:
    first = person.connect(small.number)["refresh_token"]
    clock.now += 45 * DAY - 1
    second = person.token(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    clock.now += 45 * DAY
    assert person.token(grant_type="refresh_token", refresh_token=second).status_code == 400


def test_wrong_client_credentials_are_401_as_plain_text(person: Person) -> None:
    for auth in (("demo-client", "wrong"), ("nobody", "demo-secret")):
        answer = person.http.post("/oauth-v1/token", auth=auth, data={"grant_type": "refresh_token"})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "text/plain;charset=UTF-8")
        assert answer.json() == {
            "error": "invalid_client",
            "error_description": "The client credentials are invalid",
        }
    for header in ("", "Bearer x", "Basic !!"):
        answer = person.http.post("/oauth-v1/token", headers={"Authorization": header})
        assert answer.status_code == 401


def test_another_grant_type_is_refused(person: Person) -> None:
    assert person.token(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_client_credentials_need_a_service_consent_and_the_tenant(person: Person, small: Company) -> None:
    assert person.token(small.number, grant_type="client_credentials").status_code == 400
    person.connect(small.number)
    assert person.token(small.number, grant_type="client_credentials").status_code == 400, "a personal consent"
    person.submit(person.visit(account_type="service"), answer="approve")
    answer = person.token(small.number, grant_type="client_credentials")
    assert list(answer.json()) == ["access_token", "expires_in", "token_type", "scope"]
    assert person.token(grant_type="client_credentials").status_code == 400
    assert person.token(42, grant_type="client_credentials").status_code == 400
    wider = person.token(small.number, grant_type="client_credentials", scope="salary")
    assert wider.json()["error"] == "invalid_scope"


def test_a_dropped_integration_licence_stops_every_grant(person: Person, small: Company) -> None:
    tokens = person.connect(small.number, account_type="service")
    small.licences.discard("integration")
    for form in ({"grant_type": "client_credentials"}, {"grant_type": "refresh_token", **tokens}):
        answer = person.token(small.number, **{name: str(value) for name, value in form.items()})
        assert (answer.status_code, answer.json()["error"]) == (400, "error_missing_license")


def test_revoking_ends_the_consent_and_is_true_for_any_token(person: Person, small: Company) -> None:
    refresh = person.connect(small.number, account_type="service")["refresh_token"]
    for token in ("nonsense", refresh):
        form = {"token": token, "token_type_hint": "refresh_token"}
        answer = person.http.post("/oauth-v1/revoke", auth=("demo-client", "demo-secret"), data=form)
        assert (answer.status_code, answer.text) == (200, '{"revoked":true}')
    assert person.token(grant_type="refresh_token", refresh_token=refresh).status_code == 400
    assert person.token(small.number, grant_type="client_credentials").status_code == 400
    assert person.http.post("/oauth-v1/revoke", data={"token": refresh}).status_code == 401


def test_an_access_token_lives_an_hour_and_cannot_be_changed(api: Api, clock: Clock) -> None:
    assert api.get("companyinformation").status_code == 200
    token = api.tokens["access_token"]
    for bad in ("", "x", token[:-4] + "xxxx", f"{token.split('.')[0]}.e30.{token.split('.')[2]}"):
        answer = api.http.get("companyinformation", headers={"Authorization": f"Bearer {bad}"})
        assert (answer.status_code, answer.text) == (401, '{"message":"unauthorized"}')
    clock.now += 3601
    assert api.get("companyinformation").status_code == 401
