from __future__ import annotations

import copy
import html
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.fortnox import Simulator, books, demo
from infra.local.fortnox.model import Company

SCOPES = (
    "bookkeeping companyinformation settings invoice customer payment supplierinvoice supplier connectfile archive "
    "currency"
)
NOW = 1_795_172_400.0  # 2026-11-20, noon in Sweden
SMALL = """#FLAGGA 0
#PROGRAM "Exempel" 1.0
#FORMAT PC8
#SIETYP 4
#FNAMN "Åäö Snickeri AB"
#ORGNR 556036-0793
#ADRESS "Eva" "Gatan 7" "123 45 STORSTAD" "08-12"
#RAR 0 20250101 20251231
#RAR -1 20240101 20241231
#KPTYP EUBAS97
#KONTO 1510 "Kundfordringar"
#KONTO 1930 "Företagskonto"
#SRU 1930 7281
#KONTO 3001 "Försäljning \\"inom\\" Sverige"
#DIM 1 "Kostnadsställe"
#OBJEKT 1 "VERK" "Verkstad"
#DIM 6 "Projekt"
#OBJEKT 6 "P1" "Köket"
#IB 0 1930 1000.00
#UB 0 1930 2250.50
#UB 0 1510 99
#RES 0 3001 -1349.50
#VER A 1 20250506 "Försäljning" 20250812
{
#TRANS 1930 {6 "P1"} 1250.50 "" "Kök" 2
#TRANS 3001 {} -1250.50
}
#VER B 1 20250507 "Faktura 1" 20250812
{
#TRANS 1510 {} 99.00
#BTRANS 1930 {} 5.00
#RTRANS 3001 {} -99.00
#TRANS 3001 {} -99.00
}
#VER B 2 20250508 "Tom"
{
}
"""


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now, self.slept = NOW, 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds


class Person:
    """A browser at the simulator, and the app it authorises."""

    def __init__(self, simulator: Simulator) -> None:
        self.http = httpx.Client(transport=httpx.WSGITransport(simulator.wsgi), base_url="https://fortnox.test")

    def visit(self, **changed: str | None) -> httpx.Response:
        asked: dict[str, str | None] = {
            "client_id": "demo-client",
            "response_type": "code",
            "state": "s1",
            "scope": SCOPES,
            "redirect_uri": "http://127.0.0.1:9999/callback",
            "access_type": "offline",
            **changed,
        }
        return self.http.get("/oauth-v1/auth", params={name: value for name, value in asked.items() if value})

    def submit(self, page: httpx.Response, **fields: str | int) -> httpx.Response:
        """Send the page's (last matching) form with its hidden fields; follow only redirects that stay at Fortnox."""
        found = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', page.text, re.DOTALL)
        assert found
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[2]))
        answer = self.http.post(html.unescape(found[1]), data={**hidden, **{k: str(v) for k, v in fields.items()}})
        while answer.headers.get("location", "").startswith("/"):
            answer = self.http.get(answer.headers["location"])
        return answer

    def log_in(self, name: str = "demo", **changed: str | None) -> httpx.Response:
        return self.submit(self.visit(**changed), username=name, password=name)

    def approve(self, company: int, name: str = "demo", **changed: str | None) -> httpx.Response:
        """Log in, choose the company where there is a choice, and approve. Gives the redirect to the app."""
        page = self.log_in(name, **changed)
        if 'value="company"' in page.text:
            page = self.submit(page, company=company)
        return self.submit(page, answer="approve") if 'value="consent"' in page.text else page

    def token(self, tenant: int | None = None, **form: str) -> httpx.Response:
        headers = {} if tenant is None else {"TenantId": str(tenant)}
        return self.http.post("/oauth-v1/token", auth=("demo-client", "demo-secret"), headers=headers, data=form)

    def connect(self, company: int, **changed: str | None) -> dict[str, Any]:
        """Consent and fetch the tokens."""
        code = httpx.URL(self.approve(company, "demo", **changed).headers["location"]).params["code"]
        answer: dict[str, Any] = self.token(grant_type="authorization_code", code=code).json()
        return answer


