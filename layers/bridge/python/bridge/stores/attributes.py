"""DynamoDB's typed attributes <-> plain values: text, whole numbers, truth, None, bytes, lists and maps. Nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.stores.failures import Unreadable

Item = dict[str, Any]
"""An item as plain values."""


def write(item: Mapping[str, Any]) -> dict[str, Any]:
    """Give the item as DynamoDB takes it. TypeError for a value of any other kind: a float is never money."""
    return {name: value(plain) for name, plain in item.items()}


def read(stored: Mapping[str, Any]) -> Item:
    """Give the item as plain values; Unreadable for a kind we never write (sets, fractions)."""
    return {name: _plain(typed) for name, typed in stored.items()}


def value(plain: Any) -> dict[str, Any]:  # noqa: PLR0911 - one line per kind is the table
    """Give one value with its type. An enum of texts is its text."""
    match plain:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": plain}
        case int():
            return {"N": str(plain)}
        case str():
            return {"S": str(plain)}
        case bytes():
            return {"B": plain}
        case list() | tuple():
            return {"L": [value(each) for each in plain]}
        case Mapping():
            return {"M": write(plain)}
    raise TypeError(f"not stored: a value of type {type(plain).__name__}")


def _plain(typed: Mapping[str, Any]) -> Any:
    [(kind, held)] = typed.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return _whole(held)
        case "L":
            return [_plain(each) for each in held]
        case "M":
            return read(held)
        case "S" | "BOOL" | "B":
            return held
    raise Unreadable(f"attribute type {kind}")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Unreadable("a number with a fraction") from None
