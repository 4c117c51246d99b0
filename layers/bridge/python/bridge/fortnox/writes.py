"""POST vouchers: once, and an answer to what became of it.

A voucher cannot be taken back and Fortnox knows no idempotency key, so a POST whose outcome is unknown is never repeated
here: that is `Ambiguous`, and only looking in Fortnox tells. What was turned away before it was read (429, 401) is waited
out, or renewed, and sent again.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.exports.marker import find
from bridge.exports.voucher import Ambiguous, NotSent, Ok, Outcome, Rejected, Row, VoucherDraft
from bridge.fortnox.errors import (
    FortnoxRateLimited,
    FortnoxRefused,
    FortnoxUnavailable,
    FortnoxUnreadable,
    Unauthorized,
)
from bridge.fortnox.session import Session
from bridge.fortnox.vouchers import read_voucher
from bridge.fortnox.wire import read_json
from bridge.ledger.money import decimal


def post_voucher(session: Session, draft: VoucherDraft, year_id: int) -> Outcome:
    """POST the voucher to the financial year; the outcome says what is known. Raises nothing the network did."""
    try:
        content = session.post("/vouchers", voucher_document(draft), financialyear=year_id)
    except FortnoxRefused as refused:
        return Rejected(refused.code, refused.message)
    except (FortnoxRateLimited, Unauthorized) as turned_away:
        return NotSent(str(turned_away))
    except FortnoxUnavailable as unavailable:
        return Ambiguous(unavailable.reason) if unavailable.sent else NotSent(unavailable.reason)
    return _confirmed(content, draft)


def voucher_document(draft: VoucherDraft) -> Mapping[str, object]:
    """Build the voucher as Fortnox takes it; amounts are Decimal, empty fields are left out."""
    fields: dict[str, object] = {
        "Description": draft.text,
        "TransactionDate": draft.booked.isoformat(),
        "VoucherSeries": draft.series,
        "VoucherRows": [_row(row) for row in draft.rows],
    }
    return {"Voucher": fields | _said(Comments=draft.comments)}


def _row(row: Row) -> dict[str, object]:
    side = "Credit" if row.amount < 0 else "Debit"
    texts = _said(TransactionInformation=row.text, CostCenter=row.cost_center, Project=row.project)
    return {"Account": row.account, side: decimal(abs(row.amount)), **texts}


def _said(**texts: str) -> dict[str, object]:
    return {name: text for name, text in texts.items() if text}


def _confirmed(content: bytes, draft: VoucherDraft) -> Outcome:
    """Ok only when the answer is a voucher that carries our marker; what else Fortnox made of it, the read-back tells."""
    try:
        voucher = read_voucher(read_json(content))
    except (ValueError, FortnoxUnreadable):
        return Ambiguous("an answer that is no voucher")
    mark = find(draft.text)
    ours = find(voucher.text) == mark if mark else voucher.text == draft.text
    return Ok(voucher) if ours else Ambiguous("an answer without our text")
