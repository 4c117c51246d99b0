"""A voucher on its way to Fortnox, as Fortnox gave it back, and what is known about a write that was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TEXT_LIMIT = 180
"""Characters of a voucher's own text; Fortnox takes 200, and the marker follows it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `amount` in öre, debit positive. Empty text, cost centre or project means none."""

    account: int
    amount: int
    text: str = ""
    cost_center: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class VoucherDraft:
    """What is sent: the text carries the marker at its end (at most 200 characters in all)."""

    series: str
    booked: date
    text: str
    rows: tuple[Row, ...]
    comments: str = ""


@dataclass(frozen=True, slots=True)
class PostedVoucher:
    """What Fortnox has: rows that were struck (Removed) are left out. `year_id` is Fortnox's id of the year."""

    series: str
    number: int
    year_id: int
    booked: date
    text: str
    rows: tuple[Row, ...]
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Ok:
    """Fortnox confirmed the voucher."""

    voucher: PostedVoucher


@dataclass(frozen=True, slots=True)
class Rejected:
    """Fortnox refused, and says so in its own words; nothing was created."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request never left us; it is safe to send it again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have been created and may not; only looking in Fortnox tells. Never send again before that."""

    reason: str


Outcome = Ok | Rejected | NotSent | Ambiguous
"""The four classes of a write (NOT_SENT, REJECTED, OK, AMBIGUOUS)."""
