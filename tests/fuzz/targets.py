"""What must hold whatever the bytes: each target takes any bytes, and fails by an AssertionError or an exception.

No coverage tool and no test library is needed here, so that a fuzzer's process stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import chain

from bridge import messages
from bridge.ledger import days
from bridge.ledger.columns import Part
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.findings import Findings
from bridge.ledger.importing import ObjectSkipper, SeriesFiller
from bridge.problem import Finding, Refused
from bridge.sie import Account, Balances, CheckReport, Dimension, Document, Header, Kind, Limits, check, parse, write
from bridge.sie.findings import SEVERITIES
from bridge.sie.lexer import split
from tests.sie.agreement import assert_readers_agree
from tests.sie.careful import carefully
from tests.sie.second_reader import Line

CHUNKS = (1 << 20, 1000, 64, 5)


def check_file(data: bytes) -> None:
    """Check a file that comes in chunks: findings that can be told, sums that agree, both paths alike."""
    size = CHUNKS[len(data) % len(CHUNKS)]
    parts: list[Part] = []
    report = check((data[at : at + size] for at in range(0, len(data), size)), sink=parts.append)
    document = report.document
    assert document.counts.size == len(data)
    _assert_told(report.findings, document.counts.lines)
    for part in parts:
        _assert_whole(part)
    _assert_sums(report, parts)
    if parts:
        _assert_careful_path_agrees(data, document, parts)


def _assert_careful_path_agrees(data: bytes, document: Document, parts: Sequence[Part]) -> None:
    careful, careful_parts = carefully(data)
    assert document == careful
    assert (document.findings, document.counts) == (careful.findings, careful.counts)
    assert _books(parts) == _books(careful_parts)


def _assert_told(findings: Sequence[Finding], lines: int) -> None:
    for found in findings:
        assert SEVERITIES[found.code] is found.severity
        assert found.count > 0
        assert not found.place or not found.place.line or 0 < found.place.line <= lines
        for language in messages.LANGUAGES:
            text = messages.finding(found, language)
            assert text
            assert text != found.code


def _assert_whole(part: Part) -> None:
    vouchers, rows, history = part.vouchers, part.transactions, part.history
    assert {len(vouchers.number), len(vouchers.date), len(vouchers.rows), len(vouchers.line)} == {len(vouchers)}
    assert {len(rows.voucher), len(rows.account), len(rows.text), len(rows.sign), len(rows.date)} == {len(rows)}
    for (first, last), total in zip(part.spans(), vouchers.total, strict=True):
        assert sum(rows.amount[first:last]) == total
    assert list(rows.voucher) == list(chain.from_iterable([at] * count for at, count in enumerate(vouchers.rows)))
    assert all(before <= len(rows) for before in history.before)
    for each in (rows, history.rows):
        assert all(at < len(part.accounts) for at in each.account)
        assert all(at < len(part.objects) for at in each.objects)
        assert all(at < len(vouchers) for at in each.voucher)
    for day in (*vouchers.date, *vouchers.registered, *rows.date):
        assert not day or days.day(day)


def _assert_sums(report: CheckReport, parts: Sequence[Part]) -> None:
    counts, ledger = report.document.counts, report.ledger
    booked = sum(len(part.transactions) for part in parts)
    assert (ledger.vouchers, ledger.transactions) == (counts.vouchers, booked)
    assert booked == counts.transactions or report.errors
    totals = [total for part in parts for total in part.vouchers.total]
    assert ledger.debit - ledger.credit == sum(totals)
    assert sum(map(ledger.movement, ledger.accounts)) == sum(totals)
    told = [each for each in report.findings if each.code == "voucher-unbalanced"]
    assert sum(each.count for each in told) == len(totals) - totals.count(0)


def _books(parts: Sequence[Part]) -> list[object]:
    """Everything in the parts, whatever the order of their pools."""
    found: list[object] = []
    for part in parts:
        it, history = part.vouchers, part.history
        found += part.rows()
        found += zip(it.series, it.number, it.date, it.text, it.registered, it.sign, it.rows, it.line, strict=True)
        found += zip(history.kind, history.before, history.line, history.rows.voucher, history.rows.amount, strict=True)
        for rows in (part.transactions, history.rows):
            found += map(part.accounts.__getitem__, rows.account)
            found += map(part.objects.__getitem__, rows.objects)
            found += zip(rows.date, rows.text, rows.quantity, rows.sign, strict=True)
    return found


def round_trip(data: bytes) -> None:
    """Write what was read and read it again: the same amounts, and the same books for ever after."""
    document, parts = parse(data)
    _assert_stable(document, parts)


def _assert_stable(document: Document, parts: Sequence[Part]) -> None:
    first = b"".join(write(document, parts, checksum=True))
    again, again_parts = parse(first)
    amounts = [list(part.transactions.amount) for part in parts]
    assert [*chain(*amounts)] == [*chain(*(part.transactions.amount for part in again_parts))]
    assert [*again.balances.amount] == [*document.balances.amount]
    if again.encoding.name in {"ascii", "cp437"} and not again.encoding.guessed:
        assert again.checksum.verdict == "ok"
        last, last_parts = parse(b"".join(write(again, again_parts, checksum=True)))
        if last.encoding.name == again.encoding.name:  # a repeat that fell away may leave letters that are UTF-8 too
            assert (last, last_parts) == (again, again_parts)


class Maker:
    """Makes values of bytes, for documents that no reader would ever give."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, low: int, high: int, width: int = 1) -> int:
        taken = self._data[self._at : self._at + width]
        self._at += width
        return low + int.from_bytes(taken, "big") % (high - low + 1)

    def text(self) -> str:
        length = self.number(0, 12)
        taken = self._data[self._at : self._at + length]
        self._at += length
        return taken.decode("utf-8" if length % 2 else "cp437", "replace")

    def day(self) -> date:
        return date.fromordinal(self.number(1, date.max.toordinal(), 4))

    def amount(self) -> int:
        return self.number(-(10**17) + 1, 10**17 - 1, 8)

    def times(self, most: int = 3) -> range:
        return range(self.number(0, most))

    def objects(self) -> tuple[tuple[str, str], ...]:
        return tuple((self.text(), self.text()) for _ in self.times())

    def row(self) -> EntryRow:
        return EntryRow(self.text() or "1", self.amount(), self.text(), self.objects())

    def entry(self) -> Entry:
        rows = tuple(self.row() for _ in self.times())
        return Entry(self.day(), self.text(), rows, self.text(), self.text(), self.day())

    def header(self) -> Header:
        return Header(
            program=self.text(),
            version=self.text(),
            generated=self.day(),
            generated_by=self.text(),
            type=4,
            comments=tuple(self.text() for _ in self.times()),
            company_type=self.text(),
            id=self.text(),
            org_number=self.text(),
            activity=self.text(),
            address=tuple(self.text() for _ in range(4)),
            company=self.text(),
            currency=self.text(),
        )

    def balances(self) -> Balances:
        made = Balances()
        for _ in self.times():
            made.label.append(("#IB", "#UB", "#RES", "#OIB", "#OUB", "#PSALDO", "#PBUDGET")[self.number(0, 6)])
            made.year.append(-self.number(0, 999, 2))
            made.account.append(self.text() or "1")
            made.amount.append(self.amount())
            made.objects.append(self.objects() if made.label[-1] in {"#OIB", "#OUB"} else ())
            made.period.append(202500 + self.number(1, 12) if made.label[-1] in {"#PSALDO", "#PBUDGET"} else 0)
            made.quantity.append(("", "1", "-1.5")[self.number(0, 2)])
        return made

    def document(self) -> Document:
        accounts = {self.text(): Account(self.text(), "TSKI"[self.number(0, 3)], self.text()) for _ in self.times()}
        dimensions = {self.text(): Dimension(self.text(), self.text()) for _ in self.times()}
        objects = {(self.text(), self.text()): self.text() for _ in self.times()}
        years = {-year: (self.day(), date.max) for year in self.times()}
        return Document(Kind.EXPORT, self.header(), years, accounts, dimensions, objects, self.balances())


