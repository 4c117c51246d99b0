"""moto's DynamoDB at the cost of what a request touches, whatever else is in its tables.

moto's own code does the work and gives the answers. But before a transaction it would copy all of a table, and it would
sort all of it for each query; here it is given the items that are named, and it does not remember those that are gone.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamRecord, Table

Conditions = Sequence[tuple[str, DynamoType]]


def replacements() -> Iterator[tuple[Any, str, Any]]:
    """Give what of moto is replaced by what: (owner, name, value)."""
    yield models, "copy", SimpleNamespace(deepcopy=_copied)
    yield DynamoDBBackend, "transact_write_items", _undoing(DynamoDBBackend.transact_write_items)
    yield Table, "query", _narrowed(Table.query)
    for kind in (Item, StreamRecord, Table):
        yield kind, "instances_tracked", deque(maxlen=0)  # for a dashboard moto keeps whatever there ever was


def _copied(value: Any) -> Any:
    """Copy as moto asks, but for the tables of a transaction: what it changes there is put back item by item."""
    return value if isinstance(value, Table) else copy.deepcopy(value)


def _undoing(original: Callable[..., None]) -> Callable[..., None]:
    """Wrap moto's transaction: after one that failed, the items it named and the streams are what they were."""

    def transact_write_items(backend: DynamoDBBackend, transact_items: Sequence[Mapping[str, Any]]) -> None:
        named = list(_named(backend, transact_items))
        items = [copy.deepcopy(table.get_item(hash_key, range_key)) for table, hash_key, range_key in named]
        streams = {table.stream_shard: len(table.stream_shard.items) for table, *_ in named if table.stream_shard}
        try:
            original(backend, transact_items)
        except BaseException:
            for (table, hash_key, range_key), item in zip(named, items, strict=True):
                _put_back(table, hash_key, range_key, item)
            for shard, told in streams.items():
                del shard.items[told:]
            raise

    return transact_write_items


def _named(
    backend: DynamoDBBackend, transact_items: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Table, DynamoType, DynamoType | None]]:
    """Give table and key of each item that is named; one whose key is not whole is left for moto to refuse."""
    for operation in (each for one in transact_items for each in one.values()):
        table = backend.tables.get(operation["TableName"])
        key = operation.get("Key") or operation.get("Item", {})
        if table and key.keys() >= set(table.table_key_attrs):
            yield table, *backend.get_keys_value(table, key)


def _put_back(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
    held: dict[Any, Any] = table.items[hash_key] if range_key else table.items
    place = range_key or hash_key
    held.pop(place, None)
    if item:
        held[place] = item


def _narrowed(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap moto's query: the table it is asked of holds nothing but the partition that is asked for."""

    def query(table: Table, *asked: Any, hash_key_conditions: Conditions = (), **more: Any) -> Any:
        shown = copy.copy(table)
        shown.items = _partition(table, dict(hash_key_conditions))
        return original(shown, *asked, hash_key_conditions=hash_key_conditions, **more)

    return query


def _partition(table: Table, wanted: Mapping[str, DynamoType]) -> Any:
    """Give the items of a partition, of the table itself or of an index, whose keys are texts here."""
    if table.hash_key_attr in wanted and table.has_range_key:
        key = wanted[table.hash_key_attr]
        return {key: table.items.get(key, {})}
    texts = {name: value.value for name, value in wanted.items() if value.type == "S"}
    if not texts or not table.has_range_key:
        return table.items
    return {
        key: of_it
        for key, held in table.items.items()
        if (of_it := {place: item for place, item in held.items() if _is_of(item, texts)})
    }


def _is_of(item: Item, texts: Mapping[str, str]) -> bool:
    return all(name in item.attrs and item.attrs[name].value == text for name, text in texts.items())
