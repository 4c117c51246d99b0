"""`bridge.ports.Fortnox` over HTTP: one company, one method per call, each a door to the module that does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Self

import httpx

from bridge.appendices.subledger import Invoice, Payment, Side, VoucherOrigin
from bridge.exports.voucher import Outcome, PostedVoucher, VoucherDraft
from bridge.fortnox.accounts import fetch_accounts, fetch_presets
from bridge.fortnox.company import fetch_company, fetch_locked_until
from bridge.fortnox.invoices import fetch_invoices
from bridge.fortnox.limiter import Pacer
from bridge.fortnox.payments import fetch_payments
from bridge.fortnox.probes import probe
from bridge.fortnox.series import fetch_next_number, fetch_series
from bridge.fortnox.session import AccessToken, Session
from bridge.fortnox.sie import fetch_sie
from bridge.fortnox.vouchers import fetch_origins, fetch_voucher, fetch_voucher_count
from bridge.fortnox.writes import post_voucher
from bridge.fortnox.years import fetch_years
from bridge.ports import Company, FortnoxAccount, FortnoxSeries, FortnoxYear
from bridge.tokens.capability import Answer


class Client:
    """One Fortnox company through its access token. What each method gives is said in `bridge.ports.Fortnox`.

    `base_url` is `https://api.fortnox.se/3` or a simulator's on this machine; `transport` replaces the network in tests.
    """

    def __init__(
        self,
        access_token: AccessToken,
        base_url: str,
        *,
        pacer: Pacer,
        sleep: Callable[[float], None],
        chance: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._session = Session(
            access_token, base_url, pacer=pacer, sleep=sleep, chance=chance, clock=clock, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def company(self) -> Company:
        """See `fetch_company`."""
        return fetch_company(self._session)

    def probe(self, scope: str) -> Answer:
        """See `bridge.fortnox.probes.probe`."""
        return probe(self._session, scope)

    def years(self) -> list[FortnoxYear]:
        """See `fetch_years`."""
        return fetch_years(self._session)

    def sie(self, year_id: int) -> AbstractContextManager[Iterator[bytes]]:
        """See `fetch_sie`."""
        return fetch_sie(self._session, year_id)

    def accounts(self, year_id: int) -> list[FortnoxAccount]:
        """See `fetch_accounts`."""
        return fetch_accounts(self._session, year_id)

    def presets(self) -> list[tuple[str, str]]:
        """See `fetch_presets`."""
        return fetch_presets(self._session)

    def series(self, year_id: int) -> list[FortnoxSeries]:
        """See `fetch_series`."""
        return fetch_series(self._session, year_id)

    def next_number(self, series: str, year_id: int) -> int:
        """See `fetch_next_number`."""
        return fetch_next_number(self._session, series, year_id)

    def locked_until(self) -> date | None:
        """See `fetch_locked_until`."""
        return fetch_locked_until(self._session)

    def origins(self, year_id: int) -> Iterator[VoucherOrigin]:
        """See `fetch_origins`."""
        return fetch_origins(self._session, year_id)

    def voucher_count(self, year_id: int) -> int:
        """See `fetch_voucher_count`."""
        return fetch_voucher_count(self._session, year_id)

    def voucher(self, series: str, number: int, year_id: int) -> PostedVoucher | None:
        """See `fetch_voucher`."""
        return fetch_voucher(self._session, series, number, year_id)

    def post_voucher(self, draft: VoucherDraft, year_id: int) -> Outcome:
        """See `bridge.fortnox.writes.post_voucher`."""
        return post_voucher(self._session, draft, year_id)

    def invoices(self, side: Side) -> Iterator[Invoice]:
        """See `fetch_invoices`."""
        return fetch_invoices(self._session, side)

    def payments(self, side: Side) -> Iterator[Payment]:
        """See `fetch_payments`."""
        return fetch_payments(self._session, side)
