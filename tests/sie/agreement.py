"""Compares what our reader found in a file with what the second reader found: they must agree on everything.

On every voucher, row, balance, name, count, sum and verdict. Left out, and nothing else: letters beyond ASCII where bytes
had to be guessed; the checksum where the second reader says that it is not defined.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bridge.ledger import money
from bridge.ledger.columns import Part, Transactions
from bridge.sie import CheckReport, Document, check
from tests.sie import second_reader
from tests.sie.second_reader import Books

Plain = dict[str, Any]


def ours(report: CheckReport, parts: list[Part]) -> Plain:
    """What our reader found, in the words of the second."""
    document, counts = report.document, report.document.counts
    return {
        "vouchers": [voucher for part in parts for voucher in _vouchers(part)],
        "unbalanced": [each for part in parts for each in _unbalanced(part)],
        "balances": [
            (label[1:], year, account, money.decimal(amount), objects, f"{period:06d}" if period else "", quantity)
            for label, year, account, amount, objects, period, quantity in document.balances
        ],
        "accounts": [(no, [a.name, a.type, a.unit, *a.sru]) for no, a in document.accounts.items()],
        "dimensions": [(no, (each.name, each.above)) for no, each in document.dimensions.items()],
        "objects": list(document.objects.items()),
        "years": {no: (_written(first), _written(last)) for no, (first, last) in document.years.items()},
        "counts": [counts.vouchers, counts.transactions, counts.added, counts.struck],
        "header": _header(document),
        "closing": sorted(
            (account, money.decimal(report.ledger.closing(account))) for account in report.ledger.accounts
        ),
    }


def _vouchers(part: Part) -> list[Any]:
    it, history = part.vouchers, part.history
    rows: list[list[Any]] = [[] for _ in range(len(it))]
    struck = 0
    for index in range(len(part.transactions) + 1):
        while struck < len(history) and history.before[struck] == index:
            rows[history.rows.voucher[struck]].append(_row(part, history.kind[struck], history.rows, struck))
            struck += 1
        if index < len(part.transactions):
            rows[part.transactions.voucher[index]].append(_row(part, "T", part.transactions, index))
    columns = (it.series, it.number, map(_day, it.date), it.text, map(_day, it.registered), it.sign, it.line, rows)
    return list(zip(*columns, strict=True))


def _row(part: Part, kind: str, rows: Transactions, index: int) -> Any:
    return (
        kind,
        part.accounts[rows.account[index]],
        part.objects[rows.objects[index]],
        money.decimal(rows.amount[index]),
        _day(rows.date[index]),
        rows.text[index],
        rows.quantity[index],
        rows.sign[index],
    )


def _day(number: int) -> str:
    return f"{number:08d}" if number else ""


def _written(day: date) -> str:
    return day.isoformat().replace("-", "")


def _unbalanced(part: Part) -> list[tuple[int, str, Decimal]]:
    it = part.vouchers
    return [(it.line[at], it.name(at), money.decimal(total)) for at, total in enumerate(it.total) if total]


def _header(document: Document) -> list[Any]:
    it = document.header
    days = [_written(day) if day else "" for day in (it.generated, it.through)]
    texts = [it.program, it.version, it.generated_by, it.company_type, it.id, it.org_number, it.acquisition]
    texts += [it.activity, it.industry, it.company, it.tax_year, it.chart, it.currency]
    return [*days, *texts, it.type, *it.comments, *it.address]


def theirs(books: Books) -> Plain:
    """What the second reader found, as plain lists."""
    labels = ("VER", "TRANS", "RTRANS", "BTRANS")
    return {
        "vouchers": [(v.series, v.number, v.day, v.text, v.registered, v.sign, v.line, v.rows) for v in books.vouchers],
        "unbalanced": books.unbalanced(),
        "balances": books.balances,
        "accounts": list(books.accounts.items()),
        "dimensions": list(books.dimensions.items()),
        "objects": list(books.objects.items()),
        "years": books.years,
        "counts": [books.counts[label] for label in labels],
        "header": _said(books),
        "closing": sorted(books.closing().items()),
    }


def _said(books: Books) -> list[Any]:
    wanted = "GEN0 OMFATTN0 PROGRAM0 PROGRAM1 GEN1 FTYP0 FNR0 ORGNR0 ORGNR1 ORGNR2 BKOD0 FNAMN0 TAXAR0 KPTYP0 VALUTA0"
    return [*(books.said.get(each, "") for each in wanted.split()), books.type, *books.comments, *books.address]


NAMED = frozenset({"accounts", "dimensions", "objects", "closing"})
"""What has one entry for each name: two names may become one when their letters are doubtful."""


def is_ascii(named: list[Any]) -> bool:
    return str([each[0] for each in named]).isascii()


def letters_left_out(value: Any) -> Any:
    """The same without every letter beyond ASCII, and without the blanks that are then left at an end."""
    if isinstance(value, str):
        return value.encode("ascii", "ignore").decode("ascii").strip()
    if isinstance(value, dict):
        return {key: letters_left_out(each) for key, each in value.items()}
    return [letters_left_out(each) for each in value] if isinstance(value, list | tuple) else value


def assert_readers_agree(data: bytes, size: int = 1 << 20) -> None:
    parts: list[Part] = []
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    report = check(chunks, sink=parts.append)
    encoding = report.document.encoding
    books = second_reader.read(data, "cp437" if encoding.name == "ascii" else encoding.name)
    first, second = ours(report, parts), theirs(books)
    if encoding.guessed:
        second = {name: found for name, found in second.items() if name not in NAMED or is_ascii(first[name])}
        first, second = letters_left_out(first), letters_left_out(second)
    for name, expected in second.items():
        assert _listed(first[name]) == _listed(expected), name
    if books.checksum_is_defined and "#FLAGGA" in data.decode("latin-1") and not encoding.guessed:
        assert report.document.checksum.verdict == books.checksum
        assert report.document.checksum.computed == books.computed or books.checksum == "truncated"
    unread = books.counts["TRANS"] - sum(len(voucher.booked()) for voucher in books.vouchers)
    assert unread == 0 or report.errors, "a row that is not booked is told"
    told = sum(finding.count for finding in report.findings if finding.code == "voucher-unbalanced")
    assert told == len(books.unbalanced())


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value
