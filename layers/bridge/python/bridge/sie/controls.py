"""What can only be said when the whole file has been read: missing records, undeclared names, balances that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from bridge.ledger import days, money
from bridge.ledger.checks import add_opening_gap, check_periods
from bridge.ledger.columns import Objects, Part
from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie.body import Pools
from bridge.sie.checksum import Checksum, Verdict
from bridge.sie.encoding import ASCII, PC8, Encoding
from bridge.sie.header import HeaderReader
from bridge.sie.lines import LineReader
from bridge.sie.records import KEPT_FREE, RECORDS, RESERVED, Kind, Need
from bridge.sie.values import period_text

_LONGEST_YEAR = 18
"""Months; a financial year may be prolonged to that many."""

_Name = TypeVar("_Name", str, tuple[str, str])

_MOST_NAMES = 10_000
_OTHERS = ("", "")
"""Undeclared objects are told apart up to a number that no company reaches; the others are counted as one."""

LONGEST_TEXT = 50
"""Characters of a voucher's or row's text that Fortnox imports."""


class Controls:
    """Controls of a file that has been read, with what was gathered on the way."""

    def __init__(self, findings: Findings, header: HeaderReader, pools: Pools, lines: LineReader) -> None:
        self._findings = findings
        self._header = header
        self._pools = pools
        self._lines = lines

    def check(self, kind: Kind) -> None:
        """Run them all for the kind of file it is."""
        if "#FLAGGA" not in self._lines.seen:
            self._findings.add("file-not-sie")
            return
        self._check_records(kind)
        self._check_years()
        self._check_balance_years()
        self._check_accounts(kind)
        self._check_dimensions()
        self._check_objects()
        if kind is Kind.IMPORT:
            self._check_objects_above()
        else:
            self._check_balances(kind)

    def dimension_sizes(self) -> dict[str, int]:
        """How many objects each dimension has, declared or used."""
        used = {pair for objects in self._pools.objects for pair in objects}
        return dict(Counter(dimension for dimension, _ in used | self._header.objects.keys()))

    def _check_records(self, kind: Kind) -> None:
        seen, first = self._lines.seen, self._lines.first_lines
        for label, record in RECORDS.items():
            need = record.needs[kind]
            if need is Need.COMPULSORY and label not in seen:
                self._findings.add("record-missing", label=label, kind=kind.value)
            elif need is Need.FORBIDDEN and label in seen:
                place = Place(first[label])
                self._findings.add("record-forbidden", place, times=seen[label], label=label, kind=kind.value)
        if "#VER" in seen and "#SIETYP" not in seen:  # it is read as type 1, but only 4 has vouchers
            self._findings.add("record-missing", label="#SIETYP", kind="4")

    def _check_years(self) -> None:
        years = self._header.years
        for year, (first, last) in years.items():
            place, begins = Place(self._header.year_lines[year]), first.isoformat()
            if (last.year * 12 + last.month, last.day) >= (first.year * 12 + first.month + _LONGEST_YEAR, first.day):
                self._findings.add("year-length", place, year=year, first=begins, last=last.isoformat())
            before = years.get(year - 1)
            if before and (first - before[1]).days != 1:
                self._findings.add("years-apart", place, year=year, first=begins, last=before[1].isoformat())

    def _check_balance_years(self) -> None:
        """See that balances are of a year the file has, and those of a month of a month in it."""
        told: set[int] = set()
        for (year, period), line in self._header.period_lines.items():
            known = self._header.years.get(year)
            if known is None and year not in told:
                told.add(year)
                self._findings.add("year-undeclared", Place(line), year=year)
            elif known and period and not _month(known[0]) <= period <= _month(known[1]):
                self._findings.add("period-outside-year", Place(line), year=year, period=period_text(period))

    def _check_accounts(self, kind: Kind) -> None:
        """Tell the accounts that are used and not in the chart; an import file need not have one."""
        declared = self._header.accounts
        used = dict(zip(self._pools.accounts, self._pools.account_lines, strict=True))
        for account, line in self._header.account_lines.items():
            used.setdefault(account, line)
        for account, line in used.items():
            if account not in declared:
                place, name = Place(line, account=account[:50]), account[:50]
                if kind is not Kind.IMPORT or declared:
                    self._findings.add("account-undeclared", place, account=name)
                if not (account.isascii() and account.isdecimal()):
                    self._findings.add("account-not-numeric", place, account=name)

    def _check_dimensions(self) -> None:
        """See that dimensions have free numbers, and that those above them are there and do not go round in a ring."""
        dimensions, lines = self._header.dimensions, self._header.dimension_lines
        settled: set[str] = set()
        for number, dimension in dimensions.items():
            if number in KEPT_FREE:
                self._findings.add("dimension-reserved", Place(lines[number]), dimension=number)
            if dimension.above and dimension.above not in dimensions and dimension.above not in RESERVED:
                place, above = Place(lines[number]), dimension.above[:50]
                self._findings.add("dimension-above-undeclared", place, dimension=number[:50], above=above)
            trail: list[str] = []
            while number in dimensions and number not in settled:
                settled.add(number)
                trail.append(number)
                number = dimensions[number].above  # noqa: PLW2901 - climbs
            if number in trail:
                self._findings.add("dimension-ring", Place(lines[number]), dimension=number[:50])

    def _check_objects_above(self) -> None:
        """See that rows of an import file which name an object of a sub-dimension name the object above it too."""
        above = {number: each.above for number, each in self._header.dimensions.items() if each.above}
        missing: dict[str, list[int]] = {}
        for index, objects in enumerate(self._pools.objects):
            named = {dimension for dimension, _ in objects}
            for dimension in named & above.keys():
                if above[dimension] not in named:
                    found = missing.setdefault(dimension, [self._pools.object_lines[index], 0])
                    found[1] += self._pools.uses[index]
        for dimension, (line, uses) in missing.items():
            names = {"dimension": dimension[:50], "above": above[dimension][:50]}
            self._findings.add("object-above-missing", Place(line), times=uses, **names)

    def _check_objects(self) -> None:
        """Tell the objects that are used and not declared, each once, with its first line and its uses."""
        uses: dict[tuple[str, str], list[int]] = {}
        dimensions: dict[str, list[int]] = {}
        for objects, line, count in self._object_sets():
            for pair in objects:
                if pair[0] not in self._header.dimensions and pair[0] not in RESERVED:
                    _use(dimensions, pair[0][:50], line, count)
                if pair not in self._header.objects:
                    pair = pair if pair in uses or len(uses) < _MOST_NAMES else _OTHERS  # noqa: PLW2901 - the rest are one
                    _use(uses, pair, line, count)
        for (dimension, name), (line, count) in uses.items():
            names = {"dimension": dimension[:50], "object": name[:50]}
            self._findings.add("object-undeclared", Place(line), times=count, **names)
        for dimension, (line, count) in dimensions.items():
            self._findings.add("dimension-undeclared", Place(line), times=count, dimension=dimension)

    def _object_sets(self) -> Iterator[tuple[Objects, int, int]]:
        """Every set of objects that rows or balances name: where first, and how often."""
        pools, balances = self._pools, Counter(self._header.balances.objects)
        for index, objects in enumerate(pools.objects):
            yield objects, pools.object_lines[index], pools.uses[index]
        for objects, line in self._header.object_lines.values():
            yield objects, line, balances[objects]

    def _check_balances(self, kind: Kind) -> None:
        """Compare the balances with each other: opening with last year's closing, both sides of the closing, months."""
        totals = self._header.balances.totals()
        opening, closing, result, before = (
            totals.get(key, {}) for key in (("#IB", 0), ("#UB", 0), ("#RES", 0), ("#UB", -1))
        )
        first = self._header.years[0][0] if 0 in self._header.years else None
        for account in opening:
            if account in before:  # the specification lets either be left out
                add_opening_gap(self._findings, account, first, opening[account] - before[account])
        rest = sum(closing.values()) + sum(result.values())
        if rest:
            self._findings.add("balances-unbalanced", amount=money.text(rest))
        if kind is Kind.EXPORT:
            return  # its balances are compared with its vouchers
        if opening and not closing:
            self._findings.add("balances-missing", label="#UB")
        self._check_months(kind, totals.get(("#PSALDO", 0), {}), _movements(opening, closing, result))

    def _check_months(self, kind: Kind, periods: Mapping[str, int], moved: Mapping[str, int]) -> None:
        """Compare months with the year in a file without vouchers, for the accounts whose balances it states."""
        if periods:
            check_periods({account: periods.get(account, 0) for account in moved}, moved, self._findings)
        elif kind is not Kind.YEAR_BALANCES and any(moved.values()):
            self._findings.add("balances-missing", label="#PSALDO")


