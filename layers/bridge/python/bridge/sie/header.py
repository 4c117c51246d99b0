"""Everything in the file but vouchers: identification, chart, objects, balances, gathered record by record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from sys import intern
from typing import Any

from bridge.ledger.columns import Objects
from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie import orgnumber
from bridge.sie.document import Account, Balances, Dimension, Header
from bridge.sie.fields import FieldReader, Line, Value, pairs_of
from bridge.sie.limits import Limits
from bridge.sie.records import ACCOUNT_TYPES, COMPANY_TYPES, Record, Type

_HEADER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "#FLAGGA": ("flag",),
    "#PROGRAM": ("program", "version"),
    "#FORMAT": ("format",),
    "#GEN": ("generated", "generated_by"),
    "#SIETYP": ("type",),
    "#FTYP": ("company_type",),
    "#FNR": ("id",),
    "#ORGNR": ("org_number", "acquisition", "activity"),
    "#BKOD": ("industry",),
    "#FNAMN": ("company",),
    "#TAXAR": ("tax_year",),
    "#OMFATTN": ("through",),
    "#KPTYP": ("chart",),
    "#VALUTA": ("currency",),
}
"""Which part of the header each field of an identification record is."""


class HeaderReader:
    """Gathers what the records say; `read` takes one record after the other."""

    def __init__(self, findings: Findings, limits: Limits) -> None:
        self.header = Header()
        self.years: dict[int, tuple[date, date]] = {}
        self.accounts: dict[str, Account] = {}
        self.dimensions: dict[str, Dimension] = {}
        self.objects: dict[tuple[str, str], str] = {}
        self.balances = Balances()
        self._findings = findings
        self._limits = limits
        self._fields = FieldReader(findings, limits)
        self._kept = [0, 0]
        self.object_lines: dict[Objects, tuple[Objects, int]] = {}
        self._records: Mapping[str, Callable[[list[Any], Line], None]] = {
            "#PROSA": self._comment,
            "#ADRESS": self._address,
            "#RAR": self._year,
            "#KONTO": self._account,
            "#KTYP": self._account_type,
            "#ENHET": self._unit,
            "#SRU": self._sru,
            "#DIM": self._dimension,
            "#UNDERDIM": self._dimension,
            "#OBJEKT": self._object,
        }

    def read(self, record: Record, line: Line) -> None:
        """Take in a record that is neither a voucher nor a row."""
        found = self._fields.read(record, line)
        if record.label in _HEADER_FIELDS:
            self._identify(record.label, found, line)
        elif record.label not in self._records:
            self._balance(record, found, line)
        elif self._room(line):
            self._records[record.label](found, line)

    def _room(self, line: Line) -> bool:
        """Tell whether there is room for one more declaration."""
        self._kept[0] += 1
        self._kept[1] += len(line.rest)
        if self._kept[0] <= self._limits.declarations and self._kept[1] <= self._limits.declared:
            return True
        self._findings.add("limit-exceeded", Place(line.number), what="declarations", limit=self._limits.declarations)
        return False

    def _identify(self, label: str, found: list[Value], line: Line) -> None:
        known: dict[str, Any] = {
            name: value for name, value in zip(_HEADER_FIELDS[label], found, strict=False) if value is not None
        }
        self.header = replace(self.header, **known)
        if label == "#ORGNR":
            self._check_org_number(line)
        elif label == "#FTYP" and self.header.company_type not in COMPANY_TYPES:
            self._unknown("#FTYP", self.header.company_type, line)
        elif label == "#SIETYP" and self.header.type not in {1, 2, 3, 4}:
            self._findings.add("type-invalid", Place(line.number), value=self.header.type)
            self.header = replace(self.header, type=1)
        elif label == "#FLAGGA" and self.header.flag == 1:
            self._findings.add("flag-already-read", Place(line.number))

    def _unknown(self, label: str, value: str, line: Line) -> None:
        self._findings.add("value-unknown", Place(line.number), field=label, value=value[:50])

    def _check_org_number(self, line: Line) -> None:
        written = self.header.org_number
        ten = orgnumber.digits(written)
        if not written:
            return
        if not orgnumber.is_well_formed(written):
            self._findings.add("org-number-malformed", Place(line.number))
        if ten is not None and not orgnumber.has_check_digit(ten):
            self._findings.add("org-number-check-digit", Place(line.number))

    def _comment(self, found: list[Any], _line: Line) -> None:
        self.header = replace(self.header, comments=(*self.header.comments, found[0] or ""))

    def _address(self, found: list[Any], _line: Line) -> None:
        self.header = replace(self.header, address=tuple(text or "" for text in found))

    def _year(self, found: list[Any], line: Line) -> None:
        year, first, last = found
        if year is None or first is None or last is None:
            return
        if first > last:
            self._findings.add("date-invalid", Place(line.number), field="to", value=last.strftime("%Y%m%d"))
            return
        self.years[year] = (first, last)

    def _account(self, found: list[Any], line: Line) -> None:
        account, name = found[0] or "", found[1] or ""
        known = self.accounts.get(account)
        if known is not None:
            self._findings.add("account-repeated", Place(line.number, account=account), account=account)
        if not (account.isascii() and account.isdecimal()):
            self._findings.add("account-not-numeric", Place(line.number, account=account), account=account[:50])
        self.accounts[account] = replace(known, name=name) if known else Account(name)

    def _detail(self, label: str, found: list[Any], line: Line) -> Account | None:
        """Find the account a detail belongs to; None when it has not been declared."""
        account = self.accounts.get(found[0] or "")
        if account is None:
            place = Place(line.number, account=found[0])
            self._findings.add("account-detail-orphan", place, label=label, account=(found[0] or "")[:50])
        return account

    def _account_type(self, found: list[Any], line: Line) -> None:
        account = self._detail("#KTYP", found, line)
        kind = found[1] or ""
        if kind not in ACCOUNT_TYPES:
            self._unknown("#KTYP", kind, line)
        elif account is not None:
            self.accounts[found[0]] = replace(account, type=kind)

    def _unit(self, found: list[Any], line: Line) -> None:
        account = self._detail("#ENHET", found, line)
        if account is not None:
            self.accounts[found[0]] = replace(account, unit=found[1] or "")

    def _sru(self, found: list[Any], line: Line) -> None:
        account = self._detail("#SRU", found, line)
        if account is not None and found[1]:
            self.accounts[found[0]] = replace(account, sru=(*account.sru, found[1]))

    def _dimension(self, found: list[Any], _line: Line) -> None:
        above = found[2] or "" if len(found) > 2 else ""
        self.dimensions[found[0] or ""] = Dimension(found[1] or "", above)

    def _object(self, found: list[Any], _line: Line) -> None:
        self.objects[found[0] or "", found[1] or ""] = found[2] or ""

    def _balance(self, record: Record, found: list[Any], line: Line) -> None:
        values = {each.type: value for each, value in zip(record.fields, found, strict=True)}
        year, account, amount = values[Type.YEAR], values[Type.ACCOUNT], values[Type.AMOUNT]
        if year is None or not account or amount is None or (Type.PERIOD in values and values[Type.PERIOD] is None):
            return
        balances = self.balances
        if len(balances) >= self._limits.balances:
            self._findings.add("limit-exceeded", Place(line.number), what="balances", limit=self._limits.balances)
            return
        objects = pairs_of(values.get(Type.OBJECTS) or [])
        balances.label.append(record.label)
        balances.year.append(year)
        balances.account.append(intern(account))
        balances.amount.append(amount)
        balances.objects.append(self.object_lines.setdefault(objects, (objects, line.number))[0])
        balances.period.append(values.get(Type.PERIOD) or 0)
        balances.quantity.append(values[Type.QUANTITY] or "")
