"""HTTP door: closing entries, and their export to Fortnox."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from bridge.edge import app as edge
from bridge.edge import asked, views
from bridge.edge.caller import asking
from bridge.edge.models.work import EntriesAsked, EntryList, ExportAsked, JobGiven, JobList, SeriesList
from bridge.flows import closing, exports

app = edge.api()
BASE = "/api/v1/engagements/<engagement>"


@app.get(f"{BASE}/closing-entries")
def list_entries(engagement: str) -> EntryList:
    """List the closing entries."""
    return EntryList(items=[views.entry(each) for each in closing.list_all(*asking(app), engagement)])


@app.post(f"{BASE}/closing-entries", status_code=201)
def create_entries(engagement: str, body: EntriesAsked) -> Response[EntryList]:
    """Take closing entries in."""
    key = edge.header(app, "idempotency-key")
    made = closing.create(*asking(app), engagement, asked.entries(body), key)
    given = EntryList(items=[views.entry(each) for each in made])
    return edge.created(f"/api/v1/engagements/{engagement}/closing-entries", given)


@app.get(f"{BASE}/voucher-series")
def list_series(engagement: str, year: str) -> SeriesList:
    """List the voucher series Fortnox has in a year."""
    return SeriesList(items=[views.series(each) for each in closing.series(*asking(app), engagement, year)])


@app.post(f"{BASE}/exports", status_code=202)
def start_export(engagement: str, body: ExportAsked) -> Response[JobGiven]:
    """Start an export; the header Idempotency-Key is required."""
    key = edge.header(app, "idempotency-key")
    job = exports.start(*asking(app), engagement, body.entry_ids, body.series, key)
    return edge.accepted(app, f"/api/v1/engagements/{engagement}/exports", exports.View(job, (), ()))


@app.get(f"{BASE}/exports")
def list_exports(engagement: str) -> JobList:
    """List the newest exports."""
    found = exports.list_all(*asking(app), engagement)
    return JobList(items=[views.job(exports.View(job, (), ()), edge.language(app)) for job in found])


@app.get(f"{BASE}/exports/<job>")
def read_export(engagement: str, job: str) -> JobGiven:
    """Read how an export goes, entry by entry."""
    return views.job(exports.read(*asking(app), engagement, job), edge.language(app))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return edge.serve(app, event, context)
