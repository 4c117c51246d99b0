from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from bridge.appendices.appendix import Appendix
from bridge.appendices.control import Control, ControlYear
from bridge.appendices.reconciliation import reconcile
from bridge.appendices.revaluation import revalue, to_json
from bridge.appendices.rolling import roll
from bridge.appendices.subledger import Invoice, Side

Invoices = Callable[..., Invoice]

DAY = date(2025, 12, 31)


def appendix(side: Side, *invoices: Invoice) -> Appendix:
    years = (ControlYear(date(2025, 1, 1), DAY, 0, ()),)
    return reconcile(Control("1510", side, years), DAY, roll(side, invoices, []))


def euro(invoice: Invoices, **changes: object) -> Invoice:
    return invoice(**{"currency": "EUR", "rate": Decimal("11.25"), "total": 100_00, "balance": 100_00} | changes)


def test_a_claim_that_grew_is_an_unrealised_gain(invoice: Invoices) -> None:
    made = revalue(appendix(Side.RECEIVABLE, euro(invoice), invoice(number="2")), {"EUR": Decimal("11.5")})
    assert to_json(made) == {
        "difference": "25.00",
        "items": [
            {
                "number": "1",
                "currency": "EUR",
                "openCurrency": "100.00",
                "bookedRate": "11.25",
                "open": "1125.00",
                "rate": "11.5",
                "closing": "1150.00",
                "difference": "25.00",
            }
        ],
        "unrated": [],
        "proposal": [{"account": "1510", "amount": "25.00"}, {"account": "3960", "amount": "-25.00"}],
    }


def test_a_debt_that_grew_is_an_unrealised_loss(invoice: Invoices) -> None:
    made = revalue(appendix(Side.PAYABLE, euro(invoice, side=Side.PAYABLE)), {"EUR": Decimal("11.5")})
    assert (made.difference, made.proposal) == (-25_00, (("1510", -25_00), ("7960", 25_00)))


def test_a_rate_counts_for_the_unit_of_the_invoice_and_half_an_ore_goes_away_from_zero(invoice: Invoices) -> None:
    yen = euro(invoice, currency="JPY", unit=Decimal(100), rate=Decimal(7), total=1_01, balance=1_01)
    (item,) = revalue(appendix(Side.RECEIVABLE, yen), {"JPY": Decimal(50)}).items
    assert (item.item.open, item.closing) == (7, 51)


def test_a_currency_without_a_rate_is_named_and_left_as_it_was_booked(invoice: Invoices) -> None:
    made = revalue(appendix(Side.RECEIVABLE, euro(invoice)), {"USD": Decimal(10)})
    assert (made.items, made.unrated, made.difference, made.proposal) == ((), ("EUR",), 0, ())
