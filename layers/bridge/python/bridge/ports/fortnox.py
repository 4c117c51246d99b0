"""Fortnox as flows see it: one company through one access token, and the facts it gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bridge.appendices.subledger import Invoice, Payment, Side, VoucherOrigin
from bridge.engagements.engagement import Period
from bridge.exports.voucher import Outcome, PostedVoucher, VoucherDraft
from bridge.tokens.capability import Answer


@dataclass(frozen=True, slots=True)
class Company:
    """The Fortnox company behind a token. `org_number` as Fortnox writes it; `tenant_id` is the DatabaseNumber."""

    name: str
    org_number: str
    tenant_id: int


@dataclass(frozen=True, slots=True)
class FortnoxYear:
    """A financial year in Fortnox. Ids are not chronological. `cash_method` is kontantmetoden."""

    id: int
    period: Period
    cash_method: bool = False


@dataclass(frozen=True, slots=True)
class FortnoxAccount:
    """An account of one year's chart in Fortnox."""

    number: int
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class FortnoxSeries:
    """A voucher series of one year; only a manual one takes vouchers from outside."""

    code: str
    name: str
    manual: bool


class Fortnox(Protocol):
    """One Fortnox company, through one access token. Reads wait out 429; every method may raise `bridge.fortnox` errors."""

    def company(self) -> Company:
        """GET companyinformation."""
        ...

    def probe(self, scope: str) -> Answer:
        """Ask once for as little as possible of what the scope opens, and tell what Fortnox says to it; never raises."""
        ...

    def years(self) -> list[FortnoxYear]:
        """GET financialyears, oldest first."""
        ...

    def sie(self, year_id: int) -> AbstractContextManager[Iterator[bytes]]:
        """GET sie/4 of the year as it streams."""
        ...

    def accounts(self, year_id: int) -> list[FortnoxAccount]:
        """GET accounts of the year, inactive ones too."""
        ...

    def presets(self) -> list[tuple[str, str]]:
        """GET predefinedaccounts: name and number of each account that Fortnox posts to by itself."""
        ...

    def series(self, year_id: int) -> list[FortnoxSeries]:
        """GET voucherseries of the year."""
        ...

    def next_number(self, series: str, year_id: int) -> int:
        """GET voucherseries/{code}: the number the next voucher of the series gets."""
        ...

    def locked_until(self) -> date | None:
        """GET settings/lockedperiod: the last locked day, or None."""
        ...

    def origins(self, year_id: int) -> Iterator[VoucherOrigin]:
        """GET vouchers (the list has no rows): what each voucher of the year was made from."""
        ...

    def voucher_count(self, year_id: int) -> int:
        """GET vouchers, one row: how many the year has; 0 where Fortnox does not say."""
        ...

    def voucher(self, series: str, number: int, year_id: int) -> PostedVoucher | None:
        """GET one voucher with rows; None when there is none."""
        ...

    def post_voucher(self, draft: VoucherDraft, year_id: int) -> Outcome:
        """POST a voucher once. Never raises for what the network did: that is an outcome."""
        ...

    def invoices(self, side: Side) -> Iterator[Invoice]:
        """GET invoices or supplierinvoices, all of them."""
        ...

    def payments(self, side: Side) -> Iterator[Payment]:
        """GET invoicepayments or supplierinvoicepayments; singles where currency or write-offs need them."""
        ...
