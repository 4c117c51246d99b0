"""A Fortnox of one company that does what it is told, and its token endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from bridge.appendices.subledger import Invoice, Payment, Side, VoucherOrigin
from bridge.exports.voucher import Ok, Outcome, PostedVoucher, VoucherDraft
from bridge.ports import Company, FortnoxAccount, FortnoxSeries, FortnoxYear
from bridge.problem import BridgeError, Problem
from bridge.tokens.capability import Answer


class GrantInvalid(BridgeError):
    """The grant is used, expired or revoked."""

    @property
    def problem(self) -> Problem:
        return Problem("connection-revoked")


class Unavailable(BridgeError):
    """No answer."""

    @property
    def problem(self) -> Problem:
        return Problem("fortnox-unavailable")


@dataclass(frozen=True)
class FakeTokens:
    access_token: str
    refresh_token: str | None
    tenant_id: int = 1000001
    expires_in: int = 3600
    scopes: tuple[str, ...] = ("bookkeeping", "companyinformation", "settings", "invoice", "supplierinvoice", "payment")


@dataclass
class FakeOAuth:
    """Counts its calls; refresh tokens work once."""

    calls: list[str] = field(default_factory=list)
    live: str = "refresh-0"
    scopes: tuple[str, ...] = FakeTokens.scopes
    down: bool = False
    tenant: int = 1000001
    before_refresh: Callable[[], None] = lambda: None

    def exchange(self, code: str, redirect_uri: str) -> FakeTokens:
        self.calls.append(f"exchange {code} {redirect_uri}")
        return self._tokens(self.live)

    def refresh(self, refresh_token: str) -> FakeTokens:
        self.calls.append("refresh")
        self.before_refresh()
        if self.down:
            raise Unavailable
        if refresh_token != self.live:
            raise GrantInvalid
        self.live = f"refresh-{len(self.calls)}"
        return self._tokens(self.live)

    def client_credentials(self, tenant_id: int) -> FakeTokens:
        self.calls.append(f"client_credentials {tenant_id}")
        return self._tokens(None)

    def revoke(self, refresh_token: str) -> None:
        self.calls.append(f"revoke {refresh_token}")

    def _tokens(self, refresh: str | None) -> FakeTokens:
        return FakeTokens(f"access-{len(self.calls)}", refresh, self.tenant, scopes=self.scopes)


@dataclass
class FakeFortnox:
    """Facts to give, and the vouchers that were posted; `outcome` replaces what a post answers."""

    name: str = "Nordvik Snickeri AB"
    org_number: str = "556677-8899"
    database: int = 1000001
    held: list[FortnoxYear] = field(default_factory=list)
    files: dict[int, bytes] = field(default_factory=dict)
    charts: dict[int, list[FortnoxAccount]] = field(default_factory=dict)
    offered: list[FortnoxSeries] = field(default_factory=lambda: [FortnoxSeries("A", "Redovisning", manual=True)])
    preset: list[tuple[str, str]] = field(default_factory=lambda: [("CUSTCLAIM", "1510"), ("SALES", "3001")])
    lock: date | None = None
    vouchers: list[PostedVoucher] = field(default_factory=list)
    made_from: dict[int, list[VoucherOrigin]] = field(default_factory=dict)
    bills: list[Invoice] = field(default_factory=list)
    paid: list[Payment] = field(default_factory=list)
    outcome: Callable[[VoucherDraft, int], Outcome] | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    probed: list[str] = field(default_factory=list)
    until: datetime | None = None

    def company(self) -> Company:
        return Company(self.name, self.org_number, self.database)

    def probe(self, scope: str) -> Answer:
        self.probed.append(scope)
        return self.answers.get(scope, Answer.YES)

    def years(self) -> list[FortnoxYear]:
        return self.held

    @contextmanager
    def sie(self, year_id: int) -> Iterator[Iterator[bytes]]:
        yield iter([self.files[year_id]])

    def accounts(self, year_id: int) -> list[FortnoxAccount]:
        return self.charts.get(year_id, [])

    def presets(self) -> list[tuple[str, str]]:
        return self.preset

    def series(self, year_id: int) -> list[FortnoxSeries]:
        return self.offered if year_id else []

    def next_number(self, series: str, year_id: int) -> int:
        return 1 + sum((each.series, each.year_id) == (series, year_id) for each in self.vouchers)

    def locked_until(self) -> date | None:
        return self.lock

    def origins(self, year_id: int) -> Iterator[VoucherOrigin]:
        return iter(self.made_from.get(year_id, []))

    def voucher_count(self, year_id: int) -> int:
        return len(self.made_from.get(year_id, []))

    def voucher(self, series: str, number: int, year_id: int) -> PostedVoucher | None:
        wanted = (series, number, year_id)
        return next((each for each in self.vouchers if (each.series, each.number, each.year_id) == wanted), None)

    def post_voucher(self, draft: VoucherDraft, year_id: int) -> Outcome:
        return self.outcome(draft, year_id) if self.outcome else Ok(self.book(draft, year_id))

    def book(self, draft: VoucherDraft, year_id: int) -> PostedVoucher:
        """Create the voucher for good."""
        number = self.next_number(draft.series, year_id)
        made = PostedVoucher(draft.series, number, year_id, draft.booked, draft.text, draft.rows, draft.comments)
        self.vouchers.append(made)
        return made

    def invoices(self, side: Side) -> Iterator[Invoice]:
        return (each for each in self.bills if each.side is side)

    def payments(self, side: Side) -> Iterator[Payment]:
        return (each for each in self.paid if each.side is side)
