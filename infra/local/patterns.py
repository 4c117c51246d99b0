"""Event patterns as EventBridge and event source mappings filter by them; an operator not known here is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.cfn import TemplateError

_ABSENT = object()


def matches(pattern: Mapping[str, Any], value: Any) -> bool:
    """Whether the event has, at every place the pattern names, one of the values the pattern allows."""
    return all(_field(allowed, value.get(name, _ABSENT)) for name, allowed in pattern.items())


def _field(allowed: Any, value: Any) -> bool:
    if isinstance(allowed, Mapping):
        return matches(allowed, value if isinstance(value, Mapping) else {})
    values = value if isinstance(value, list) else [value]
    return any(_one(rule, one) for rule in allowed for one in values)


def _one(rule: Any, value: Any) -> bool:
    if not isinstance(rule, Mapping):
        return value is not _ABSENT and rule == value
    ((operator, argument),) = rule.items()
    if operator == "exists":
        return (value is not _ABSENT) is bool(argument)
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(argument)
    if operator == "suffix":
        return isinstance(value, str) and value.endswith(argument)
    if operator == "anything-but":
        refused = argument if isinstance(argument, list) else [argument]
        return value is not _ABSENT and value not in refused
    if operator == "equals-ignore-case":
        return isinstance(value, str) and value.lower() == argument.lower()
    raise TemplateError(f"the event pattern's operator {operator} is not known here")
