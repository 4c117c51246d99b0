"""Reconciliation (avstämning): the ledger's control account against the subledger, and why they differ.

The difference of a day is what the account held when the first year began and the subledger did not know, plus what
opening balances jumped between years, plus every posting that no invoice or payment made. What then remains is
unexplained. All in öre, debit positive, so that causes add up to the difference with their signs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bridge.appendices import rolling
from bridge.appendices.appendix import Appendix, Cause, Explanation, Point
from bridge.appendices.open_items import items
from bridge.appendices.rolling import History
from bridge.appendices.subledger import Side, VoucherKey, VoucherOrigin
from bridge.ledger import money
from bridge.problem import BridgeError, Finding, Param, Place, Severity

SUBLEDGER_TYPES = {
    Side.RECEIVABLE: frozenset({"INVOICE", "INVOICEPAYMENT", "CASHINVOICE"}),
    Side.PAYABLE: frozenset({"SUPPLIERINVOICE", "SUPPLIERPAYMENT", "SUPPLIERINVOICEPAYMENT"}),
}
"""Fortnox's reference types of the vouchers that a subledger makes itself; every other voucher is a direct posting."""

MONTHS = 12


class DayNotImported(BridgeError):
    """The balance day lies in no year of the control account: its year was never imported."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A row on the control account, öre, debit positive."""

    series: str
    number: int
    booked: date
    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class ControlYear:
    """One imported year of the control account: its opening balance (ingående balans) and every posting on it.

    `fortnox_id` is Fortnox's id of the year, the one voucher origins use; None for a year that Fortnox does not have.
    """

    first: date
    last: date
    opening: int
    postings: tuple[Posting, ...]
    fortnox_id: int | None = None

    @property
    def name(self) -> str:
        """The year's name everywhere outside Fortnox: its last day, ISO 8601."""
        return self.last.isoformat()

    def balance(self, day: date) -> int:
        """Add up opening balance and every posting up to and including the day."""
        return self.opening + sum(posting.amount for posting in self.postings if posting.booked <= day)


@dataclass(frozen=True, slots=True)
class Control:
    """The ledger's side: a control account, or several taken as one under the first one's number, and its years."""

    account: str
    side: Side
    years: tuple[ControlYear, ...]
    currency: str = "SEK"


def reconcile(
    control: Control, day: date, histories: Sequence[History], origins: Iterable[VoucherOrigin] = ()
) -> Appendix:
    """Make the appendix of a control account as of the end of a day.

    `histories` are `rolling.roll` of the same side over all invoices and payments; `origins` of all years given.
    Raises DayNotImported when no year has the day.
    """
    years = _years_to(control.years, day)
    point = _point(control.side, years, histories, day)
    if histories:
        explanations = _explanations(control.side, years, histories, origins, day)
    else:
        explanations = _without_subledger(years[-1], point)
    return Appendix(
        account=control.account,
        side=control.side,
        day=day,
        currency=control.currency,
        ledger=point.ledger,
        subledger=point.subledger,
        items=tuple(items(histories, day)),
        explanations=tuple(explanations),
        history=tuple(_point(control.side, years, histories, each) for each in _month_ends(years[0].first, day)),
    )


def findings(appendix: Appendix, histories: Iterable[History] = ()) -> tuple[Finding, ...]:
    """Tell what a person should look at: a difference, and settlements that nothing dates."""
    place = Place(account=appendix.account)
    found: list[Finding] = []
    if appendix.difference:
        amount, explained = money.text(appendix.difference), money.text(appendix.explained)
        params: dict[str, Param] = {"account": appendix.account, "amount": amount, "explained": explained}
        found.append(Finding("subledger-difference", Severity.WARNING, params, place))
    undated = [history.undated for history in histories if history.undated]
    if undated:
        params = {"account": appendix.account, "amount": money.text(sum(undated)), "count": len(undated)}
        found.append(Finding("settlement-undated", Severity.INFO, params, place, len(undated)))
    return tuple(found)


