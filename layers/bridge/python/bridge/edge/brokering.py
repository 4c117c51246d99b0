"""The broker's own wall: one question in, one answer out. Answers may hold an access token and are logged by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge.flows import broker
from bridge.ports import Shared
from bridge.problem import BridgeError, Refused
from bridge.stores import shapes
from bridge.tokens.connection import Connection, Mode


def answer(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a question; KeyError for one the broker does not know. What a person can correct leaves as `Refused`."""
    try:
        return ANSWERS[event["action"]](shared, event)
    except BridgeError as error:
        if isinstance(error, Refused) or error.passes:
            raise
        raise Refused(error.problem) from None


def _exchange(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    granted = broker.exchange(shared, event["code"], Mode(event["mode"]))
    return {
        "fortnoxTenant": granted.fortnox_tenant,
        "mode": granted.mode,
        "scopes": list(granted.scopes),
        "accessToken": granted.access_token,
    }


def _seal(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    return {"seal": broker.seal(shared, shapes.read(Connection, event["connection"]))}


def _access_token(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    access = broker.access_token(shared, event["tenant"], event["engagement"], rejected=event["rejected"])
    return {"accessToken": access.token, "fortnoxTenant": access.fortnox_tenant}


def _forget(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    broker.forget(shared, int(event["fortnoxTenant"]))
    return {}


def _unclaim(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    broker.unclaim(shared, int(event["fortnoxTenant"]))
    return {}


def _renew(shared: Shared, event: Mapping[str, Any]) -> dict[str, Any]:
    broker.renew(shared, int(event["fortnoxTenant"]))
    return {}


ANSWERS: Mapping[str, Callable[[Shared, Mapping[str, Any]], dict[str, Any]]] = {
    "exchange": _exchange,
    "seal": _seal,
    "access_token": _access_token,
    "forget": _forget,
    "unclaim": _unclaim,
    "renew": _renew,
}
