"""The import certificate (importintyg) of a year: what was fetched, what was made of it, and that it adds up.

A small JSON object, written once when the import is published and never changed. Amounts are decimal strings in SEK.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bridge.engagements.engagement import Engagement
from bridge.jobs.job import Job
from bridge.jobs.tables import Balance
from bridge.jobs.years import ImportYear
from bridge.ledger import money, orgnumber
from bridge.ledger.numbering import Numbered
from bridge.ledger.parts import SCHEMA, Manifest
from bridge.problem import Finding

VERSION = 1
"""Raised when a field changes its meaning or goes."""

_RULES = ("voucher-series-filled", "objects-skipped")


@dataclass(frozen=True, slots=True)
class YearEvidence:
    """What an import made of one year. `findings` are those of its steps, `listed` the vouchers Fortnox said it has.

    `compared` tells whether its openings were held against the year before: imported beside it, or told by its own file.
    """

    year: ImportYear
    manifest: Manifest
    series: Sequence[Numbered]
    balances: Sequence[Balance]
    findings: Sequence[Finding]
    listed: int
    compared: bool


def certificate(engagement: Engagement, job: Job, books: YearEvidence, published: datetime) -> dict[str, Any]:
    """Write the certificate of a year."""
    manifest, year = books.manifest, books.year
    return {
        "version": VERSION,
        "ledgerVersion": SCHEMA,
        "import": job.key.id,
        "company": {"name": engagement.name, "orgNumber": orgnumber.formatted(engagement.org_number)},
        "year": {"id": year.id, "from": manifest.first, "to": manifest.last, "cashMethod": year.cash_method},
        "startedAt": job.created_at.isoformat(),
        "startedBy": job.created_by,
        "publishedAt": published.isoformat(),
        "source": dict(manifest.source),
        "counts": {"vouchers": manifest.vouchers, "transactions": manifest.transactions, "listed": books.listed},
        "sums": {
            "debit": money.text(manifest.debit),
            "credit": money.text(manifest.credit),
            "difference": money.text(manifest.debit - manifest.credit),
        },
        "series": [_series(each) for each in books.series],
        "classes": list(_classes(books.balances)),
        "openings": _openings(books, manifest.first),
        "applied": [{"code": each.code, **each.params} for each in books.findings if each.code in _RULES],
        "findings": _counted(books.findings),
        "files": [{"name": each.name, "rows": each.rows, "sha256": each.sha256} for each in manifest.files],
    }


def _series(each: Numbered) -> dict[str, Any]:
    return asdict(each) | {"gaps": [{"from": first, "to": last} for first, last in each.gaps]}


def _classes(balances: Iterable[Balance]) -> Iterable[dict[str, Any]]:
    """Add up the accounts of each class (the first digit): what the vouchers give, and what the source states.

    `difference` is between the accounts whose closing balance the source states; `unstated` counts the others.
    """
    classes: defaultdict[str, list[Balance]] = defaultdict(list)
    for each in balances:
        classes[each.account[:1]].append(each)
    for name, accounts in sorted(classes.items()):
        stated = [(each.closing, each.stated) for each in accounts if each.stated is not None]
        yield {
            "class": name,
            "opening": money.text(sum(each.opening for each in accounts)),
            "closing": money.text(sum(each.closing for each in accounts)),
            "stated": money.text(sum(said for _, said in stated)) if stated else None,
            "difference": money.text(sum(closing - said for closing, said in stated)) if stated else None,
            "unstated": len(accounts) - len(stated),
        }


def _openings(books: YearEvidence, first: str) -> dict[str, Any]:
    """Tell where the year opens with something else than the year before it closed with; null when nothing could be compared."""
    found = [each.params for each in books.findings if each.code == "ib-gap" and each.params.get("date") in {first, ""}]
    gaps = [{"account": gap["account"], "difference": gap["amount"]} for gap in found]
    return {"agree": not gaps if books.compared or gaps else None, "gaps": gaps}


def _counted(findings: Iterable[Finding]) -> dict[str, Mapping[str, int]]:
    """Count the findings by severity and code."""
    counted: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for each in findings:
        codes = counted[each.severity]
        codes[each.code] = codes.get(each.code, 0) + each.count
    return dict(counted)
