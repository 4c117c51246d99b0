"""Customer and supplier ledgers of a company, its documents, and the history its open items follow from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed what is open on one document on a day: SEK öre, as posted on the account."""

    day: str
    account: str
    document: str
    amount: int


@dataclass(slots=True)
class Customer:
    """A customer (kund)."""

    number: str
    name: str
    city: str = ""
    zip_code: str = ""
    org_number: str = ""
    currency: str = "SEK"
    email: str = ""


@dataclass(slots=True)
class Supplier:
    """A supplier (leverantör)."""

    number: str
    name: str
    city: str = ""
    zip_code: str = ""
    org_number: str = ""
    currency: str = "SEK"
    email: str = ""
    bankgiro: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The voucher a document was booked with: series, number and the id of its year."""

    series: str
    number: int
    year: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an invoice: its account and the amount before VAT, in öre of the invoice's currency."""

    account: str
    text: str
    amount: int
    quantity: int = 1
    vat: int = 25
    project: str = ""


@dataclass(slots=True)
class Invoice:
    """A customer invoice (kundfaktura); amounts in öre of its currency. A credit note is negative."""

    number: str
    customer: str
    day: str
    due: str
    lines: list[Line]
    net: int
    vat: int
    total: int
    currency: str = "SEK"
    rate: Decimal = Decimal(1)
    unit: int = 1
    balance: int = 0
    booked: bool = False
    cancelled: bool = False
    sent: bool = True
    credit: bool = False
    credited_by: str = "0"
    credits: str = "0"
    final_pay_day: str | None = None
    voucher: Link | None = None
    ocr: str = ""
    project: str = ""
    reference1: str = ""
    reference2: str = ""
    modified: str = ""


@dataclass(slots=True)
class SupplierInvoice:
    """A supplier invoice (leverantörsfaktura) under its given number; amounts in öre of its currency."""

    number: str
    supplier: str
    external: str
    day: str
    due: str
    lines: list[Line]
    net: int
    vat: int
    total: int
    currency: str = "SEK"
    rate: Decimal = Decimal(1)
    unit: int = 1
    balance: int = 0
    booked: bool = False
    cancelled: bool = False
    credit: bool = False
    credit_reference: int = 0
    final_pay_day: str | None = None
    vouchers: list[Link] = field(default_factory=list)
    ocr: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What a payment takes off the invoice besides the money, in SEK öre."""

    account: str
    amount: int


@dataclass(slots=True)
class Payment:
    """A payment of one invoice: `amount` in SEK öre, `amount_currency` in öre of the invoice's currency."""

    number: int
    invoice: str
    day: str
    amount: int
    amount_currency: int
    currency: str = "SEK"
    rate: Decimal = Decimal(1)
    unit: int = 1
    booked: bool = False
    account: str = "1930"
    mode: str = "BG"
    source: str = "manual"
    write_offs: list[WriteOff] = field(default_factory=list)
    voucher: Link | None = None
    modified: str = ""

    @property
    def cleared(self) -> int:
        """What the invoice's balance falls by, in öre of its currency: the money and what is written off."""
        return self.amount_currency + sum(each.amount for each in self.write_offs)


@dataclass(slots=True)
class Currency:
    """A currency with today's rate; Fortnox keeps no history of rates."""

    code: str
    name: str
    rate: Decimal
    unit: int = 1


@dataclass(slots=True)
class File:
    """A file of the archive. Its content is made from its name: the same every time."""

    id: str
    name: str
    content: str


@dataclass(slots=True)
class Connection:
    """A file attached to a voucher."""

    file: str
    series: str
    number: int
    year: int
