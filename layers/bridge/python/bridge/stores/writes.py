"""Writes to a table as values: what to put, update or delete, and on which condition. A table carries out one, or many at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.stores import attributes, keys
from bridge.stores.keys import Key

MOST = 100
"""Writes DynamoDB takes in one transaction."""

HEAVIEST = 3_000_000
"""Bytes we put in one transaction, counted generously; DynamoDB takes 4 MB."""

_NAME = re.compile(r"#(\w+)")


@dataclass(frozen=True, slots=True)
class When:
    """A condition. Attributes are written `#name` (so none is ever a reserved word) and values `:name`."""

    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


ALWAYS = When()
ABSENT = When("attribute_not_exists(#PK)")


@dataclass(frozen=True, slots=True)
class Write:
    """One write: `kind` as transactions name it, `params` as the client takes them but for the table's name."""

    kind: str
    params: Mapping[str, Any]


def when(text: str, **values: Any) -> When:
    """Build a condition: `when("#version = :version", version=3)`."""
    return When(text, values)


def put(key: Key, item: Mapping[str, Any], condition: When = ALWAYS) -> Write:
    """Put an item whole."""
    return Write("Put", {"Item": attributes.write({**item, **keys.placed(key)}), **_expressions(condition)})


def update(key: Key, changes: Mapping[str, Any], condition: When) -> Write:
    """Set some attributes of an item."""
    return Write("Update", {"Key": attributes.write(keys.placed(key)), **_expressions(condition, changes)})


def advance(key: Key, by: Mapping[str, int], changes: Mapping[str, Any], condition: When) -> Write:
    """Add to some attributes of an item, which must be there, and set others."""
    return Write("Update", {"Key": attributes.write(keys.placed(key)), **_expressions(condition, changes, by)})


def delete(key: Key, condition: When = ALWAYS) -> Write:
    """Delete an item; one that is not there is as good as deleted."""
    return Write("Delete", {"Key": attributes.write(keys.placed(key)), **_expressions(condition)})


def check(key: Key, condition: When) -> Write:
    """Write nothing, but only together with other writes if the condition holds."""
    return Write("ConditionCheck", {"Key": attributes.write(keys.placed(key)), **_expressions(condition)})


def batches(groups: Iterable[Sequence[Write]], most: int = MOST) -> Iterator[list[Write]]:
    """Spread groups of writes over as few transactions as fit, never parting a group."""
    batch: list[Write] = []
    weight = 0
    for group in groups:
        heavier = sum(len(repr(write.params)) for write in group)
        if batch and (len(batch) + len(group) > most or weight + heavier > HEAVIEST):
            yield batch
            batch, weight = [], 0
        batch, weight = [*batch, *group], weight + heavier
    yield batch


def _expressions(
    condition: When, changes: Mapping[str, Any] | None = None, more: Mapping[str, int] | None = None
) -> dict[str, Any]:
    changes, more = changes or {}, more or {}
    steps = [f"#{name} = :new_{name}" for name in changes] + [f"#{name} = #{name} + :more_{name}" for name in more]
    update = f"SET {', '.join(steps)}" if steps else ""
    names = {f"#{name}": name for name in _NAME.findall(f"{condition.text} {update}")}
    new = {f"new_{name}": value for name, value in changes.items()}
    values = {**condition.values, **new, **{f"more_{name}": value for name, value in more.items()}}
    every = {
        "ConditionExpression": condition.text,
        "UpdateExpression": update,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {f":{name}": attributes.value(value) for name, value in values.items()},
        "ReturnValuesOnConditionCheckFailure": condition.text and "ALL_OLD",
    }
    return {name: value for name, value in every.items() if value}
