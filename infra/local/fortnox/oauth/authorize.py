"""/oauth-v1/auth: what is checked before the login page, what after it, and what the browser is sent back with."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from infra.local.fortnox.answers import Answer
from infra.local.fortnox.incoming import SESSION, Incoming
from infra.local.fortnox.knobs import Knobs
from infra.local.fortnox.model import Company
from infra.local.fortnox.oauth import pages
from infra.local.fortnox.oauth.grants import CODE_SECONDS, Client, Code, Grants, User
from infra.local.fortnox.scopes import LICENCE_OF, missing_licence


@dataclass(slots=True)
class Browser:
    """One request of a browser on its way through the authorisation."""

    incoming: Incoming
    grants: Grants
    companies: dict[int, Company]
    knobs: Knobs
    now: float

    @property
    def asked(self) -> dict[str, str]:
        """The parameters the app sent."""
        return self.incoming.parameters

    @property
    def here(self) -> str:
        """Where the forms of every page post to."""
        return f"{self.incoming.path}?{self.incoming.query}"

    @property
    def scopes(self) -> list[str]:
        """The scopes the app asks for."""
        return self.asked.get("scope", "").split()

    @property
    def for_service(self) -> bool:
        """Whether a service account of the company is asked for, instead of working as the person who logs in."""
        return self.asked.get("account_type") == "service"

    def licences(self, company: Company) -> set[str]:
        """Give the licences the company has, as far as the knobs leave them."""
        return company.licences - set(self.knobs.licences_off.get(company.number, ()))


def authorize(browser: Browser) -> Answer:
    """GET and POST /oauth-v1/auth."""
    client = browser.grants.clients.get(browser.asked.get("client_id", ""))
    if client is None:
        return pages.problem("Okänd app", "client_id är inte registrerat hos Fortnox.")
    uri = browser.asked.get("redirect_uri") or (client.redirect_uris or [""])[0]
    if (error := _first_error(browser, client)) is not None:
        return _back(browser, client, uri, **error)
    user = browser.grants.users.get(browser.grants.sessions.get(browser.incoming.session, ""))
    if browser.incoming.method == "POST" and browser.incoming.form.get("step") in ("login", "logout"):
        return _log_in(browser, client)
    if user is None:
        return pages.login(browser.here, client.name)
    if not client.redirects_to(uri):
        return pages.problem("Fel adress", "redirect_uri stämmer inte med den som är registrerad för appen.")
    return _choose(browser, client, user, uri)


def _first_error(browser: Browser, client: Client) -> dict[str, str] | None:
    """Say what is wrong before anybody has logged in."""
    if not browser.asked.get("state"):
        return {"error": "invalid_request", "error_description": "The state parameter is missing"}
    if browser.asked.get("response_type") != "code":
        return {"error": "unsupported_response_type", "error_description": "Response type is not supported"}
    allowed = set(LICENCE_OF) if client.scopes is None else set(client.scopes)
    if not browser.scopes or set(browser.scopes) - allowed:
        return {"error": "invalid_scope", "error_description": "An unsupported scope was requested"}
    if browser.asked.get("account_type") not in (None, "service"):
        return {"error": "invalid_request", "error_description": "Account type is not supported"}
    if browser.for_service and not client.service_accounts:
        return {"error": "unauthorized_client", "error_description": "Client does not allow service account"}
    return None


def _back(browser: Browser, client: Client, uri: str, **parameters: str) -> Answer:
    """Send the browser back to the app; never to an address the app has not registered."""
    if not client.redirects_to(uri):
        return pages.problem("Fel adress", "redirect_uri stämmer inte med den som är registrerad för appen.")
    if "state" in browser.asked:
        parameters["state"] = browser.asked["state"]
    return _redirect(f"{uri}{'&' if '?' in uri else '?'}{urlencode(parameters)}", 302)


def _redirect(location: str, status: int, **headers: str) -> Answer:
    return Answer(
        status, b"", "text/html; charset=UTF-8", {"Location": location, "Cache-Control": "no-store", **headers}
    )


def _log_in(browser: Browser, client: Client) -> Answer:
    form = browser.incoming.form
    cookie = f"{SESSION}={{}}; Path=/oauth-v1; HttpOnly; SameSite=Lax"
    if form["step"] == "logout":
        browser.grants.sessions.pop(browser.incoming.session, None)
        return _redirect(browser.here, 303, **{"Set-Cookie": cookie.format("") + "; Max-Age=0"})
    user = browser.grants.users.get(form.get("username", ""))
    if user is None or user.password != form.get("password"):
        return pages.login(browser.here, client.name, wrong=True)
    return _redirect(browser.here, 303, **{"Set-Cookie": cookie.format(browser.grants.new_session(user.name))})


def _choose(browser: Browser, client: Client, user: User, uri: str) -> Answer:
    form = browser.incoming.form if browser.incoming.method == "POST" else {}
    mine = [each for each in browser.companies.values() if user.companies is None or each.number in user.companies]
    chosen = [each for each in mine if str(each.number) == form.get("company", "")]
    if len(mine) == 1 and not chosen:
        chosen = mine
    if not chosen:
        unlicensed = {each.number for each in mine if "integration" not in browser.licences(each)}
        return pages.choose(browser.here, client.name, user.name, mine, unlicensed)
    company = chosen[0]
    if company.suspended:
        return _redirect(uri, 302)
    if (error := _second_error(browser, user, company)) is not None:
        return _back(browser, client, uri, **error)
    if form.get("step") != "consent":
        return pages.consent(browser.here, client.name, user.name, company, browser.scopes, service=browser.for_service)
    return _decide(browser, client, user, company, uri)


def _second_error(browser: Browser, user: User, company: Company) -> dict[str, str] | None:
    """Say what is wrong about the company or the person."""
    if missing_licence(browser.scopes, browser.licences(company)):
        return {"error": "error_missing_license", "error_description": "License is missing"}
    if browser.for_service and not user.administrator:
        return {
            "error": "error_missing_system_admin_right",
            "error_description": "System administrator right is missing",
        }
    return None


def _decide(browser: Browser, client: Client, user: User, company: Company, uri: str) -> Answer:
    if browser.incoming.form.get("answer") != "approve":
        return _back(browser, client, uri, error="access_denied", error_description="The user denied the request")
    scopes = browser.scopes if browser.knobs.granted_scopes is None else browser.knobs.granted_scopes
    browser.grants.allow(client.id, company.number, scopes, service=browser.for_service)
    code = Code(client.id, company.number, user.name, scopes, uri, browser.now + CODE_SECONDS)
    return _back(browser, client, uri, code=browser.grants.new_code(code))
