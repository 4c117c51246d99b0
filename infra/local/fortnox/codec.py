"""State as JSON and back: dataclasses by their annotations, so that the saved file needs no code of its own."""

from __future__ import annotations

import dataclasses
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

Kind = TypeVar("Kind")


def plain(value: Any) -> Any:
    """Make the value as JSON can hold it. Sets are sorted, decimals become texts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


def build(kind: type[Kind], value: Any) -> Kind:
    """Make the dataclass (or container) of that type from what `plain` made of it.

    Unknown fields raise TypeError, missing ones take their default; a value of the wrong JSON type raises TypeError too.
    """
    return typing.cast("Kind", _build(kind, value))


def _build(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, value)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, typing.Union):
        others = [each for each in inner if each is not types.NoneType]
        return None if value is None and len(others) < len(inner) else _build(others[0], value)
    if origin is dict:
        return {_key(inner[0], key): _build(inner[1], each) for key, each in _checked(dict, value).items()}
    if origin in (list, set, frozenset):
        return origin(_build(inner[0], each) for each in _checked(list, value))
    if origin is tuple:
        return _tuple(inner, _checked(list, value))
    return Decimal(_checked(str, value)) if kind is Decimal else _scalar(kind, value)


def _dataclass(kind: type, value: Any) -> Any:
    hints = _hints(kind)
    given = _checked(dict, value)
    if unknown := sorted(set(given) - set(hints)):
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
    return kind(**{name: _build(hints[name], each) for name, each in given.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _tuple(inner: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if inner[1:] == (Ellipsis,):
        return tuple(_build(inner[0], each) for each in value)
    return tuple(_build(each, part) for each, part in zip(inner, value, strict=True))


def _key(kind: Any, key: str) -> Any:
    return int(key) if kind is int else key


def _checked(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _scalar(kind: Any, value: Any) -> Any:
    if kind is Any or (kind is float and isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool) and kind is not bool:
        raise TypeError(f"expected {kind.__name__}, got bool")
    return _checked(kind, value)
