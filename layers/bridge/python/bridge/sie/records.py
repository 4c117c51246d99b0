"""The format as a table: every record of specification 4B with its fields and where it belongs.

The reader and the writer both go by this table; neither knows a label's fields of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Types of SIE file: year balances, period balances, object balances, import and export of vouchers."""

    YEAR_BALANCES = "1"
    PERIOD_BALANCES = "2"
    OBJECT_BALANCES = "3"
    IMPORT = "4I"
    EXPORT = "4E"


class Need(StrEnum):
    """Whether a record stands in a kind of file. `VALUE` is compulsory where there is a value to write."""

    COMPULSORY = "c"
    VALUE = "v"
    OPTIONAL = "o"
    FORBIDDEN = "-"


class Type(StrEnum):
    """What a field holds, and with it how it is read and written."""

    TEXT = "text"
    CODE = "code"
    ACCOUNT = "account"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    DATE = "date"
    PERIOD = "period"
    YEAR = "year"  # 0 is the current financial year, -1 the one before
    CALENDAR_YEAR = "calendar"
    OBJECTS = "objects"
    NUMBER = "number"


class Group(StrEnum):
    """Where in the file a record belongs, in this order: `1234` (#KSUMMA stands outside the order)."""

    FLAG = "1"
    IDENTIFICATION = "2"
    CHART = "3"
    BALANCES = "4"
    CHECKSUM = "5"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record; an optional one may be left out or empty."""

    name: str
    type: Type
    compulsory: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its fields in order, its need per kind, its group, whether a file may hold several.

    `least` is how many fields there must be, up to the last compulsory one; `braces` whether one is an object list.
    """

    label: str
    fields: tuple[Field, ...]
    needs: Mapping[Kind, Need]
    group: Group
    several: bool
    least: int
    braces: bool


_ROW = "account:account! objects:objects! amount:amount! date:date text:text quantity:quantity sign:text"
_BALANCE = "year:year! account:account! balance:amount! quantity:quantity"
_OBJECT_BALANCE = "year:year! account:account! objects:objects! balance:amount! quantity:quantity"
_PERIOD_BALANCE = "year:year! period:period! account:account! objects:objects! balance:amount! quantity:quantity"

# label, group (* when a file may hold several), needs in the kinds 1 2 3 4I 4E, fields (! when compulsory)
_TABLE = (
    ("#FLAGGA", "1", "ccccc", "flag:number!"),
    ("#KSUMMA", "5*", "ooooo", "value:number"),
    ("#PROGRAM", "2", "ccccc", "program:text! version:code!"),
    ("#FORMAT", "2", "ccccc", "format:code!"),
    ("#GEN", "2", "ccccc", "date:date! sign:text"),
    ("#SIETYP", "2", "occcc", "type:code!"),
    ("#PROSA", "2*", "ooooo", "text:text!"),
    ("#FTYP", "2", "ooooo", "type:code!"),
    ("#FNR", "2", "ooooo", "id:code!"),
    ("#ORGNR", "2", "ooooo", "number:code! acquisition:code activity:code"),
    ("#BKOD", "2", "ooo-o", "code:code!"),
    ("#ADRESS", "2", "ooooo", "contact:text! street:text! postal:text! phone:text!"),
    ("#FNAMN", "2", "ccccc", "name:text!"),
    ("#RAR", "2*", "cccoc", "year:year! from:date! to:date!"),
    ("#TAXAR", "2", "ooooo", "year:calendar!"),
    ("#OMFATTN", "2", "-cc-o", "date:date!"),
    ("#KPTYP", "2", "ooooo", "type:code!"),
    ("#VALUTA", "2", "ooooo", "currency:code!"),
    ("#KONTO", "3*", "cccoc", "account:account! name:text!"),
    ("#KTYP", "3*", "ooooo", "account:account! type:code!"),
    ("#ENHET", "3*", "ooooo", "account:account! unit:text!"),
    ("#SRU", "3*", "ccooo", "account:account! code:code!"),
    ("#DIM", "3*", "--voo", "dimension:code! name:text!"),
    ("#UNDERDIM", "3*", "--voo", "dimension:code! name:text! above:code!"),
    ("#OBJEKT", "3*", "--voo", "dimension:code! object:text! name:text!"),
    ("#IB", "4*", "vvv-v", _BALANCE),
    ("#UB", "4*", "vvv-v", _BALANCE),
    ("#OIB", "4*", "--v-o", _OBJECT_BALANCE),
    ("#OUB", "4*", "--v-o", _OBJECT_BALANCE),
    ("#RES", "4*", "vvv-v", _BALANCE),
    ("#PSALDO", "4*", "-vv-o", _PERIOD_BALANCE),
    ("#PBUDGET", "4*", "-vv-o", _PERIOD_BALANCE),
    ("#VER", "4*", "---oo", "series:code number:code date:date! text:text registered:date sign:text"),
    ("#TRANS", "4*", "---oo", _ROW),
    ("#RTRANS", "4*", "---oo", _ROW),
    ("#BTRANS", "4*", "---oo", _ROW),
)


def _record(label: str, group: str, needs: str, fields: str) -> Record:
    kinds = (Kind.YEAR_BALANCES, Kind.PERIOD_BALANCES, Kind.OBJECT_BALANCES, Kind.IMPORT, Kind.EXPORT)
    known = tuple(_field(text) for text in fields.split())
    return Record(
        label,
        known,
        {kind: Need(need) for kind, need in zip(kinds, needs, strict=True)},
        Group(group[0]),
        several=group.endswith("*"),
        least=max((index + 1 for index, each in enumerate(known) if each.compulsory), default=0),
        braces=any(each.type is Type.OBJECTS for each in known),
    )


def _field(text: str) -> Field:
    name, kind = text.split(":")
    return Field(name, Type(kind.rstrip("!")), kind.endswith("!"))


def _records() -> Iterator[tuple[str, Record]]:
    for row in _TABLE:
        yield row[0], _record(*row)


RECORDS: Mapping[str, Record] = dict(_records())
"""Every record of the specification by its label."""

RESERVED = frozenset({"1", "2", "6", "7", "8", "9", "10"})
"""Dimensions that need not be declared: cost centre, cost bearer, project, employee, customer, supplier, invoice."""

KEPT_FREE = frozenset(map(str, (*range(3, 6), *range(11, 20))))
"""Dimensions that the specification keeps for itself."""

FLAGS = re.compile("[01]")
"""#FLAGGA: 0 for not yet read, 1 for read."""

FORMAT = re.compile("PC8")
"""#FORMAT: the one character set there is."""

COMPANY_TYPES = re.compile("AB|E|HB|KB|EK|KHF|BRF|BF|SF|I|S|FL|BAB|MB|SB|BFL|FAB|OFB|SE|SCE|TSF|X")
"""#FTYP: Bolagsverket's company types."""

CHARTS = re.compile("BAS95|BAS96|EUBAS97|NE2007|BAS2.*")
"""#KPTYP: charts of accounts; every BAS2… is built as EUBAS97."""

CURRENCY = re.compile("[A-Z]{3}")
"""#VALUTA: the three letters of ISO 4217."""

ACCOUNT_TYPES = frozenset("TSKI")
"""#KTYP: tillgång (asset), skuld (debt), kostnad (cost), intäkt (income)."""
