"""HTTP door: imports, and the books they brought."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from bridge.edge import app as edge
from bridge.edge import views
from bridge.edge.caller import asking
from bridge.edge.models.base import Json
from bridge.edge.models.books import AccountList, ActivityList, AppendixList, ImportedYears
from bridge.edge.models.work import ImportAsked, JobGiven, JobList
from bridge.flows import books, imports

app = edge.api()
BASE = "/api/v1/engagements/<engagement>"


@app.post(f"{BASE}/imports", status_code=202)
def start_import(engagement: str, body: ImportAsked) -> Response[JobGiven]:
    """Start an import from Fortnox."""
    key = edge.header(app, "idempotency-key")
    job = imports.start(*asking(app), engagement, body.years, key)
    return edge.accepted(app, f"/api/v1/engagements/{engagement}/imports", imports.View(job, ()))


@app.get(f"{BASE}/imports")
def list_imports(engagement: str) -> JobList:
    """List the newest imports."""
    found = imports.list_all(*asking(app), engagement)
    return JobList(items=[views.job(imports.View(job, ()), edge.language(app)) for job in found])


@app.get(f"{BASE}/imports/<job>")
def read_import(engagement: str, job: str) -> JobGiven:
    """Read how an import goes."""
    return views.job(imports.read(*asking(app), engagement, job), edge.language(app))


@app.get(f"{BASE}/financial-years")
def list_years(engagement: str) -> ImportedYears:
    """List the financial years and what was imported of each."""
    return ImportedYears(items=[views.year(year) for year in books.years(*asking(app), engagement)])


@app.get(f"{BASE}/financial-years/<year>/certificate")
def read_certificate(engagement: str, year: str) -> Json:
    """Read the certificate of an imported year: its bytes, counts, series, sums, and what the import's rules changed."""
    return books.certificate(*asking(app), engagement, year)


@app.get(f"{BASE}/accounts")
def list_accounts(engagement: str, year: str) -> AccountList:
    """List the accounts of an imported year with their balances."""
    found = books.accounts(*asking(app), engagement, year)
    return AccountList(items=[views.account(each) for each in found])


@app.get(f"{BASE}/appendices")
def list_appendices(engagement: str) -> AppendixList:
    """List the appendices of the published import."""
    return AppendixList(items=books.appendices(*asking(app), engagement))


@app.get(f"{BASE}/appendices/<account>")
def read_appendix(engagement: str, account: str) -> Json:
    """Read an appendix with its items."""
    return books.appendix(*asking(app), engagement, account)


@app.get(f"{BASE}/activity")
def list_activity(engagement: str) -> ActivityList:
    """List the newest lines of the activity log."""
    lines = books.activity(*asking(app), engagement)
    return ActivityList(items=[views.activity(line, edge.language(app)) for line in lines])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return edge.serve(app, event, context)
