"""The main job, over real HTTP: connect a company, import its books, make the appendices, export, read back, import again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from infra.cli import browser, progress, report
from infra.cli.api import Api, ApiProblem, Engagement, Json
from infra.cli.screen import Screen
from infra.cli.subject import DEMO_SERIES, Subject, demo_entries, entry_on
from infra.cli.witness import Witness, same

LOGIN = ("demo", "demo")
"""Name and password at the simulator."""

APPENDICES = ("1510", "2440")


class Reader(Protocol):
    """Who reads vouchers straight from Fortnox."""

    def voucher(self, series: str, number: int, year: str) -> Json:
        """Read one voucher."""
        ...


@dataclass(slots=True)
class MainJob:
    """One run. `result` grows with every step, so that it tells how far a run came that did not end well."""

    api: Api
    screen: Screen
    subject: Subject
    today: date
    is_demo: bool
    result: Json = field(default_factory=lambda: {**report.EMPTY, "appendices": {}})
    engagement: Engagement | None = None

    def run(self, witness: Reader) -> None:
        """Do everything. Raises ApiProblem with the first problem; what was done before stands in `result`."""
        self.result["company"] = {"name": self.subject.name, "orgNumber": self.subject.org_number}
        self.engagement = engagement = self.engage()
        self.connect(engagement)
        imported = self.import_books(engagement)
        self.result["findings"] = report.findings(imported["findings"])
        self.result["years"] = report.years(imported["result"]["years"])
        report.show_import(self.screen, imported)
        for year in imported["result"]["years"]:
            self.balances(engagement, year["id"])
        self.screen.say()
        self.appendices(engagement)
        self.export(engagement, witness)
        again = self.import_books(engagement)["result"]
        self.result["reimport"] = {"own_entries": again["ownEntries"], "double_counted": again["doubleCounted"]}

    @property
    def active_year(self) -> str:
        """The year that is closed, by its last day."""
        return self.subject.active(self.today)[1].isoformat()

    @property
    def is_right(self) -> bool:
        """Tell whether everything came back as it was sent, and was counted once."""
        exported, again = len(self.result["exported"]), self.result["reimport"]
        counted_once = again == {"own_entries": exported, "double_counted": 0}
        return bool(exported and counted_once and self.result["readback"]["equal"])

    def published(self) -> list[Json]:
        """List the engagement's years with what everybody sees of each: counts, or None where nothing is published."""
        return self.engagement.items("financial-years") if self.engagement else []

    def engage(self) -> Engagement:
        """Create the engagement."""
        made = self.api.post("/engagements", self.subject.engagement(self.today))
        return self.api.engagement(made["id"])

    def connect(self, engagement: Engagement) -> None:
        """Start an authorisation as the console would, log in and consent at Fortnox, follow the way back."""
        begun = engagement.post("connection/authorizations", {"mode": "service"})
        person = browser.Person(*LOGIN, self.subject.org_number)
        with browser.Browser() as fresh:
            landing = fresh.connect(begun["authorizeUrl"], person)
        connection = engagement.get("connection")
        if connection["status"] != "connected":
            raise ApiProblem({"code": "not-connected", "title": "Not connected to Fortnox", "detail": landing})
        self.result["company"] = {
            "name": connection["company"],
            "orgNumber": connection["orgNumber"],
            "fortnoxTenant": connection["fortnoxTenant"],
        }
        report.show_connection(self.screen, connection)

    def import_books(self, engagement: Engagement) -> Json:
        """Import all years of the company and wait."""
        years = [last.isoformat() for _, last in self.subject.years]
        with progress.watching(self.screen.language) as watch:
            return engagement.run("imports", {"years": years}, _key(), watch)

    def balances(self, engagement: Engagement, year: str) -> None:
        """Check every account: opening balance plus movements is the closing balance, and show where #UB says otherwise."""
        accounts = engagement.items("accounts", year=year)
        wrong = [each["account"] for each in accounts if not report.adds_up(each)]
        if wrong:
            raise ApiProblem({"code": "internal", "title": f"Accounts that do not add up: {', '.join(wrong)}"})
        report.show_balances(self.screen, year, accounts)

    def appendices(self, engagement: Engagement) -> None:
        """Show the appendices."""
        for account in APPENDICES:
            try:
                appendix = engagement.get(f"appendices/{account}")
            except ApiProblem as problem:
                if problem.code != "appendix-missing":
                    raise
                continue
            report.show_appendix(self.screen, appendix)
            if not appendix["missing"]:
                self.result["appendices"][account] = report.appendix(appendix)

    def export(self, engagement: Engagement, witness: Reader) -> None:
        """Hand closing entries in, send them to the chosen series, and read each back from Fortnox."""
        entries = self._entries(engagement)
        series = self._series(engagement, entries)
        body = {"kind": "closing-entries", "entryIds": [each["id"] for each in entries], "series": series}
        with progress.watching(self.screen.language) as watch:
            job = engagement.run("exports", body, _key(), watch)
        confirmed = (each for each in job["items"] if each["status"] == "confirmed")
        done = sorted(confirmed, key=lambda each: (each["series"], each["number"]))
        self.result["exported"] = [
            {name: each[name] for name in ("entry", "series", "number", "year")} for each in done
        ]
        by_id = {each["id"]: each for each in entries}
        rows = [(item, by_id[item["entry"]], self._same(witness, by_id, item)) for item in done]
        self.result["readback"] = {"equal": len(done) == len(entries) and all(equal for _, _, equal in rows)}
        report.show_export(self.screen, rows)
        if job["status"] != "succeeded":
            raise ApiProblem(next(each["problem"] for each in job["items"] if each["problem"]))

    def _same(self, witness: Reader, entries: Mapping[str, Json], item: Json) -> bool:
        voucher = witness.voucher(item["series"], item["number"], item["year"])
        return bool(item["verified"]) and same(entries[item["entry"]], voucher)

    def _entries(self, engagement: Engagement) -> list[Json]:
        year = self.active_year
        drafts = demo_entries(year) if self.is_demo else entry_on(engagement.items("accounts", year=year), year)
        made: list[Json] = engagement.post("closing-entries", {"entries": drafts})["items"]
        return made

    def _series(self, engagement: Engagement, entries: list[Json]) -> dict[str, str]:
        """Choose a manual series for each kind of entry."""
        manual = [each["code"] for each in engagement.items("voucher-series", year=self.active_year) if each["manual"]]
        wanted = DEMO_SERIES if self.is_demo else {"V": manual[0] if manual else "A"}
        return {kind: wanted[kind] for kind in {each["kind"] for each in entries}}


def _key() -> str:
    """Give an Idempotency-Key, as the console does for each click."""
    return str(uuid.uuid4())


def with_witness(job: MainJob, fortnox_url: str) -> None:
    """Run the job with a witness at the simulator; only the product's requests are counted, not the witness's."""
    witness = Witness(fortnox_url, browser.Person(*LOGIN, job.subject.org_number))
    try:
        job.run(witness)
    finally:
        requests, limited = witness.stats()
        job.result["fortnox_requests"], job.result["rate_limited"] = requests - witness.requests, limited
        witness.close()
