"""The token broker, asked by invoking its Lambda. What it says of tokens is in no exception and no log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from bridge.ports import Access, Granted
from bridge.problem import PROBLEMS, BridgeError, Problem, Refused
from bridge.stores import shapes
from bridge.stores.failures import StoreUnavailable, at_the_wall
from bridge.tokens.connection import Connection, Mode


class BrokerFailed(BridgeError):
    """The token broker failed; names its exception's class."""


class BrokerUnavailable(BridgeError):
    """The token broker could not reach Fortnox or its own stores, or ran out of time; it passes by itself."""

    status: ClassVar[int] = 503

    @property
    def problem(self) -> Problem:
        """What to tell a person: try again soon."""
        return Problem("fortnox-unavailable")


PASSING = frozenset(
    {
        "",
        "FortnoxRateLimited",
        "FortnoxUnavailable",
        "Runtime.ExitError",
        "Sandbox.Timedout",
        "StoreUnavailable",
        "TokensUnderWay",
    }
)
"""The broker's error types that pass by themselves. None at all is a broker that ran out of time."""


class BrokerClient:
    """Implements `ports.Broker`."""

    def __init__(self, client: Any, function: str) -> None:
        """`client` is boto3's for Lambda, `function` the broker's name.

        The client waits as long as its own function can; the broker goes on with what it has begun.
        """
        self._client = client
        self._function = function

    def exchange(self, code: str, mode: Mode) -> Granted:
        """Trade a code; the refresh token stays with the broker."""
        answer = self._ask("exchange", code=code, mode=mode.value)
        company, scopes = int(answer["fortnoxTenant"]), tuple(answer["scopes"])
        return Granted(company, Mode(answer["mode"]), scopes, str(answer["accessToken"]))

    def seal(self, connection: Connection) -> str:
        """Have a connection sealed whose company was verified."""
        return str(self._ask("seal", connection=shapes.write(connection))["seal"])

    def access_token(self, tenant: str, engagement: str, *, rejected: str = "") -> Access:
        """Give an access token of the engagement's company."""
        answer = self._ask("access_token", tenant=tenant, engagement=engagement, rejected=rejected)
        return Access(str(answer["accessToken"]), int(answer["fortnoxTenant"]))

    def forget(self, fortnox_tenant: int) -> None:
        """Have the company's consent forgotten unless it is still needed."""
        self._ask("forget", fortnoxTenant=fortnox_tenant)

    def unclaim(self, fortnox_tenant: int) -> None:
        """Have the company's consent looked at in an hour."""
        self._ask("unclaim", fortnoxTenant=fortnox_tenant)

    def renew(self, fortnox_tenant: int) -> None:
        """Have the company's refresh token renewed if it is due."""
        self._ask("renew", fortnoxTenant=fortnox_tenant)

    def _ask(self, action: str, **params: object) -> Mapping[str, Any]:
        asked = json.dumps({"action": action, **params}).encode()
        try:
            with at_the_wall():
                answer = self._client.invoke(FunctionName=self._function, Payload=asked)
                said = json.loads(answer["Payload"].read())
        except StoreUnavailable as error:
            raise BrokerUnavailable(str(error)) from None
        if "FunctionError" in answer:
            raise _failure(said) from None
        return dict(said or {})


def _failure(said: Mapping[str, Any]) -> BridgeError:
    """Name what the broker raised: its refusals are ours, of anything else only the class is kept."""
    kind = str(said.get("errorType", ""))
    if kind in PASSING:
        return BrokerUnavailable(kind)
    refused = _refusal(said.get("errorMessage")) if kind == "Refused" else None
    return refused or BrokerFailed(kind)


def _refusal(message: Any) -> Refused | None:
    try:
        told = json.loads(message)
        return Refused(Problem(told["code"], dict(told["params"]))) if told["code"] in PROBLEMS else None
    except (KeyError, TypeError, ValueError):
        return None
