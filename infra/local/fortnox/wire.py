"""JSON as Fortnox sends it: exact numbers without trailing zeros, escaped slashes and letters, keys in the order given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from infra.local.fortnox import money

HOST = "https://api.fortnox.se"
"""What every `@url` begins with, wherever the simulator listens."""


def dump(value: Any) -> str:
    """One JSON text. Decimals become exact numbers; floats are refused, since money must never pass through one."""
    if isinstance(value, str):
        return json.dumps(value).replace("/", "\\/")
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{dump(str(key))}:{dump(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dump, value)) + "]"
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON here")


def load(body: bytes) -> Any:
    """Read the value of a JSON body with exact decimals. Raises ValueError, also for NaN and Infinity."""
    return json.loads(body, parse_float=Decimal, parse_constant=_refuse)


def url(path: str) -> str:
    """Give the `@url` of a resource below /3."""
    return f"{HOST}/3/{path}"


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
