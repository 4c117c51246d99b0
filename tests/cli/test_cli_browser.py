from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from infra.cli import subject
from infra.cli.browser import Astray, Browser, Person
from infra.cli.witness import same
from infra.local.fortnox import Simulator
from infra.local.fortnox.model import Company, Year

HERE = "http://fortnox.test"
ASKED = (
    f"{HERE}/oauth-v1/auth?client_id=demo-client&redirect_uri=http://localhost/back&scope=bookkeeping"
    "&state=s&access_type=offline&response_type=code"
)

Fortnox = Callable[[], httpx.BaseTransport]


@pytest.fixture
def fortnox() -> Fortnox:
    simulator = Simulator(lambda: 1_790_000_000.0)
    for number, org_number in ((1, "556677-8899"), (2, "556677-8907")):
        year = Year(1, "2025-01-01", "2025-12-31", {}, {})
        simulator.add(Company(number, f"Company {number}", org_number, [year], 1))
    return lambda: httpx.WSGITransport(app=simulator.wsgi)


@pytest.mark.parametrize("org_number", ["556677-8899", "556677-8907"])
def test_a_person_logs_in_chooses_their_company_and_is_sent_back_with_a_code(fortnox: Fortnox, org_number: str) -> None:
    back = Browser(fortnox()).consent(ASKED, Person("demo", "demo", org_number))

    assert urlsplit(back).netloc == "localhost"
    assert parse_qs(urlsplit(back).query).keys() == {"code", "state"}


def test_a_wrong_password_leads_nowhere(fortnox: Fortnox) -> None:
    with pytest.raises(Astray, match="401"):
        Browser(fortnox()).consent(ASKED, Person("demo", "wrong", "556677-8899"))


def test_a_company_that_is_not_there_leads_nowhere(fortnox: Fortnox) -> None:
    with pytest.raises(Astray, match="no way back"):
        Browser(fortnox()).consent(ASKED, Person("demo", "demo", "999999-9999"))


def test_the_way_back_is_followed_once() -> None:
    landing = httpx.MockTransport(lambda _: httpx.Response(303, headers={"location": "/engagements/e?connected=1"}))
    lost = httpx.MockTransport(lambda _: httpx.Response(500))

    assert Browser(landing).visit("http://api.test/oauth/callback") == "http://api.test/engagements/e?connected=1"
    with pytest.raises(Astray, match="500"):
        Browser(lost).visit("http://api.test/oauth/callback")


def test_a_cookie_that_was_set_on_the_way_out_is_sent_on_the_way_back(fortnox: Fortnox) -> None:
    simulator, sent = fortnox(), []

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.host == "fortnox.test":
            return simulator.handle_request(request)
        sent.append(request.headers.get("cookie", ""))
        begins = request.url.path == "/oauth/start"
        headers = {"location": ASKED, "set-cookie": "login=1; HttpOnly; Path=/"} if begins else {"location": "/done"}
        return httpx.Response(303, headers=headers)

    with Browser(httpx.MockTransport(serve)) as browser:
        end = browser.connect("http://localhost/oauth/start", Person("demo", "demo", "556677-8899"))

    assert (end, sent) == ("http://localhost/done", ["", "login=1"])


def test_every_demo_entry_balances_and_three_are_of_each_kind() -> None:
    entries = subject.demo_entries("2025-12-31")

    assert [sum(Decimal(row["amount"]) for row in each["rows"]) for each in entries] == [0] * 6
    assert sorted(each["kind"] for each in entries) == ["S", "S", "S", "V", "V", "V"]


def test_an_entry_of_any_company_is_on_the_two_accounts_that_moved_most() -> None:
    moved = [("1930", "5.00"), ("3001", "-900.00"), ("24400", "9999.00"), ("1510", "7.00"), ("IB", "9999.00")]
    accounts = [{"account": account, "movement": movement} for account, movement in moved]

    (entry,) = subject.entry_on(accounts, "2025-12-31")

    assert [row["account"] for row in entry["rows"]] == [3001, 1510]


VOUCHER: dict[str, Any] = {
    "TransactionDate": "2025-12-31",
    "Description": "Accrual FB-0123456789ABC",
    "VoucherRows": [
        {"Account": 2990, "Debit": Decimal(0), "Credit": Decimal("10.50"), "Removed": False},
        {"Account": 6420, "Debit": Decimal("10.5"), "Credit": Decimal(0), "Removed": False},
        {"Account": 6420, "Debit": Decimal(99), "Credit": Decimal(0), "Removed": True},
    ],
}
ENTRY = {
    "date": "2025-12-31",
    "text": "Accrual",
    "rows": [{"account": 6420, "amount": "10.50"}, {"account": 2990, "amount": "-10.50"}],
}


def test_a_voucher_is_the_entry_when_day_text_and_every_row_are() -> None:
    assert same(ENTRY, VOUCHER)


@pytest.mark.parametrize(
    "change",
    [
        {"TransactionDate": "2025-12-30"},
        {"Description": "Something else"},
        {"VoucherRows": VOUCHER["VoucherRows"][:1]},
        {"VoucherRows": [{**VOUCHER["VoucherRows"][0], "Credit": Decimal("10.51")}, VOUCHER["VoucherRows"][1]]},
    ],
)
def test_a_voucher_that_differs_anywhere_is_not_the_entry(change: dict[str, object]) -> None:
    assert not same(ENTRY, {**VOUCHER, **change})
