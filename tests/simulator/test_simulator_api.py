from __future__ import annotations

from typing import Any

import pytest

from infra.local.fortnox import Simulator
from infra.local.fortnox.model import Company
from tests.simulator.conftest import Api, Person


def error(answer: Any) -> tuple[int, int]:
    """Status and code, from either casing."""
    envelope = answer.json()["ErrorInformation"]
    return answer.status_code, envelope.get("code", envelope.get("Code"))


def test_what_is_not_set_about_the_company_is_null(api: Api, small: Company) -> None:
    shown = api.one("companyinformation")
    assert shown["VisitAddress"] is None
    assert (shown["DatabaseNumber"], shown["OrganizationNumber"]) == (small.number, "556036-0793")
    assert api.one("settings/company")["DatabaseNumber"] == str(small.number)


def test_the_locked_period_is_null_or_a_day(api: Api, small: Company) -> None:
    assert api.one("settings/lockedperiod") == {"EndDate": None}
    small.locked_until = "2025-06-30"
    assert api.one("settings/lockedperiod") == {"EndDate": "2025-06-30"}


def test_json_escapes_slashes_and_swedish_letters_and_writes_exact_numbers(api: Api) -> None:
    text = api.get("vouchers/A/1").text
    assert "https:\\/\\/api.fortnox.se\\/3\\/vouchers\\/A\\/1?financialyear=5" in text
    assert "F\\u00f6rs\\u00e4ljning" in text
    assert '"Debit":1250.5,' in text


def test_lists_begin_with_meta_information(api: Api) -> None:
    text = api.get("accounts").text
    assert text.startswith('{"MetaInformation":{"@TotalResources":3,"@TotalPages":1,"@CurrentPage":1},"Accounts":[')


def test_an_empty_list_has_zero_pages(api: Api) -> None:
    assert api.get("financialyears", date="1999-01-01").text == (
        '{"MetaInformation":{"@TotalResources":0,"@TotalPages":0,"@CurrentPage":1},"FinancialYears":[]}'
    )


def test_pages_cover_the_list_once(nordvik_api: Api) -> None:
    pages = [nordvik_api.many("vouchers", limit=500, page=page, financialyear=1) for page in (1, 2, 3)]
    keys = [(each["VoucherSeries"], each["VoucherNumber"]) for page in pages for each in page]
    assert (len(pages[0]), len(set(keys)), len(keys)) == (500, len(keys), 1472)
    assert len(nordvik_api.many("vouchers", financialyear=1)) == 100
    assert nordvik_api.many("vouchers", limit=500, page=9) == []
    assert nordvik_api.many("vouchers", limit=1, offset=2) == nordvik_api.many("vouchers", limit=1, page=3)


@pytest.mark.parametrize(
    "query", ["limit=501", "limit=0", "page=0", "offset=-1", "sortorder=up", "sortby=nothing", "x=1"]
)
def test_a_wrong_parameter_is_2000588(api: Api, query: str) -> None:
    name, value = query.split("=")
    assert error(api.get("vouchers", **{name: value})) == (400, 2000588)


def test_a_parameter_that_is_no_number_is_2000108(api: Api) -> None:
    assert error(api.get("vouchers", page="two")) == (400, 2000108)
    assert error(api.get("vouchers", financialyear="²")) == (400, 2000108)


def test_years_come_newest_first_under_ids_in_no_order(nordvik_api: Api) -> None:
    assert [each["Id"] for each in nordvik_api.many("financialyears")] == [2, 1, 3]
    assert [each["Id"] for each in nordvik_api.many("financialyears", date="2024-02-29")] == [3]
    assert nordvik_api.one("financialyears/3")["FromDate"] == "2024-01-01"
    assert error(nordvik_api.get("financialyears/9")) == (404, 2999101)
    assert error(nordvik_api.get("financialyears", date="2024-02-30")) == (400, 2999007)


