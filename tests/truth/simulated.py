"""The simulator's companies as the product sees them: over the real client and the real SIE reader, no network between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

import httpx

from bridge.appendices.appendix import Appendix
from bridge.appendices.control import Control, ControlYear, Posting
from bridge.appendices.open_items import items
from bridge.appendices.reconciliation import reconcile
from bridge.appendices.rolling import History, roll, unbooked
from bridge.appendices.subledger import Invoice, Side, VoucherOrigin
from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Period
from bridge.engagements.validation import Draft
from bridge.flows import engagements, imports
from bridge.fortnox.auth import OAuth
from bridge.fortnox.client import Client
from bridge.jobs.job import JobKey
from bridge.ledger.year import YearLedger
from bridge.ports import FortnoxYear
from bridge.sie.check import check
from infra.local.fortnox import Simulator
from infra.local.fortnox.model import Company
from tests.stand_ins.fortnox import FakeFortnox, FakeOAuth
from tests.stand_ins.logins import log_in
from tests.stand_ins.world import FakeWorld

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ACCOUNTS = {"1510": Side.RECEIVABLE, "2440": Side.PAYABLE}
_SCOPES = ["companyinformation", "bookkeeping", "settings", "invoice", "supplierinvoice", "payment"]


class NoPace:
    """Never waits: the simulator counts no requests here."""

    def wait(self) -> None:
        """Let the request through."""

    def succeeded(self) -> None:
        """Learn nothing."""

    def limited(self, attempt: int, seconds: float | None) -> None:
        """Fail: nothing should be limited."""
        raise AssertionError(f"429 at attempt {attempt}, retry after {seconds}")


def _no_sleep(seconds: float) -> None:
    raise AssertionError(f"nothing should wait {seconds} seconds")


@contextmanager
def client_of(company: Company) -> Iterator[Client]:
    """Serve the company from a simulator of its own, and give a client that may read and write all of it."""
    simulator = Simulator(NOW.timestamp, sleep=_no_sleep)
    simulator.knobs.rate_limit = False
    simulator.add(company)
    simulator.state.grants.allow("demo-client", company.number, _SCOPES, service=True)
    transport = httpx.WSGITransport(simulator.wsgi)
    oauth = OAuth("demo-client", "demo-secret", "https://apps.fortnox.se/oauth-v1", transport=transport)
    token = oauth.client_credentials(company.number).access_token
    with Client(
        lambda _rejected="": token,
        "https://api.fortnox.se/3",
        pacer=NoPace(),
        sleep=_no_sleep,
        chance=lambda: 0.5,
        clock=NOW.timestamp,
        transport=transport,
    ) as client:
        yield client
    oauth.close()


@dataclass(frozen=True, slots=True)
class Fetched:
    """All that the appendices are made from, as it came from Fortnox; any day can be asked for without asking again."""

    company: Company
    years: tuple[FortnoxYear, ...]
    invoices: dict[Side, tuple[Invoice, ...]]
    histories: dict[str, tuple[History, ...]]
    controls: dict[str, Control]
    origins: tuple[VoucherOrigin, ...]

    def appendix(self, account: str, day: date) -> Appendix:
        """Make the appendix of an account as of a day."""
        drafts = unbooked(ACCOUNTS[account], self.invoices[ACCOUNTS[account]])
        return reconcile(self.controls[account], day, self.histories[account], self.origins, drafts)

    def open(self, account: str, day: date) -> dict[str, int]:
        """Open SEK öre by document number at the end of a day, by the product."""
        return {item.number: item.open for item in items(self.histories[account], day)}

    def open_today(self, account: str, day: date) -> dict[str, int]:
        """Give the wrong answer that today's list of balances gives: what was paid since the day is missing from it."""
        listed = (each for each in self.invoices[ACCOUNTS[account]] if each.booked and each.invoiced <= day)
        return {each.number: int(each.balance * each.rate / each.unit) for each in listed if each.balance}

    def truth(self, account: str, day: date) -> dict[str, int]:
        """Open SEK öre by document number at the end of a day, by the simulator's history of events."""
        return self.company.truth(account, day.isoformat())


def fetch(company: Company) -> Fetched:
    """Fetch a company's years, ledgers, invoices, payments and origins."""
    with client_of(company) as client:
        years = tuple(client.years())
        invoices = {side: tuple(client.invoices(side)) for side in Side}
        histories = {account: roll(side, invoices[side], client.payments(side)) for account, side in ACCOUNTS.items()}
        kept = [_control_years(client, year) for year in years]
        controls = {
            account: Control(account, side, tuple(year[account] for year in kept)) for account, side in ACCOUNTS.items()
        }
        origins = tuple(origin for year in years for origin in client.origins(year.id))
    return Fetched(company, years, invoices, histories, controls, origins)


def _control_years(client: Client, year: FortnoxYear) -> dict[str, ControlYear]:
    """Read the year's SIE answer, and give what it says of each control account."""
    with client.sie(year.id) as chunks:
        report = check(chunks, control=frozenset(ACCOUNTS))
    assert report.errors == ()
    first, last = year.period.first, year.period.last
    return {
        account: ControlYear(
            first, last, report.ledger.opening(account), _postings(report.ledger, account), year.id, year.cash_method
        )
        for account in ACCOUNTS
    }


def _postings(ledger: YearLedger, account: str) -> tuple[Posting, ...]:
    return tuple(
        Posting(row.series, int(row.number or 0), row.day, row.text, row.amount) for row in ledger.postings(account)
    )


def month_ends(first: date, last: date) -> list[date]:
    """List every month end from the first day to the last, oldest first."""
    months = range(first.year * 12 + first.month, last.year * 12 + last.month + 1)
    ends = [date(month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in months]
    return [end for end in ends if end <= last]


@dataclass(frozen=True, slots=True)
class Product:
    """The product in memory with one engagement, connected to a real client of a simulated Fortnox."""

    world: FakeWorld
    caller: Caller
    engagement: str

    def start_import(self) -> JobKey:
        """Start an import of every year."""
        return imports.start(self.world, self.caller, self.engagement, [], "").key


def product_of(company: Company, client: Client, active: Period) -> Product:
    """Create an engagement of the company with all its years, and connect it."""
    world, caller = (
        FakeWorld(fake=cast(FakeFortnox, client), oauth=FakeOAuth(tenant=company.number)),
        Caller("T1", "ada"),
    )  # a world takes any ports.Fortnox
    years = tuple(year.period for year in client.years())
    draft = Draft(company.name, company.org_number, "year-end", "year-end", years, active)
    engagement = engagements.create(world, caller, draft).id
    assert log_in(world, caller, engagement) == ""
    return Product(world, caller, engagement)
