"""Controls of the books: of every voucher as its part goes by, and of a year when all of it has been seen."""

from __future__ import annotations

from array import array
from collections import defaultdict
from datetime import date
from itertools import pairwise
from operator import lt

from bridge.ledger import days, money
from bridge.ledger.columns import Part, Transactions
from bridge.ledger.findings import Findings
from bridge.ledger.year import YearLedger
from bridge.problem import Place

_NUMERIC = 18
"""Digits of the longest voucher number that is compared as a number."""


class _Series:
    """The numbers of one series in the order of the books, with their lines."""

    def __init__(self) -> None:
        self.numbers: array[int] = array("q")
        self.lines: array[int] = array("I")
        self.highest = -1
        self.in_order = True


class VoucherControls:
    """Sums, dates and numbers of the vouchers of one year."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._series: dict[str, _Series] = {}

    def read(self, part: Part, year: tuple[date, date] | None = None) -> None:
        """Check the vouchers of the next part. `year` is its first and last day, None when unknown."""
        vouchers = part.vouchers
        if any(vouchers.total):
            self._check_sums(part)
        if 0 in vouchers.rows:
            self._check_rows(part)
        if year:
            self._check_days(part, days.number(year[0]), days.number(year[1]))
        if len(part.history):
            self._check_added(part)
        for name, indexes in _by_series(part).items():
            self._check_numbers(part, name, indexes)

    @property
    def highest(self) -> dict[str, int]:
        """The highest number seen in each series that has numbers."""
        return {name: series.highest for name, series in self._series.items()}

    def finish(self) -> None:
        """Say what can only be said of whole series: numbers used twice, numbers left out."""
        for name, series in self._series.items():
            if not series.in_order:
                self._check_duplicates(name, series)
            for before, after in pairwise(series.numbers if series.in_order else sorted(set(series.numbers))):
                if name and after - before > 1:  # numbers without a series run through other series too
                    place = Place(voucher=f"{name} {after}".strip())
                    self._findings.add("voucher-number-gap", place, series=name, after=before, before=after)

    def _check_sums(self, part: Part) -> None:
        for index, total in enumerate(part.vouchers.total):
            if total:
                name = part.vouchers.name(index)
                place = Place(part.vouchers.line[index] or None, voucher=name)
                self._findings.add("voucher-unbalanced", place, voucher=name, amount=money.text(total))

    def _check_rows(self, part: Part) -> None:
        for index, rows in enumerate(part.vouchers.rows):
            if not rows:
                name = part.vouchers.name(index)
                self._findings.add(
                    "voucher-empty", Place(part.vouchers.line[index] or None, voucher=name), voucher=name
                )

    def _check_days(self, part: Part, first: int, last: int) -> None:
        vouchers = part.vouchers
        if min(vouchers.date) >= first and max(vouchers.date) <= last:
            return
        for index, day in enumerate(vouchers.date):
            if day and not first <= day <= last:
                name = vouchers.name(index)
                place = Place(vouchers.line[index] or None, voucher=name)
                self._findings.add("voucher-outside-year", place, voucher=name, date=days.iso(day))

    def _check_numbers(self, part: Part, name: str, indexes: list[int]) -> None:
        """Note the numbers of a series that this part has; those that go down are told at once."""
        lines = part.vouchers.line
        series = self._series.setdefault(name, _Series())
        numbers = list(map(int, map(part.vouchers.number.__getitem__, indexes)))
        series.numbers.extend(numbers)
        series.lines.extend(map(lines.__getitem__, indexes))
        if all(map(lt, [series.highest, *numbers], numbers)):
            series.highest = numbers[-1]
            return
        series.in_order = False
        for index, number in zip(indexes, numbers, strict=True):
            if 0 < number <= series.highest:  # zero is how some write that there is no number yet
                voucher = part.vouchers.name(index)
                self._findings.add(
                    "voucher-number-descending", Place(lines[index] or None, voucher=voucher), voucher=voucher
                )
            series.highest = max(series.highest, number)

    def _check_duplicates(self, name: str, series: _Series) -> None:
        seen: set[int] = set()
        for number, line in zip(series.numbers, series.lines, strict=True):
            if number in seen and number:
                voucher = f"{name} {number}".strip()
                self._findings.add("voucher-number-duplicate", Place(line or None, voucher=voucher), voucher=voucher)
            seen.add(number)

    def _check_added(self, part: Part) -> None:
        """See that each row added later is followed by the booked row it stands for."""
        history, rows = part.history, part.transactions
        for index, kind in enumerate(history.kind):
            if kind != "R":
                continue
            at, voucher = history.before[index], history.rows.voucher[index]
            name = part.vouchers.name(voucher)
            place = Place(history.line[index] or None, voucher=name)
            if at >= len(rows) or rows.voucher[at] != voucher or not _same(part, index, at):
                self._findings.add("row-added-unmatched", place, voucher=name)
            elif _details(history.rows, index) != _details(rows, at):
                self._findings.add("row-added-differs", place, voucher=name)


def _by_series(part: Part) -> dict[str, list[int]]:
    """Indexes of the part's numbered vouchers, per series."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for index, (series, number) in enumerate(zip(part.vouchers.series, part.vouchers.number, strict=True)):
        if number.isdecimal() and len(number) <= _NUMERIC:
            found[series].append(index)
    return found


def _same(part: Part, added: int, booked: int) -> bool:
    history, rows = part.history.rows, part.transactions
    return (history.account[added], history.objects[added], history.amount[added]) == (
        rows.account[booked],
        rows.objects[booked],
        rows.amount[booked],
    )


def _details(rows: Transactions, index: int) -> tuple[int, str, str, str]:
    return rows.date[index], rows.text[index], rows.quantity[index], rows.sign[index]


def check_year(ledger: YearLedger, findings: Findings) -> None:
    """Compare what the books state at the end of the year with what their postings give."""
    stated = ledger.stated
    for account in ledger.accounts:
        is_balance = stated.is_balance_account(account)
        given, code = (stated.closing, "closing-differs") if is_balance else (stated.result, "result-differs")
        computed = money.text(ledger.closing(account))
        if account not in given:
            if given and ledger.closing(account):
                findings.add("closing-missing", Place(account=account), account=account, computed=computed)
        elif given[account] != ledger.closing(account):
            said = money.text(given[account])
            findings.add(code, Place(account=account), account=account, stated=said, computed=computed)


def check_opening(previous: YearLedger, ledger: YearLedger, findings: Findings) -> None:
    """Compare the opening balances with the closing balances of the year before, computed from its postings."""
    for account in sorted({*previous.accounts, *ledger.stated.opening}):
        if ledger.stated.is_balance_account(account):
            gap = ledger.opening(account) - previous.closing(account)
            if gap:
                findings.add("ib-gap", Place(account=account), account=account, amount=money.text(gap))
