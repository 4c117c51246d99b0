from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bridge.appendices.appendix import Appendix, Cause, Explanation, Point, from_json, to_json
from bridge.appendices.open_items import items
from bridge.appendices.rolling import roll
from bridge.appendices.subledger import Invoice, Payment, Side


@pytest.fixture
def appendix(invoice: Callable[..., Invoice], payment: Callable[..., Payment]) -> Appendix:
    day = date(2025, 4, 30)
    foreign = invoice(currency="EUR", rate=Decimal("11.2345"), total=100_00, balance=0)
    paid = payment(currency="EUR", paid=date(2025, 5, 5), amount=1_130_00, amount_currency=100_00)
    undue = invoice(number="2", due=None, total=-20_00, balance=-20_00)
    return Appendix(
        account="1510",
        side=Side.RECEIVABLE,
        day=day,
        currency="SEK",
        ledger=1_203_45,
        subledger=1_103_45,
        items=tuple(items(roll(Side.RECEIVABLE, [foreign, undue], [paid]), day)),
        explanations=(Explanation(Cause.DIRECT, 90_00, date(2025, 4, 2), "2025-12-31", "A", 7, "Rättning"),),
        history=(Point(date(2025, 3, 31), 1_103_45, 1_103_45), Point(day, 1_203_45, 1_103_45)),
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
}

GOLDEN = {
    "version": 1,
    "account": "1510",
    "side": "receivable",
    "day": "2025-04-30",
    "currency": "SEK",
    "ledger": "1203.45",
    "subledger": "1103.45",
    "difference": "100.00",
    "explained": "90.00",
    "unexplained": "10.00",
    "arose": "2025-04-30",
    "explanations": [
        {
            "cause": "direct-posting",
            "amount": "90.00",
            "booked": "2025-04-02",
            "year": "2025-12-31",
            "series": "A",
            "number": 7,
            "text": "Rättning",
        }
    ],
    "history": [
        {"day": "2025-03-31", "ledger": "1103.45", "subledger": "1103.45", "difference": "0.00"},
        {"day": "2025-04-30", "ledger": "1203.45", "subledger": "1103.45", "difference": "100.00"},
    ],
}


def test_an_appendix_is_written_as_plain_json_with_amounts_as_text(appendix: Appendix) -> None:
    written = to_json(appendix)
    listed, credited = written.pop("items")
    assert listed == GOLDEN_ITEM
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
    with pytest.raises(ValueError, match="version 2"):
        from_json({**to_json(appendix), "version": 2})
