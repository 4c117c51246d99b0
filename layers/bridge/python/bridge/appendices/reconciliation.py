"""Reconciliation (avstämning): the ledger's control account against the subledger, and why they differ.

The difference of a day is what the account held when the first year began and the subledger did not know, plus what
opening balances jumped between years, plus what each voucher and its document do not agree about. What then remains is
unexplained. All in öre, debit positive, so that causes add up to the difference with their signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from bridge.appendices import rolling
from bridge.appendices.appendix import Appendix, Missing, Point
from bridge.appendices.causes import Cause, Explanation
from bridge.appendices.control import Control, ControlYear, chain_to, year_of
from bridge.appendices.entries import entries
from bridge.appendices.open_items import items
from bridge.appendices.rolling import History
from bridge.appendices.subledger import Side, VoucherOrigin
from bridge.appendices.tracing import trace
from bridge.ledger import money
from bridge.problem import Finding, Param, Place, Severity

MONTHS = 12


def reconcile(
    control: Control,
    day: date,
    histories: Sequence[History],
    origins: Iterable[VoucherOrigin] = (),
    unbooked: Iterable[History] = (),
) -> Appendix:
    """Make the appendix of a control account as of the end of a day.

    `histories` are `rolling.roll` of the same side over all invoices and payments, `unbooked` are
    `rolling.unbooked` of them; `origins` of all years given. Raises DayNotImported when no year has the day.
    """
    years = chain_to(control.years, day)
    cash = years[-1].cash
    point = _point(control.side, years, histories, day)
    return Appendix(
        account=control.account,
        side=control.side,
        day=day,
        currency=control.currency,
        ledger=point.ledger,
        subledger=point.subledger,
        items=tuple(items(histories, day)),
        explanations=() if cash else tuple(_explanations(control, years, histories, origins, point)),
        history=tuple(_point(control.side, years, histories, each) for each in _month_ends(years[0].first, day)),
        accounts=control.balances(day),
        unbooked=tuple(items(unbooked, day)),
        cash=cash,
    )


def unavailable(control: Control, day: date, missing: Missing) -> Appendix:
    """Make the appendix that says that the subledger could not be read; of the ledger it has the balance."""
    return Appendix(
        account=control.account,
        side=control.side,
        day=day,
        currency=control.currency,
        ledger=year_of(control.years, day).balance(day),
        subledger=0,
        items=(),
        explanations=(),
        history=(),
        accounts=control.balances(day),
        missing=missing,
    )


def findings(appendix: Appendix, histories: Iterable[History] = ()) -> tuple[Finding, ...]:
    """Tell what a person should look at: a difference, and settlements that nothing dates."""
    place = Place(account=appendix.account)
    found: list[Finding] = []
    if appendix.difference:
        amount, explained = money.text(appendix.difference), money.text(appendix.explained)
        params: dict[str, Param] = {"account": appendix.account, "amount": amount, "explained": explained}
        found.append(Finding("subledger-difference", Severity.WARNING, params, place))
    if appendix.cut_off:
        params = {"account": appendix.account, "amount": money.text(appendix.cut_off)}
        found.append(Finding("cash-method-cut-off", Severity.INFO, params, place))
    undated = [history.undated for history in histories if history.undated]
    if undated:
        params = {"account": appendix.account, "amount": money.text(sum(undated)), "count": len(undated)}
        found.append(Finding("settlement-undated", Severity.INFO, params, place, len(undated)))
    return tuple(found)


def _subledger(side: Side, histories: Iterable[History], day: date) -> int:
    """Sum of the open items with the sign the ledger has: a debt is a credit balance."""
    total = rolling.total(histories, day)
    return total if side is Side.RECEIVABLE else -total


def _point(side: Side, years: Iterable[ControlYear], histories: Iterable[History], day: date) -> Point:
    year = year_of(years, day)
    return Point(day, year.balance(day), _subledger(side, histories, day), year.cash)


def _month_ends(first: date, day: date) -> list[date]:
    """List the day itself and the eleven month ends before it, oldest first, none before the first day."""
    ends = [day]
    while len(ends) < MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return [end for end in reversed(ends) if end >= first]


def _explanations(
    control: Control,
    years: Sequence[ControlYear],
    histories: Sequence[History],
    origins: Iterable[VoucherOrigin],
    point: Point,
) -> list[Explanation]:
    """List every cause of a difference that the data show, oldest first. Years after the day may have vouchers of before it."""
    if not histories:
        whole = Explanation(Cause.NO_SUBLEDGER, point.difference, point.day, years[-1].name)
        return [whole] if whole.amount else []
    first = years[0].first
    read = sorted((year for year in control.years if year.first >= first), key=lambda year: year.first)
    traced = trace(control.side, read, entries(control.side, histories), origins)
    before = years[0].opening - traced.brought(first)
    found = [_brought_forward(years[0], before, histories), *_gaps(years), *traced.explain(first, point.day)]
    order = sorted(found, key=lambda each: (each.booked, each.series, each.number or 0, each.document))
    return [each for each in order if each.amount]


def _brought_forward(year: ControlYear, amount: int, histories: Sequence[History]) -> Explanation:
    """Tell what the account held when the first year began that no invoice open then explains."""
    started = min(history.invoice.invoiced for history in histories)
    cause = Cause.BROUGHT_FORWARD if started < year.first else Cause.MISSING_HISTORY
    return Explanation(cause, amount, year.first, year.name)


def _gaps(years: Iterable[ControlYear]) -> list[Explanation]:
    gaps = [(year, year.opening - before.balance(before.last)) for before, year in pairwise(years)]
    return [Explanation(Cause.OPENING_GAP, gap, year.first, year.name) for year, gap in gaps]