class Api:
    """The API of one company with a token that may do everything."""

    def __init__(self, simulator: Simulator, company: int, **changed: str | None) -> None:
        self.tokens = Person(simulator).connect(company, **changed)
        self.http = httpx.Client(
            transport=httpx.WSGITransport(simulator.wsgi),
            base_url="https://fortnox.test/3/",
            headers={"Authorization": f"Bearer {self.tokens['access_token']}"},
        )

    def get(self, path: str, **query: str | int) -> httpx.Response:
        return self.http.get(path, params=query)

    def one(self, path: str, **query: str | int) -> dict[str, Any]:
        """The object of an answer that must be 200."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = next(value for key, value in answer.json().items() if key != "MetaInformation")
        return found

    def many(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """The objects of a list that must be 200."""
        found: Any = self.one(path, **query)
        assert isinstance(found, list)
        return found

    def post(self, path: str, body: Any, **query: str | int) -> httpx.Response:
        return self.http.post(path, json=body, params=query)


def voucher(**changed: Any) -> dict[str, Any]:
    """A voucher that Fortnox accepts, with changes; a change to None leaves the field out."""
    sent = {
        "Description": "Försäljning",
        "TransactionDate": "2025-12-31",
        "VoucherSeries": "A",
        "VoucherRows": [{"Account": 1930, "Debit": 1250.5}, {"Account": 3001, "Credit": 1250.5}],
        **changed,
    }
    return {"Voucher": {name: value for name, value in sent.items() if value is not None}}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def made_demo() -> Company:
    return demo.company()


@pytest.fixture
def small() -> Company:
    return books.from_sie(SMALL.encode("cp437"))


@pytest.fixture
def simulator(clock: Clock, small: Company, tmp_path: Path) -> Simulator:
    made = Simulator(clock, tmp_path / "state", sleep=clock.sleep)
    made.add(small)
    return made


@pytest.fixture
def nordvik(simulator: Simulator, made_demo: Company) -> Company:
    """The demo company in the simulator, a copy that a test may change (vouchers are frozen and shared)."""
    copied = copy.copy(made_demo)
    copied.years = [replace(year, vouchers=list(year.vouchers), series=dict(year.series)) for year in made_demo.years]
    for name in ("invoices", "supplier_invoices", "payments", "supplier_payments"):
        setattr(copied, name, {key: replace(each) for key, each in getattr(made_demo, name).items()})
    copied.licences = set(made_demo.licences)
    return simulator.add(copied)


@pytest.fixture
def person(simulator: Simulator) -> Person:
    return Person(simulator)


@pytest.fixture
def api(simulator: Simulator, small: Company) -> Api:
    """The API of the small company, without a rate limit."""
    simulator.knobs.rate_limit = False
    return Api(simulator, small.number, account_type="service")


@pytest.fixture
def nordvik_api(simulator: Simulator, nordvik: Company) -> Api:
    simulator.knobs.rate_limit = False
    return Api(simulator, nordvik.number)


@pytest.fixture
def draft() -> Callable[..., dict[str, Any]]:
    return voucher


def shared() -> Path:
    given = os.environ.get("BRIDGE_SHARED")  # noqa: TID251 - the real files lie outside the project
    return Path(given) if given else Path(__file__).parents[2] / ".." / "shared"


def main_job() -> list[list[str]]:
    """The rows of the index's table of type 4E files."""
    index = shared() / "data" / "sie" / "INDEX.md"
    if not index.exists():
        return []
    section = index.read_text("utf-8").split("## The main job on the 4E files")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] != "file"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "real_file" in metafunc.fixturenames:
        rows = [pytest.param(row, id=row[0]) for row in main_job()]
        absent = pytest.param(None, marks=pytest.mark.skip(reason="../shared/data/sie is not there"), id="absent")
        metafunc.parametrize("real_file", rows or [absent])


@pytest.fixture
def samples() -> Path:
    return shared() / "data" / "sie"


@pytest.fixture
def openapi() -> Path:
    found = shared() / "reference" / "fortnox-openapi.json"
    if not found.exists():
        pytest.skip("../shared/reference/fortnox-openapi.json is not there")
    return found
