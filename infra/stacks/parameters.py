"""What may differ between two deployments: the context parameters of the stack, with their defaults and their checks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

_URL = r"(https://[\w.-]+|http://(127\.0\.0\.1|localhost))(:\d{1,5})?(/[\w.~-]+)*/?"
_URL_TOLD = "an https URL without query (or http on this machine, on another stage than prod)"


class InvalidParameters(Exception):
    """Context parameters are unknown, missing or malformed; the message names every one of them."""


@dataclass(frozen=True, slots=True)
class _Rule:
    default: str
    pattern: str
    told: str
    needed: bool = False


RULES: Mapping[str, _Rule] = {
    "stage": _Rule("prod", r"[a-z][a-z0-9-]{0,15}", "a short lower-case name"),
    "region": _Rule("eu-north-1", r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region"),
    "issuer": _Rule("https://login.example.com", _URL, _URL_TOLD, needed=True),
    "audience": _Rule("fortnox-bridge", r"[^\s,]{1,200}", "the audience of the access tokens", needed=True),
    "tenantClaim": _Rule("tenant", r"[\w:/.-]{1,100}", "the name of a claim"),
    "rolesClaim": _Rule("roles", r"[\w:/.-]{1,100}", "the name of a claim"),
    "consoleUrl": _Rule("https://console.example.com", _URL, _URL_TOLD, needed=True),
    "allowedOrigins": _Rule("", rf"({_URL}(,{_URL})*)?", "origins between commas; by default that of consoleUrl"),
    "fortnoxApiUrl": _Rule("https://api.fortnox.se", _URL, _URL_TOLD),
    "fortnoxAppsUrl": _Rule("https://apps.fortnox.se", _URL, _URL_TOLD),
    "fortnoxClientId": _Rule("not-set", r"[\w-]{1,64}", "the integration's client id at Fortnox", needed=True),
    "rateCeiling": _Rule(
        "24", r"[1-9]|1\d|2[0-5]", "how many of Fortnox's 25 requests in 5 seconds may be used: 1 to 25"
    ),
    "serviceAccounts": _Rule("true", r"true|false", "true or false"),
    "settleSeconds": _Rule("900", r"\d{1,5}", "whole seconds"),
    "defaultSeries": _Rule("A", r"[A-Z0-9]{1,10}", "a voucher series (verifikationsserie)"),
    "objectLimit": _Rule("500", r"\d{1,6}", "a whole number of objects"),
}
"""Name in the context -> its default, its pattern, the pattern in words, and whether a deployment must give it."""


SETTLE = 900
"""Seconds after which a request to Fortnox can no longer land; searching earlier and sending again could book twice."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters as text: names as in RULES, in snake case. `allowed_origins` are origins between commas."""

    stage: str
    region: str
    issuer: str
    audience: str
    tenant_claim: str
    roles_claim: str
    console_url: str
    allowed_origins: str
    fortnox_api_url: str
    fortnox_apps_url: str
    fortnox_client_id: str
    rate_ceiling: str
    service_accounts: str
    settle_seconds: str
    default_series: str
    object_limit: str

    @classmethod
    def read(cls, context: Mapping[str, object], *, deploying: bool = False) -> Self:
        """Parameters out of a context: defaults where it is silent. Raises InvalidParameters.

        Names with a colon or an @ are the CDK's own and pass. `deploying` demands those that have no honest default.
        """
        given = {name: _text(value) for name, value in context.items() if ":" not in name and "@" not in name}
        values = {name: given.get(name, rule.default) for name, rule in RULES.items()}
        wrong = [f"{name} is no parameter of this stack" for name in sorted(set(given) - set(RULES))]
        wrong += [
            f"{name} is missing: {r.told}" for name, r in RULES.items() if deploying and r.needed and name not in given
        ]
        wrong += [
            f"{name} is {values[name]!r}, but must be {rule.told}"
            for name, rule in RULES.items()
            if not re.fullmatch(rule.pattern, values[name]) or (values["stage"] == "prod" and "http://" in values[name])
        ]
        if values["stage"] == "prod" and values["settleSeconds"].isdigit() and int(values["settleSeconds"]) < SETTLE:
            wrong.append(
                f"settleSeconds is {values['settleSeconds']}, but must be at least {SETTLE} where books are real"
            )
        if wrong:
            raise InvalidParameters("; ".join(wrong))
        values["allowedOrigins"] = values["allowedOrigins"] or _origin(values["consoleUrl"])
        return cls(**{_snake(name): value for name, value in values.items()})

    @classmethod
    def stencil(cls, region: str) -> Self:
        """Parameters with a mark in each place: the template made from them serves every context of that region."""
        marks = {_snake(name): _mark(name) for name in RULES}
        return cls(**{**marks, "region": region})

    def fill(self, template: str) -> str:
        """Put these parameters in place of the marks in the JSON text of a template made from the stencil."""
        origins = ", ".join(json.dumps(origin) for origin in self.origins)
        template = template.replace(json.dumps(_mark("allowedOrigins")), origins)
        for name in RULES:
            template = template.replace(_mark(name), json.dumps(getattr(self, _snake(name)))[1:-1])
        return template

    @property
    def origins(self) -> list[str]:
        """The origins that may call the API from a browser."""
        return self.allowed_origins.split(",")


def _mark(name: str) -> str:
    return f"(({name}))"


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", name)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
