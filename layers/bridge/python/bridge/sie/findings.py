"""What can be found in a SIE file: every code with its severity, in one table.

An error stops an import: the books cannot be trusted as they stand. What real programs write and what can be read
without doubt is a warning, however much the specification forbids it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.ledger.findings import SEVERITIES as LEDGER
from bridge.problem import Severity

SEVERITIES: Mapping[str, Severity] = {
    **LEDGER,
    # the file
    "file-not-sie": Severity.ERROR,
    "flag-not-first": Severity.ERROR,
    "flag-already-read": Severity.WARNING,
    "encoding-not-pc8": Severity.WARNING,
    "encoding-guessed": Severity.WARNING,
    "checksum-mismatch": Severity.ERROR,
    "checksum-truncated": Severity.ERROR,
    "checksum-unopened": Severity.WARNING,
    "line-too-long": Severity.ERROR,
    "limit-exceeded": Severity.ERROR,
    # the records
    "record-unknown": Severity.WARNING,
    "record-missing": Severity.ERROR,
    "record-forbidden": Severity.ERROR,
    "record-repeated": Severity.WARNING,
    "record-out-of-order": Severity.WARNING,
    "line-not-a-record": Severity.WARNING,
    "field-missing": Severity.WARNING,
    "field-extra": Severity.WARNING,
    "field-control-character": Severity.WARNING,
    "quote-unterminated": Severity.ERROR,
    "object-list-unterminated": Severity.ERROR,
    "object-list-odd": Severity.ERROR,
    "object-list-missing": Severity.WARNING,
    # the values
    "amount-invalid": Severity.ERROR,
    "amount-inexact": Severity.ERROR,
    "amount-decimals": Severity.WARNING,
    "quantity-invalid": Severity.WARNING,
    "date-invalid": Severity.ERROR,
    "period-invalid": Severity.ERROR,
    "year-invalid": Severity.ERROR,
    "type-invalid": Severity.ERROR,
    "value-unknown": Severity.WARNING,
    "org-number-malformed": Severity.WARNING,
    "org-number-check-digit": Severity.WARNING,
    "year-length": Severity.WARNING,
    "years-apart": Severity.WARNING,
    # the chart and the objects
    "account-repeated": Severity.WARNING,
    "account-detail-orphan": Severity.WARNING,
    "account-undeclared": Severity.WARNING,
    "account-not-numeric": Severity.WARNING,
    "dimension-undeclared": Severity.WARNING,
    "object-undeclared": Severity.WARNING,
    # the vouchers
    "voucher-date-missing": Severity.ERROR,
    "voucher-not-closed": Severity.ERROR,
    "row-outside-voucher": Severity.ERROR,
    "brace-missing": Severity.WARNING,
    "brace-not-alone": Severity.WARNING,
    "brace-stray": Severity.WARNING,
    "text-too-long": Severity.INFO,
    "text-mojibake": Severity.WARNING,
}
"""Codes are stable: texts, tests and other programs refer to them."""