def test_lists_of_a_year_are_of_the_preselected_one_without_a_parameter(nordvik_api: Api) -> None:
    assert {each["Year"] for each in nordvik_api.many("vouchers")} == {1}
    assert {each["Year"] for each in nordvik_api.many("accounts", financialyear=2)} == {2}
    assert {each["Year"] for each in nordvik_api.many("voucherseries", financialyeardate="2024-05-01")} == {3}
    assert error(nordvik_api.get("accounts", financialyear=77)) == (404, 2999101)


def test_accounts_show_inactive_ones_and_the_closing_balance_only_alone(nordvik_api: Api, api: Api) -> None:
    listed = nordvik_api.many("accounts", limit=500)
    assert {each["Number"] for each in listed if not each["Active"]} >= {1350, 2092}
    assert "BalanceCarriedForward" not in listed[0]
    assert api.one("accounts/1930")["BalanceBroughtForward"] == 1000
    assert api.one("accounts/1930")["BalanceCarriedForward"] == 2250.5
    assert [each["Number"] for each in api.many("accounts", sru=7281)] == [1930]
    assert error(api.get("accounts/4711")) == (404, 2000423)
    assert error(api.get("accounts/abc")) == (400, 2000108)


def test_the_next_voucher_number_is_only_in_a_single_series(api: Api) -> None:
    assert [(each["Code"], each["Manual"]) for each in api.many("voucherseries")] == [("A", True), ("B", False)]
    assert "NextVoucherNumber" not in api.many("voucherseries")[0]
    assert api.one("voucherseries/B")["NextVoucherNumber"] == 3
    assert error(api.get("voucherseries/Z")) == (404, 2999103)


def test_a_series_can_be_created_once(api: Api) -> None:
    body = {"VoucherSeries": {"Code": "TST", "Description": "Test", "Manual": True}}
    assert api.post("voucherseries", body).status_code == 201
    assert api.one("voucherseries/TST")["NextVoucherNumber"] == 1
    assert error(api.post("voucherseries", body)) == (400, 2999014)
    for wrong in ({"Code": "T-1"}, {"Code": "U", "Manual": 1}, {"Code": "U", "Description": "x" * 201}):
        assert api.post("voucherseries", {"VoucherSeries": wrong}).status_code == 400


def test_vouchers_can_be_cut_by_series_days_and_cost_centre(nordvik_api: Api) -> None:
    in_b = nordvik_api.many("vouchers/sublist/B", limit=500)
    assert {each["VoucherSeries"] for each in in_b} == {"B"}
    assert nordvik_api.many("vouchers", voucherseries="B", limit=500) == in_b
    may = nordvik_api.many("vouchers", fromdate="2025-05-01", todate="2025-05-31", limit=500)
    assert {each["TransactionDate"][:7] for each in may} == {"2025-05"}
    assert {each["Description"] for each in nordvik_api.many("vouchers", costcenter="KONTOR")} == {"Hyra, månadens del"}
    assert nordvik_api.many("vouchers", lastmodified="2026-01-01 00:00") == []
    assert nordvik_api.many("vouchers", sortby="vouchernumber", sortorder="descending")[0]["VoucherNumber"] == 347


def test_struck_rows_are_removed_ones_and_added_rows_stand_once(api: Api) -> None:
    rows = api.one("vouchers/B/1")["VoucherRows"]
    assert [(row["Account"], row["Removed"]) for row in rows] == [(1510, False), (1930, True), (3001, False)]
    assert sum(row["Debit"] - row["Credit"] for row in rows if not row["Removed"]) == 0
    first = api.one("vouchers/A/1")["VoucherRows"][0]
    assert (first["Project"], first["Quantity"], first["TransactionInformation"]) == ("P1", 2, "Kök")
    assert error(api.get("vouchers/A/99")) == (404, 2999102)


def test_not_found_is_capitalised_and_validation_is_not(api: Api) -> None:
    assert api.get("invoices/1").text == (
        '{"ErrorInformation":{"Error":1,"Message":"Kan inte hitta fakturan.","Code":2000434}}'
    )
    assert api.get("invoices", filter="nonsense").text == (
        '{"ErrorInformation":{"error":1,"message":"Ett ogiltigt filter har anv\\u00e4nts.","code":2000587}}'
    )


