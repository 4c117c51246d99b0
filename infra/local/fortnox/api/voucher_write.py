"""What Fortnox checks before it creates a voucher, in the order of a careful reader: shape, year, series, rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from infra.local.fortnox import money
from infra.local.fortnox.answers import Call, iso
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.model import Account, Row, Voucher, Year

_FIELDS = frozenset(
    (
        "@url",
        "ApprovalState",
        "Comments",
        "CostCenter",
        "Description",
        "Project",
        "ReferenceNumber",
        "ReferenceType",
        "TransactionDate",
        "VoucherNumber",
        "VoucherRows",
        "VoucherSeries",
        "Year",
    )
)
_ROW_FIELDS = frozenset(
    (
        "Account",
        "CostCenter",
        "Credit",
        "Debit",
        "Description",
        "Project",
        "Quantity",
        "Removed",
        "TransactionInformation",
    )
)
_LARGEST = 10**13


def read_voucher(call: Call) -> tuple[Year, Voucher]:
    """Read the voucher a POST asks for, numbered, and the year it goes into. Refuses everything Fortnox would."""
    sent = call.sent("Voucher", _FIELDS)
    text = _text(sent, "Description", 200, required=True)
    comments = _text(sent, "Comments", 1000) or None
    series = _text(sent, "VoucherSeries", 10, required=True)
    day = iso(sent.get("TransactionDate"))
    year = _year(call, day)
    _check_series(year, series)
    rows = _rows(call, year, sent)
    if sum(row.amount for row in rows):
        raise Refusal("unbalanced")
    locked = call.company.locked_until
    if locked is not None and day <= locked:
        raise Refusal("locked-period", company=call.company.name, day=locked)
    return year, Voucher(series, year.next_number(series), day, text, rows, call.today, comments=comments)


def _year(call: Call, day: str) -> Year:
    wanted = call.number("financialyear")
    found = call.company.year_of(day) if wanted is None else call.company.year(wanted)
    if found is None:
        raise Refusal("no-year" if wanted is None else "year-not-found")
    if not found.first <= day <= found.last:
        raise Refusal("no-year")
    return found


def _check_series(year: Year, code: str) -> None:
    if code not in year.series:
        raise Refusal("series-unknown")
    if not year.series[code].manual:
        raise Refusal("series-not-manual", series=code)


def _rows(call: Call, year: Year, sent: dict[str, Any]) -> tuple[Row, ...]:
    rows = sent.get("VoucherRows")
    if not isinstance(rows, list) or len(rows) < 2 or not all(isinstance(row, dict) for row in rows):
        raise Refusal("no-data")
    return tuple(_row(call, year, row) for row in rows)


def _row(call: Call, year: Year, sent: dict[str, Any]) -> Row:
    if set(sent) - _ROW_FIELDS:
        raise Refusal("field")
    account = _account(year, sent.get("Account"))
    center, project = _text(sent, "CostCenter", 50), _text(sent, "Project", 50)
    _check_objects(call, account, center, project)
    objects = tuple((dimension, code) for dimension, code in (("1", center), ("6", project)) if code)
    quantity = money.plain(_decimal(sent.get("Quantity", 0)))
    amount = _amount(sent.get("Debit", 0)) - _amount(sent.get("Credit", 0))
    return Row(account.number, amount, objects, _text(sent, "TransactionInformation", 100), quantity=quantity)


def _account(year: Year, given: Any) -> Account:
    if isinstance(given, bool) or not str(given).isdecimal():
        raise Refusal("not-numeric", value=given)
    account = year.accounts.get(str(given))
    if account is None:
        raise Refusal("account-unknown")
    if not account.active:
        raise Refusal("account-inactive", account=account.number)
    return account


def _check_objects(call: Call, account: Account, center: str, project: str) -> None:
    if account.cost_center == "MANDATORY" and not center:
        raise Refusal("cost-center-required", account=account.number)
    if center and center not in call.company.objects("1"):
        raise Refusal("cost-center-unknown")
    if project and project not in call.company.objects("6"):
        raise Refusal("project-unknown")


def _amount(given: Any) -> int:
    amount = _decimal(given)
    return money.ore(amount)


def _decimal(given: Any) -> Decimal:
    try:
        found = Decimal(given) if isinstance(given, int | str | Decimal) and not isinstance(given, bool) else None
    except ArithmeticError:
        found = None
    if found is None or not found.is_finite() or abs(found) > _LARGEST:
        raise Refusal("not-numeric", value=given)
    return found


def _text(sent: dict[str, Any], field: str, longest: int, *, required: bool = False) -> str:
    given = sent.get(field)
    if given is None or given == "":
        if required:
            raise Refusal("required", field=field)
        return ""
    text = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(text, str):
        raise Refusal("no-data")
    if len(text) > longest:
        raise Refusal("too-long", field=field)
    return text