def _years_to(years: Iterable[ControlYear], day: date) -> list[ControlYear]:
    """Years without a hole between them, oldest first, the last one having the day."""
    chain: list[ControlYear] = []
    for year in sorted(years, key=lambda each: each.first):
        if year.first > day:
            break
        if chain and chain[-1].last + timedelta(days=1) != year.first:
            chain.clear()
        chain.append(year)
    if not chain or chain[-1].last < day:
        raise DayNotImported(f"no imported year has {day}")
    return chain


def _subledger(side: Side, histories: Iterable[History], day: date) -> int:
    """Sum of the open items with the sign the ledger has: a debt is a credit balance."""
    total = rolling.total(histories, day)
    return total if side is Side.RECEIVABLE else -total


def _point(side: Side, years: Iterable[ControlYear], histories: Iterable[History], day: date) -> Point:
    year = next(year for year in years if year.first <= day <= year.last)
    return Point(day, year.balance(day), _subledger(side, histories, day))


def _month_ends(first: date, day: date) -> list[date]:
    """List the day itself and the eleven month ends before it, oldest first, none before the first day."""
    ends = [day]
    while len(ends) < MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return [end for end in reversed(ends) if end >= first]


def _without_subledger(year: ControlYear, point: Point) -> list[Explanation]:
    if not point.difference:
        return []
    return [Explanation(Cause.NO_SUBLEDGER, point.difference, point.day, year.name)]


def _explanations(
    side: Side,
    years: Sequence[ControlYear],
    histories: Sequence[History],
    origins: Iterable[VoucherOrigin],
    day: date,
) -> list[Explanation]:
    """List every cause of a difference that the data show, oldest first."""
    made = {origin.voucher for origin in origins if origin.reference_type in SUBLEDGER_TYPES[side]}
    direct = [each for year in years for each in _direct(year, made, day)]
    return [*_brought_forward(side, years[0], histories), *_gaps(years), *direct]


def _brought_forward(side: Side, year: ControlYear, histories: Sequence[History]) -> list[Explanation]:
    """Tell what the account held when the first year began that no invoice open then explains."""
    amount = year.opening - _subledger(side, histories, year.first - timedelta(days=1))
    started = min(history.invoice.invoiced for history in histories)
    cause = Cause.BROUGHT_FORWARD if started < year.first else Cause.MISSING_HISTORY
    return [Explanation(cause, amount, year.first, year.name)] if amount else []


def _gaps(years: Iterable[ControlYear]) -> list[Explanation]:
    gaps = [(year, year.opening - before.balance(before.last)) for before, year in pairwise(years)]
    return [Explanation(Cause.OPENING_GAP, gap, year.first, year.name) for year, gap in gaps if gap]


def _direct(year: ControlYear, made: set[VoucherKey], day: date) -> list[Explanation]:
    """One explanation per voucher the subledger did not make; one that takes out itself on the account explains nothing.

    The date tells apart two vouchers that a SIE file gave the same number.
    """
    vouchers: dict[tuple[date, str, int], list[Posting]] = defaultdict(list)
    for each in year.postings:
        if each.booked <= day and not _is_made(each, year, made):
            vouchers[each.booked, each.series, each.number].append(each)
    explained = [_explanation(vouchers[voucher], year) for voucher in sorted(vouchers)]
    return [each for each in explained if each.amount]


def _is_made(posting: Posting, year: ControlYear, made: set[VoucherKey]) -> bool:
    """Tell whether the subledger made the posting's voucher; in a year that Fortnox does not have it made none."""
    return year.fortnox_id is not None and VoucherKey(posting.series, posting.number, year.fortnox_id) in made


def _explanation(rows: list[Posting], year: ControlYear) -> Explanation:
    first = rows[0]
    amount = sum(row.amount for row in rows)
    return Explanation(Cause.DIRECT, amount, first.booked, year.name, first.series, first.number, first.text)
