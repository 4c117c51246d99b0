"""No store can be asked for anything without saying whose it is, but for what is nobody's or everybody's by its nature."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from bridge.jobs.keys import FileKey
from bridge.ports import Shared, World, logins, stores, tokens

PORTS = [
    port
    for module in (stores, logins, tokens)
    for port in vars(module).values()
    if inspect.isclass(port) and port.__module__ == module.__name__ and getattr(port, "_is_protocol", False)
]

ACROSS = {
    "Grants.list": "who shares a Fortnox company: the consent goes with the last of them",
    "Timers.due": "what is due over all tenants; only the sweep has the right to the index",
    "Timers.put": "the timer of a Fortnox company's refresh token; that of a lease names its tenant",
    "Timers.delete": "as put",
    "Attempts.take_ticket": "whoever has the ticket; the attempt then names the tenant",
    "Attempts.redeem": "whoever has the state and the cookie; the attempt then names the tenant",
    "LinkTokens.find": "whoever has the token; the place then names the tenant",
}
"""Methods that name no tenant, and why."""

THE_BROKERS = {"Consents", "Escrow", "OAuth", "Tokens", "Broker"}
"""Ports of one Fortnox company's tokens, which engagements of several tenants may share. Only the broker has rights for them."""


def methods() -> Iterator[tuple[str, Any]]:
    for port in PORTS:
        for name, method in inspect.getmembers(port, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{port.__name__}.{name}", method


def names_a_tenant(method: Any) -> bool:
    """Whether one of its parameters is a tenant, or a value that has one."""
    hints = {name: hint for name, hint in get_type_hints(method).items() if name != "return"}
    return "tenant" in hints or any(_holds_one(hint) for hint in hints.values())


def _holds_one(hint: Any) -> bool:
    if not is_dataclass(hint):
        return hint is FileKey
    held = {each.name for each in fields(hint)}
    return "tenant" in held or ("key" in held and _holds_one(get_type_hints(hint)["key"]))


@pytest.mark.parametrize(("name", "method"), list(methods()), ids=lambda each: each if isinstance(each, str) else "")
def test_a_store_is_told_whose_it_is_about(name: str, method: Any) -> None:
    free = name in ACROSS or name.split(".", maxsplit=1)[0] in THE_BROKERS
    assert names_a_tenant(method) != free or name.startswith("Broker."), name


def test_every_exception_is_a_method() -> None:
    assert {name for name, _ in methods()} >= ACROSS.keys()
    assert {port.__name__ for port in PORTS} >= THE_BROKERS


ANYBODYS = {"Attempts", "LinkTokens", "Grants"}
"""Ports with keys of no tenant's, which a tenant's world has as well."""


def ports_of(world: type) -> set[str]:
    """Names of the stores that one can ask a world for."""
    found = (member.fget for _, member in inspect.getmembers(world, lambda each: isinstance(each, property)))
    return {get_type_hints(each)["return"].__name__ for each in found} & {port.__name__ for port in PORTS}


def test_what_is_a_tenants_can_be_asked_for_only_in_its_world() -> None:
    both = ports_of(World) & ports_of(Shared)
    assert both == ANYBODYS | {"Broker"}
    assert ports_of(World) | ports_of(Shared) == {port.__name__ for port in PORTS} - {"Tokens"}
    across = {name.split(".", maxsplit=1)[0] for name in ACROSS}
    assert ports_of(Shared) == across | THE_BROKERS - {"Tokens"} | {"Seals"}, "a seal is made of what names its tenant"
