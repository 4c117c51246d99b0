"""Controls of the books: of every voucher as its part goes by, and of a year when all of it has been seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import compress
from operator import gt

from bridge.ledger import days, money
from bridge.ledger.columns import Part, Transactions
from bridge.ledger.findings import Findings
from bridge.ledger.numbering import Numbering, Series
from bridge.ledger.year import YearLedger
from bridge.problem import Place

POSTPONED = timedelta(days=50)
"""How long after the quarter any but the smallest companies may put off current bookkeeping (BFL 5:2, BFNAR 2013:2)."""

_LAST_YEAR = 99990000
_NEVER = 99991231
"""The calendar's last year, which has no day after it, and its last day."""


class _Deadlines(dict[int, int]):
    """The last day on which a voucher of a day is registered in time, as day numbers, worked out once per day."""

    def __missing__(self, number: int) -> int:
        if not days.NONE < number < _LAST_YEAR:
            return _NEVER
        day = days.day(number)
        quarter = date(day.year + day.month // 10, (day.month + 2) // 3 * 3 % 12 + 1, 1)
        self[number] = days.number(quarter - timedelta(1) + POSTPONED)
        return self[number]


class VoucherControls:
    """Sums, dates and numbers of the vouchers of one year."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._numbering = Numbering()
        self._deadlines = _Deadlines()
        self._unnumbered = 0
        self._first_unnumbered = Place()

    def read(self, part: Part, year: tuple[date, date] | None = None) -> None:
        """Check the vouchers of the next part. `year` is its first and last day, None when unknown."""
        vouchers = part.vouchers
        if any(vouchers.total):
            self._check_sums(part)
        if 0 in vouchers.rows:
            self._check_rows(part)
        if year:
            self._deadlines[days.number(year[1])] = _NEVER  # closing entries bear the last day and come months later
            self._check_days(part, days.number(year[0]), days.number(year[1]))
        if any(vouchers.registered):
            self._check_registered(part)
        if len(part.history):
            self._check_added(part)
        if "" in vouchers.number:
            self._note_unnumbered(part)
        for index in self._numbering.see(part):
            voucher = vouchers.name(index)
            place = Place(vouchers.line[index] or None, voucher=voucher)
            self._findings.add("voucher-number-descending", place, voucher=voucher)

    def finish(self, *, numbered: bool) -> None:
        """Say what can only be said of whole series: numbers used twice, numbers left out.

        `numbered` tells whether every voucher should have a number already; in an import file the receiver gives it.
        """
        if numbered and self._unnumbered:
            self._findings.add("voucher-number-missing", self._first_unnumbered, times=self._unnumbered)
        for name, series in self._numbering.series.items():
            if not series.in_order:
                self._check_duplicates(name, series)
            if name:  # numbers without a series run through other series too
                self._check_gaps(name, series)

    def _note_unnumbered(self, part: Part) -> None:
        if not self._unnumbered:
            line = part.vouchers.line[part.vouchers.number.index("")]
            self._first_unnumbered = Place(line or None)
        self._unnumbered += part.vouchers.number.count("")

    def _check_gaps(self, name: str, series: Series) -> None:
        for gap in series.gaps():
            place = Place(gap.line or None, voucher=f"{name} {gap.last + 1}")
            count = gap.last - gap.first + 1
            self._findings.add("voucher-number-gap", place, series=name, first=gap.first, last=gap.last, count=count)

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

    def _check_registered(self, part: Part) -> None:
        """See that vouchers were registered after the day they are dated, and not too long after."""
        vouchers = part.vouchers
        dated = list(compress(vouchers.date, vouchers.registered))
        registered = list(compress(vouchers.registered, vouchers.registered))
        early = list(map(gt, dated, registered))
        late = list(map(gt, registered, map(self._deadlines.__getitem__, dated)))
        for code, wrong in (("voucher-registered-early", early), ("voucher-registered-late", late)):
            if any(wrong):
                index = next(compress(compress(range(len(vouchers)), vouchers.registered), wrong))
                name, times = vouchers.name(index), sum(wrong)
                dates = {"date": days.iso(vouchers.date[index]), "registered": days.iso(vouchers.registered[index])}
                place = Place(vouchers.line[index] or None, voucher=name)
                self._findings.add(code, place, times=times, voucher=name, **dates)

    def _check_duplicates(self, name: str, series: Series) -> None:
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
    """Compare what the books state at the end of the year with what their postings give, if they state anything."""
    if not (ledger.stated.opening or ledger.stated.closing or ledger.stated.result):
        return
    differences = list(_differences(ledger))
    if differences and not ledger.vouchers:
        findings.add("vouchers-missing", accounts=len(differences))
        return
    for account, said, computed in differences:
        place, gives = Place(account=account), money.text(computed)
        if said is None:
            findings.add("closing-missing", place, account=account, computed=gives)
        elif ledger.stated.is_balance_account(account):
            findings.add("closing-differs", place, account=account, stated=money.text(said), computed=gives)
        else:
            findings.add("result-differs", place, account=account, stated=money.text(said), computed=gives)
    for label, given, kind in (("#UB", ledger.stated.closing, True), ("#RES", ledger.stated.result, False)):
        if not given and any(_is_left_out(ledger, account, is_balance=kind) for account in ledger.accounts):
            findings.add("balances-missing", label=label)


def _differences(ledger: YearLedger) -> Iterator[tuple[str, int | None, int]]:
    """Accounts whose stated balance (None when only that of others is stated) is not the computed one."""
    stated = ledger.stated
    for account in ledger.accounts:
        given = stated.closing if stated.is_balance_account(account) else stated.result
        said, computed = given.get(account), ledger.closing(account)
        if said != computed and (said is not None or (given and computed)):
            yield account, said, computed


def _is_left_out(ledger: YearLedger, account: str, *, is_balance: bool) -> bool:
    return ledger.stated.is_balance_account(account) is is_balance and ledger.closing(account) != 0


def check_periods(periods: Mapping[str, int], movements: Mapping[str, int], findings: Findings) -> None:
    """Compare the sum of each account's period balances with its movement in the same time; öre per account."""
    for account in sorted({*periods, *movements}):
        said, moved = money.text(periods.get(account, 0)), money.text(movements.get(account, 0))
        if said != moved:
            place = Place(account=account)
            findings.add("period-balance-differs", place, account=account, stated=said, computed=moved)


def check_opening(previous: YearLedger, ledger: YearLedger, findings: Findings) -> None:
    """Compare the opening balances with the closing balances of the year before, computed from its postings."""
    for account in sorted({*previous.accounts, *ledger.stated.opening}):
        if ledger.stated.is_balance_account(account):
            gap = ledger.opening(account) - previous.closing(account)
            add_opening_gap(findings, account, ledger.stated.first, gap)


def add_opening_gap(findings: Findings, account: str, first: date | None, gap: int) -> None:
    """Note by how much an account opens with something else than it closed with, if at all; `first` is the day it opens."""
    if gap:
        day = first.isoformat() if first else ""
        findings.add("ib-gap", Place(account=account), account=account, date=day, amount=money.text(gap))
