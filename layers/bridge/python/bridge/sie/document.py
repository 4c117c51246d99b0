"""What a SIE file says apart from its vouchers: who, which years, the chart, the objects, the balances."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bridge.ledger.columns import Objects
from bridge.problem import Finding, Severity
from bridge.sie.checksum import Checksum
from bridge.sie.encoding import Encoding
from bridge.sie.records import Kind


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the chart. `type` is T, S, K or I, empty when the file leaves it to the chart's convention."""

    name: str
    type: str = ""
    unit: str = ""
    sru: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension's name, and the dimension above it in a hierarchy or an empty text."""

    name: str
    above: str = ""


class Balance(NamedTuple):
    """One balance or budget record. `period` is YYYYMM, 0 for a whole year; `quantity` decimal text or empty."""

    label: str
    year: int
    account: str
    amount: int
    objects: Objects
    period: int
    quantity: str


@dataclass(frozen=True, slots=True)
class Balances:
    """#IB #UB #RES #OIB #OUB #PSALDO #PBUDGET in columns, in the order of the file. Amounts are öre."""

    label: list[str] = field(default_factory=list)
    year: array[int] = field(default_factory=lambda: array("h"))
    account: list[str] = field(default_factory=list)
    amount: array[int] = field(default_factory=lambda: array("q"))
    objects: list[Objects] = field(default_factory=list)
    period: array[int] = field(default_factory=lambda: array("I"))
    quantity: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.label)

    def __iter__(self) -> Iterator[Balance]:
        columns = (self.label, self.year, self.account, self.amount, self.objects, self.period, self.quantity)
        return map(Balance, *columns)

    def of(self, label: str, year: int) -> dict[str, int]:
        """Öre per account of one kind of balance and year: `of("#IB", 0)`. Repeated records are added up."""
        found: dict[str, int] = {}
        for each, number, account, amount in zip(self.label, self.year, self.account, self.amount, strict=True):
            if each == label and number == year:
                found[account] = found.get(account, 0) + amount
        return found

    def totals(self) -> Mapping[tuple[str, int], Mapping[str, int]]:
        """Öre per account of every kind of balance and year, of whole accounts alone; months are added up."""
        found: defaultdict[tuple[str, int], dict[str, int]] = defaultdict(dict)
        columns = zip(self.label, self.year, self.objects, self.account, self.amount, strict=True)
        for label, year, objects, account, amount in columns:
            if not objects:
                sums = found[label, year]
                sums[account] = sums.get(account, 0) + amount
        return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the file holds; rows are counted by their label, whether they could be read or not."""

    vouchers: int = 0
    transactions: int = 0
    added: int = 0
    struck: int = 0
    size: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """The identification records. Texts are empty and days None where the file says nothing."""

    flag: int | None = field(default=None, compare=False)
    program: str = ""
    version: str = ""
    format: str = field(default="", compare=False)
    generated: date | None = None
    generated_by: str = ""
    type: int = 1
    comments: tuple[str, ...] = ()
    company_type: str = ""
    id: str = ""
    org_number: str = ""
    acquisition: str = ""
    activity: str = ""
    industry: str = ""
    address: tuple[str, ...] = ()
    company: str = ""
    tax_year: str = ""
    through: date | None = None
    chart: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A SIE file read. Two are equal when their books are: how the file was written does not count.

    `years` gives first and last day by number: 0 is the current year, -1 the one before. `dimension_sizes` is how
    many objects a dimension has, declared or used.
    """

    kind: Kind
    header: Header
    years: Mapping[int, tuple[date, date]]
    accounts: Mapping[str, Account]
    dimensions: Mapping[str, Dimension]
    objects: Mapping[tuple[str, str], str]
    balances: Balances
    counts: Counts = field(default_factory=Counts, compare=False)
    checksum: Checksum = field(default_factory=Checksum, compare=False)
    encoding: Encoding = field(default_factory=Encoding, compare=False)
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    dimension_sizes: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)
