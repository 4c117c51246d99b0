"""A second reader of SIE files, slow and obvious, written from specification 4B. It shares no code with the first.

The whole file in memory, byte by byte; amounts as Decimal, days and numbers as text, rows as tuples. Paragraphs of the
specification stand in brackets. Where a file breaks the rules it does what our documentation promises of a tolerant
reader; where nothing is promised it says so (`checksum_is_defined`), and nothing is compared.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

Objects = tuple[tuple[str, str], ...]
Fields = list["bytes | list[bytes]"]
Row = tuple[str, str, Objects, Decimal, str, str, str, str]
"""T, R or B; account, objects, amount, day, text, quantity, sign."""

HAS_OBJECTS = {"TRANS": 1, "RTRANS": 1, "BTRANS": 1, "OIB": 2, "OUB": 2, "PSALDO": 3, "PBUDGET": 3}
"""Which field of a record is the list of objects, from 0."""
BALANCES = ("IB", "UB", "RES", "OIB", "OUB", "PSALDO", "PBUDGET")
IDENTIFICATION = ("PROGRAM", "GEN", "FTYP", "FNR", "ORGNR", "BKOD", "FNAMN", "TAXAR", "OMFATTN", "KPTYP", "VALUTA")
OTHERS = "FLAGGA FORMAT SIETYP PROSA ADRESS RAR KONTO KTYP ENHET SRU DIM UNDERDIM OBJEKT VER KSUMMA".split()  # noqa: SIM905 - reads best
KNOWN = frozenset([*HAS_OBJECTS, *BALANCES, *IDENTIFICATION, *OTHERS])


@dataclass
class Voucher:
    """A voucher as the file has it; `rows` holds the booked, the added and the struck ones in their order."""

    series: str
    number: str
    day: str
    text: str
    registered: str
    sign: str
    line: int
    rows: list[Row] = field(default_factory=list)

    def booked(self) -> list[Row]:
        return [row for row in self.rows if row[0] == "T"]

    def total(self) -> Decimal:
        return sum((row[3] for row in self.booked()), Decimal(0))


@dataclass
class Books:
    """What the second reader found."""

    said: dict[str, str] = field(default_factory=dict)
    """What the identification says, by label and number of the field: `GEN0` is the day."""
    comments: list[str] = field(default_factory=list)
    address: list[str] = field(default_factory=list)
    type: int = 1
    years: dict[int, tuple[str, str]] = field(default_factory=dict)
    accounts: dict[str, list[str]] = field(default_factory=dict)
    dimensions: dict[str, tuple[str, str]] = field(default_factory=dict)
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    balances: list[tuple[str, int, str, Decimal, Objects, str, str]] = field(default_factory=list)
    vouchers: list[Voucher] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    checksum: str = "absent"
    computed: str = ""
    checksum_is_defined: bool = True

    def unbalanced(self) -> list[tuple[int, str, Decimal]]:
        """Vouchers whose booked rows do not sum to zero (#TRANS 4): line, name, sum."""
        return [
            (each.line, f"{each.series} {each.number}".strip(), each.total()) for each in self.vouchers if each.total()
        ]

    def closing(self) -> dict[str, Decimal]:
        """Opening balance of year 0 plus every booked row, per account."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for label, year, account, amount, *_ in self.balances:
            if label in {"IB", "UB", "RES"} and year == 0:
                found[account] += amount if label == "IB" else 0
        for voucher in self.vouchers:
            for row in voucher.booked():
                found[row[1]] += row[3]
        return dict(found)


def read(data: bytes, encoding: str = "cp437") -> Books:
    """Read a whole file whose letters are in the encoding: it has to be told, only the bytes of PC8 are the standard's."""
    return SecondReader(encoding).read(data)


def lines_of(data: bytes) -> list[bytes]:
    """Items end with LF, before which a CR may stand [5.5]; old Macintosh programs wrote CR alone."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return [line.strip(b" \t\r\x1a") for line in data.split(b"\n")]


def crc32(data: bytes) -> int:
    """CRC-32 bit by bit [10.9]: polynomial EDB88320, begun with ones, inverted at the end."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Line:
    """The fields of one record [5.7]: parted by blanks and tabs, quoted or not, a quote inside written with backslash."""

    def __init__(self, line: bytes, *, has_objects: bool) -> None:
        self.line = line
        self.has_objects = has_objects
        self.is_sound = True
        self.counted = bytearray()
        """The bytes that the control sum counts: contents of fields [10.15]."""

    def fields(self) -> Fields:
        found: Fields = []
        at = self._after_blanks(0)
        while at < len(self.line):
            item: bytes | list[bytes]
            if self.has_objects and self._letter(at) == b"{":
                item, at = self._list(at + 1)
            else:
                item, at = self._field(at)
            found.append(item)
            at = self._after_blanks(at)
        return found

    def _letter(self, at: int) -> bytes:
        return self.line[at : at + 1]

    def _after_blanks(self, at: int) -> int:
        while self._letter(at) in {b" ", b"\t"}:
            at += 1
        return at

    def _list(self, at: int) -> tuple[list[bytes], int]:
        items = []
        at = self._after_blanks(at)
        while self._letter(at) not in {b"}", b""}:
            item, at = self._field(at)
            items.append(item)
            at = self._after_blanks(at)
        if self._letter(at) == b"":
            self.is_sound = False
        return items, at + 1

    def _field(self, at: int) -> tuple[bytes, int]:
        text, end = self._quoted(at + 1) if self._letter(at) == b'"' else self._bare(at)
        self.counted += text
        return text, end

    def _quoted(self, at: int) -> tuple[bytes, int]:
        end = self._closing_quote(at)
        return self.line[at:end].replace(b'\\"', b'"'), end + 1

    def _closing_quote(self, at: int) -> int:
        """Find the first quote without a backslash before it, else the last with one (`"C:\\temp\\"`), else the line's end."""
        escaped = len(self.line)
        for index in range(at, len(self.line)):
            if self._letter(index) == b'"':
                if index == at or self._letter(index - 1) != b"\\":
                    return index
                escaped = index
        self.is_sound = False
        return escaped

    def _bare(self, at: int) -> tuple[bytes, int]:
        """Read an unquoted field. Braces and quotes inside it are nowhere defined; beside a list of objects they end it."""
        stops = {b" ", b"\t", b""} | ({b"{", b"}", b'"'} if self.has_objects else set())
        text = b""
        while self._letter(at) not in stops or not text:
            if self._letter(at) in {b"{", b"}", b'"'}:
                self.is_sound = False
            if self.line[at : at + 2] == b'\\"':
                text += b'"'
                at += 2
                continue
            text += self._letter(at)
            at += 1
            if self.has_objects and text in {b"{", b"}"}:
                break
        return text, at


class SecondReader:
    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.books = Books()
        self.open: Voucher | None = None
        self.summing: bytearray | None = None

    def read(self, data: bytes) -> Books:
        for number, line in enumerate(lines_of(data.removeprefix(b"\xef\xbb\xbf")), 1):
            self.line(line, number)
        if self.summing is not None and self.books.checksum == "absent":
            self.books.checksum = "truncated"
        return self.books

    def line(self, line: bytes, number: int) -> None:
        while line[:1] in {b"{", b"}"}:  # braces are to stand alone [5.4]; many do not
            self.brace(line[:1])
            line = line[1:].strip(b" \t\r\x1a")
            self.books.checksum_is_defined &= b"#KSUMMA" not in line
        if line.startswith(b"#"):
            self.record(line, number)
        elif line:
            self.books.checksum_is_defined &= self.summing is None

    def brace(self, brace: bytes) -> None:
        if brace == b"}":
            self.open = None

    def record(self, line: bytes, number: int) -> None:
        end = next((at for at, byte in enumerate(line) if byte in b" \t{"), len(line))
        label = line[1:end].decode("latin-1")
        label = label.upper() if label.isascii() else label
        rest = line[end:]
        if label == "VER":
            rest = rest.removesuffix(b"{")
        fields = self.fields(line[:end], label, rest)
        if label not in KNOWN:
            return  # unknown labels are ignored [7.1]
        self.books.counts[label] += 1
        if label in {"TRANS", "RTRANS", "BTRANS"}:
            self.row(label, fields)
        elif label == "VER":
            self.voucher(fields, number)
        else:
            self.open = None
            self.declaration(label, fields, is_capital=line[1:end].isupper())

    def fields(self, written: bytes, label: str, rest: bytes) -> Fields:
        """Fields of a record; those between the two #KSUMMA go into the control sum."""
        line = Line(rest, has_objects=label in HAS_OBJECTS)
        fields = line.fields()
        if label != "KSUMMA" and self.summing is not None and self.books.checksum == "absent":
            strange = set(written + rest) & set(b"\r\x1a\x01") or set(written) & set(b'"}')
            self.books.checksum_is_defined &= line.is_sound and not strange
            counted = (written + bytes(line.counted)).decode(self.encoding, "replace")
            self.summing += counted.encode("cp437", "replace")
        return fields

    def text(self, fields: Fields, at: int) -> str:
        """A field as text, empty where there is none. A list where none belongs is only text."""
        item = fields[at] if at < len(fields) else b""
        if isinstance(item, list):
            item = b"{" + b" ".join(item) + b"}"
        return item.decode(self.encoding, "replace")

    def pairs(self, fields: Fields, at: int) -> Objects:
        """Pairs of dimension and object [8.21]; a record that lacks its list has an empty one put where it belongs."""
        if at >= len(fields):
            return ()
        item = fields[at]
        if not isinstance(item, list):
            fields.insert(at, [])
            return ()
        texts = [each.decode(self.encoding, "replace") for each in item]
        return tuple(zip(texts[::2], texts[1::2], strict=False))

    def voucher(self, fields: Fields, number: int) -> None:
        series, verno, day, text, registered, sign = (self.text(fields, at) for at in range(6))
        self.open = Voucher(series, verno, a_day(day), text, a_day(registered), sign, number)
        self.books.vouchers.append(self.open)

    def row(self, label: str, fields: Fields) -> None:
        """Rows stand only within a voucher (#TRANS 3); one without account or amount cannot be booked."""
        objects = self.pairs(fields, 1)
        account, _, amount, day, text, quantity, sign = (self.text(fields, at) for at in range(7))
        value = an_amount(amount)
        if self.open and account and value is not None:
            self.open.rows.append((label[0], account, objects, value, a_day(day), text, a_quantity(quantity), sign))

    def declaration(self, label: str, fields: Fields, *, is_capital: bool) -> None:
        books = self.books
        if label == "KSUMMA":
            value = self.text(fields, 0)
            books.checksum_is_defined &= is_capital and value.isprintable() and " " not in value
            self.control_sum(value)
        elif label in BALANCES:
            self.balance(label, fields)
        elif label in IDENTIFICATION:
            for at in range(len(fields)):
                self.identification(f"{label}{at}", self.text(fields, at))
        elif label == "PROSA":
            books.comments.append(self.text(fields, 0))
        elif label == "ADRESS":
            books.address = [self.text(fields, at) for at in range(4)]
        elif label == "SIETYP" and self.text(fields, 0):
            type_ = self.text(fields, 0)
            is_type = is_digits(type_) and len(type_) <= 18 and type_.lstrip("0") in {"1", "2", "3", "4"}
            books.type = int(type_) if is_type else 1
        elif label == "RAR":
            year, first, last = a_year(self.text(fields, 0)), a_day(self.text(fields, 1)), a_day(self.text(fields, 2))
            if year is not None and first and last and first <= last:
                books.years[year] = (first, last)
        else:
            self.chart(label, *(self.text(fields, at) for at in range(3)))

    def identification(self, field: str, text: str) -> None:
        """The last record that says something counts; a day or a year that is none says nothing."""
        is_year = len(text) == 4 and is_digits(text)
        if (a_day(text) if field in {"GEN0", "OMFATTN0"} else is_year) or field not in {"GEN0", "OMFATTN0", "TAXAR0"}:
            self.books.said[field] = text

    def chart(self, label: str, first: str, second: str, third: str) -> None:
        books = self.books
        if label == "KONTO":
            books.accounts.setdefault(first, ["", "", ""])[0] = second
        elif label in {"KTYP", "ENHET", "SRU"} and first in books.accounts:  # after their account [#KTYP 1]
            account = books.accounts[first]
            if label == "KTYP" and second in {"T", "S", "K", "I"}:
                account[1] = second
            elif label == "ENHET":
                account[2] = second
            elif label == "SRU" and second:
                account.append(second)
        elif label in {"DIM", "UNDERDIM"}:
            books.dimensions[first] = (second, third if label == "UNDERDIM" else "")
        elif label == "OBJEKT":
            books.objects[first, second] = third

    def balance(self, label: str, fields: Fields) -> None:
        """A balance needs its year, account and amount, and its month where it has one."""
        objects = self.pairs(fields, HAS_OBJECTS[label]) if label in HAS_OBJECTS else ()
        texts = [self.text(fields, at) for at in range(len(fields))]
        year = a_year(texts.pop(0) if texts else "")
        period = texts.pop(0) if texts and label in {"PSALDO", "PBUDGET"} else ""
        if label in HAS_OBJECTS and len(texts) > 1:
            texts.pop(1)
        account, amount, quantity = [*texts, "", "", ""][:3]
        value = an_amount(amount)
        needs_period = label in {"PSALDO", "PBUDGET"}
        if year is not None and account and value is not None and (not needs_period or is_a_month(period)):
            self.books.balances.append((label, year, account, value, objects, period, a_quantity(quantity)))

    def control_sum(self, value: str) -> None:
        """The first #KSUMMA begins the sum, the second ends it and says what it should be [10.4]."""
        books = self.books
        if books.checksum != "absent":
            return
        if self.summing is not None:
            books.computed = str(crc32(bytes(self.summing)))
            is_number = value.isascii() and value.isdecimal()
            books.checksum = "ok" if is_number and Decimal(value) == Decimal(books.computed) else "mismatch"
        elif not value:
            self.summing = bytearray()


def is_digits(text: str) -> bool:
    return text != "" and all(letter in "0123456789" for letter in text)


def a_day(text: str) -> str:
    """YYYYMMDD [5.12] as it is; empty where it is no day of the calendar."""
    if len(text) != 8 or not is_digits(text):
        return ""
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return text if year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] else ""


