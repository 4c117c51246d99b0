"""What can be found in a SIE file: every code with its severity, in one table.

An error stops an import: the books cannot be trusted as they stand. What real programs write and what can be read
without doubt is a warning, however much the specification forbids it. Strict reading makes that an error too.
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
    "record-after-checksum": Severity.WARNING,
    "line-not-a-record": Severity.WARNING,
    "field-missing": Severity.WARNING,
    "record-incomplete": Severity.ERROR,
    "field-extra": Severity.WARNING,
    "field-control-character": Severity.WARNING,
    "quote-unterminated": Severity.ERROR,
    "object-list-unterminated": Severity.ERROR,
    "object-list-odd": Severity.ERROR,
    "object-list-missing": Severity.WARNING,
    "object-list-not-single": Severity.WARNING,
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
    "year-reversed": Severity.ERROR,
    "year-length": Severity.WARNING,
    "years-apart": Severity.WARNING,
    "year-undeclared": Severity.WARNING,
    "period-outside-year": Severity.WARNING,
    "balance-repeated": Severity.WARNING,
    # the chart and the objects
    "account-repeated": Severity.WARNING,
    "account-detail-orphan": Severity.WARNING,
    "account-undeclared": Severity.WARNING,
    "account-not-numeric": Severity.WARNING,
    "dimension-undeclared": Severity.WARNING,
    "dimension-reserved": Severity.INFO,
    "dimension-above-undeclared": Severity.WARNING,
    "dimension-ring": Severity.WARNING,
    "object-above-missing": Severity.WARNING,
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
    "letters-replaced": Severity.WARNING,
}
"""Codes are stable: texts, tests and other programs refer to them."""

ADVICE = frozenset(
    {"flag-already-read", "text-mojibake", "text-too-long", "letters-replaced", "object-undeclared"}
    | {"year-length", "years-apart", "ib-gap", "balances-unbalanced", "voucher-series-filled", "objects-skipped"}
    | {"voucher-number-gap", "voucher-registered-early", "voucher-registered-late"}
)
"""What the specification allows: signs of something else, the law's limits, Fortnox's, what our own rules did."""

STRICT: Mapping[str, Severity] = {
    code: severity if code in ADVICE else Severity.ERROR for code, severity in SEVERITIES.items()
}
"""Severities of a strict reading: every deviation from the specification is an error."""
