"""Frozen dataclasses <-> plain values, by their own annotations.

Times are kept in UTC, ISO 8601 with microseconds, so that they sort as text; days as ISO 8601; amounts as whole öre.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bridge.stores.failures import Unreadable

T = TypeVar("T")

OURS = frozenset({"PK", "SK", "ttl"})
"""Attributes that belong to the table and to no dataclass."""


def write(shaped: Any) -> dict[str, Any]:
    """Give a dataclass as plain values, fields by their names."""
    return {field.name: plain(getattr(shaped, field.name)) for field in fields(shaped)}


def plain(shaped: Any) -> Any:
    """Give any field's value as a plain one."""
    match shaped:
        case datetime():
            return time(shaped)
        case date():
            return shaped.isoformat()
        case list() | tuple():
            return [plain(each) for each in shaped]
        case Mapping():
            return {name: plain(each) for name, each in shaped.items()}
    return write(shaped) if is_dataclass(shaped) else shaped


def time(moment: datetime) -> str:
    """Give a moment as text that sorts; ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read(shape: Callable[..., T], stored: Mapping[str, Any], *besides: str) -> T:
    """Read a dataclass back. Unreadable for a field it does not have, unless named in `besides`, and for a value that does not fit."""
    kept = {name: value for name, value in stored.items() if name not in OURS and name not in besides}
    hints, known = _hints(shape)
    if unknown := sorted(kept.keys() - hints.keys()):
        raise Unreadable(f"{shape.__name__} has no {', '.join(unknown)}")
    if missing := [field.name for field in known if field.name not in kept and _needed(field)]:
        raise Unreadable(f"{shape.__name__} needs {', '.join(missing)}")
    return shape(**{name: _fitted(hints[name], value, f"{shape.__name__}.{name}") for name, value in kept.items()})


@cache
def _hints(shape: Any) -> tuple[dict[str, Any], tuple[Field[Any], ...]]:
    return get_type_hints(shape), fields(shape)


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _fitted(shape: Any, value: Any, where: str) -> Any:
    """Fit a plain value to an annotation: a dataclass, an enum, a time or day, a tuple, a mapping, or plain itself."""
    origin, arguments = get_origin(shape), get_args(shape)
    if origin in {Union, UnionType}:
        [inner] = [each for each in arguments if each is not NoneType]
        return None if value is None else _fitted(inner, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_fitted(arguments[0], each, where) for each in value)
    if origin is Mapping and isinstance(value, dict):
        return value
    if isinstance(shape, type) and is_dataclass(shape) and isinstance(value, dict):
        return read(shape, value)
    if isinstance(shape, type):
        return _simple(shape, value, where)
    raise Unreadable(where)


def _simple(shape: type, value: Any, where: str) -> Any:
    try:
        if issubclass(shape, date):
            return shape.fromisoformat(value)
        if issubclass(shape, StrEnum):
            return shape(value)
    except (TypeError, ValueError):
        raise Unreadable(where) from None
    if type(value) is not shape:
        raise Unreadable(where)
    return value
