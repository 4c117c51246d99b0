"""Why the ledger has an amount on the control account that the subledger has not, voucher by voucher and document by document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Cause(StrEnum):
    """What a part of the difference comes from. What no cause covers is unexplained."""

    DIRECT = "direct-posting"
    """A voucher that was made from no invoice or payment of this subledger (bokfört direkt på kontot)."""
    CHANGED = "changed-voucher"
    """The voucher of an invoice or payment has another amount on the control account than the document."""
    UNBOOKED = "unbooked"
    """An invoice or payment counts as booked in the subledger, but no voucher has it."""
    DIFFERENT_PERIOD = "different-period"
    """A document and its voucher have dates on different sides of the balance day."""
    EARLY_PAYMENT = "early-payment"
    """The same of a payment that was made before its invoice's date (förskott)."""
    CURRENCY = "currency"
    """A posting of a foreign invoice or payment at another rate than the invoice was booked with."""
    ROUNDING = "rounding"
    """A posting that misses its document by öre, half a krona at most (öresavrundning)."""
    UNTRACED = "untraced-settlement"
    """An invoice that was settled with neither a payment nor a credit note to show for it."""
    MISSING_DOCUMENT = "missing-document"
    """A voucher that the subledger made from a document that is no longer there."""
    OPENING_GAP = "opening-gap"
    """A year's opening balance is not the closing balance of the year before."""
    BROUGHT_FORWARD = "brought-forward"
    """The difference was there when the first year read began; the vouchers behind it lie in years before."""
    MISSING_HISTORY = "missing-history"
    """An opening balance from before the first invoice: what it consists of never was in the subledger."""
    NO_SUBLEDGER = "no-subledger"
    """There are no booked invoices at all: the account is kept without a subledger."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An amount (öre, debit positive) of the difference.

    `booked` is the voucher's day, or where there is no voucher the document's. `series`, `number`, `text` are the
    voucher's; `document` is the invoice's number, `reference` the payment's, `dated` the day that document has in the subledger.
    """

    cause: Cause
    amount: int
    booked: date
    year: str
    series: str = ""
    number: int | None = None
    text: str = ""
    document: str = ""
    reference: str = ""
    dated: date | None = None
