"""The connecting doors: what a browser is given on its way to Fortnox and back, and what needs no login with us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.tokens.capability import Answer
from tests.doors.conftest import Http
from tests.doors.test_http_doors import ASKED, E, created, linked, through_fortnox
from tests.stand_ins.world import FakeWorld

LOOKUP, START = "/api/v1/activations/lookup", "/api/v1/activations/authorizations"


def begun(http: Http, at: str, **body: object) -> str:
    """Start a login; gives our own address that begins it."""
    answer = http("oauth_callback", "POST", f"{at}/connection/authorizations", body)
    assert answer.status == 201, answer.text
    return str(answer.json["authorizeUrl"])


def shown(http: Http, at: str) -> Any:
    return http("oauth_callback", "GET", f"{at}/connection").json


def invited(http: Http, at: str, **body: object) -> str:
    """Make an activation link; gives its token."""
    made = http("oauth_callback", "POST", f"{at}/activation-links", body)
    assert made.status == 201
    return str(made.json["url"].partition("#")[2])


def test_the_cookie_is_set_by_our_own_page_on_the_way_to_fortnox_and_by_nothing_before(http: Http) -> None:
    url = urlsplit(begun(http, created(http)))
    assert url.netloc == "bridge.example"
    leaving = http("oauth_callback", "GET", url.path, query=url.query)
    [cookie] = leaving.cookies
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-fortnox-login=")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]
    assert (leaving.status, leaving.headers["Cache-Control"], leaving.headers["Referrer-Policy"]) == (
        303,
        "no-store",
        "no-referrer",
    )
    assert leaving.headers["Location"].startswith("https://apps.fortnox.se/oauth-v1/auth?")


def test_a_second_tab_keeps_the_cookie_of_the_first(http: Http) -> None:
    at = created(http)
    first = urlsplit(begun(http, at))
    leaving = http("oauth_callback", "GET", first.path, query=first.query)
    http.cookies = ["other=1", leaving.cookies[0].partition(";")[0]]
    second = urlsplit(begun(http, at))
    again = http("oauth_callback", "GET", second.path, query=second.query)
    assert again.cookies == leaving.cookies


def test_on_a_developers_own_machine_the_cookie_is_one_that_its_browser_takes(http: Http, world: FakeWorld) -> None:
    world.settings = replace(world.settings, public_url="http://127.0.0.1:8787")
    url = urlsplit(begun(http, created(http)))
    leaving = http("oauth_callback", "GET", url.path, query=url.query)
    assert leaving.cookies[0].startswith("fortnox-login=")
    assert "Secure" not in leaving.cookies[0]


def test_coming_back_sets_no_cookie_and_leaves_no_trace(http: Http) -> None:
    back = through_fortnox(http, begun(http, created(http)), "code=once")
    assert (back.cookies, back.headers["Referrer-Policy"]) == ([], "no-referrer")


@pytest.mark.parametrize(
    ("path", "query", "problem"),
    [
        ("/oauth/start", "", "authorization-expired"),
        ("/oauth/start", "ticket=made-up", "authorization-expired"),
        ("/oauth/callback", "", "authorization-incomplete"),
        ("/oauth/callback", "code=once&state=made-up", "authorization-expired"),
    ],
)
def test_a_browser_that_strayed_here_ends_on_a_page(http: Http, path: str, query: str, problem: str) -> None:
    answer = http("oauth_callback", "GET", path, query=query)
    assert (answer.status, answer.cookies) == (303, [])
    assert answer.headers["Location"] == f"https://console.example/oauth/return?problem={problem}"


def test_a_fault_of_ours_ends_on_a_page_too(http: Http, world: FakeWorld) -> None:
    del world.attempts
    answer = http("oauth_callback", "GET", "/oauth/callback", query="code=once&state=x")
    assert (answer.status, answer.headers["Location"]) == (303, "https://console.example/oauth/return?problem=internal")


def test_another_browser_is_told_to_go_back_to_the_first(http: Http) -> None:
    url = urlsplit(begun(http, created(http)))
    leaving = http("oauth_callback", "GET", url.path, query=url.query)
    (state,) = parse_qs(urlsplit(leaving.headers["Location"]).query)["state"]
    http.cookies = ["__Host-fortnox-login=" + "x" * 43]
    back = http("oauth_callback", "GET", "/oauth/callback", query=f"code=stolen&state={state}")
    assert back.headers["Location"].endswith("/oauth/return?problem=authorization-elsewhere")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_refused_login_is_shown_with_its_reason_and_what_to_do_instead(http: Http, language: str) -> None:
    at = created(http)
    http.language = language
    back = through_fortnox(http, begun(http, at), "error=error_missing_system_admin_right")
    assert back.headers["Location"].endswith("?problem=not-administrator")
    login = shown(http, at)["login"]
    assert (login["mode"], login["problem"]["code"], login["offers"]) == (
        "service",
        "not-administrator",
        ["personal", "invite"],
    )
    assert login["problem"]["detail"]
    through_fortnox(http, begun(http, at, mode="personal"), "code=once")
    assert (shown(http, at)["mode"], shown(http, at)["login"]) == ("personal", None)


def test_a_login_under_way_is_shown_with_nothing_to_offer_yet(http: Http) -> None:
    at = created(http)
    begun(http, at, mode="personal")
    found = shown(http, at)
    assert found["status"] == "pending"
    assert (found["login"]["mode"], found["login"]["problem"], found["login"]["offers"]) == ("personal", None, [])


def test_each_part_says_whether_it_works_and_who_can_mend_it(http: Http, world: FakeWorld) -> None:
    world.fake.answers["supplierinvoice"] = Answer.NO_LICENCE
    found = shown(http, linked(http))
    assert [(each["id"], each["answer"], each["scope"], each["fixer"]) for each in found["capabilities"]] == [
        ("ledger", "yes", None, None),
        ("appendices", "no-licence", "supplierinvoice", "administrator"),
        ("documents", "no-scope", "connectfile", "user"),
        ("billing", "no-scope", "customer", "user"),
    ]
    assert all(each["text"] for each in found["capabilities"])
    assert found["export"] == {
        "allowed": False,
        "reason": "not-imported",
        "text": "Ingen bokföring är importerad. Importera från Fortnox, sedan kan du exportera.",
    }


def test_a_connection_that_lasts_names_no_day(http: Http) -> None:
    asked = {**ASKED, "purpose": "audit"}
    at = f"{E}/{http('oauth_callback', 'POST', E, asked).json['id']}"
    through_fortnox(http, begun(http, at), "code=once")
    found = shown(http, at)
    assert (found["status"], found["expiresAt"]) == ("connected", None)
    assert found["text"].startswith("Gäller tills du kopplar bort")


def test_a_sole_traders_number_is_masked(http: Http, world: FakeWorld) -> None:
    world.fake.org_number = "850101-1236"
    asked = {**ASKED, "orgNumber": "850101-1236"}
    at = f"{E}/{http('oauth_callback', 'POST', E, asked).json['id']}"
    through_fortnox(http, begun(http, at), "code=once")
    assert shown(http, at)["orgNumber"] == "850101-****"


def test_a_company_becomes_an_engagement_whose_import_runs(http: Http, world: FakeWorld) -> None:
    asked = {"kind": "year-end", "thenImport": {}, "destination": "import"}
    answer = http("oauth_callback", "POST", f"{E}/authorizations", asked)
    assert answer.status == 201
    back = through_fortnox(http, answer.json["authorizeUrl"], "code=once")
    [(_, key)] = world.workflows.started
    assert back.headers["Location"].endswith(f"/engagements/{key.engagement}/imports/{key.id}?connected=1")
    [made] = http("oauth_callback", "GET", E).json["items"]
    assert (made["name"], made["orgNumber"]) == ("Nordvik Snickeri AB", "556677-8899")


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "root"},
        {"destination": "https://evil.example/"},
        {"destination": "activation"},
        {"capabilities": ["everything"]},
        {"thenImport": {"source": "file"}},
    ],
)
def test_a_login_for_something_else_than_we_know_is_refused(http: Http, body: object) -> None:
    assert http("oauth_callback", "POST", f"{created(http)}/connection/authorizations", body).status == 422


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_invited_person_is_told_in_plain_words_what_is_asked_for(http: Http, language: str) -> None:
    http.language = language
    token = invited(http, created(http), firm="Revision AB", recipient="Eva")
    page = http("oauth_callback", "POST", LOOKUP, {"token": token}).json
    assert (page["status"], page["firm"], page["invitedBy"], page["tenant"]) == ("waiting", "Revision AB", "ada", "T1")
    assert (page["company"], page["orgNumber"]) == ("Nordvik Snickeri AB", "556677-8899")
    assert [each["id"] for each in page["reads"]] == ["ledger", "appendices"]
    assert [each["id"] for each in page["needs"]] == ["licence", "administrator", "ledger", "appendices"]
    told = [each for kind in ("reads", "writes", "never", "needs") for each in page[kind]]
    assert all(" " in each["text"] or each["text"] in {"Inget", "Nothing"} for each in told)
    assert token not in http("oauth_callback", "POST", LOOKUP, {"token": token}).text


def test_an_invited_administrator_connects_and_the_firm_sees_it(http: Http) -> None:
    at = created(http)
    token = invited(http, at, recipient="Eva")
    start = http("oauth_callback", "POST", START, {"token": token})
    assert start.status == 201
    back = through_fortnox(http, start.json["authorizeUrl"], "code=once")
    assert back.headers["Location"] == "https://console.example/activate?connected=1"
    [link] = http("oauth_callback", "GET", f"{at}/activation-links").json["items"]
    assert (link["status"], link["text"], link["recipient"]) == ("used", "Använd", "Eva")
    assert "url" not in link
    assert shown(http, at)["connectedBy"] == "Eva"
    for path in (LOOKUP, START):
        answer = http("oauth_callback", "POST", path, {"token": token})
        assert (answer.status, answer.json["code"]) == (410, "activation-used")


def test_a_link_is_called_back_again_and_again(http: Http) -> None:
    at = created(http)
    token = invited(http, at)
    [link] = http("oauth_callback", "GET", f"{at}/activation-links").json["items"]
    for _ in range(2):
        assert http("oauth_callback", "DELETE", f"{at}/activation-links/{link['id']}").status == 204
    assert http("oauth_callback", "POST", LOOKUP, {"token": token}).json["code"] == "activation-revoked"
    assert http("oauth_callback", "POST", LOOKUP, {"token": "made-up"}).status == 404
    assert http("oauth_callback", "POST", LOOKUP, {"token": ""}).status == 422
