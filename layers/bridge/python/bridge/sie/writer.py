"""SIE files written: PC8, CRLF, the quoting that Fortnox accepts; what is written reads back as the same books.

Numbers, days and codes stand bare, texts in quotes, empty fields before others as `""`. Letters that PC8 lacks are
replaced by the fixed table of `bridge.sie.letters`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bridge.ledger import days, money
from bridge.ledger.columns import Objects, Part, Transactions
from bridge.ledger.entries import Entry, part_of
from bridge.sie.checksum import crc
from bridge.sie.document import Balances, Document, Header
from bridge.sie.letters import fold, pc8
from bridge.sie.records import RECORDS, Kind, Record, Type
from bridge.sie.values import period_text

Field = str | int | date | Objects | None

PROGRAM = ("Fortnox Bridge", "1")
"""What #PROGRAM says of the files that are our own."""

_BARE = re.compile(r"[0-9A-Za-z.:+_/#-]+")
_UNQUOTABLE = re.compile(r'[^ \t"{}]+\\')


def write(document: Document, parts: Iterable[Part] = (), *, checksum: bool = False) -> Iterator[bytes]:
    """Write a file of the document's kind, piece by piece: the header, then every part, then the checksum.

    The flag is 0, whatever it was where the document was read.
    """
    total = 0
    yield _encoded(["#FLAGGA 0", *(["#KSUMMA"] if checksum else [])])
    for lines in (_header(document), _chart(document), _balances(document), *map(_vouchers, parts)):
        block = _encoded(lines)
        total = crc(block, total) if checksum else 0
        yield block
    if checksum:
        yield _encoded([f"#KSUMMA {total}"])


def write_import(
    entries: Iterable[Entry], *, company: str, org_number: str, generated: date, checksum: bool = False
) -> Iterator[bytes]:
    """Write vouchers for import elsewhere (4I). Empty series and numbers are left to the receiver.

    An import file need not declare the accounts it uses: they are the receiver's own.
    """
    header = Header(
        program=PROGRAM[0],
        version=PROGRAM[1],
        generated=generated,
        type=4,
        org_number=org_number,
        company=company,
    )
    document = Document(Kind.IMPORT, header, {}, {}, {}, {}, Balances())
    return write(document, [part_of(entries)], checksum=checksum)


def record(label: str, *fields: Field) -> str:
    """Write one record by the table, without its line end; empty fields at the end are left out."""
    return _record(RECORDS[label], fields)


def _record(form: Record, fields: Sequence[Field]) -> str:
    texts = [_field(each.type, value) for each, value in zip(form.fields, fields, strict=False)]
    while len(texts) > form.least and texts[-1] == '""':
        texts.pop()
    return " ".join([form.label, *texts])


def _field(kind: Type, value: Field) -> str:
    if isinstance(value, tuple):
        return "{" + " ".join(f"{_bare(fold(dimension))} {_quoted(fold(name))}" for dimension, name in value) + "}"
    if isinstance(value, date):
        return f"{days.number(value):08d}"
    if isinstance(value, int):
        return _number(kind, value)
    text = fold(value or "")
    return _quoted(text) if kind is Type.TEXT else _bare(text)


def _number(kind: Type, value: int) -> str:
    if kind is Type.AMOUNT:
        return money.text(value)
    if kind is Type.DATE:
        return f"{value:08d}" if value else '""'
    if kind is Type.PERIOD:
        return period_text(value)
    return str(value)


def _bare(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    """Quote a text. One that ends in a backslash cannot be quoted: the backslash would take the quote with it."""
    if text.endswith("\\"):
        if _UNQUOTABLE.fullmatch(text):
            return text
        text += " "
    return '"' + text.replace('"', '\\"') + '"'


def _encoded(lines: Iterable[str]) -> bytes:
    return pc8("".join(f"{line}\r\n" for line in lines))


def _header(document: Document) -> Iterator[str]:
    """Identification records in Fortnox's order; what the document does not say is not written."""
    it = document.header
    yield record("#FORMAT", "PC8")
    yield record("#SIETYP", it.type)
    yield record("#PROGRAM", it.program, it.version)
    if it.generated or it.generated_by:
        yield record("#GEN", it.generated, it.generated_by)
    yield from (record("#PROSA", text) for text in it.comments)
    texts = (("#FTYP", it.company_type), ("#FNR", it.id), ("#BKOD", it.industry), ("#FNAMN", it.company))
    yield from (record(label, text) for label, text in texts if text)
    if it.address:
        yield record("#ADRESS", *it.address)
    if it.org_number or it.acquisition or it.activity:
        yield record("#ORGNR", it.org_number, it.acquisition, it.activity)
    for year, (first, last) in document.years.items():
        yield record("#RAR", year, first, last)
    codes = (("#TAXAR", it.tax_year), ("#KPTYP", it.chart), ("#VALUTA", it.currency))
    yield from (record(label, text) for label, text in codes if text)
    if it.through:
        yield record("#OMFATTN", it.through)


def _chart(document: Document) -> Iterator[str]:
    for number, account in document.accounts.items():
        yield record("#KONTO", number, account.name)
        if account.type:
            yield record("#KTYP", number, account.type)
        if account.unit:
            yield record("#ENHET", number, account.unit)
        yield from (record("#SRU", number, code) for code in account.sru)
    for number, dimension in document.dimensions.items():
        if dimension.above:
            yield record("#UNDERDIM", number, dimension.name, dimension.above)
        else:
            yield record("#DIM", number, dimension.name)
    for (number, name), text in document.objects.items():
        yield record("#OBJEKT", number, name, text)


def _balances(document: Document) -> Iterator[str]:
    for each in document.balances:
        values: dict[Type, Field] = {
            Type.YEAR: each.year,
            Type.PERIOD: each.period,
            Type.ACCOUNT: each.account,
            Type.OBJECTS: each.objects,
            Type.AMOUNT: each.amount,
            Type.QUANTITY: each.quantity,
        }
        form = RECORDS[each.label]
        yield _record(form, [values[field.type] for field in form.fields])


def _vouchers(part: Part) -> Iterator[str]:
    it, history = part.vouchers, part.history
    struck = 0
    for index, (first, last) in enumerate(part.spans()):
        texts = (it.text[index], it.registered[index], it.sign[index])
        yield record("#VER", it.series[index], it.number[index], it.date[index], *texts)
        yield "{"
        for row in range(first, last + 1):
            while struck < len(history) and history.before[struck] == row and history.rows.voucher[struck] == index:
                yield _row(part, f"#{history.kind[struck]}TRANS", history.rows, struck)
                struck += 1
            if row < last:
                yield _row(part, "#TRANS", part.transactions, row)
        yield "}"


def _row(part: Part, label: str, rows: Transactions, index: int) -> str:
    return record(
        label,
        part.accounts[rows.account[index]],
        part.objects[rows.objects[index]],
        rows.amount[index],
        rows.date[index],
        rows.text[index],
        rows.quantity[index],
        rows.sign[index],
    )
