from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.fortnox import Simulator
from infra.local.fortnox.model import Company
from tests.simulator.conftest import Api

Draft = Callable[..., dict[str, Any]]
ROW, OTHER = {"Account": 1930, "Debit": 10}, {"Account": 3001, "Credit": 10}


def code(answer: Any) -> int:
    assert answer.status_code == 400, answer.text
    found: int = answer.json()["ErrorInformation"]["code"]
    return found


def test_a_voucher_gets_the_next_number_of_its_series_and_year(api: Api, draft: Draft) -> None:
    answer = api.post("vouchers", draft())
    assert answer.status_code == 201
    made = answer.json()["Voucher"]
    assert (made["VoucherNumber"], made["Year"], made["ReferenceType"]) == (2, 5, "MANUAL")
    assert api.one("vouchers/A/2") == made
    assert api.post("vouchers", draft(), financialyear=5).json()["Voucher"]["VoucherNumber"] == 3
    assert api.one("voucherseries/A")["NextVoucherNumber"] == 4


def test_the_year_follows_from_the_day_and_must_be_the_one_asked_for(nordvik_api: Api, draft: Draft) -> None:
    earlier = nordvik_api.post("vouchers", draft(TransactionDate="2024-05-01"))
    assert earlier.json()["Voucher"]["Year"] == 3
    assert code(nordvik_api.post("vouchers", draft(TransactionDate="2024-05-01"), financialyear=1)) == 2999002
    assert code(nordvik_api.post("vouchers", draft(TransactionDate="1999-05-01"))) == 2999002
    assert nordvik_api.post("vouchers", draft(), financialyear=99).status_code == 404


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Color": "red"}, 2001399),
        ({"VoucherRows": [{**ROW, "Colour": "red"}, OTHER]}, 2001399),
        ({"VoucherRows": [ROW, {**OTHER, "Credit": 9.99}]}, 2999001),
        ({"VoucherRows": [ROW]}, 2001392),
        ({"VoucherRows": "rows"}, 2001392),
        ({"VoucherRows": [ROW, "row"]}, 2001392),
        ({"VoucherRows": [{**ROW, "Account": 4711}, OTHER]}, 2001304),
        ({"VoucherRows": [{**ROW, "Account": "x"}, OTHER]}, 2000108),
        ({"VoucherRows": [{**ROW, "Account": True}, OTHER]}, 2000108),
        ({"VoucherRows": [{**ROW, "Debit": "ten"}, OTHER]}, 2000108),
        ({"VoucherRows": [{**ROW, "Debit": None}, OTHER]}, 2000108),
        ({"VoucherRows": [{**ROW, "Debit": 1e30}, OTHER]}, 2000108),
        ({"VoucherRows": [{**ROW, "CostCenter": "NO"}, OTHER]}, 2999008),
        ({"VoucherRows": [{**ROW, "Project": "NO"}, OTHER]}, 2999009),
        ({"VoucherRows": [{**ROW, "TransactionInformation": "x" * 101}, OTHER]}, 2999005),
        ({"VoucherSeries": "Z"}, 2999003),
        ({"VoucherSeries": "B"}, 2999004),
        ({"VoucherSeries": None}, 2999006),
        ({"Description": None}, 2999006),
        ({"Description": "x" * 201}, 2999005),
        ({"Description": ["x"]}, 2001392),
        ({"Comments": "x" * 1001}, 2999005),
        ({"TransactionDate": "2025-02-30"}, 2999007),
        ({"TransactionDate": None}, 2999007),
    ],
)
def test_what_fortnox_refuses_is_refused_and_posts_nothing(
    api: Api, small: Company, draft: Draft, changed: dict[str, Any], expected: int
) -> None:
    assert code(api.post("vouchers", draft(**changed))) == expected
    assert len(small.years[0].vouchers) == 3


def test_a_non_manual_series_is_named(api: Api, draft: Draft) -> None:
    answer = api.post("vouchers", draft(VoucherSeries="B"))
    assert answer.json()["ErrorInformation"]["message"] == "Verifikationsserien är inte manuell (B)"


def test_an_inactive_account_is_named(api: Api, small: Company, draft: Draft) -> None:
    small.years[0].accounts["3001"].active = False
    answer = api.post("vouchers", draft())
    assert code(answer) == 2000550
    assert answer.json()["ErrorInformation"]["message"] == 'Konto "3001" är inte aktivt'


def test_an_account_can_demand_a_cost_centre(api: Api, small: Company, draft: Draft) -> None:
    small.years[0].accounts["1930"].cost_center = "MANDATORY"
    assert code(api.post("vouchers", draft())) == 2000946
    rows = [{**ROW, "CostCenter": "VERK", "Project": "P1", "Quantity": 2}, OTHER]
    assert api.post("vouchers", draft(VoucherRows=rows)).status_code == 201


def test_the_locked_period_includes_its_last_day(api: Api, small: Company, draft: Draft) -> None:
    small.locked_until = "2025-06-30"
    answer = api.post("vouchers", draft(TransactionDate="2025-06-30"))
    assert code(answer) == 2000401
    assert "har låst perioden t.o.m. 2025-06-30." in answer.json()["ErrorInformation"]["message"]
    assert api.post("vouchers", draft(TransactionDate="2025-07-01")).status_code == 201


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"{", 2002115), (b"[]", 2001392), (b'{"Voucher":1}', 2001392), (b"{}", 2001392), (b'{"Voucher":NaN}', 2002115)],
)
def test_a_body_that_is_no_voucher_is_refused(api: Api, body: bytes, expected: int) -> None:
    answer = api.http.post("vouchers", content=body, headers={"Content-Type": "application/json"})
    assert code(answer) == expected


def test_a_body_must_be_json_by_its_content_type(api: Api) -> None:
    assert code(api.http.post("vouchers", data={"Voucher": "x"})) == 1000031


def test_amounts_may_be_text_and_are_rounded_to_the_ore(api: Api, draft: Draft) -> None:
    rows = [{"Account": "1930", "Debit": "10.005"}, {"Account": 3001, "Credit": 10.01}]
    made = api.post("vouchers", draft(VoucherRows=rows)).json()["Voucher"]
    assert [row["Debit"] for row in made["VoucherRows"]] == [10.01, 0]


def test_created_vouchers_are_counted(simulator: Simulator, api: Api, draft: Draft) -> None:
    api.post("vouchers", draft())
    api.post("vouchers", draft(VoucherSeries="B"))
    assert simulator.stats.vouchers_created == 1
