from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bridge.appendices.appendix import Appendix, Missing, Point, from_json, to_json
from bridge.appendices.causes import Cause, Explanation
from bridge.appendices.control import Control, ControlYear
from bridge.appendices.open_items import items
from bridge.appendices.reconciliation import unavailable
from bridge.appendices.rolling import roll, unbooked
from bridge.appendices.subledger import Invoice, Payment, Side


@pytest.fixture
def appendix(invoice: Callable[..., Invoice], payment: Callable[..., Payment]) -> Appendix:
    day = date(2025, 4, 30)
    foreign = invoice(currency="EUR", rate=Decimal("11.2345"), total=100_00, balance=0)
    paid = payment(currency="EUR", paid=date(2025, 5, 5), amount=1_130_00, amount_currency=100_00)
    undue = invoice(number="2", party="11", party_name="Kund 11", due=None, total=-20_00, balance=-20_00)
    return Appendix(
        account="1510",
        side=Side.RECEIVABLE,
        day=day,
        currency="SEK",
        ledger=1_203_45,
        subledger=1_103_45,
        items=tuple(items(roll(Side.RECEIVABLE, [foreign, undue], [paid]), day)),
        explanations=(
            Explanation(Cause.DIRECT, 80_00, date(2025, 4, 2), "2025-12-31", "A", 7, "Rättning"),
            Explanation(
                Cause.EARLY_PAYMENT, 10_00, day, "2025-12-31", document="9", reference="31", dated=date(2025, 5, 1)
            ),
        ),
        history=(Point(date(2025, 3, 31), 1_103_45, 1_103_45), Point(day, 1_203_45, 1_103_45)),
        accounts=(("1510", 1_200_00), ("1515", 3_45)),
        unbooked=tuple(items(unbooked(Side.RECEIVABLE, [invoice(number="3", booked=False)]), day)),
    )


GOLDEN_ITEM = {
    "number": "1",
    "external": "133",
    "party": "10",
    "partyName": "Nordvik Snickeri AB",
    "invoiced": "2025-03-10",
    "due": "2025-04-09",
    "currency": "EUR",
    "rate": "11.2345",
    "unit": "1",
    "total": "1123.45",
    "open": "1123.45",
    "openCurrency": "100.00",
    "overdue": 21,
    "bucket": "1-30",
    "paidAfter": "1130.00",
    "paidAfterDate": "2025-05-05",
    "creditNote": False,
    "type": "invoice",
}

GOLDEN = {
    "version": 2,
    "account": "1510",
    "side": "receivable",
    "day": "2025-04-30",
    "currency": "SEK",
    "ledger": "1203.45",
    "missing": None,
    "subledger": "1103.45",
    "difference": "100.00",
    "explained": "90.00",
    "unexplained": "10.00",
    "arose": "2025-04-30",
    "cashMethod": False,
    "cutOff": "0.00",
    "accounts": [{"account": "1510", "balance": "1200.00"}, {"account": "1515", "balance": "3.45"}],
    "creditBalance": "-20.00",
    "creditBalances": [{"party": "11", "partyName": "Kund 11", "amount": "-20.00", "items": 1}],
    "explanations": [
        {
            "cause": "direct-posting",
            "amount": "80.00",
            "booked": "2025-04-02",
            "year": "2025-12-31",
            "series": "A",
            "number": 7,
            "text": "Rättning",
            "document": "",
            "reference": "",
            "documentDate": None,
        },
        {
            "cause": "early-payment",
            "amount": "10.00",
            "booked": "2025-04-30",
            "year": "2025-12-31",
            "series": "",
            "number": None,
            "text": "",
            "document": "9",
            "reference": "31",
            "documentDate": "2025-05-01",
        },
    ],
    "history": [
        {"day": "2025-03-31", "ledger": "1103.45", "subledger": "1103.45", "difference": "0.00", "cashMethod": False},
        {"day": "2025-04-30", "ledger": "1203.45", "subledger": "1103.45", "difference": "100.00", "cashMethod": False},
    ],
}


def test_an_appendix_is_written_as_plain_json_with_amounts_as_text(appendix: Appendix) -> None:
    written = to_json(appendix)
    listed, credited = written.pop("items")
    assert listed == GOLDEN_ITEM
    (draft,) = written.pop("unbooked")
    assert (draft["number"], draft["open"]) == ("3", "1000.00")
    missing = (credited["open"], credited["due"], credited["paidAfterDate"], credited["creditNote"])
    assert missing == ("-20.00", None, None, True)
    assert written.pop("buckets")[:2] == [
        {"bucket": "not-due", "count": 1, "amount": "-20.00"},
        {"bucket": "1-30", "count": 1, "amount": "1123.45"},
    ]
    assert written == GOLDEN


def test_an_appendix_comes_back_from_its_json_as_it_was(appendix: Appendix) -> None:
    assert from_json(json.loads(json.dumps(to_json(appendix)))) == appendix


def test_an_appendix_of_another_version_is_not_read(appendix: Appendix) -> None:
    with pytest.raises(ValueError, match="version 1"):
        from_json({**to_json(appendix), "version": 1})


def test_an_appendix_without_a_subledger_says_why_and_gives_no_sums() -> None:
    years = (ControlYear(date(2025, 1, 1), date(2025, 12, 31), 50_00, ()),)
    made = unavailable(Control("1510", Side.RECEIVABLE, years), date(2025, 4, 30), Missing("no-licence", "invoice"))
    written = to_json(made)
    assert written["missing"] == {"answer": "no-licence", "scope": "invoice"}
    assert (written["ledger"], written["accounts"]) == ("50.00", [{"account": "1510", "balance": "50.00"}])
    sums = ("subledger", "difference", "explained", "unexplained", "cutOff", "creditBalance")
    assert {written[name] for name in sums} == {None}
    assert from_json(written) == made
