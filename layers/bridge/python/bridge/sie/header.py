"""Everything in the file but vouchers: identification, chart, objects, balances, gathered record by record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bridge.ledger import orgnumber
from bridge.ledger.columns import Objects
from bridge.ledger.findings import Findings
from bridge.problem import Place, Problem
from bridge.sie import values
from bridge.sie.document import Account, Balances, Dimension, Header
from bridge.sie.fields import FieldReader, Line, Value, pairs_of
from bridge.sie.limits import Limits
from bridge.sie.records import ACCOUNT_TYPES, CHARTS, COMPANY_TYPES, CURRENCY, FLAGS, FORMAT, Record, Type

_HEADER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "#FLAGGA": ("flag",),
    "#PROGRAM": ("program", "version"),
    "#FORMAT": ("format",),
    "#GEN": ("generated", "generated_by"),
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

_VALUES: Mapping[str, re.Pattern[str]] = {
    "#FLAGGA": FLAGS,
    "#FORMAT": FORMAT,
    "#FTYP": COMPANY_TYPES,
    "#KPTYP": CHARTS,
    "#VALUTA": CURRENCY,
}
"""What the first field of a record may say, where the specification lists it."""

_SINGLE = frozenset({"#OIB", "#OUB"})
"""Balances of one object; the other records with an object list may leave it empty."""

_COMPARED = 200_000
"""Balances among which repeats are looked for; no company comes near, and more would fill the memory."""


class HeaderReader:
    """Gathers what the records say; `read` takes one record after the other."""

    def __init__(self, findings: Findings, limits: Limits) -> None:
        self.header = Header()
        self.comments: list[str] = []
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
        self._named: dict[str, str] = {}
        self.account_lines: dict[str, int] = {}
        self.dimension_lines: dict[str, int] = {}
        self.period_lines: dict[tuple[int, int], int] = {}
        self.year_lines: dict[int, int] = {}
        self._seen: set[int] = set()
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
        if record.label == "#SIETYP":
            self._type(str(found[0] or ""), line)
        elif record.label in _HEADER_FIELDS:
            self._identify(record.label, found, line)
        elif record.label not in self._records:
            self._balance(record, found, line)
        elif self._room(line):
            self._records[record.label](found, line)

    def _room(self, line: Line) -> bool:
        """Tell whether there is room for one more declaration."""
        self._kept[0] += 1
        self._kept[1] += len(line.rest)
        limits = {"declarations": self._limits.declarations, "declared": self._limits.declared}
        for kept, (what, limit) in zip(self._kept, limits.items(), strict=True):
            if kept > limit:
                self._findings.add("limit-exceeded", Place(line.number), what=what, limit=limit)
                return False
        return True

    def _identify(self, label: str, found: list[Value], line: Line) -> None:
        known: dict[str, Any] = {
            name: value for name, value in zip(_HEADER_FIELDS[label], found, strict=False) if value is not None
        }
        self.header = replace(self.header, **known)
        if label == "#ORGNR":
            self._check_org_number(line)
        elif label in _VALUES and found[0] is not None and not _VALUES[label].fullmatch(str(found[0])):
            self._unknown(label, str(found[0]), line)
        elif label == "#FLAGGA" and self.header.flag == 1:
            self._findings.add("flag-already-read", Place(line.number))

    def _unknown(self, label: str, value: str, line: Line) -> None:
        self._findings.add("value-unknown", Place(line.number), field=label, value=value[:50])

    def _repeated(self, name: str, line: Line) -> None:
        self._findings.add("record-repeated", Place(line.number), label=name[:50])

    def _check_org_number(self, line: Line) -> None:
        """Tell a number that is malformed from one whose check digit is wrong; whose it is, an import compares."""
        written = self.header.org_number
        if not written:
            return
        number, place = orgnumber.parse(written), Place(line.number)
        params = number.params if isinstance(number, Problem) else {"actual": orgnumber.masked(number), "reason": ""}
        actual, reason = params["actual"], str(params["reason"])
        if reason.startswith("checksum"):
            self._findings.add("org-number-check-digit", place, actual=actual)
        elif reason:
            self._findings.add("org-number-malformed", place, actual=actual, reason=reason, n=params["n"])
            return
        if not orgnumber.is_written_out(written):
            as_written = orgnumber.as_written(written)
            self._findings.add("org-number-malformed", place, actual=as_written, reason="hyphen", n=10)

    def _type(self, written: str, line: Line) -> None:
        type_ = values.number(written)
        if written and type_ not in {1, 2, 3, 4}:
            self._findings.add("type-invalid", Place(line.number), value=written[:50])
            type_ = 1
        self.header = replace(self.header, type=type_ or self.header.type)

    def _comment(self, found: list[Any], _line: Line) -> None:
        self.comments.append(found[0] or "")

    def _address(self, found: list[Any], _line: Line) -> None:
        self.header = replace(self.header, address=tuple(text or "" for text in found))

    def _year(self, found: list[Any], line: Line) -> None:
        year, first, last = found
        if year is None or first is None or last is None:
            return
        if first > last:
            dates = {"first": first.isoformat(), "last": last.isoformat()}
            self._findings.add("year-reversed", Place(line.number), year=year, **dates)
            return
        if year in self.years:
            self._repeated(f"#RAR {year}", line)
        self.years[year] = (first, last)
        self.year_lines[year] = line.number

    def _account(self, found: list[Any], line: Line) -> None:
        account, name = found[0] or "", found[1] or ""
        known = self.accounts.get(account)
        if known is not None:
            self._findings.add("account-repeated", Place(line.number, account=account), account=account)
        if not (account.isascii() and account.isdecimal()):
            self._findings.add("account-not-numeric", Place(line.number, account=account), account=account[:50])
        self.accounts[account] = replace(known, name=name) if known else Account(name)

    def _detail(self, found: list[Any], line: Line) -> tuple[str, Account | None]:
        """Find the account a detail belongs to: its number, and None when it has not been declared."""
        number = found[0] or ""
        account = self.accounts.get(number)
        if account is None:
            place = Place(line.number, account=found[0])
            self._findings.add("account-detail-orphan", place, label=line.label, account=number[:50])
        return number, account

    def _account_type(self, found: list[Any], line: Line) -> None:
        number, account = self._detail(found, line)
        kind = found[1] or ""
        if kind not in ACCOUNT_TYPES:
            self._unknown("#KTYP", kind, line)
        elif account is not None:
            self.accounts[number] = replace(account, type=kind)

    def _unit(self, found: list[Any], line: Line) -> None:
        number, account = self._detail(found, line)
        if account is not None:
            self.accounts[number] = replace(account, unit=found[1] or "")

    def _sru(self, found: list[Any], line: Line) -> None:
        number, account = self._detail(found, line)
        if account is not None and len(account.sru) >= self._limits.codes:
            self._findings.add("limit-exceeded", Place(line.number), what="codes", limit=self._limits.codes)
        elif account is not None and found[1]:
            self.accounts[number] = replace(account, sru=(*account.sru, found[1]))

    def _dimension(self, found: list[Any], line: Line) -> None:
        number, above = found[0] or "", found[2] or "" if len(found) > 2 else ""
        if number in self.dimensions:
            self._repeated(f"{line.label} {number}", line)
        self.dimensions[number] = Dimension(found[1] or "", above)
        self.dimension_lines[number] = line.number

    def _object(self, found: list[Any], line: Line) -> None:
        dimension, name = found[0] or "", found[1] or ""
        if (dimension, name) in self.objects:
            self._repeated(f"#OBJEKT {dimension} {name}", line)
        self.objects[dimension, name] = found[2] or ""

    def _balance(self, record: Record, found: list[Any], line: Line) -> None:
        by_type = {each.type: value for each, value in zip(record.fields, found, strict=True)}
        year, account, amount = by_type[Type.YEAR], by_type[Type.ACCOUNT], by_type[Type.AMOUNT]
        if year is None or not account or amount is None or (Type.PERIOD in by_type and by_type[Type.PERIOD] is None):
            return
        balances = self.balances
        if len(balances) >= self._limits.balances:
            self._findings.add("limit-exceeded", Place(line.number), what="balances", limit=self._limits.balances)
            return
        objects = pairs_of(by_type.get(Type.OBJECTS) or [])
        if len(objects) > 1 or (record.label in _SINGLE and not objects):
            self._findings.add("object-list-not-single", Place(line.number), label=record.label, objects=len(objects))
        if (account not in self._named or objects not in self.object_lines) and not self._room(line):
            return
        period = by_type.get(Type.PERIOD) or 0
        self._note_balance((record.label, year, account, objects, period), line)
        balances.label.append(record.label)
        balances.year.append(year)
        balances.account.append(self._named.setdefault(account, account))
        balances.amount.append(amount)
        balances.objects.append(self.object_lines.setdefault(objects, (objects, line.number))[0])
        balances.period.append(period)
        balances.quantity.append(by_type[Type.QUANTITY] or "")

    def _note_balance(self, key: tuple[str, int, str, Objects, int], line: Line) -> None:
        """Remember on which line an account, a year and a month are first named; tell a balance that was there before."""
        label, year, account, objects, period = key
        known = hash((label, str(year), account, objects, period))  # as text: -1 and -2 have the same hash
        if known in self._seen:
            place = Place(line.number, account=account[:50])
            self._findings.add("balance-repeated", place, label=label, account=account[:50])
        elif len(self._seen) < _COMPARED:
            self._seen.add(known)
            self.account_lines.setdefault(account, line.number)
            self.period_lines.setdefault((year, period), line.number)
