"""A company from a SIE file: that ledger in one financial year, with everything the file stated kept as it was."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from infra.local.fortnox import money, orgnumbers
from infra.local.fortnox.model import Account, Balance, Company, Dimension, Row, Series, Stated, Voucher, Year
from infra.local.fortnox.sie_reader import Objects, Record, read
from infra.local.fortnox.subledger import Currency

_BALANCES = {"IB": 2, "UB": 2, "RES": 2, "OIB": 2, "OUB": 2, "PSALDO": 3, "PBUDGET": 3}
"""Labels of balance records, and how many plain fields stand before the amount."""
_SERIES_NAMES = {"A": "Redovisning", "B": "Kundfakturor", "D": "Leverantörsfakturor", "I": "Bokslut", "K": "Lön"}
_MANUAL = "A"
_YEAR_ID = 5


def from_sie(source: Path | bytes, number: int = 2000001) -> Company:
    """Make the company of a SIE type 4 file, with the file's year 0 as its only financial year.

    Raises ValueError where the file has no year 0 or an amount that is no number.
    """
    records = read(source if isinstance(source, bytes) else Path(source).read_bytes())
    header = {record.label: record for record in reversed(records)}
    first, last = _year_zero(records)
    year = Year(_YEAR_ID, first, last, accounts=_accounts(records), series={})
    year.vouchers = list(_vouchers(records))
    balances = [_balance(record) for record in records if record.label in _BALANCES]
    year.opening = {each.account: each.amount for each in balances if (each.label, each.year) == ("IB", "0")}
    year.stated = Stated(
        len(year.vouchers),
        balances,
        [(each.get(0), each.get(1), each.get(2)) for each in records if each.label == "RAR"],
        chart=_first(header, "KPTYP"),
        form=_first(header, "FTYP"),
    )
    company = Company(number, _first(header, "FNAMN") or "Namnlöst bolag", "", [year], year.id)
    company.dimensions = _dimensions(records)
    company.currencies = {"SEK": Currency("SEK", "Svenska kronor", Decimal(1))}
    _give_address(company, header.get("ADRESS"))
    _give_org_number(company, _first(header, "ORGNR"))
    _give_series(company, year)
    return company


def _first(header: dict[str, Record], label: str) -> str:
    return header[label].get(0) if label in header else ""


def _year_zero(records: list[Record]) -> tuple[str, str]:
    for record in records:
        if record.label == "RAR" and record.get(0) == "0":
            return _day(record.get(1)), _day(record.get(2))
    raise ValueError("the file has no #RAR 0")


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 else text


def _accounts(records: list[Record]) -> dict[str, Account]:
    accounts: dict[str, Account] = {}
    for record in records:
        if record.label == "KONTO":
            accounts[record.get(0)] = Account(record.get(0), record.get(1))
    for record in records:
        account = accounts.get(record.get(0))
        if account is None:
            continue
        if record.label == "SRU":
            account.sru.append(record.get(1))
        elif record.label == "KTYP":
            account.type = record.get(1)
        elif record.label == "ENHET":
            account.unit = record.get(1)
    return accounts


def _dimensions(records: list[Record]) -> dict[str, Dimension]:
    found: dict[str, Dimension] = {}
    for record in records:
        if record.label in ("DIM", "UNDERDIM"):
            found[record.get(0)] = Dimension(record.get(0), record.get(1), record.get(2))
        elif record.label == "OBJEKT":
            name = {"1": "Kostnadsställe", "6": "Projekt"}.get(record.get(0), f"Dimension {record.get(0)}")
            dimension = found.setdefault(record.get(0), Dimension(record.get(0), name))
            dimension.objects[record.get(1)] = record.get(2)
    return found


def _balance(record: Record) -> Balance:
    before = _BALANCES[record.label]
    period = record.get(1) if before == 3 else ""
    return Balance(
        record.label,
        record.get(0),
        record.get(before - 1),
        money.ore(record.get(before)),
        period,
        record.objects,
        record.get(before + 1),
        blocked=record.at >= 0,
    )


class _Numbers:
    """Gives every voucher a number of its own, as Fortnox would, also where the file has none or used it before."""

    def __init__(self, heads: list[Record]) -> None:
        self._taken: set[tuple[str, int]] = set()
        self._highest: dict[str, int] = {}
        for head in heads:
            series = head.get(0) or _MANUAL
            self._highest[series] = max(self._highest.get(series, 0), _written(head))

    def give(self, series: str, number: int) -> int:
        """Give the number itself where it is free, else the next after every number of the series in the file."""
        if number == 0 or (series, number) in self._taken:
            number = self._highest[series] = self._highest[series] + 1
        self._taken.add((series, number))
        return number


def _written(head: Record) -> int:
    return int(head.get(1)) if head.get(1).isdecimal() else 0


def _vouchers(records: list[Record]) -> Iterator[Voucher]:
    heads = [place for place, record in enumerate(records) if record.label == "VER"]
    numbers = _Numbers([records[place] for place in heads])
    for start, end in zip(heads, [*heads[1:], len(records)], strict=True):
        rows = [_row(each) for each in records[start + 1 : end] if each.label in ("TRANS", "RTRANS", "BTRANS")]
        yield _voucher(records[start], tuple(rows), numbers)


def _voucher(head: Record, rows: tuple[Row, ...], numbers: _Numbers) -> Voucher:
    series, written = head.get(0) or _MANUAL, head.get(1)
    number = numbers.give(series, _written(head))
    return Voucher(
        series,
        number,
        _day(head.get(2)),
        head.get(3),
        rows,
        _day(head.get(4)),
        sie_series=None if head.get(0) else "",
        sie_number=None if written == str(number) else written,
        sign=head.get(5),
    )


def _row(record: Record) -> Row:
    objects: Objects = record.objects
    return Row(
        account=record.get(0),
        amount=money.ore(record.get(1)),
        objects=objects,
        text=record.get(3),
        kind=record.label,
        day=record.get(2),
        quantity=record.get(4) or "0",
        sign=record.get(5),
    )


def _give_address(company: Company, record: Record | None) -> None:
    if record is None:
        return
    company.contact, company.address, company.phone = record.get(0), record.get(1) or None, record.get(3)
    found = re.fullmatch(r"(\d{3} ?\d{2})\s+(.+)", record.get(2).strip())
    company.zip_code, company.city = found.groups() if found else (None, record.get(2).strip() or None)


def _give_org_number(company: Company, stated: str) -> None:
    if orgnumbers.valid(stated):
        company.org_number = orgnumbers.hyphenated(stated)
        return
    company.org_number = orgnumbers.made_up(zlib.crc32(company.name.encode()))
    reason = f"{stated} is not valid" if stated else "the file has none"
    company.notes.append(f"organisation number {company.org_number} was made up: {reason}")


def _give_series(company: Company, year: Year) -> None:
    for voucher in year.vouchers:
        year.series.setdefault(voucher.series, Series(voucher.series, _SERIES_NAMES.get(voucher.series, "")))
    if any(voucher.sie_series == "" for voucher in year.vouchers):
        company.notes.append(f"vouchers without a series stand in series {_MANUAL} in the API, and without in SIE")
    moved = sum(map(_is_moved, year.vouchers))
    if moved:
        company.notes.append(f"{moved} vouchers whose number was used before have a new one in the API, not in SIE")
    if _MANUAL not in year.series:
        company.notes.append(f"series {_MANUAL} was added: the file has no series that would be manual in Fortnox")
    year.series[_MANUAL] = Series(_MANUAL, _SERIES_NAMES[_MANUAL], manual=True)


def _is_moved(voucher: Voucher) -> bool:
    written = voucher.sie_number or ""
    return written.isdecimal() and int(written) != voucher.number
