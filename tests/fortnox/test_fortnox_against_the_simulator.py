"""The client against an independent witness: every method of `ports.Fortnox`, and tokens, over the Fortnox simulator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import httpx
import pytest

from bridge.appendices.subledger import Side, VoucherKey, VoucherOrigin
from bridge.engagements.engagement import Period
from bridge.exports.voucher import Ambiguous, NotSent, Ok, PostedVoucher, Rejected, Row, VoucherDraft
from bridge.fortnox.auth import OAuth
from bridge.fortnox.client import Client
from bridge.fortnox.errors import (
    FortnoxUnavailable,
    FortnoxUnreadable,
    GrantInvalid,
    LicenceMissing,
    OAuthRefused,
    ScopeMissing,
)
from bridge.fortnox.session import AccessToken
from bridge.ports import Company, FortnoxAccount, FortnoxSeries, FortnoxYear
from infra.local.fortnox import Simulator, books, serve
from infra.local.fortnox import subledger as sim
from infra.local.fortnox.knobs import Trouble
from tests.fortnox.conftest import VirtualTime, pacer_of

NUMBER = 2_000_001
SCOPES = ["companyinformation", "bookkeeping", "settings", "invoice", "supplierinvoice", "payment"]
FILE = """#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#FNAMN "Åäö Snickeri AB"
#ORGNR 556677-8899
#RAR 0 20250501 20260430
#KONTO 1510 "Kundfordringar"
#KONTO 1930 "Företagskonto"
#KONTO 3001 "Försäljning"
#IB 0 1930 1000.00
#VER A 1 20250506 "Försäljning" 20250812
{
#TRANS 1930 {} 1250.50
#TRANS 3001 {} -1250.50
}
#VER B 1 20250507 "Faktura 1" 20250812
{
#TRANS 1510 {} 99.10
#BTRANS 1930 {} 5.00
#TRANS 3001 {} -99.10
}
"""
DRAFT = VoucherDraft("A", date(2026, 4, 30), "Bokslut SB-7", (Row(1930, -10, "SB-7 1/2"), Row(3001, 10)), "export 9")


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime(now=1_790_000_000.0)


@pytest.fixture
def simulator(time: VirtualTime) -> Simulator:
    simulator = Simulator(time.clock, sleep=time.sleep)
    simulator.add(books.from_sie(FILE.encode("cp437"), NUMBER))
    simulator.state.grants.allow("demo-client", NUMBER, SCOPES, service=True)
    return simulator


@pytest.fixture
def oauth(simulator: Simulator) -> Iterator[OAuth]:
    transport = httpx.WSGITransport(simulator.wsgi)
    made = OAuth("demo-client", "demo-secret", "https://apps.fortnox.se/oauth-v1", transport=transport)
    yield made
    made.close()


@pytest.fixture
def access_token(oauth: OAuth) -> AccessToken:
    kept: list[str] = []

    def give(rejected: str = "") -> str:
        if rejected or not kept:
            kept[:] = [oauth.client_credentials(NUMBER).access_token]
        return kept[0]

    return give


@pytest.fixture
def fortnox(simulator: Simulator, access_token: AccessToken, time: VirtualTime) -> Iterator[Client]:
    with Client(
        access_token,
        "https://api.fortnox.se/3",
        pacer=pacer_of(time),
        sleep=time.sleep,
        chance=lambda: 0.5,
        clock=time.clock,
        transport=httpx.WSGITransport(simulator.wsgi),
    ) as client:
        yield client


def test_the_company_its_years_and_its_lock(fortnox: Client, simulator: Simulator) -> None:
    assert fortnox.company() == Company("Åäö Snickeri AB", simulator.companies[NUMBER].org_number, NUMBER)
    assert fortnox.years() == [FortnoxYear(5, Period(date(2025, 5, 1), date(2026, 4, 30)), cash_method=False)]
    assert fortnox.locked_until() is None
    simulator.companies[NUMBER].locked_until = "2025-12-31"
    assert fortnox.locked_until() == date(2025, 12, 31)


def test_the_chart_and_the_series(fortnox: Client, simulator: Simulator) -> None:
    simulator.companies[NUMBER].years[0].accounts["1510"].active = False
    assert fortnox.accounts(5) == [
        FortnoxAccount(1510, "Kundfordringar", active=False),
        FortnoxAccount(1930, "Företagskonto", active=True),
        FortnoxAccount(3001, "Försäljning", active=True),
    ]
    assert fortnox.series(5) == [
        FortnoxSeries("A", "Redovisning", manual=True),
        FortnoxSeries("B", "Kundfakturor", manual=False),
    ]
    assert fortnox.next_number("A", 5) == 2


def test_the_file_comes_in_cp437(fortnox: Client) -> None:
    with fortnox.sie(5) as chunks:
        text = b"".join(chunks).decode("cp437")
    assert text.startswith("#FLAGGA 0")
    assert "Åäö Snickeri AB" in text
    assert text.count("#VER ") == 2


def test_vouchers_and_what_they_came_from(fortnox: Client) -> None:
    assert list(fortnox.origins(5)) == [
        VoucherOrigin(VoucherKey("A", 1, 5), date(2025, 5, 6), "Försäljning", "MANUAL", ""),
        VoucherOrigin(VoucherKey("B", 1, 5), date(2025, 5, 7), "Faktura 1", "MANUAL", ""),
    ]
    voucher = fortnox.voucher("B", 1, 5)
    assert voucher is not None
    assert voucher.rows == (Row(1510, 9910), Row(3001, -9910))
    assert fortnox.voucher("A", 99, 5) is None


def test_a_posted_voucher_is_what_is_read_back(fortnox: Client) -> None:
    expected = PostedVoucher("A", 2, 5, DRAFT.booked, DRAFT.text, DRAFT.rows, DRAFT.comments)
    assert fortnox.post_voucher(DRAFT, 5) == Ok(expected)
    assert fortnox.voucher("A", 2, 5) == expected
    assert fortnox.next_number("A", 5) == 3


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, rows=(Row(1930, 100), Row(3001, -99))),
        replace(DRAFT, series="B"),
        replace(DRAFT, series="X"),
        replace(DRAFT, booked=date(2026, 5, 1)),
        replace(DRAFT, rows=(Row(1930, 100), Row(4711, -100))),
        replace(DRAFT, text="x" * 201),
    ],
)
def test_what_fortnox_refuses_is_rejected_with_its_words(fortnox: Client, draft: VoucherDraft) -> None:
    outcome = fortnox.post_voucher(draft, 5)
    assert isinstance(outcome, Rejected)
    assert outcome.message
    assert fortnox.next_number("A", 5) == 2


@pytest.mark.parametrize("kind", ["500", "503"])
def test_a_read_survives_what_a_write_must_not_repeat(fortnox: Client, simulator: Simulator, kind: str) -> None:
    simulator.knobs.troubles = [Trouble(kind, "companyinformation", times=3), Trouble(kind, "vouchers$", "POST")]
    assert fortnox.company().tenant_id == NUMBER
    assert isinstance(fortnox.post_voucher(DRAFT, 5), Ambiguous)
    assert simulator.stats.vouchers_created == 0


def test_a_burst_of_429_is_waited_out_by_reads_and_writes(fortnox: Client, simulator: Simulator) -> None:
    simulator.knobs.troubles = [Trouble("429", "companyinformation", times=5), Trouble("429", "vouchers$", times=2)]
    assert fortnox.company().tenant_id == NUMBER
    assert isinstance(fortnox.post_voucher(DRAFT, 5), Ok)
    simulator.knobs.troubles = [Trouble("429", "vouchers$", times=9)]
    assert isinstance(fortnox.post_voucher(DRAFT, 5), NotSent)
    assert simulator.stats.vouchers_created == 1


def test_an_expired_token_is_renewed(fortnox: Client, time: VirtualTime) -> None:
    fortnox.company()
    time.sleep(3_601)
    assert fortnox.company().tenant_id == NUMBER
    time.sleep(3_601)
    assert isinstance(fortnox.post_voucher(DRAFT, 5), Ok)


def test_two_hundred_reads_meet_no_429(fortnox: Client, simulator: Simulator) -> None:
    for _ in range(200):
        fortnox.next_number("A", 5)
    assert simulator.stats.rate_limited == 0


@pytest.mark.parametrize("status", [400, 403])
def test_a_missing_licence_is_known_by_its_code_whatever_the_status(
    fortnox: Client, simulator: Simulator, status: int
) -> None:
    simulator.knobs.licence_status = status
    simulator.knobs.licences_off = {NUMBER: ["bookkeeping"]}
    with pytest.raises(LicenceMissing):
        fortnox.years()
    simulator.knobs.licences_off = {NUMBER: ["integration"]}
    with pytest.raises(LicenceMissing) as caught:
        fortnox.years()
    assert caught.value.module == "integration"


@pytest.mark.parametrize("status", [400, 403])
def test_a_missing_scope_is_named_whatever_the_status(fortnox: Client, simulator: Simulator, status: int) -> None:
    simulator.knobs.scope_status = status
    simulator.state.grants.allow("demo-client", NUMBER, ["companyinformation"], service=True)
    assert fortnox.company().tenant_id == NUMBER
    with pytest.raises(ScopeMissing) as caught:
        fortnox.years()
    assert caught.value.problem.params == {"scope": "bookkeeping", "what": "financialyears"}


def over_a_socket(fortnox: Client, url: str) -> Client:
    """Make the same client over a real connection."""
    session = fortnox._session
    return Client(
        session._access_token,
        f"{url}/3",
        pacer=session._pacer,
        sleep=session._sleep,
        chance=session._chance,
        clock=session._clock,
    )


@pytest.mark.parametrize(("kind", "created"), [("lost_reply", 1), ("late", 0)])
def test_a_lost_answer_is_ambiguous_whether_or_not_the_voucher_is_there(
    fortnox: Client, simulator: Simulator, kind: str, created: int
) -> None:
    fortnox.company()
    simulator.knobs.troubles = [Trouble(kind, "vouchers$", "POST", seconds=60)]
    server = serve(simulator)
    try:
        with over_a_socket(fortnox, server.url) as client:
            assert isinstance(client.post_voucher(DRAFT, 5), Ambiguous)
            assert client.next_number("A", 5) == 2 + created
    finally:
        server.stop()
    assert simulator.stats.vouchers_created == created


def test_client_credentials_need_a_service_consent(oauth: OAuth, simulator: Simulator) -> None:
    tokens = oauth.client_credentials(NUMBER)
    assert (tokens.tenant_id, tokens.refresh_token, tokens.expires_in) == (NUMBER, None, 3600)
    assert sorted(tokens.scopes) == sorted(SCOPES)
    simulator.state.grants.withdraw("demo-client", NUMBER)
    with pytest.raises(GrantInvalid):
        oauth.client_credentials(NUMBER)


def test_a_company_without_the_integration_licence_gives_no_token(oauth: OAuth, simulator: Simulator) -> None:
    simulator.companies[NUMBER].licences.discard("integration")
    with pytest.raises(OAuthRefused) as caught:
        oauth.client_credentials(NUMBER)
    assert caught.value.problem.code == "licence-missing"


def test_an_unknown_page_of_the_wire_is_not_guessed(fortnox: Client) -> None:
    with pytest.raises((FortnoxUnreadable, FortnoxUnavailable)):
        fortnox._session.get("/nothing")


def test_both_subledgers(fortnox: Client, simulator: Simulator) -> None:
    company = simulator.companies[NUMBER]
    company.customers["1"] = sim.Customer("1", "Kund AB")
    company.suppliers["9"] = sim.Supplier("9", "Leverantör AB")
    company.invoices["18"] = customer_invoice()
    company.supplier_invoices["7"] = sim.SupplierInvoice(
        "7", "9", "70001", "2025-05-07", "2025-06-06", [], 10000, 2500, 12500, balance=2500, booked=True,
        vouchers=[sim.Link("D", 1, 5, "SUPPLIERINVOICE")],
    )  # fmt: skip
    (sale,) = fortnox.invoices(Side.RECEIVABLE)
    assert (sale.number, sale.party_name, sale.total, sale.balance) == ("18", "Kund AB", -12550, -12550)
    assert (sale.currency, sale.rate, sale.vouchers) == ("EUR", Decimal("11.2"), (VoucherKey("B", 1, 5),))
    (purchase,) = fortnox.invoices(Side.PAYABLE)
    assert (purchase.number, purchase.external, purchase.total, purchase.balance) == ("7", "70001", 12500, 2500)
    assert purchase.vouchers == (VoucherKey("D", 1, 5),)


def test_payments_of_both_sides(fortnox: Client, simulator: Simulator) -> None:
    company = simulator.companies[NUMBER]
    company.customers["1"] = sim.Customer("1", "Kund AB")
    company.invoices["18"] = customer_invoice()
    euro = sim.Payment(1, "18", "2025-06-01", -112000, -10000, currency="EUR", rate=Decimal("11.2"), booked=True)
    short = sim.Payment(2, "18", "2025-06-02", 5000, 5000, booked=True, write_offs=[sim.WriteOff("3740", 50)])
    company.payments |= {"1": euro, "2": short}
    first, second = fortnox.payments(Side.RECEIVABLE)
    assert (first.invoice, first.amount, first.amount_currency, first.currency) == ("18", -112000, -10000, "EUR")
    assert (second.amount, second.write_offs, second.has_write_offs) == (5000, 50, True)
    assert list(fortnox.payments(Side.PAYABLE)) == []


def customer_invoice() -> sim.Invoice:
    """Make a credit note in euro."""
    return sim.Invoice(
        "18", "1", "2025-05-07", "2025-06-06", [], -10000, -2550, -12550, currency="EUR", rate=Decimal("11.2"),
        balance=-12550, booked=True, credit=True, voucher=sim.Link("B", 1, 5), ocr="1842",
    )  # fmt: skip
