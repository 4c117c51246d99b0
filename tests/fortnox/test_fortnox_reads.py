"""Every read of `ports.Fortnox`, from answers of the shapes that Fortnox was seen to give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.appendices.subledger import Invoice, Payment, Side, VoucherKey, VoucherOrigin
from bridge.engagements.engagement import Period
from bridge.exports.voucher import PostedVoucher, Row
from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxUnavailable, FortnoxUnreadable
from bridge.ports import Company, Fortnox, FortnoxAccount, FortnoxSeries, FortnoxYear
from tests.fortnox.conftest import PagedList, ScriptedFortnox, answer, refused

CUSTOMER_INVOICE = {
    "@url": "https://evil.example/3/invoices/1",
    "Balance": 312.5,
    "Booked": True,
    "Cancelled": False,
    "Currency": "EUR",
    "CurrencyRate": "11.2",
    "CurrencyUnit": 1,
    "CustomerName": "Kund Åäö AB",
    "CustomerNumber": "1",
    "DocumentNumber": "1",
    "DueDate": "2026-02-26",
    "InvoiceDate": "2026-01-27",
    "OCR": "133",
    "VoucherNumber": 7,
    "VoucherSeries": "B",
    "VoucherYear": 4,
    "Total": 1250,
    "FinalPayDate": None,
}
SUPPLIER_INVOICE = {
    "Balance": "0",
    "Booked": True,
    "Cancel": False,
    "Credit": False,
    "Currency": "SEK",
    "CurrencyRate": "1",
    "CurrencyUnit": 1,
    "DueDate": "2026-02-14",
    "FinalPayDate": "2026-02-10",
    "GivenNumber": "7",
    "InvoiceDate": "2026-01-15",
    "InvoiceNumber": "70001",
    "SupplierName": "Leverantör AB",
    "SupplierNumber": "2001",
    "Total": "-1250.5",
    "Vouchers": [
        {"Number": 12, "ReferenceType": "SUPPLIERINVOICE", "Series": "D", "Year": 4},
        {"Number": 3, "ReferenceType": "SUPPLIERPAYMENT", "Series": "E", "Year": 4},
    ],
}
PAYMENT = {
    "Amount": 10.5,
    "Booked": True,
    "Currency": "SEK",
    "CurrencyRate": 1,
    "CurrencyUnit": 1,
    "InvoiceNumber": 18,
    "Number": "1",
    "PaymentDate": "2026-02-01",
    "Source": "manual",
    "WriteOffExist": False,
}


def voucher_row(account: int, debit: float, credit: float, *, removed: bool = False) -> dict[str, object]:
    row = {"Account": account, "Debit": debit, "Credit": credit, "Removed": removed, "Description": "Kontots namn"}
    return {**row, "CostCenter": "", "Project": 0, "TransactionInformation": ""}


VOUCHER = {
    "@url": "https://api.fortnox.se/3/vouchers/A/17?financialyear=2",
    "Comments": None,
    "CostCenter": "",
    "Description": "Programvara",
    "Project": 0,
    "ReferenceNumber": "",
    "ReferenceType": "MANUAL",
    "TransactionDate": "2011-09-22",
    "VoucherNumber": 17,
    "VoucherRows": [
        voucher_row(5420, 370.78, 0),
        voucher_row(1910, 0, 370.78),
        voucher_row(2640, 92.7, 0),
        voucher_row(2614, 0, 92.7, removed=True),
        voucher_row(2615, 0, 92.7),
    ],
    "VoucherSeries": "A",
    "Year": 2,
}


def test_the_client_is_the_port(client: Client) -> None:
    port: Fortnox = client
    assert port is client


def test_the_company_has_its_number_as_fortnox_writes_it(client: Client, fortnox: ScriptedFortnox) -> None:
    body = {"Address": None, "DatabaseNumber": 123456, "CompanyName": "Test AB", "OrganizationNumber": "555555-5555"}
    fortnox.on("/companyinformation", answer(200, {"CompanyInformation": body}))
    assert client.company() == Company("Test AB", "555555-5555", 123456)


def test_years_come_oldest_first_whatever_their_ids(client: Client, fortnox: ScriptedFortnox) -> None:
    rows: list[dict[str, object]] = [
        {"Id": 1, "FromDate": "2014-01-01", "ToDate": "2014-12-31", "AccountingMethod": "CASH"},
        {"Id": 2, "FromDate": "2011-07-13", "ToDate": "2012-12-31", "accountCharts": "Bas 2012"},
    ]
    fortnox.on("/financialyears", PagedList("FinancialYears", rows))
    assert client.years() == [
        FortnoxYear(2, Period(date(2011, 7, 13), date(2012, 12, 31)), cash_method=False),
        FortnoxYear(1, Period(date(2014, 1, 1), date(2014, 12, 31)), cash_method=True),
    ]


def test_inactive_accounts_are_listed_too(client: Client, fortnox: ScriptedFortnox) -> None:
    rows: list[dict[str, object]] = [
        {"Active": False, "Description": "Balanserade utgifter", "Number": 1010, "SRU": 7201, "Year": 4},
        {"Active": True, "Description": None, "Number": "1510"},
    ]
    fortnox.on("/accounts", PagedList("Accounts", rows))
    assert client.accounts(4) == [
        FortnoxAccount(1010, "Balanserade utgifter", active=False),
        FortnoxAccount(1510, "", active=True),
    ]


def test_preset_accounts_are_a_name_and_a_number(client: Client, fortnox: ScriptedFortnox) -> None:
    rows: list[dict[str, object]] = [{"Name": "CUSTCLAIM", "Account": 1510}, {"Name": "SALES", "Account": "3001"}]
    fortnox.on("/predefinedaccounts", PagedList("PreDefinedAccounts", rows))
    assert client.presets() == [("CUSTCLAIM", "1510"), ("SALES", "3001")]


def test_series_say_whether_they_are_manual(client: Client, fortnox: ScriptedFortnox) -> None:
    rows: list[dict[str, object]] = [
        {"Code": "A", "Description": "Redovisning", "Manual": True, "Year": 4, "Approver": None},
        {"Code": "B", "Description": "Kundfakturor", "Manual": "false", "Year": 4},
        {"Code": "TST", "Manual": None},
    ]
    fortnox.on("/voucherseries", PagedList("VoucherSeriesCollection", rows))
    assert client.series(4) == [
        FortnoxSeries("A", "Redovisning", manual=True),
        FortnoxSeries("B", "Kundfakturor", manual=False),
        FortnoxSeries("TST", "", manual=False),
    ]


def test_the_next_number_is_the_series_own(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/voucherseries/A", answer(200, {"VoucherSeries": {"Code": "A", "NextVoucherNumber": 18}}))
    assert client.next_number("A", 4) == 18
    assert str(fortnox.requests[0].url).endswith("/voucherseries/A?financialyear=4")


def test_a_series_without_a_next_number_is_unreadable(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/voucherseries/A", answer(200, {"VoucherSeries": {"Code": "A"}}))
    with pytest.raises(FortnoxUnreadable, match="NextVoucherNumber"):
        client.next_number("A", 4)


def test_a_series_code_cannot_leave_its_place_in_the_address(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/voucherseries/A/../x?y", refused(400, 2000729, "A valid identifier was not provided."))
    with pytest.raises(Exception, match="2000729"):
        client.next_number("A/../x?y", 4)
    assert fortnox.requests[0].url.raw_path == b"/3/voucherseries/A%2F..%2Fx%3Fy?financialyear=4"


@pytest.mark.parametrize(
    ("locked", "day"),
    [
        ({"EndDate": "2026-06-30"}, date(2026, 6, 30)),
        ({"EndDate": "2026-06-30 00:00:00"}, date(2026, 6, 30)),
        ({"EndDate": None}, None),
        ({"EndDate": ""}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_locked_period_ends_on_a_day_or_is_none(
    client: Client, fortnox: ScriptedFortnox, locked: object, day: date | None
) -> None:
    fortnox.on("/settings/lockedperiod", answer(200, {"LockedPeriod": locked}))
    assert client.locked_until() == day


@pytest.mark.parametrize(("meta", "count"), [({"MetaInformation": {"@TotalResources": 1472}}, 1472), ({}, 0)])
def test_a_years_vouchers_are_counted_in_one_request(
    client: Client, fortnox: ScriptedFortnox, meta: dict[str, object], count: int
) -> None:
    fortnox.on("/vouchers", answer(200, {**meta, "Vouchers": []}))
    assert client.voucher_count(4) == count
    assert len(fortnox.requests) == 1


def test_origins_say_what_each_voucher_was_made_from(client: Client, fortnox: ScriptedFortnox) -> None:
    row: dict[str, object] = {
        "Comments": None,
        "Description": "Kundfaktura 18",
        "ReferenceNumber": "18",
        "ReferenceType": "INVOICE",
        "TransactionDate": "2026-01-27",
        "VoucherNumber": 7,
        "VoucherSeries": "B",
        "Year": 4,
    }
    vouchers = PagedList("Vouchers", [{**row, "VoucherNumber": number} for number in range(1, 602)])
    fortnox.on("/vouchers", vouchers)
    origins = list(client.origins(4))
    assert len(origins) == 601
    assert origins[6] == VoucherOrigin(VoucherKey("B", 7, 4), date(2026, 1, 27), "Kundfaktura 18", "INVOICE", "18")
    assert fortnox.requests[0].url.params["financialyear"] == "4"


def test_a_voucher_comes_without_its_struck_rows_and_balances(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers/A/17", answer(200, {"Voucher": VOUCHER}))
    voucher = client.voucher("A", 17, 2)
    assert voucher == PostedVoucher(
        "A",
        17,
        2,
        date(2011, 9, 22),
        "Programvara",
        (Row(5420, 37078), Row(1910, -37078), Row(2640, 9270), Row(2615, -9270)),
    )
    assert sum(row.amount for row in voucher.rows) == 0
    assert str(fortnox.requests[0].url).endswith("/vouchers/A/17?financialyear=2")


def test_a_row_keeps_its_text_cost_centre_and_project(client: Client, fortnox: ScriptedFortnox) -> None:
    row = {"Account": "1930", "Debit": None, "Credit": "0.10", "CostCenter": "K1", "Project": 12}
    body = {**VOUCHER, "Comments": "k", "VoucherRows": [{**row, "TransactionInformation": "text"}]}
    fortnox.on("/vouchers/A/17", answer(200, {"Voucher": body}))
    voucher = client.voucher("A", 17, 2)
    assert voucher is not None
    assert voucher.rows == (Row(1930, -10, "text", "K1", "12"),)
    assert voucher.comments == "k"


def test_a_voucher_that_fortnox_says_does_not_exist_is_none(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers/A/99", refused(404, 2000432, "Kan inte hitta verifikationen."))
    assert client.voucher("A", 99, 2) is None


def test_a_404_that_is_not_fortnox_own_never_passes_for_no_voucher(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers/A/99", lambda _: answer(404, b"<html>proxy</html>"))
    with pytest.raises(FortnoxUnavailable):
        client.voucher("A", 99, 2)


def test_a_customer_invoice(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/invoices", PagedList("Invoices", [CUSTOMER_INVOICE]))
    assert list(client.invoices(Side.RECEIVABLE)) == [
        Invoice(
            side=Side.RECEIVABLE,
            number="1",
            external="133",
            party="1",
            party_name="Kund Åäö AB",
            invoiced=date(2026, 1, 27),
            due=date(2026, 2, 26),
            currency="EUR",
            rate=Decimal("11.2"),
            unit=Decimal(1),
            total=125000,
            balance=31250,
            booked=True,
            cancelled=False,
            settled=None,
            vouchers=(VoucherKey("B", 7, 4),),
        )
    ]


def test_an_unbooked_invoice_has_no_voucher_and_an_empty_currency_is_kronor(
    client: Client, fortnox: ScriptedFortnox
) -> None:
    unbooked = {"VoucherNumber": None, "VoucherSeries": None, "VoucherYear": None, "Booked": "false", "DueDate": ""}
    money = {"Currency": "", "CurrencyRate": "", "CurrencyUnit": None, "Total": 0, "Balance": 0}
    fortnox.on("/invoices", PagedList("Invoices", [{**CUSTOMER_INVOICE, **unbooked, **money}]))
    (invoice,) = client.invoices(Side.RECEIVABLE)
    assert (invoice.vouchers, invoice.booked, invoice.due) == ((), False, None)
    assert (invoice.currency, invoice.rate, invoice.unit) == ("SEK", Decimal(1), Decimal(1))


def test_a_supplier_credit_note_is_negative_and_knows_its_own_vouchers_not_those_of_its_payments(
    client: Client, fortnox: ScriptedFortnox
) -> None:
    fortnox.on("/supplierinvoices", PagedList("SupplierInvoices", [SUPPLIER_INVOICE]))
    (invoice,) = client.invoices(Side.PAYABLE)
    assert (invoice.total, invoice.balance, invoice.settled) == (-125050, 0, date(2026, 2, 10))
    assert (invoice.side, invoice.number, invoice.external) == (Side.PAYABLE, "7", "70001")
    assert (invoice.party, invoice.party_name) == ("2001", "Leverantör AB")
    assert invoice.vouchers == (VoucherKey("D", 12, 4),)


def test_a_supplier_invoice_is_cancelled_by_either_word(client: Client, fortnox: ScriptedFortnox) -> None:
    rest = {name: value for name, value in SUPPLIER_INVOICE.items() if name != "Cancel"}
    rows = [
        {**rest, "GivenNumber": 7, "Cancel": True, "Vouchers": None},
        {**rest, "GivenNumber": "8", "Cancelled": True},
        {**rest, "GivenNumber": "9"},
    ]
    fortnox.on("/supplierinvoices", PagedList("SupplierInvoices", rows))
    assert [(row.number, row.cancelled) for row in client.invoices(Side.PAYABLE)] == [
        ("7", True),
        ("8", True),
        ("9", False),
    ]


def test_plain_payments_cost_one_request_a_page(client: Client, fortnox: ScriptedFortnox) -> None:
    rows = [{**PAYMENT, "Number": str(number)} for number in range(1, 5_001)]
    fortnox.on("/invoicepayments", PagedList("InvoicePayments", rows))
    payments = list(client.payments(Side.RECEIVABLE))
    assert len(payments) == 5_000
    assert len(fortnox.requests) == 10
    assert payments[0] == Payment(Side.RECEIVABLE, "1", "18", date(2026, 2, 1), 1050, "SEK", booked=True)


def test_a_payment_in_euro_or_with_write_offs_is_read_alone(client: Client, fortnox: ScriptedFortnox) -> None:
    rows = [
        {**PAYMENT, "Number": 1, "InvoiceNumber": "7", "Amount": 1120},
        {**PAYMENT, "Number": 2, "InvoiceNumber": "8", "Currency": "EUR", "Amount": 1120},
        {**PAYMENT, "Number": 3, "InvoiceNumber": "9", "WriteOffExist": True, "Amount": -99.5},
    ]
    fortnox.on("/supplierinvoicepayments", PagedList("SupplierInvoicePayments", rows))
    euro = {"AmountCurrency": 100, "WriteOffs": None}
    written_off = {"AmountCurrency": -99.5, "WriteOffs": [{"Amount": 0.5}, {"Amount": "0.25"}, {"Amount": None}]}
    fortnox.on("/supplierinvoicepayments/2", answer(200, {"SupplierInvoicePayment": euro}))
    fortnox.on("/supplierinvoicepayments/3", answer(200, {"SupplierInvoicePayment": written_off}))
    plain, foreign, short = client.payments(Side.PAYABLE)
    assert (plain.amount, plain.amount_currency, plain.write_offs) == (112000, None, 0)
    assert (foreign.amount, foreign.amount_currency, foreign.write_offs) == (112000, 10000, 0)
    assert (short.amount, short.amount_currency, short.write_offs, short.has_write_offs) == (-9950, -9950, 75, True)
    assert foreign.invoice == "8"


def test_a_payment_that_was_deleted_while_we_read_is_left_out(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/invoicepayments", PagedList("InvoicePayments", [{**PAYMENT, "Currency": "EUR"}]))
    fortnox.on("/invoicepayments/1", refused(404, 2000434, "Kan inte hitta betalningen."))
    assert list(client.payments(Side.RECEIVABLE)) == []


def test_no_address_of_an_answer_is_ever_followed(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/invoices", PagedList("Invoices", [CUSTOMER_INVOICE]))
    list(client.invoices(Side.RECEIVABLE))
    assert {request.url.host for request in fortnox.requests} == {"api.fortnox.se"}
