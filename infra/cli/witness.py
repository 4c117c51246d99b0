"""Reading back without the product: straight from Fortnox's API, with a consent and a token of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from infra.cli import browser

CLIENT = ("demo-client", "demo-secret")
"""An app that the simulator knows besides the product."""

_REDIRECT = "http://localhost/read-back"
"""Never visited: the code is read from the address."""


class Witness:
    """A reader of one company's vouchers at Fortnox. Amounts are exact decimals."""

    def __init__(self, fortnox_url: str, person: browser.Person) -> None:
        self.requests = 0
        self._url = fortnox_url
        self._http = httpx.Client(base_url=f"{fortnox_url}/3", timeout=30)
        self._http.headers["Authorization"] = f"Bearer {self._token(person)}"
        self._years = self._get("/financialyears", "FinancialYears")

    def voucher(self, series: str, number: int, year: str) -> dict[str, Any]:
        """Read a voucher of the financial year with that last day."""
        year_id = next(each["Id"] for each in self._years if each["ToDate"] == year)
        found: dict[str, Any] = self._get(f"/vouchers/{series}/{number}?financialyear={year_id}", "Voucher")
        return found

    def stats(self) -> tuple[int, int]:
        """Count requests so far, and those answered with 429."""
        found = self._http.get(f"{self._url}/_control/stats").raise_for_status().json()
        return int(found["requests"]), int(found["rate_limited"])

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _get(self, path: str, name: str) -> Any:
        self.requests += 1
        answer = self._http.get(path).raise_for_status()
        return json.loads(answer.text, parse_float=Decimal)[name]

    def _token(self, person: browser.Person) -> str:
        asked = {
            "client_id": CLIENT[0],
            "redirect_uri": _REDIRECT,
            "scope": "bookkeeping",
            "state": "witness",
            "access_type": "offline",
            "response_type": "code",
        }
        with browser.Browser() as reader:
            back = reader.consent(f"{self._url}/oauth-v1/auth?{urlencode(asked)}", person)
        code = parse_qs(urlsplit(back).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _REDIRECT}
        answer = self._http.post(f"{self._url}/oauth-v1/token", data=form, auth=CLIENT).raise_for_status()
        return str(answer.json()["access_token"])


def same(entry: Mapping[str, Any], voucher: Mapping[str, Any]) -> bool:
    """Tell whether Fortnox has the entry's day, text, and every row of it with the same amount."""
    sent = sorted((row["account"], Decimal(row["amount"])) for row in entry["rows"])
    held = sorted(_rows(voucher["VoucherRows"]))
    return (
        voucher["TransactionDate"] == entry["date"]
        and str(voucher["Description"]).startswith(entry["text"])
        and sent == held
    )


def _rows(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[int, Decimal]]:
    for row in rows:
        if not row.get("Removed"):
            yield int(row["Account"]), Decimal(row["Debit"]) - Decimal(row["Credit"])
