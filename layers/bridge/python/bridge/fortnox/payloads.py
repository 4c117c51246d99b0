"""Fortnox's payloads, as much of them as we use. The specification is not the wire: every field forgives what was seen.

Money is a number or a string; an empty value is null, "", 0 or "0"; flags and numbers may be strings; a cancelled supplier
invoice says `Cancel` in a list and `Cancelled` alone. Unknown fields are ignored. Amounts become öre here, texts are never
None, dates are dates.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from bridge.fortnox.errors import FortnoxUnreadable
from bridge.ledger.money import decimal, exact, rounded

NOISE = Decimal("0.000001")
"""Kronor by which an amount may miss whole öre: Fortnox adds some of them up in floating point (0.30000000000000004)."""


def _or_none(value: object) -> object:
    return None if value == "" else value


def _text(value: object) -> object:
    return "" if value is None else str(value) if isinstance(value, int) else value


def _code(value: object) -> object:
    """Read a cost centre or project: 0 and "0" were seen where there is none."""
    return "" if value in (None, 0, "0") else _text(value)


def _flag(value: object) -> object:
    return False if value in (None, "") else value


def _list(value: object) -> object:
    return [] if value is None else value


def _day(value: object) -> object:
    """Read a day, also where Fortnox adds a time to it; a number is no date."""
    if not isinstance(value, str):
        raise ValueError("a date is text")  # noqa: TRY004 - pydantic gathers ValueErrors
    return date.fromisoformat(value[:10])


def _ore(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("an amount is a number or its text")  # noqa: TRY004 - pydantic gathers ValueErrors
    try:
        amount = Decimal(value)
        nearest = decimal(rounded(amount))
    except ArithmeticError:
        raise ValueError("an amount is a finite decimal number") from None
    return exact(nearest if abs(amount - nearest) <= NOISE else amount)


Text = Annotated[str, BeforeValidator(_text)]
Code = Annotated[str, BeforeValidator(_code)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[date, BeforeValidator(_day)]
DayOrNone = Annotated[Day | None, BeforeValidator(_or_none)]
Whole = Annotated[int | None, BeforeValidator(_or_none)]
Ore = Annotated[int, BeforeValidator(_ore)]
OreOrNone = Annotated[Ore | None, BeforeValidator(_or_none)]
Number = Annotated[Decimal | None, BeforeValidator(_or_none)]


class Payload(BaseModel):
    """A Fortnox object: PascalCase on the wire, built when first used."""

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True, alias_generator=to_pascal)


class CompanyPayload(Payload):
    """CompanyInformation; DatabaseNumber is the tenant id of tokens."""

    company_name: Text
    organization_number: Text
    database_number: int


class YearPayload(Payload):
    """A FinancialYear; old ones lack AccountingMethod."""

    id: int
    from_date: Day
    to_date: Day
    accounting_method: Text = ""


class AccountPayload(Payload):
    """An Account of a list."""

    number: int
    description: Text = ""
    active: Flag = True


class PresetPayload(Payload):
    """A PreDefinedAccount (förvalt konto): what Fortnox posts something to by itself."""

    name: Text
    account: Text


class SeriesPayload(Payload):
    """A VoucherSeries; NextVoucherNumber only when read alone."""

    code: Text
    description: Text = ""
    manual: Flag = False
    next_voucher_number: Whole = None


class LockedPeriodPayload(Payload):
    """LockedPeriod; no date means that nothing is locked."""

    end_date: DayOrNone = None


class VoucherOriginPayload(Payload):
    """A Voucher of a list, which never has rows."""

    voucher_series: Text
    voucher_number: int
    year: int
    transaction_date: Day
    description: Text = ""
    reference_type: Text = ""
    reference_number: Text = ""


class VoucherRowPayload(Payload):
    """A row of a voucher; one that is Removed was struck and does not count."""

    account: int
    debit: OreOrNone = None
    credit: OreOrNone = None
    transaction_information: Text = ""
    cost_center: Code = ""
    project: Code = ""
    removed: Flag = False


class VoucherPayload(Payload):
    """A Voucher read alone, or as a POST answers."""

    voucher_series: Text
    voucher_number: int
    year: int
    transaction_date: Day
    description: Text
    comments: Text = ""
    voucher_rows: Annotated[list[VoucherRowPayload], BeforeValidator(_list)]


class InvoicePayload(Payload):
    """An Invoice (kundfaktura) of a list: CurrencyRate is text there."""

    document_number: Text
    ocr: Text = Field("", alias="OCR")
    customer_number: Text
    customer_name: Text = ""
    invoice_date: Day
    due_date: DayOrNone = None
    final_pay_date: DayOrNone = None
    currency: Text = "SEK"
    currency_rate: Number = None
    currency_unit: Number = None
    total: Ore
    balance: Ore
    booked: Flag = False
    cancelled: Flag = False
    voucher_series: Text = ""
    voucher_number: Whole = None
    voucher_year: Whole = None


class VoucherReferencePayload(Payload):
    """A voucher that belongs to a supplier invoice: its booking, a payment, a correction."""

    series: Text
    number: int
    year: int
    reference_type: Text = ""


class SupplierInvoicePayload(Payload):
    """A SupplierInvoice (leverantörsfaktura) of a list: Total and Balance are text there."""

    given_number: Text
    invoice_number: Text = ""
    supplier_number: Text
    supplier_name: Text = ""
    invoice_date: Day
    due_date: DayOrNone = None
    final_pay_date: DayOrNone = None
    currency: Text = "SEK"
    currency_rate: Number = None
    currency_unit: Number = None
    total: Ore
    balance: Ore
    booked: Flag = False
    cancelled: Flag = Field(default=False, validation_alias=AliasChoices("Cancel", "Cancelled"))
    vouchers: Annotated[list[VoucherReferencePayload], BeforeValidator(_list)] = []


class PaymentPayload(Payload):
    """An InvoicePayment or SupplierInvoicePayment of a list; Amount is SEK."""

    number: Text
    invoice_number: Text
    payment_date: Day
    amount: Ore
    currency: Text = "SEK"
    booked: Flag = False
    write_off_exist: Flag = False


class WriteOffPayload(Payload):
    """A WriteOff of a payment, in SEK."""

    amount: OreOrNone = None


class SinglePaymentPayload(Payload):
    """What only the single payment tells."""

    amount_currency: OreOrNone = None
    write_offs: Annotated[list[WriteOffPayload], BeforeValidator(_list)] = []


class MetaPayload(Payload):
    """MetaInformation of a list; some lists have none."""

    total: Whole = Field(None, alias="@TotalResources")
    pages: Whole = Field(None, alias="@TotalPages")


P = TypeVar("P", bound=Payload)


def read(model: type[P], value: object) -> P:
    """Validate one object; FortnoxUnreadable names the fields at fault and nothing of their values."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))} {fault['type']}" for fault in error.errors()[:5])
        raise FortnoxUnreadable(f"{model.__name__}: {faults}") from None


def member(body: object, name: str) -> object:
    """Take the named member out of an answer; FortnoxUnreadable when it is not there."""
    if not isinstance(body, dict) or name not in body:
        raise FortnoxUnreadable(f"the answer has no {name}")
    return body[name]
