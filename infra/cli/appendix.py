"""`fortnox-bridge appendix`: an appendix of imported books, from the local stack or from one in the cloud."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bridge.appendices import revaluation
from bridge.appendices.appendix import from_json
from infra.cli import report
from infra.cli.api import Api, ApiProblem, Engagement
from infra.cli.exits import Exit, of_problem
from infra.cli.login import local_token
from infra.cli.screen import Screen, put_json

Rates = Mapping[str, Decimal]


def rates(given: Sequence[str]) -> Rates:
    """Read rates written as EUR=11.42, one a currency. ValueError for anything else."""
    found: dict[str, Decimal] = {}
    for each in given:
        match = re.fullmatch(r"([A-Z]{3})=([0-9]+(?:\.[0-9]+)?)", each)
        if match is None:
            raise ValueError(f"{each} is no rate; write it as EUR=11.42")
        currency, value = match[1], Decimal(match[2])
        if not value:
            raise ValueError(f"{each} is no rate; a rate is more than 0")
        if currency in found:
            raise ValueError(f"{currency} has two rates; give one")
        found[currency] = value
    return found


def run(screen: Screen, account: str, where: tuple[str, str, str], rates: Rates, *, as_json: bool) -> Exit:
    """Show the appendix at an address, with a token, of an engagement: unless one is named, the newest with books.

    With rates of the balance day, foreign items are valued at them too.
    """
    url, token, engagement = where
    try:
        with Api(url, token or local_token(url), screen.language) as api:
            found = _engagement(api, engagement).get(f"appendices/{account}")
    except ApiProblem as problem:
        for line in problem.lines:
            screen.warn(line)
        return of_problem(problem.code)
    valued = revaluation.to_json(revaluation.revalue(from_json(found), rates)) if rates else None
    if as_json:
        put_json(found | {"revaluation": valued} if valued else found)
        return Exit.OK
    report.show_appendix(screen, found)
    if valued:
        report.show_revaluation(screen, valued)
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
