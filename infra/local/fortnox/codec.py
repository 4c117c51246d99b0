"""State as JSON and back: dataclasses by their annotations, so that the saved file needs no code of its own."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

Kind = TypeVar("Kind")
Builder = Callable[[Any], Any]


def plain(value: Any) -> Any:
    """Make the value one that JSON can hold. Sets are sorted, decimals become texts."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, Decimal):
        return str(value)
    kind: Any = type(value)
    return {name: plain(getattr(value, name)) for name in _names(kind)}


def build(kind: type[Kind], value: Any) -> Kind:
    """Make the dataclass (or container) of that type out of what `plain` made of it.

    Unknown fields raise TypeError, missing ones take their default; a value of the wrong JSON type raises TypeError too.
    """
    wanted: Any = kind
    return typing.cast("Kind", _builder(wanted)(value))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind))


@cache
def _builder(kind: Any) -> Builder:
    """Find how a type is built, once for each type."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _of_dataclass(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, typing.Union):
        (other,) = (each for each in inner if each is not types.NoneType)
        present = _builder(other)
        return lambda value: None if value is None else present(value)
    if origin is dict:
        key, item = inner[0], _builder(inner[1])
        return lambda value: {key(name): item(each) for name, each in _checked(dict, value).items()}
    if origin in (list, set):
        part = _builder(inner[0])
        return lambda value: origin(map(part, _checked(list, value)))
    if origin is tuple:
        return _of_tuple(inner)
    return _of_scalar(kind)


def _of_dataclass(kind: type) -> Builder:
    builders = {name: _builder(hint) for name, hint in typing.get_type_hints(kind).items()}

    def made(value: Any) -> Any:
        given = _checked(dict, value)
        if unknown := sorted(given.keys() - builders.keys()):
            raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
        return kind(**{name: builders[name](each) for name, each in given.items()})

    return made


def _of_tuple(inner: tuple[Any, ...]) -> Builder:
    parts = [_builder(each) for each in inner if each is not Ellipsis]
    if inner[1:] == (Ellipsis,):
        return lambda value: tuple(map(parts[0], _checked(list, value)))
    return lambda value: tuple(part(each) for part, each in zip(parts, _checked(list, value), strict=True))


def _of_scalar(kind: Any) -> Builder:
    if kind is Decimal:
        return lambda value: Decimal(_checked(str, value))
    wanted = (int, float) if kind is float else (kind,)

    def made(value: Any) -> Any:
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
        return value

    return made


def _checked(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
