"""Invoices and payments with everything a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bridge.appendices.subledger import Invoice, Payment, Side

PLAIN_INVOICE = Invoice(
    side=Side.RECEIVABLE,
    number="1",
    external="133",
    party="10",
    party_name="Nordvik Snickeri AB",
    invoiced=date(2025, 3, 10),
    due=date(2025, 4, 9),
    currency="SEK",
    rate=Decimal(1),
    unit=Decimal(1),
    total=1_000_00,
    balance=1_000_00,
    booked=True,
    cancelled=False,
    settled=None,
)
PLAIN_PAYMENT = Payment(
    side=Side.RECEIVABLE,
    number="1",
    invoice="1",
    paid=date(2025, 4, 1),
    amount=1_000_00,
    currency="SEK",
    booked=True,
)


@pytest.fixture(scope="session")
def invoice() -> Callable[..., Invoice]:
    def build(**changes: Any) -> Invoice:
        return replace(PLAIN_INVOICE, **changes)

    return build


@pytest.fixture(scope="session")
def payment() -> Callable[..., Payment]:
    def build(**changes: Any) -> Payment:
        return replace(PLAIN_PAYMENT, **changes)

    return build
