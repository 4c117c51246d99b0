"""SIE types 1 to 4 out of a company's books, in the layout of Fortnox 3.x: CP437, CRLF, quantity 0 on every row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from infra.local.fortnox import money
from infra.local.fortnox.model import Balance, Company, Row, Voucher, Year
from infra.local.fortnox.sie_reader import Objects

PROGRAM = '"Fortnox" 3.57.11'
_ORDER = ("IB", "UB", "OIB", "OUB", "RES", "PSALDO", "PBUDGET")
_OF_TYPE = {
    1: ("IB", "UB", "RES"),
    2: ("IB", "UB", "RES", "PSALDO", "PBUDGET"),
    3: _ORDER,
    4: _ORDER,
}
Key = tuple[str, str, str, Objects]
"""Label, account, period and objects of a balance."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the year is asked for: vouchers from a day, to a day, and intervals of numbers by series (none: all)."""

    first: str = ""
    last: str = ""
    intervals: tuple[tuple[str, int, int], ...] = ()

    def takes(self, voucher: Voucher) -> bool:
        """Whether the voucher belongs to what was asked for."""
        inside = (not self.first or voucher.day >= self.first) and (not self.last or voucher.day <= self.last)
        wanted = not self.intervals or any(
            voucher.series == series and low <= voucher.number <= high for series, low, high in self.intervals
        )
        return inside and wanted


@dataclass(frozen=True, slots=True)
class Request:
    """One SIE answer to write: type 1 to 4, the year, the day it is written, the number the company goes by."""

    company: Company
    year: Year
    type: int
    today: str
    org_number: str
    selection: Selection = Selection()


def lines(request: Request) -> Iterator[str]:
    """Write the lines of the file without their line ends."""
    yield from head(request)
    yield ""
    yield from _accounts(request.year)
    if request.type >= 3:
        yield from _dimensions(request.company)
    yield from map(_balance_line, balances(request))
    if request.type == 4:
        for voucher in filter(request.selection.takes, request.year.vouchers):
            yield from voucher_lines(voucher)


def encode(line: str) -> bytes:
    """Encode a line as bytes; what code page 437 lacks becomes a question mark."""
    return line.encode("cp437", "replace") + b"\r\n"


def head(request: Request) -> Iterator[str]:
    """Write the identification, in the order Fortnox writes it."""
    company, year = request.company, request.year
    yield from ("#FLAGGA 0", "#FORMAT PC8", f"#SIETYP {request.type}", f"#PROGRAM {PROGRAM}")
    yield f"#GEN {_bare(request.today)}"
    yield f"#FNR {company.number}"
    yield f"#FNAMN {quoted(company.name)}"
    if year.stated and year.stated.form:
        yield f"#FTYP {year.stated.form}"
    postal = f"{company.zip_code or ''} {company.city or ''}".strip()
    yield f"#ADRESS {quoted(company.contact)} {quoted(company.address or '')} {quoted(postal)} {quoted(company.phone)}"
    yield from (f"#RAR {number} {first} {last}" for number, first, last in _years(company, year))
    yield f"#ORGNR {request.org_number}"
    yield f"#OMFATTN {_bare(request.selection.last or year.last)}"
    yield f"#KPTYP {(year.stated and year.stated.chart) or 'EUBAS97'}"


def quoted(text: str) -> str:
    """Write a text in quotes."""
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", text).replace('"', '\\"') + '"'


def voucher_lines(voucher: Voucher) -> Iterator[str]:
    """Write a voucher with its rows between braces."""
    series = voucher.series if voucher.sie_series is None else voucher.sie_series
    number = str(voucher.number) if voucher.sie_number is None else voucher.sie_number
    end = " ".join(part for part in (_bare(voucher.registered), voucher.sign and quoted(voucher.sign)) if part)
    yield f"#VER {_token(series)} {_token(number)} {_bare(voucher.day)} {quoted(voucher.text)} {end}".rstrip()
    yield "{"
    yield from map(_row_line, voucher.rows)
    yield "}"


def balances(request: Request) -> list[Balance]:
    """Every balance record of the answer: what was stated plus what was posted since, or all of it added up."""
    year, cut = request.year, bool(request.selection.last)
    stated = None if cut else year.stated
    base = list(stated.balances) if stated else _from_opening(year)
    posted = year.vouchers[stated.vouchers :] if stated else year.vouchers
    last = request.selection.last or "9999"
    kept = {each.label for each in base} | {"UB", "RES"} | (set() if stated else set(_ORDER))
    added = {key: amount for key, amount in _movements(year, posted, last).items() if key[0] in kept}
    found = [replace(each, amount=each.amount + added.pop(_key(each), 0)) for each in base]
    found += [_new(key, amount) for key, amount in added.items()]
    if not stated:
        found = [each for each in found if each.amount] + _year_before(request)
    wanted = [each for each in found if each.label in _OF_TYPE[request.type]]
    if request.type == 2 or (request.type == 4 and not stated):
        wanted = [each for each in wanted if not each.objects]
    return sorted(wanted, key=_place)