def is_a_month(text: str) -> bool:
    return len(text) == 6 and is_digits(text) and "01" <= text[4:] <= "12"


def a_year(text: str) -> int | None:
    """0 is the current year, -1 the one before (#IB 2); more than three digits are beyond any company."""
    digits = text.removeprefix("-")
    is_year = text == "0" or (text.startswith("-") and is_digits(digits) and len(digits) <= 3)
    return int(text) if is_year else None


def an_amount(text: str) -> Decimal | None:
    """Digits, a minus in front and a point at most [5.11]. More than two decimals, or 15 digits before, cannot be kept."""
    before, point, after = text.removeprefix("-").partition(".")
    if not is_digits(before) or (point and not is_digits(after)):
        return None
    if after[2:].strip("0") or len(before.lstrip("0")) > 15:
        return None
    amount = Decimal(before) + (Decimal(after[:2]).scaleb(-len(after[:2])) if point else 0)
    return -amount if text.startswith("-") else amount


def a_quantity(text: str) -> str:
    """Decimal text of any number of decimals, as it is; empty where it is none."""
    before, point, after = text.removeprefix("-").partition(".")
    sound = (is_digits(before) and (is_digits(after) if point else True)) or (not before and is_digits(after))
    return text if sound and len(before) <= 18 and len(after) <= 18 else ""
