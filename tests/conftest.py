"""Shared by flows and doors: a world with one engagement, connected, whose Fortnox has two small years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from bridge.appendices.subledger import Invoice, Payment, Side, VoucherKey, VoucherOrigin
from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Period
from bridge.engagements.validation import Draft
from bridge.flows import engagements
from bridge.ports import FortnoxAccount, FortnoxSeries, FortnoxYear
from tests import canaries
from tests.canaries import pytest_runtest_logreport, pytest_sessionfinish, pytest_terminal_summary  # noqa: F401 - hooks
from tests.stand_ins.logins import log_in
from tests.stand_ins.world import FakeWorld

Y24 = Period(date(2024, 1, 1), date(2024, 12, 31))
Y25 = Period(date(2025, 1, 1), date(2025, 12, 31))

SIE_2024 = """#FLAGGA 0
#PROGRAM "Fortnox" 3.57
#FORMAT PC8
#GEN 20261120
#SIETYP 4
#FNAMN "Nordvik Snickeri AB"
#ORGNR 556677-8899
#RAR 0 20240101 20241231
#KONTO 1510 "Kundfordringar"
#KONTO 1930 "Bank"
#KONTO 3001 "Sales"
#IB 0 1930 100.00
#UB 0 1930 100.00
#UB 0 1510 1000.00
#RES 0 3001 -1000.00
#VER B 1 20241201 "Faktura 1"
{
#TRANS 1510 {} 1000.00
#TRANS 3001 {} -1000.00
}
"""
SIE_2025 = """#FLAGGA 0
#PROGRAM "Fortnox" 3.57
#FORMAT PC8
#GEN 20261120
#SIETYP 4
#FNAMN "Nordvik Snickeri AB"
#ORGNR 556677-8899
#RAR 0 20250101 20251231
#KONTO 1510 "Kundfordringar"
#KONTO 1930 "Bank"
#KONTO 3001 "Sales"
#IB 0 1510 1000.00
#IB 0 1930 90.00
#UB 0 1510 2500.00
#UB 0 1930 1090.00
#RES 0 3001 -2500.00
#VER C 1 20250115 "Betalning"
{
#TRANS 1930 {} 1000.00
#TRANS 1510 {} -1000.00
}
#VER "" "" 20250601 "Direkt"
{
#TRANS 1510 {} 2500.00
#TRANS 3001 {} -2500.00
}
"""


@pytest.fixture
def caller() -> Caller:
    return Caller("T1", "ada")


@pytest.fixture
def world() -> Iterator[FakeWorld]:
    made = FakeWorld()
    fake = made.fake
    fake.held = [FortnoxYear(3, Y24), FortnoxYear(1, Y25)]
    fake.files = {3: SIE_2024.encode("cp437"), 1: SIE_2025.encode("cp437")}
    fake.charts = {1: [FortnoxAccount(n, "", active=n != 1520) for n in (1510, 1520, 1930, 2440, 3001, 6990)]}
    fake.offered = [
        FortnoxSeries("A", "Redovisning", manual=True),
        FortnoxSeries("B", "Kundfakturor", manual=False),
        FortnoxSeries("I", "Bokslut", manual=True),
    ]
    day = date(2024, 12, 1)
    due = date(2024, 12, 31)
    key = VoucherKey("B", 1, 3)
    fake.bills = [
        Invoice(
            Side.RECEIVABLE, "1", "133", "K1", "Kund AB", day, due, "SEK", Decimal(1), Decimal(1), 100000, 0,
            booked=True, cancelled=False, settled=date(2025, 1, 15), vouchers=(key,),
        )
    ]  # fmt: skip
    fake.paid = [Payment(Side.RECEIVABLE, "1", "1", date(2025, 1, 15), 100000, "SEK", booked=True)]
    fake.made_from = {
        3: [VoucherOrigin(key, day, "Faktura 1", "INVOICE", "1")],
        1: [VoucherOrigin(VoucherKey("C", 1, 1), date(2025, 1, 15), "Betalning", "INVOICEPAYMENT", "1")],
    }
    yield made
    assert canaries.in_world(made) == []


@pytest.fixture
def engagement(world: FakeWorld, caller: Caller) -> str:
    draft = Draft("Nordvik", "556677-8899", "year-end", "year-end", (Y24, Y25), Y25)
    return engagements.create(world, caller, draft).id


@pytest.fixture
def connected(world: FakeWorld, caller: Caller, engagement: str) -> str:
    assert log_in(world, caller, engagement) == ""
    return engagement