def _key(balance: Balance) -> Key:
    """Only this year's records meet a movement."""
    return (balance.label if balance.year == "0" else "", balance.account, balance.period, balance.objects)


def _new(key: Key, amount: int) -> Balance:
    label, account, period, objects = key
    return Balance(label, "0", account, amount, period, objects, blocked=label not in ("IB", "UB", "RES"))


def _place(balance: Balance) -> tuple[int, int, str, str, Objects]:
    return _ORDER.index(balance.label), -int(balance.year), balance.account, balance.period, balance.objects


def _from_opening(year: Year) -> list[Balance]:
    return [Balance(label, "0", account, amount) for account, amount in year.opening.items() for label in ("IB", "UB")]


def _year_before(request: Request) -> list[Balance]:
    previous = request.company.previous(request.year)
    if previous is None:
        return []
    earlier = balances(replace(request, year=previous, type=1, selection=Selection()))
    return [replace(each, year="-1") for each in earlier if each.year == "0"]


def _movements(year: Year, vouchers: Iterable[Voucher], last: str) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for voucher in vouchers:
        if voucher.day > last:
            continue
        for row in voucher.booked:
            for key in _keys(year, voucher, row):
                found[key] = found.get(key, 0) + row.amount
    return found


def _keys(year: Year, voucher: Voucher, row: Row) -> Iterator[Key]:
    period = voucher.day[:4] + voucher.day[5:7]
    yield closing_label(year, row.account), row.account, "", ()
    yield "PSALDO", row.account, period, ()
    for each in row.objects:
        yield "PSALDO", row.account, period, (each,)
        if closing_label(year, row.account) == "UB":
            yield "OUB", row.account, "", (each,)


def closing_label(year: Year, account: str) -> str:
    """UB for the accounts of the balance sheet, RES for those of the income statement."""
    known = year.accounts.get(account)
    if known and known.type:
        return "UB" if known.type in ("T", "S") else "RES"
    return "UB" if account[:1] in ("1", "2") else "RES"


def _years(company: Company, year: Year) -> list[tuple[str, str, str]]:
    if year.stated:
        return year.stated.years
    previous = company.previous(year)
    found = [("0", _bare(year.first), _bare(year.last))]
    return found + ([("-1", _bare(previous.first), _bare(previous.last))] if previous else [])


def _accounts(year: Year) -> Iterator[str]:
    for account in year.accounts.values():
        yield f"#KONTO {account.number} {quoted(account.name)}"
        if account.type:
            yield f"#KTYP {account.number} {account.type}"
        if account.unit:
            yield f"#ENHET {account.number} {quoted(account.unit)}"
        yield from (f"#SRU {account.number} {code}" for code in account.sru if code)


def _dimensions(company: Company) -> Iterator[str]:
    for dimension in company.dimensions.values():
        label = "UNDERDIM" if dimension.parent else "DIM"
        yield f"#{label} {dimension.number} {quoted(dimension.name)} {dimension.parent}".rstrip()
        for code, name in dimension.objects.items():
            yield f"#OBJEKT {dimension.number} {quoted(code)} {quoted(name)}"


def _balance_line(balance: Balance) -> str:
    period = f" {balance.period}" if balance.period else ""
    objects = f" {_objects(balance.objects)}" if balance.blocked or balance.label not in ("IB", "UB", "RES") else ""
    amount = money.sie(balance.amount)
    return (
        f"#{balance.label} {balance.year}{period} {balance.account}{objects} {amount} {_token(balance.quantity or '0')}"
    )


def _row_line(row: Row) -> str:
    day = row.day or '""'
    start = f"#{row.kind} {row.account} {_objects(row.objects)} {money.sie(row.amount)} {day} {quoted(row.text)}"
    return f"{start} {_token(row.quantity)} {quoted(row.sign)}" if row.sign else f"{start} {_token(row.quantity)}"


def _objects(objects: Objects) -> str:
    return "{" + " ".join(f"{dimension} {quoted(code)}" for dimension, code in objects) + "}"


def _token(text: str) -> str:
    return text if re.fullmatch(r"[^\s\"{}]+", text) else quoted(text)


def _bare(day: str) -> str:
    return day.replace("-", "")
