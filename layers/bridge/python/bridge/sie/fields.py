"""Fields of one record by the table: typed values, with a finding for each that is not what it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bridge.ledger.columns import Objects
from bridge.ledger.findings import Findings
from bridge.ledger.money import ore
from bridge.problem import Place
from bridge.sie import values
from bridge.sie.lexer import Token, Tokens, split
from bridge.sie.limits import Limits
from bridge.sie.records import Field, Record, Type

Value = str | int | date | list[str] | None
"""A field's value: None where the field is missing or empty, or where it could not be read."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_READERS: Mapping[Type, tuple[Callable[[str], Value], str]] = {
    Type.DATE: (values.day, "date-invalid"),
    Type.PERIOD: (values.period, "period-invalid"),
    Type.YEAR: (values.year, "year-invalid"),
    Type.CALENDAR_YEAR: (values.calendar_year, "value-unknown"),
    Type.NUMBER: (values.number, "value-unknown"),
    Type.QUANTITY: (values.quantity, "quantity-invalid"),
}
"""How the text of a type is read, and the finding where it cannot be."""

_TEXTS = frozenset({Type.TEXT, Type.CODE, Type.ACCOUNT})

_NEEDED = frozenset(Type) - {Type.TEXT, Type.AMOUNT, Type.OBJECTS}
"""Types that say nothing when they are empty. A text may be; an amount that is none is told as such."""

_OWN = frozenset({"#VER", "#TRANS", "#RTRANS", "#BTRANS"})
"""Vouchers and rows, whose missing fields have findings of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record as it stands: label, text after it, line number."""

    label: str
    rest: str
    number: int


class FieldReader:
    """Reads the fields of records into values; what is wrong goes to the findings with line and column."""

    def __init__(self, findings: Findings, limits: Limits) -> None:
        self._findings = findings
        self._limits = limits

    def read(self, record: Record, line: Line) -> list[Value]:
        """Values of a record's fields, as many as the table has; missing ones are None."""
        tokens = split(line.rest, braces=record.braces)
        shift = len(line.label)
        for code, column in tokens.faults:
            self._findings.add(code, Place(line.number, shift + column), label=line.label)
        if _CONTROL.search(line.rest):
            self._check_controls(tokens, line)
        self._put_object_list(record, tokens, line)
        self._count(record, tokens, line)
        found = [
            self._value(record, each, token, Place(line.number, shift + column))
            for each, token, column in zip(record.fields, tokens.values, tokens.columns, strict=False)
        ]
        return found + [None] * (len(record.fields) - len(found))

    def _check_controls(self, tokens: Tokens, line: Line) -> None:
        """Tell the first control character inside a field; between fields a tab is a blank."""
        for token, column in zip(tokens.values, tokens.columns, strict=True):
            text = token if isinstance(token, str) else " ".join(token)
            if _CONTROL.search(text):
                place = Place(line.number, len(line.label) + column)
                self._findings.add("field-control-character", place, label=line.label)
                return

    def _put_object_list(self, record: Record, tokens: Tokens, line: Line) -> None:
        """Give a record that lacks its object list an empty one, so that the fields after it stand right."""
        if not record.braces:
            return
        index = next(index for index, each in enumerate(record.fields) if each.type is Type.OBJECTS)
        if len(tokens.values) <= index or isinstance(tokens.values[index], list):
            return
        self._findings.add("object-list-missing", Place(line.number), label=line.label)
        tokens.values.insert(index, [])
        tokens.columns.insert(index, tokens.columns[index])

    def _count(self, record: Record, tokens: Tokens, line: Line) -> None:
        given, known = len(tokens.values), len(record.fields)
        if given > self._limits.fields:
            self._findings.add("limit-exceeded", Place(line.number), what="fields", limit=self._limits.fields)
        if given > known:
            place = Place(line.number, len(line.label) + tokens.columns[known])
            self._findings.add("field-extra", place, label=line.label, fields=known)
        elif given < record.least:
            self._miss(record, record.fields[given], Place(line.number))

    def _miss(self, record: Record, field: Field, place: Place) -> None:
        """Tell a field that is missing; without it a row or a balance does not count."""
        counts = any(each.type is Type.AMOUNT for each in record.fields)
        code = "record-incomplete" if counts else "field-missing"
        self._findings.add(code, place, label=record.label, field=field.name)

    def _value(self, record: Record, each: Field, token: Token, place: Place) -> Value:
        if each.type is Type.OBJECTS and isinstance(token, list):
            return self._objects(token, place)
        if isinstance(token, list):  # a list where none belongs is only text
            token = "{" + " ".join(token) + "}"
        if token == "" and each.compulsory and each.type in _NEEDED and record.label not in _OWN:
            self._miss(record, each, place)
        if each.type in _TEXTS:
            return token
        if each.type is Type.AMOUNT:
            return self._amount(token, place)
        if token == "":
            return None
        reader, code = _READERS[each.type]
        value = reader(token)
        if value is None:
            self._findings.add(code, place, field=each.name, value=token[:50])
        return value

    def _objects(self, names: list[str], place: Place) -> list[str]:
        if len(names) % 2:
            self._findings.add("object-list-odd", place)
        return names[: len(names) // 2 * 2]

    def _amount(self, text: str, place: Place) -> int | None:
        try:
            amount = ore(text)
        except ValueError:
            code = "amount-inexact" if values.is_plain_amount(text) else "amount-invalid"
            self._findings.add(code, place, value=text[:50])
            return None
        if len(text.partition(".")[2]) > 2:
            self._findings.add("amount-decimals", place, value=text[:50])
        return amount


def pairs_of(names: list[str]) -> Objects:
    """Give the pairs that a list of dimension, object, dimension, object stands for."""
    return tuple(zip(names[::2], names[1::2], strict=True))
