from __future__ import annotations

from typing import Any

from infra.local.fortnox import money, sides
from infra.local.fortnox.model import Company
from tests.simulator.conftest import Api


def everything(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, 20):
        items = api.many(path, limit=500, page=page, **query)
        found += items
        if len(items) < 500:
            break
    return found


def test_the_types_of_an_invoice_differ_between_list_and_single(nordvik_api: Api) -> None:
    item = nordvik_api.many("invoices", limit=1)[0]
    single = nordvik_api.one(f"invoices/{item['DocumentNumber']}")
    assert item["CurrencyRate"] == "1"
    assert single["CurrencyRate"] == 1
    assert "Credit" not in item
    assert single["Credit"] == "false"
    assert single["CreditInvoiceReference"] == "0"
    assert isinstance(single["InvoiceRows"][0]["DeliveredQuantity"], str)
    assert {name for name in item if name in single} == set(item)
    assert sum(row["Total"] for row in single["InvoiceRows"]) == single["Net"]


def test_a_credit_note_is_negative_and_points_both_ways(nordvik_api: Api, nordvik: Company) -> None:
    credit = next(each for each in nordvik.invoices.values() if each.credit)
    shown = nordvik_api.one(f"invoices/{credit.number}")
    original = nordvik_api.one(f"invoices/{shown['InvoiceReference']}")
    assert shown["Total"] < 0
    assert shown["Credit"] == "true"
    assert original["CreditInvoiceReference"] == credit.number
    assert nordvik_api.many("invoices", credit="true", limit=500)[0]["DocumentNumber"] == credit.number


def test_the_ocr_number_follows_the_rule_of_fortnox(nordvik_api: Api) -> None:
    assert [sides.ocr(number) for number in ("1", "5", "18")] == ["133", "539", "1842"]
    assert nordvik_api.one("invoices/1001")["OCR"] == sides.ocr("1001")


def test_filters_mean_what_they_mean_at_fortnox(nordvik_api: Api) -> None:
    unpaid = everything(nordvik_api, "invoices", filter="unpaid")
    paid = everything(nordvik_api, "invoices", filter="fullypaid")
    unbooked = everything(nordvik_api, "invoices", filter="unbooked")
    cancelled = everything(nordvik_api, "invoices", filter="cancelled")
    overdue = everything(nordvik_api, "invoices", filter="unpaidoverdue")
    assert all(each["Booked"] and each["Balance"] for each in unpaid)
    assert all(each["Booked"] and not each["Balance"] and each["FinalPayDate"] for each in paid)
    assert all(not each["Booked"] and not each["Cancelled"] and each["VoucherNumber"] is None for each in unbooked)
    assert all(each["Cancelled"] for each in cancelled)
    assert overdue
    assert all(each["DueDate"] < "2026-11-20" for each in overdue)
    count = len(everything(nordvik_api, "invoices"))
    assert len(unpaid) + len(paid) + len(unbooked) + len(cancelled) == count


def test_days_and_texts_cut_the_invoice_list(nordvik_api: Api) -> None:
    year = everything(nordvik_api, "invoices", fromdate="2025-01-01", todate="2025-12-31")
    assert {each["InvoiceDate"][:4] for each in year} == {"2025"}
    later = everything(nordvik_api, "invoices", todate="2025-12-31", fromfinalpaydate="2026-01-01")
    assert later
    assert all(each["InvoiceDate"] < "2026" <= each["FinalPayDate"] for each in later)
    early = everything(nordvik_api, "invoices", tofinalpaydate="2024-03-31")
    assert all(each["FinalPayDate"] <= "2024-03-31" for each in early)
    assert {each["Currency"] for each in everything(nordvik_api, "invoices", currency="eur")} == {"EUR"}
    assert nordvik_api.many("invoices", ourreference="x") == []
    assert nordvik_api.many("invoices", lastmodified="2027-01-01") == []
    assert nordvik_api.many("invoices", sortby="total")[0]["Total"] < 0
    assert len(everything(nordvik_api, "invoices", customername="nordhaus")) > 20


def test_money_of_supplier_invoices_is_text(nordvik_api: Api) -> None:
    item = nordvik_api.many("supplierinvoices", limit=1)[0]
    single = nordvik_api.one(f"supplierinvoices/{item['GivenNumber']}")
    assert all(isinstance(item[name], str) for name in ("Total", "Balance", "CurrencyRate", "GivenNumber"))
    assert all(isinstance(single[name], str) for name in ("Total", "Balance", "VAT", "Freight", "CurrencyRate"))
    assert ("Cancel" in item, "Cancelled" in item) == (True, False)
    assert ("Cancel" in single, "Cancelled" in single) == (False, True)
    assert [row["Code"] for row in single["SupplierInvoiceRows"]] == ["TOT", "VAT", "ACC", "ACC"]
    assert sum(round(row["Total"] * 100) for row in single["SupplierInvoiceRows"]) == 0


