"""What can only be said when the whole file has been read: missing records, undeclared names, balances that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bridge.ledger import money
from bridge.ledger.columns import Objects, Part
from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie.body import Pools
from bridge.sie.checksum import Checksum, Verdict
from bridge.sie.encoding import ASCII, PC8, Encoding
from bridge.sie.header import HeaderReader
from bridge.sie.lines import LineReader
from bridge.sie.records import RECORDS, RESERVED, Kind, Need

_LONGEST_YEAR = 18 * 31
"""Days; a financial year may be prolonged to eighteen months."""

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
        self._check_accounts(kind)
        self._check_objects()
        if kind is not Kind.IMPORT:
            self._check_balances()

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

    def _check_years(self) -> None:
        years = self._header.years
        for year, (first, last) in years.items():
            if (last - first).days > _LONGEST_YEAR:
                self._findings.add("year-length", year=year, first=first.isoformat(), last=last.isoformat())
            before = years.get(year - 1)
            if before and before[1] + timedelta(1) != first:
                self._findings.add("years-apart", year=year, first=first.isoformat(), last=before[1].isoformat())

    def _check_accounts(self, kind: Kind) -> None:
        declared = self._header.accounts
        used = dict(zip(self._pools.accounts, self._pools.account_lines, strict=True))
        if kind is Kind.IMPORT and not declared:
            return
        for account in self._header.balances.account:
            used.setdefault(account, 0)
        for account, line in used.items():
            if account not in declared:
                place = Place(line or None, account=account[:50])
                self._findings.add("account-undeclared", place, account=account[:50])

    def _check_objects(self) -> None:
        """Tell the objects that are used and not declared, each once, with its first line and its uses."""
        uses: dict[tuple[str, str], list[int]] = {}
        dimensions: Counter[str] = Counter()
        for objects, line, count in self._object_sets():
            for pair in objects:
                if pair[0] not in self._header.dimensions and pair[0] not in RESERVED:
                    dimensions[pair[0][:50]] += count
                if pair not in self._header.objects:
                    pair = pair if pair in uses or len(uses) < _MOST_NAMES else _OTHERS  # noqa: PLW2901 - the rest are one
                    known = uses.setdefault(pair, [line, 0])
                    known[:] = min(known[0], line), known[1] + count
        for (dimension, name), (line, count) in uses.items():
            names = {"dimension": dimension[:50], "object": name[:50]}
            self._findings.add("object-undeclared", Place(line), times=count, **names)
        for dimension, count in dimensions.items():
            self._findings.add("dimension-undeclared", times=count, dimension=dimension)

    def _object_sets(self) -> Iterator[tuple[Objects, int, int]]:
        """Every set of objects that rows or balances name: where first, and how often."""
        pools, balances = self._pools, Counter(self._header.balances.objects)
        for index, objects in enumerate(pools.objects):
            yield objects, pools.object_lines[index], pools.uses[index]
        for objects, line in self._header.object_lines.values():
            yield objects, line, balances[objects]

    def _check_balances(self) -> None:
        """Compare the balances with each other: last year's closing with the opening, and both sides of the closing."""
        of = self._header.balances.of
        opening, before = of("#IB", 0), of("#UB", -1)
        for account in opening:
            gap = opening[account] - before.get(account, opening[account])
            if gap:  # the specification lets either be left out
                self._findings.add("ib-gap", Place(account=account), account=account, amount=money.text(gap))
        rest = sum(of("#UB", 0).values()) + sum(of("#RES", 0).values())
        if rest:
            self._findings.add("balances-unbalanced", amount=money.text(rest))


def check_file(findings: Findings, seen: Counter[str], encoding: Encoding, checksum: Checksum) -> None:
    """Say what is remarkable about the bytes of a SIE file: their encoding, their checksum."""
    if "#FLAGGA" not in seen:
        return
    if encoding.name not in {ASCII, PC8}:
        findings.add("encoding-not-pc8", encoding=encoding.name)
    if encoding.guessed:
        findings.add("encoding-guessed", encoding=encoding.name, bytes=encoding.guessed)
    if checksum.verdict is Verdict.MISMATCH:
        findings.add("checksum-mismatch", stated=checksum.stated[:20], computed=checksum.computed)
    elif checksum.verdict is Verdict.TRUNCATED:
        findings.add("checksum-truncated")
    elif checksum.unopened:
        findings.add("checksum-unopened")


def check_texts(findings: Findings, part: Part) -> None:
    """Count texts that are longer than Fortnox takes when it imports a file."""
    for texts in (part.vouchers.text, part.transactions.text):
        if max(map(len, texts), default=0) > LONGEST_TEXT:
            findings.add("text-too-long", times=sum(len(text) > LONGEST_TEXT for text in texts), limit=LONGEST_TEXT)