def _use(uses: dict[_Name, list[int]], name: _Name, line: int, count: int) -> None:
    """Note where a name is first used, and how often."""
    known = uses.setdefault(name, [line, 0])
    known[:] = min(known[0], line), known[1] + count


def _movements(opening: Mapping[str, int], closing: Mapping[str, int], result: Mapping[str, int]) -> dict[str, int]:
    moved = {account: closing.get(account, 0) - opening.get(account, 0) for account in {*opening, *closing}}
    return moved | dict(result)


def _month(day: date) -> int:
    return days.number(day) // 100


def check_file(findings: Findings, seen: Counter[str], encoding: Encoding, checksum: Checksum) -> None:
    """Say what is remarkable about the bytes of a SIE file: their encoding, their checksum."""
    if "#FLAGGA" not in seen:
        return
    if encoding.name not in {ASCII, PC8}:
        findings.add("encoding-not-pc8", encoding=encoding.name)
    if encoding.guessed:
        findings.add("encoding-guessed", Place(encoding.line), times=encoding.guessed, encoding=encoding.name)
    if checksum.verdict is Verdict.MISMATCH:
        findings.add("checksum-mismatch", stated=checksum.stated[:20], computed=checksum.computed)
    elif checksum.verdict is Verdict.TRUNCATED:
        findings.add("checksum-truncated")
    elif checksum.unopened:
        findings.add("checksum-unopened")


def check_texts(findings: Findings, part: Part) -> None:
    """Count texts that are longer than Fortnox takes when it imports a file; the first is the example."""
    vouchers, rows = part.vouchers, part.transactions
    for texts, owners in ((vouchers.text, range(len(vouchers))), (rows.text, rows.voucher)):
        if texts and max(map(len, texts)) > LONGEST_TEXT:
            long = [len(text) > LONGEST_TEXT for text in texts]
            first = owners[long.index(True)]
            place = Place(vouchers.line[first] or None, voucher=vouchers.name(first))
            findings.add("text-too-long", place, times=sum(long), voucher=vouchers.name(first), limit=LONGEST_TEXT)
