"""IAM on one machine: each request is judged by the policies of the role whose credentials it carries, from the template.

Not judged is what the local stack itself asks for, and what a service does for its caller (the key behind a table). A
policy may hold only what is understood here; anything else is an error, never a pass. Functions in one process have no
credentials of their own, so there only sessions are judged, by what the tenant roles together allow.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from infra.local.asked import Ask, Request, asks, session_tags
from infra.local.aws import OPERATOR
from infra.local.deployment import Role

Statement = Mapping[str, Any]

_VARIABLE = re.compile(r"\$\{aws:PrincipalTag/(\w+)\}")
_FAMILIAR = {"Effect", "Action", "Resource", "Condition", "Principal"}


class UnknownPolicy(Exception):
    """A policy says something that is not understood here, so that it cannot be told what it allows."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds credentials: a role, and the tags of its session."""

    role: str
    statements: Sequence[Statement]
    tags: Mapping[str, str] = field(default_factory=dict)


class Rights:
    """Knows who holds which credentials, and refuses what their role does not allow. `refused` remembers."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._roles: Mapping[str, Role] = {}
        self._bearers: dict[str, Bearer] = {}
        self._lock = threading.Lock()

    def know(self, roles: Mapping[str, Role]) -> None:
        """Take the template's roles, by their ARNs."""
        self._roles = roles
        self._bearers = {access_key(role.arn): Bearer(role.arn, role.statements) for role in roles.values()}

    def refuse(self, key: str, request: Request) -> str:
        """Say what the bearer of the access key may not do of all this asks for; nothing where all is allowed."""
        if key == OPERATOR:
            return ""
        bearer = self._bearers.get(key)
        wrong = next((ask for ask in asks(request) if not bearer or not self._allows(bearer, ask)), None)
        if wrong is None:
            return ""
        who = f"{bearer.role} {dict(bearer.tags)}" if bearer else f"nobody known as {key}"
        told = f"{who} may not {wrong.action} on {wrong.resource} with {dict(wrong.context)}"
        self.refused.append(told)
        return told

    def begin_session(self, key: str, request: Request, given: str) -> None:
        """Remember whose the access key is that AssumeRole has given to the bearer of the other one."""
        [arn] = {ask.resource for ask in asks(request)}
        if key == OPERATOR:
            statements = [line for role in self._roles.values() if role.tagged for line in role.statements]
        else:
            statements = self._roles[arn].statements
        with self._lock:
            self._bearers[given] = Bearer(arn, _distinct(statements), session_tags(request))

    def _allows(self, bearer: Bearer, ask: Ask) -> bool:
        if ask.action.startswith("sts:"):
            role = self._roles.get(ask.resource)
            trust = role.trust if role else ()
            trusting = [line for line in trust if line["Principal"] == {"AWS": bearer.role}]
            return allowed([{**line, "Resource": ask.resource} for line in trusting], ask, bearer.tags)
        return allowed(bearer.statements, ask, bearer.tags)


def access_key(role: str) -> str:
    """Give the access key of the functions that run with the role of that ARN."""
    return role.rpartition("/")[2]


def allowed(statements: Iterable[Statement], ask: Ask, tags: Mapping[str, str]) -> bool:
    """Tell whether one of the statements allows it to a session with these tags."""
    return any(_allows(statement, ask, tags) for statement in statements)


def _allows(statement: Statement, ask: Ask, tags: Mapping[str, str]) -> bool:
    if statement["Effect"] != "Allow" or not statement.keys() <= _FAMILIAR:
        raise UnknownPolicy(f"{sorted(statement)}: {statement['Effect']}")
    return (
        ask.action in _listed(statement["Action"])
        and any(_like(each, ask.resource, tags) for each in _listed(statement["Resource"]))
        and all(
            _holds(operator, ask.context.get(key), _listed(wanted), tags)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, found: tuple[str, ...] | None, wanted: Sequence[str], tags: Mapping[str, str]) -> bool:
    match operator:
        case "Null":
            return (found is None) == (wanted == ["true"])
        case "StringEquals":
            return found is not None and found[0] in {_filled(each, tags) for each in wanted}
        case "StringLike":
            return found is not None and any(_like(each, found[0], tags) for each in wanted)
        case "ForAllValues:StringEquals":
            return all(value in wanted for value in found or ())
        case "ForAllValues:StringLike":
            return all(any(_like(each, value, tags) for each in wanted) for value in found or ())
    raise UnknownPolicy(operator)


def _like(pattern: str, text: str, tags: Mapping[str, str]) -> bool:
    filled = _filled(pattern, tags)
    return filled is not None and _compiled(filled).fullmatch(text) is not None


def _filled(pattern: str, tags: Mapping[str, str]) -> str | None:
    """Put tags in place of their variables; None where one is missing, as then nothing matches."""
    if not set(_VARIABLE.findall(pattern)) <= tags.keys():
        return None
    filled = _VARIABLE.sub(lambda found: tags[found[1]], pattern)
    if "${" in filled:
        raise UnknownPolicy(pattern)
    return filled


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _distinct(statements: Iterable[Statement]) -> list[Statement]:
    return list({repr(each): each for each in statements}.values())
