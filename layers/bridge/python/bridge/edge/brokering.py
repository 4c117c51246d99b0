"""The broker's own wall: one question in, one answer out. Answers may hold an access token and are logged by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge.flows import broker
from bridge.ports import World
from bridge.problem import BridgeError, Refused
from bridge.stores import shapes
from bridge.tokens.connection import Connection, Mode


def answer(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a question; KeyError for one the broker does not know. What a person can correct leaves as `Refused`."""
    try:
        return ANSWERS[event["action"]](world, event)
    except BridgeError as error:
        if isinstance(error, Refused) or error.passes:
            raise
        raise Refused(error.problem) from None


def _exchange(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    granted = broker.exchange(world, event["code"], Mode(event["mode"]))
    return {
        "fortnoxTenant": granted.fortnox_tenant,
        "scopes": list(granted.scopes),
        "accessToken": granted.access_token,
    }


def _seal(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    return {"seal": broker.seal(world, shapes.read(Connection, event["connection"]))}


def _access_token(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    access = broker.access_token(world, event["tenant"], event["engagement"], rejected=event["rejected"])
    return {"accessToken": access.token, "fortnoxTenant": access.fortnox_tenant}


def _forget(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    broker.forget(world, int(event["fortnoxTenant"]))
    return {}


def _renew(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    broker.renew(world, int(event["fortnoxTenant"]))
    return {}


ANSWERS: Mapping[str, Callable[[World, Mapping[str, Any]], dict[str, Any]]] = {
    "exchange": _exchange,
    "seal": _seal,
    "access_token": _access_token,
    "forget": _forget,
    "renew": _renew,
}