def test_supplier_invoices_have_no_dates_to_cut_by(nordvik_api: Api) -> None:
    assert nordvik_api.get("supplierinvoices", fromdate="2025-01-01").status_code == 400
    assert nordvik_api.many("supplierinvoices", filter="authorizepending") == []
    assert nordvik_api.get("supplierinvoices", filter="x").status_code == 400
    assert nordvik_api.get("supplierinvoices/99").status_code == 404
    assert len(everything(nordvik_api, "supplierinvoices", suppliername="holz")) > 5


def test_vouchers_of_a_supplier_invoice_lead_to_its_booking_and_payments(nordvik_api: Api) -> None:
    paid = nordvik_api.many("supplierinvoices", filter="fullypaid", limit=1)[0]
    kinds = {each["ReferenceType"] for each in paid["Vouchers"]}
    assert kinds >= {"SUPPLIERINVOICE", "SUPPLIERPAYMENT"}
    link = paid["Vouchers"][0]
    voucher = nordvik_api.one(f"vouchers/{link['Series']}/{link['Number']}", financialyear=link["Year"])
    assert (voucher["ReferenceType"], voucher["ReferenceNumber"]) == ("SUPPLIERINVOICE", paid["GivenNumber"])


def test_the_numbers_of_payments_swap_their_types_between_the_ledgers(nordvik_api: Api) -> None:
    customer = nordvik_api.many("invoicepayments", limit=1)[0]
    supplier = nordvik_api.many("supplierinvoicepayments", limit=1)[0]
    assert (type(customer["Number"]), type(customer["InvoiceNumber"])) == (str, int)
    assert (type(supplier["Number"]), type(supplier["InvoiceNumber"])) == (int, str)
    assert "AmountCurrency" not in customer
    assert nordvik_api.one("invoicepayments/1001")["ModeOfPaymentAccount"] == 1930
    assert "ModeOfPaymentAccount" not in nordvik_api.one("supplierinvoicepayments/1001")
    assert nordvik_api.get("invoicepayments/9").status_code == 404


def test_payments_of_one_invoice_can_be_asked_for(nordvik_api: Api, nordvik: Company) -> None:
    number = nordvik.payments["1001"].invoice
    found = nordvik_api.many("invoicepayments", invoicenumber=number)
    assert {str(each["InvoiceNumber"]) for each in found} == {number}
    assert nordvik_api.many("supplierinvoicepayments", sortby="paymentdate", limit=1)[0]["PaymentDate"] < "2024-03"


def test_a_payment_in_euro_is_in_sek_and_its_difference_is_realised(nordvik_api: Api, nordvik: Company) -> None:
    payment = next(each for each in nordvik.payments.values() if each.currency == "EUR" and each.booked)
    shown = nordvik_api.one(f"invoicepayments/{payment.number}")
    invoice = nordvik.invoices[payment.invoice]
    assert round(shown["Amount"] * 100) == money.converted(payment.amount_currency, payment.rate)
    assert shown["Currency"] == "EUR"
    link = f"vouchers/{shown['VoucherSeries']}/{shown['VoucherNumber']}"
    rows = nordvik_api.one(link, financialyear=shown["VoucherYear"])["VoucherRows"]
    posted = {row["Account"]: round((row["Debit"] - row["Credit"]) * 100) for row in rows}
    assert posted[1930] == payment.amount
    assert posted[1510] == -money.converted(payment.amount_currency, invoice.rate)
    assert (posted.get(3960, 0) + posted.get(7960, 0)) == -posted[1930] - posted[1510]


def test_a_write_off_is_told_in_the_list_and_shown_alone(nordvik_api: Api) -> None:
    item = next(each for each in everything(nordvik_api, "invoicepayments") if each["WriteOffExist"])
    single = nordvik_api.one(f"invoicepayments/{item['Number']}")
    invoice = nordvik_api.one(f"invoices/{item['InvoiceNumber']}")
    assert invoice["Balance"] == 0
    assert round((single["Amount"] + single["WriteOffs"][0]["Amount"]) * 100) == round(invoice["Total"] * 100)
    assert single["WriteOffs"][0]["AccountNumber"] == 3740
    assert single["WriteOffs"][0]["Description"] == "Öres- och kronutjämning"
