"""Companies made by chance for property tests: every kind of invoice and payment, in books that agree to the öre."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from infra.local.fortnox import chart, orgnumbers
from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.model import Balance, Company, Dimension, Row, Year
from infra.local.fortnox.sides import Purchases, Sales
from infra.local.fortnox.sie_writer import Request, balances
from infra.local.fortnox.subledger import Currency, Customer, Supplier
from infra.local.fortnox.trade import ENDINGS, Trade, plus


def random_company(seed: int, size: int, number: int = 3000001, method: str = "ACCRUAL") -> Company:
    """Make a company of two years with about `size` customer invoices and as many supplier invoices.

    Every ending comes about as often as another, so that even a small company has the special ones. With the method CASH
    (kontantmetoden) no invoice is booked before it is paid.
    """
    chance = Random(seed)  # noqa: S311 - a made-up history, the same for the same seed
    company = empty_company(number, f"Slump {seed} AB", ((7, 2024), (2, 2025)), seed)
    for year in company.years:
        year.method = method
    for place in range(3):
        currency = "EUR" if place == 2 else "SEK"
        company.customers[str(place + 1)] = Customer(str(place + 1), f"Kund {place + 1}", currency=currency)
        company.suppliers[str(place + 1)] = Supplier(str(place + 1), f"Leverantör {place + 1}", currency=currency)
    ledgers = Ledgers(company)
    trade = Trade(ledgers, chance)
    sales, purchases = Sales(ledgers), Purchases(ledgers)
    ledgers.post("A", "2024-01-01", "Aktiekapital", [Row("1930", 5000000), Row("2081", -5000000)])
    for _ in range(size):
        day = plus("2024-02-10", chance.randint(0, 640))
        customer = chance.choice(list(company.customers.values()))
        trade.invoice(sales, customer.number, day, _net(chance), chance.choice(list(ENDINGS)), customer.currency)
        supplier = chance.choice(list(company.suppliers.values()))
        trade.invoice(purchases, supplier.number, day, _net(chance), chance.choice(list(ENDINGS)), supplier.currency)
    trade.run("2025-12-31")
    carry_forward(company, company.years[0], company.years[1])
    return company


def _net(chance: Random) -> int:
    return chance.choice((chance.randint(100, 999), chance.randint(10_000, 900_000), chance.randint(1, 40) * 50_000))


def empty_company(number: int, name: str, years: tuple[tuple[int, int], ...], seed: int) -> Company:
    """Make a company with calendar years (id, year), the chart of accounts and Fortnox's series, and nothing booked."""
    made = [
        Year(year_id, f"{year}-01-01", f"{year}-12-31", chart.accounts(), chart.series(), chart=f"Bas {year}")
        for year_id, year in years
    ]
    company = Company(number, name, orgnumbers.made_up(seed), made, made[-1].id)
    company.predefined = dict(chart.PREDEFINED)
    company.dimensions = {"1": Dimension("1", "Kostnadsställe"), "6": Dimension("6", "Projekt")}
    company.currencies = {
        "SEK": Currency("SEK", "Svenska kronor", Decimal(1)),
        "EUR": Currency("EUR", "Euro", Decimal("11.42")),
    }
    return company


def closing(company: Company, year: Year) -> dict[str, int]:
    """Give the closing balance of every account of the balance sheet, in öre."""
    return {each.account: each.amount for each in _zero(company, year) if each.label == "UB"}


def result(company: Company, year: Year) -> int:
    """Give the sum of the accounts of the income statement, in öre: negative is a profit."""
    return sum(each.amount for each in _zero(company, year) if each.label == "RES")


def carry_forward(company: Company, year: Year, following: Year) -> None:
    """Let the closing balances of one year open the next."""
    following.opening = closing(company, year)


def _zero(company: Company, year: Year) -> list[Balance]:
    request = Request(company, year, 1, year.last, company.org_number)
    return [each for each in balances(request) if each.year == "0"]
