"""Shaping what flows give into what the API answers. No decisions, only names and texts."""

from __future__ import annotations

from bridge import messages
from bridge.edge import problems
from bridge.edge.models.base import Span
from bridge.edge.models.books import AccountGiven, ActivityGiven, ImportedYear
from bridge.edge.models.connect import EngagementGiven, YearGiven
from bridge.edge.models.work import EntryGiven, FindingGiven, ItemGiven, JobGiven, RowAsked, SeriesGiven, StepGiven
from bridge.engagements.engagement import Engagement
from bridge.exports.entry import ClosingEntry
from bridge.exports.item import ExportItem
from bridge.flows import books, exports, imports
from bridge.jobs.job import Activity
from bridge.jobs.tables import Balance
from bridge.ledger import money, orgnumber
from bridge.ports import FortnoxSeries
from bridge.problem import Finding


def engagement(made: Engagement) -> EngagementGiven:
    """Shape an engagement."""
    years = [YearGiven(id=y.id, first=y.period.first, last=y.period.last, locked=y.locked) for y in made.years]
    return EngagementGiven(
        id=made.id,
        name=made.name,
        org_number=orgnumber.formatted(made.org_number),
        kind=made.kind,
        purpose=made.purpose,
        years=years,
        active_period=Span(first=made.active.first, last=made.active.last),
        currency=made.currency,
        published_import=made.published or None,
    )


def job(view: imports.View | exports.View, language: str) -> JobGiven:
    """Shape a job with its steps, findings and (for an export) the fate of each entry."""
    held = view.job
    items = view.items if isinstance(view, exports.View) else ()
    return JobGiven(
        id=held.key.id,
        kind=held.work,
        status=held.status,
        created_at=held.created_at,
        created_by=held.created_by,
        ended_at=held.ended_at,
        scope=dict(held.scope),
        steps=[StepGiven(id=part.name, status=part.status, done=part.done, total=part.total) for part in view.parts],
        findings=[finding(each, language) for part in view.parts for each in part.findings],
        result=dict(held.result),
        items=[_item(each, language) for each in items],
        problem=problems.given(held.problem, language) if held.problem else None,
    )


def finding(seen: Finding, language: str) -> FindingGiven:
    """Shape a finding with its sentence."""
    return FindingGiven(
        code=seen.code,
        severity=seen.severity,
        params=dict(seen.params),
        text=messages.finding(seen, language),
        line=seen.place.line if seen.place else None,
        count=seen.count,
    )


def entry(made: ClosingEntry) -> EntryGiven:
    """Shape a closing entry."""
    rows = [
        RowAsked(
            account=row.account,
            amount=money.text(row.amount),
            text=row.text,
            cost_center=row.cost_center,
            project=row.project,
        )
        for row in made.rows
    ]
    return EntryGiven(id=made.id, kind=made.kind, date=made.booked, text=made.text, rows=rows, status=made.status)


def series(held: FortnoxSeries) -> SeriesGiven:
    """Shape a voucher series."""
    return SeriesGiven(code=held.code, name=held.name, manual=held.manual)


def year(held: books.YearBooks) -> ImportedYear:
    """Shape a financial year with what was imported of it."""
    return ImportedYear(
        id=held.year.id,
        first=held.year.period.first,
        last=held.year.period.last,
        locked=held.year.locked,
        ledger_source=held.source,
        vouchers=held.vouchers,
        transactions=held.transactions,
    )


def account(held: Balance) -> AccountGiven:
    """Shape an account's year."""
    return AccountGiven(
        account=held.account,
        name=held.name,
        opening=money.text(held.opening),
        movement=money.text(held.movement),
        closing=money.text(held.closing),
        stated_closing=None if held.stated is None else money.text(held.stated),
    )


def activity(line: Activity, language: str) -> ActivityGiven:
    """Shape a line of the activity log with its sentence."""
    text = messages.activity(line.code, {"who": line.by, **line.params}, language)
    return ActivityGiven(id=line.id, at=line.at, by=line.by, code=line.code, params=dict(line.params), text=text)


def _item(item: ExportItem, language: str) -> ItemGiven:
    return ItemGiven(
        entry=item.entry,
        status=item.state,
        series=item.draft.series,
        number=item.number or None,
        year=item.year,
        verified=item.verified,
        marker=item.marker,
        problem=problems.given(item.problem, language) if item.problem else None,
    )