def write_anything(data: bytes) -> None:
    """Write a document of arbitrary texts: it can be read, and no row or amount is lost."""
    maker = Maker(data)
    document, part = maker.document(), part_of([maker.entry() for _ in maker.times()])
    _assert_stable(document, [part])


def split_line(data: bytes) -> None:
    """Split a line into fields as the second reader does, each with the column it begins in."""
    line = data.replace(b"\n", b"")
    text = line.decode("latin-1")
    for braces in (False, True):
        tokens = split(text, braces=braces)
        expected = [
            [part.decode("latin-1") for part in item] if isinstance(item, list) else item.decode("latin-1")
            for item in Line(line, has_objects=braces).fields()
        ]
        assert tokens.values == expected
        assert list(tokens.columns) == sorted(set(tokens.columns))
        assert all(0 < column <= len(text) and text[column - 1] not in " \t" for column in tokens.columns)
        assert {code for code, _ in tokens.faults} <= {"quote-unterminated", "object-list-unterminated"}


def import_rules(data: bytes) -> None:
    """Fill series and skip objects: every row and amount stays, no number is given that is used or given already."""
    filler = SeriesFiller("A")
    parts: list[Part] = []
    document = check([data], sink=parts.append, limits=Limits(part_rows=1)).document
    for part in parts:
        filler.see(part)
    names = {number: each.name for number, each in document.dimensions.items()}
    skipper = ObjectSkipper(document.dimension_sizes, names, 1)
    made = [skipper.apply(filler.apply(part)) for part in parts]
    findings = Findings(SEVERITIES)
    filler.report(findings)
    skipper.report(findings)
    _assert_told(findings.all(), 0)
    for part, new in zip(parts, made, strict=True):
        assert new.transactions.amount == part.transactions.amount
        assert all(new.vouchers.series)
        for index, objects in zip(part.transactions.objects, new.transactions.objects, strict=True):
            assert new.objects[objects] == skipper.kept(part.objects[index])
    given = [new.vouchers.name(index) for new in made for index in new.vouchers.source]
    own = {part.vouchers.name(index) for part in parts for index, series in enumerate(part.vouchers.series) if series}
    assert len(set(given) - own) == len(given)


def agree(data: bytes) -> None:
    """Read as the second reader does."""
    assert_readers_agree(data, CHUNKS[len(data) % len(CHUNKS)])


def refuse_large(data: bytes) -> None:
    """Read up to a limit, and refuse one byte more, however the chunks fall."""
    size = CHUNKS[len(data) % len(CHUNKS)]
    code = ""
    try:
        check((data[at : at + size] for at in range(0, len(data), size)), limits=Limits(size=100, line=30, part_rows=1))
    except Refused as refused:
        code = refused.problem.code
    assert code == ("file-too-large" if len(data) > 100 else "")


TARGETS: Mapping[str, tuple[Callable[[bytes], None], int]] = {
    "check": (check_file, 45),
    "agree": (agree, 20),
    "round-trip": (round_trip, 15),
    "write": (write_anything, 8),
    "import": (import_rules, 5),
    "lexer": (split_line, 5),
    "limits": (refuse_large, 2),
}
"""Every target with its share of the executions, in percent."""
