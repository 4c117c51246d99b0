"""`fortnox-bridge appendix`: an appendix of imported books, from the local stack or from one in the cloud."""

from __future__ import annotations

from infra.cli import report
from infra.cli.api import Api, ApiProblem, Engagement
from infra.cli.exits import Exit, of_problem
from infra.cli.login import local_token
from infra.cli.screen import Screen, put_json


def run(screen: Screen, account: str, url: str, token: str, engagement: str, *, as_json: bool) -> Exit:
    """Show the appendix; of several engagements the newest with books, unless one is named."""
    try:
        with Api(url, token or local_token(url), screen.language) as api:
            found = _engagement(api, engagement).get(f"appendices/{account}")
    except ApiProblem as problem:
        for line in problem.lines:
            screen.warn(line)
        return of_problem(problem.code)
    if as_json:
        put_json(found)
    else:
        report.show_appendix(screen, found)
    return Exit.OK


def _engagement(api: Api, chosen: str) -> Engagement:
    if chosen:
        return api.engagement(chosen)
    imported = [each for each in api.get("/engagements")["items"] if each["publishedImport"]]
    if not imported:
        raise ApiProblem(
            {"code": "not-imported", "title": "No engagement has imported books", "detail": "Run: make run"}
        )
    return api.engagement(max(imported, key=lambda each: str(each["publishedImport"]))["id"])
