"""What a company of the simulator has: years, accounts, series, vouchers. Days are ISO texts, amounts are öre."""

from __future__ import annotations

from dataclasses import dataclass, field

from infra.local.fortnox.subledger import (
    Connection,
    Currency,
    Customer,
    Event,
    File,
    Invoice,
    Payment,
    Supplier,
    SupplierInvoice,
)

MODULES = frozenset(
    ("integration", "bookkeeping", "invoicing", "supplierinvoicing", "archive", "order", "assets", "salary")
)
"""The licences a company can own. `integration` is the one that every connection needs."""


@dataclass(frozen=True, slots=True)
class Row:
    """A voucher row: öre, debit positive. `kind` is TRANS (booked), RTRANS (added later) or BTRANS (struck)."""

    account: str
    amount: int
    objects: tuple[tuple[str, str], ...] = ()
    text: str = ""
    kind: str = "TRANS"
    day: str = ""
    quantity: str = "0"
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher (verifikation). `sie_series` and `sie_number` are what the SIE answer says where that differs."""

    series: str
    number: int
    day: str
    text: str
    rows: tuple[Row, ...]
    registered: str
    kind: str = "MANUAL"
    reference: str = ""
    comments: str | None = None
    sie_series: str | None = None
    sie_number: str | None = None
    sign: str = ""

    @property
    def booked(self) -> tuple[Row, ...]:
        """The rows that count."""
        return tuple(row for row in self.rows if row.kind == "TRANS")


@dataclass(slots=True)
class Account:
    """An account (konto) of one year."""

    number: str
    name: str
    active: bool = True
    sru: list[str] = field(default_factory=list)
    type: str = ""
    unit: str = ""
    vat_code: str | None = None
    cost_center: str = "ALLOWED"
    project: str = "ALLOWED"


@dataclass(slots=True)
class Series:
    """A voucher series (verifikationsserie) of one year; the API posts only into manual ones."""

    code: str
    name: str
    manual: bool = False


@dataclass(slots=True)
class Dimension:
    """A dimension with its objects by code, in order: 1 cost centres (kostnadsställen), 6 projects."""

    number: str
    name: str
    parent: str = ""
    objects: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance record of a SIE file: its label, year number, account, period (YYYYMM), objects, öre and quantity."""

    label: str
    year: str
    account: str
    amount: int
    period: str = ""
    objects: tuple[tuple[str, str], ...] = ()
    quantity: str = ""
    blocked: bool = False


@dataclass(slots=True)
class Stated:
    """What a SIE file stated that does not follow from its vouchers: the first `vouchers` of the year came from it."""

    vouchers: int
    balances: list[Balance]
    years: list[tuple[str, str, str]]
    chart: str = ""
    form: str = ""


@dataclass(slots=True)
class Year:
    """A financial year (räkenskapsår). Its id says nothing about when it was."""

    id: int
    first: str
    last: str
    accounts: dict[str, Account]
    series: dict[str, Series]
    opening: dict[str, int] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)
    method: str = "ACCRUAL"
    chart: str = "Bas 2026"
    stated: Stated | None = None

    def voucher(self, series: str, number: int) -> Voucher | None:
        """Find the voucher of that series and number; the first one where a file used the number twice."""
        return next((each for each in self.vouchers if (each.series, each.number) == (series, number)), None)

    def next_number(self, series: str) -> int:
        """Find the number the series gives next."""
        return max((each.number for each in self.vouchers if each.series == series), default=0) + 1


@dataclass(slots=True)
class Company:
    """A company (tenant) with all its books. `notes` says what the simulator had to make up."""

    number: int
    name: str
    org_number: str
    years: list[Year]
    active_year: int
    address: str | None = None
    zip_code: str | None = None
    city: str | None = None
    phone: str = ""
    contact: str = ""
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    licences: set[str] = field(default_factory=lambda: set(MODULES))
    locked_until: str | None = None
    suspended: bool = False
    notes: list[str] = field(default_factory=list)
    planted: list[tuple[str, int, int]] = field(default_factory=list)
    predefined: dict[str, str] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    supplier_invoices: dict[str, SupplierInvoice] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    supplier_payments: dict[str, Payment] = field(default_factory=dict)
    currencies: dict[str, Currency] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def year(self, year_id: int) -> Year | None:
        """Find the year of that id."""
        return next((each for each in self.years if each.id == year_id), None)

    def year_of(self, day: str) -> Year | None:
        """Find the year that a day falls in; the newest where years overlap."""
        inside = [each for each in self.years if each.first <= day <= each.last]
        return max(inside, key=lambda each: each.first, default=None)

    def previous(self, year: Year) -> Year | None:
        """Find the year just before another one."""
        return max((each for each in self.years if each.last < year.first), key=lambda each: each.last, default=None)

    def objects(self, dimension: str) -> dict[str, str]:
        """Find the objects of a dimension by code, empty where the company does not use it."""
        found = self.dimensions.get(dimension)
        return found.objects if found else {}

    def truth(self, account: str, day: str) -> dict[str, int]:
        """Say what was open at the end of a day, by document number, in SEK öre, from the history of events alone.

        Positive is a claim on a customer (1510) or a debt to a supplier (2440); what is settled is left out.
        """
        found: dict[str, int] = {}
        for event in self.events:
            if event.account == account and event.day <= day:
                found[event.document] = found.get(event.document, 0) + event.amount
        return {document: amount for document, amount in found.items() if amount}