def test_an_unknown_route_or_method_says_so(api: Api, person: Person) -> None:
    for answer in (api.get("nothing"), api.http.put("vouchers/A/1"), api.get("accounts/")):
        assert answer.status_code in (200, 404)
    assert api.get("nothing").json() == {"message": "No such route"}
    assert person.http.get("/").status_code == 404


def test_a_token_without_the_scope_is_2000663(simulator: Simulator, small: Company) -> None:
    narrow = Api(simulator, small.number, scope="companyinformation bookkeeping")
    assert error(narrow.get("invoices")) == (400, 2000663)
    assert error(narrow.get("settings/company")) == (400, 2000663)
    assert narrow.get("settings/lockedperiod").status_code == 200
    simulator.knobs.scope_status = 403
    assert error(narrow.get("invoices")) == (403, 2000663)


def test_a_missing_licence_is_2001101_or_2001103(simulator: Simulator, api: Api, small: Company) -> None:
    simulator.knobs.licences_off[small.number] = ["invoicing"]
    assert error(api.get("invoices")) == (403, 2001101)
    assert api.get("vouchers").status_code == 200
    small.licences.discard("integration")
    assert error(api.get("vouchers")) == (403, 2001103)


def test_small_registers_are_served(nordvik_api: Api) -> None:
    assert [each["Name"] for each in nordvik_api.many("accountcharts")][2] == "Bas 2026"
    assert nordvik_api.one("currencies/EUR")["BuyRate"] == 11.42
    assert error(nordvik_api.get("currencies/XYZ")) == (404, 2000427)
    assert {each["Code"] for each in nordvik_api.many("currencies")} == {"SEK", "EUR"}
    assert nordvik_api.one("predefinedaccounts/CUSTCLAIM")["Account"] == 1510
    assert error(nordvik_api.get("predefinedaccounts/NO")) == (404, 2999107)
    assert len(nordvik_api.many("predefinedaccounts")) == 20


def test_files_hang_on_vouchers_and_open(nordvik_api: Api) -> None:
    connections = nordvik_api.many("voucherfileconnections", voucheryear=1)
    first = connections[0]
    assert len(connections) == 40
    assert nordvik_api.many("voucherfileconnections", voucheryear=2) == []
    same = nordvik_api.many(
        "voucherfileconnections",
        voucherseries=first["VoucherSeries"],
        vouchernumber=first["VoucherNumber"],
        voucherdescription=first["VoucherDescription"][:5].upper(),
    )
    assert first in same
    assert nordvik_api.one(f"voucherfileconnections/{first['FileId']}") == first
    assert error(nordvik_api.get("voucherfileconnections/none")) == (404, 2999108)
    contents = {each["Name"][-3:]: nordvik_api.get(f"archive/{each['FileId']}").content for each in connections}
    assert contents["pdf"].startswith(b"%PDF-1.4")
    assert contents["png"].startswith(b"\x89PNG")
    assert error(nordvik_api.get("archive/none")) == (404, 2999108)
    assert error(nordvik_api.get("archive", fileid=first["FileId"])) == (404, 2999108), "an Id is no ArchiveFileId"
    assert len(nordvik_api.one("archive")["Files"]) == len(nordvik_api.one("archive/root")["Files"]) == 40


def test_customers_and_suppliers_can_be_searched(nordvik_api: Api) -> None:
    assert len(nordvik_api.many("customers")) == 61
    assert [each["CustomerNumber"] for each in nordvik_api.many("customers", name="NORDHAUS")] == ["60", "61"]
    assert nordvik_api.many("customers", filter="inactive") == []
    assert nordvik_api.one("customers/61")["Currency"] == "EUR"
    assert len(nordvik_api.many("suppliers", sortby="name")) == 44
    assert nordvik_api.one("suppliers/101")["BG"]
    assert error(nordvik_api.get("customers/900")) == (404, 2000433)
    assert error(nordvik_api.get("suppliers/900")) == (404, 2999106)
    assert error(nordvik_api.get("customers", filter="all")) == (400, 2000587)
