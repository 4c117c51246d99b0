"""/oauth-v1/token and /oauth-v1/revoke, with Fortnox's bodies under Fortnox's odd content types."""

from __future__ import annotations

import secrets

from infra.local.fortnox.answers import Answer, json_answer
from infra.local.fortnox.incoming import Incoming
from infra.local.fortnox.knobs import Knobs
from infra.local.fortnox.model import Company
from infra.local.fortnox.oauth.grants import ACCESS_SECONDS, REFRESH_SECONDS, Client, Grants, Refresh

_HTML = "text/html; charset=UTF-8"
_TEXT = "text/plain;charset=UTF-8"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenRefused(Exception):
    """The token endpoint answers with an error: its name, description and status."""

    def __init__(self, error: str, description: str, status: int = 400, content_type: str = _HTML) -> None:
        super().__init__(description)
        self.answer = json_answer({"error": error, "error_description": description}, status, content_type)
        self.answer.headers.update(_NO_STORE)


def token(incoming: Incoming, grants: Grants, companies: dict[int, Company], knobs: Knobs, now: float) -> Answer:
    """POST /oauth-v1/token: the three grants."""
    try:
        client = _client(incoming, grants)
        form = incoming.form
        grant = form.get("grant_type", "")
        if grant == "authorization_code":
            return _by_code(form, client, grants, companies, now)
        if grant == "refresh_token":
            _see_reuse(form, grants, knobs)
            return _by_refresh(form, client, grants, companies, now)
        if grant == "client_credentials":
            return _by_credentials(incoming, client, grants, companies, now)
    except TokenRefused as refused:
        return refused.answer
    return TokenRefused("unsupported_grant_type", "Grant type is missing or not supported").answer


def revoke(incoming: Incoming, grants: Grants) -> Answer:
    """POST /oauth-v1/revoke: true for any token; access tokens already out live on."""
    try:
        client = _client(incoming, grants)
    except TokenRefused as refused:
        return refused.answer
    refresh = grants.refreshes.get(incoming.form.get("token", ""))
    if refresh is not None and refresh.client == client.id:
        grants.withdraw(client.id, refresh.company)
    return json_answer({"revoked": True})


def _client(incoming: Incoming, grants: Grants) -> Client:
    name, secret = incoming.basic
    client = grants.clients.get(name)
    if client is None or client.secret != secret:
        raise TokenRefused("invalid_client", "The client credentials are invalid", 401, _TEXT)
    return client


def _by_code(form: dict[str, str], client: Client, grants: Grants, companies: dict[int, Company], now: float) -> Answer:
    code = grants.codes.pop(form.get("code", ""), None)
    sent = form.get("redirect_uri")
    if code is None or code.client != client.id or code.expires <= now or sent not in (None, code.redirect_uri):
        raise TokenRefused("invalid_grant", "Auth code or ClientID supplied is invalid")
    _check_licence(companies[code.company])
    family = secrets.token_hex(8)
    refresh = Refresh(client.id, code.company, code.user, code.scopes, now + REFRESH_SECONDS, family)
    return _with_refresh(refresh, grants, now)


def _by_refresh(
    form: dict[str, str], client: Client, grants: Grants, companies: dict[int, Company], now: float
) -> Answer:
    used = grants.refreshes.get(form.get("refresh_token", ""))
    if used is None or used.client != client.id or used.dead or used.expires <= now:
        raise TokenRefused("invalid_grant", "Invalid refresh token")
    _check_licence(companies[used.company])
    used.dead = True
    refresh = Refresh(client.id, used.company, used.user, used.scopes, now + REFRESH_SECONDS, used.family)
    return _with_refresh(refresh, grants, now)


def _see_reuse(form: dict[str, str], grants: Grants, knobs: Knobs) -> None:
    """Take a second use of a refresh token for theft, where a knob says so: nothing of its family works any more."""
    used = grants.refreshes.get(form.get("refresh_token", ""))
    if knobs.reuse_ends_family and used is not None and used.dead:
        grants.end_family(used.family)


def _by_credentials(
    incoming: Incoming, client: Client, grants: Grants, companies: dict[int, Company], now: float
) -> Answer:
    tenant = incoming.headers.get("tenantid", "")
    company = companies.get(int(tenant)) if tenant.isascii() and tenant.isdecimal() else None
    consent = grants.consent(client.id, company.number) if company else None
    if company is None or consent is None or not consent.service:
        raise TokenRefused("invalid_grant", "No consent for the given tenant")
    _check_licence(company)
    wanted = incoming.form.get("scope", "").split()
    if not set(wanted) <= set(consent.scopes):
        raise TokenRefused("invalid_scope", "An unsupported scope was requested")
    access = grants.access_token(client.id, company.number, "", consent.scopes, now)
    return _answer({"access_token": access}, consent.scopes)


def _check_licence(company: Company) -> None:
    if "integration" not in company.licences:
        raise TokenRefused("error_missing_license", "The company has no integration license")


def _with_refresh(refresh: Refresh, grants: Grants, now: float) -> Answer:
    access = grants.access_token(refresh.client, refresh.company, refresh.user, refresh.scopes, now)
    answer = _answer({"access_token": access}, refresh.scopes, {"refresh_token": grants.new_refresh(refresh)})
    answer.headers.update(_NO_STORE)
    return answer


def _answer(first: dict[str, str], scopes: list[str], last: dict[str, str] | None = None) -> Answer:
    middle = {"expires_in": ACCESS_SECONDS, "token_type": "bearer", "scope": " ".join(scopes)}
    answer = json_answer({**first, **middle, **(last or {})})
    answer.headers.update(_NO_STORE)
    return answer
