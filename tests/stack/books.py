"""A small company of the simulator: three years, both subledgers, and one posting on 1510 that no invoice explains."""

from __future__ import annotations

from itertools import count
from random import Random

from infra.local.fortnox.histories import carry_forward, closing, empty_company, result
from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.model import Company, Row, Year
from infra.local.fortnox.sides import Purchases, Sales
from infra.local.fortnox.subledger import Customer, Supplier
from infra.local.fortnox.trade import Trade, plus

YEARS = ("2024-12-31", "2025-12-31", "2026-12-31")
LAST = "2025-12-31"
"""The year that is closed."""

PLANTED = "2500.00"
"""What the manual voucher on 1510 comes to."""

_numbers = count(4_000_001)


def small_company(vouchers: int = 0, number: int = 0) -> Company:
    """Make a company that no test has met (or that of a number), with so many vouchers in 2025 besides its trade."""
    number = number or next(_numbers)
    made = empty_company(number, f"Snickeri {number} AB", ((3, 2024), (1, 2025), (2, 2026)), number % 100_000)
    made.customers["1"] = Customer("1", "Kund AB")
    made.suppliers["1"] = Supplier("1", "Leverantör AB")
    ledgers = Ledgers(made)
    trade = Trade(ledgers, Random(number))  # noqa: S311 - a made-up company
    ledgers.post("A", "2024-01-02", "Aktiekapital", [Row("1930", 5_000_000), Row("2081", -5_000_000)])
    for side, net in ((Sales(ledgers), 400_000), (Purchases(ledgers), 300_000)):
        trade.invoice(side, "1", "2024-12-10", net, "on time")
        trade.invoice(side, "1", "2025-12-10", net, "cancelled")
        trade.invoice(side, "1", "2025-12-12", net * 2, "on time")
    for year in made.years:
        trade.run(year.last)
        _close(ledgers, year)
    ledgers.post("A", "2025-08-20", "Rättelse", [Row("1510", 250_000), Row("3001", -250_000)])
    for _ in range(vouchers):
        ledgers.post("A", "2025-06-30", "Kontorsmaterial", [Row("6110", 100), Row("1930", -100)])
    return made


def _close(ledgers: Ledgers, year: Year) -> None:
    """Open the next year with what this one closes with, its result included."""
    company = ledgers.company
    following = next((each for each in company.years if each.first > year.last), None)
    if following is None:
        return
    profit = result(company, year)
    ledgers.post("I", year.last, "Årets resultat", [Row("8999", -profit), Row("2099", profit)])
    carry_forward(company, year, following)
    earlier = closing(company, year)["2099"]
    rows = [Row("2099", -earlier), Row("2091", earlier)]
    ledgers.post("A", plus(following.first, 1), "Omföring av föregående års resultat", rows)
