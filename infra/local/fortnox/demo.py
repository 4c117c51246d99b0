"""The demo companies: Nordvik Snickeri AB with three years of books that agree to the öre, and two that cannot connect.

What is planted in Nordvik, so that every finding of the product can be met:

* a manual voucher on 1510 of 2 500,00 in 2025 that no invoice explains (`company.planted`, and a note);
* opening balances of 2025 that differ from the closing ones of 2024 on 1630 and 2091, by 1 250,00;
* three vouchers of 2025 that the SIE answer writes without a series (`Voucher.sie_series`), in A through the API;
* 612 projects, 40 files on vouchers, a prepayment on 2420, invoices in EUR, and every ending a trade knows.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from infra.local.fortnox import documents, orgnumbers, routine
from infra.local.fortnox.histories import carry_forward, closing, empty_company, result
from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.model import Company, Row, Year
from infra.local.fortnox.sides import Purchases, Sales
from infra.local.fortnox.subledger import Connection, Customer, Payment, Supplier
from infra.local.fortnox.trade import ENDINGS, Trade, plus

NUMBER = 1000001
LAST_DAY = "2026-10-31"
PLANTED_AMOUNT = 250_000
GAP_AMOUNT = 125_000
_SEED = 20261120
_YEARS = ((3, 2024), (1, 2025), (2, 2026))
_SALES_A_MONTH, _PURCHASES_A_MONTH = 27, 24
_CITIES = (("852 31", "Sundsvall"), ("871 31", "Härnösand"), ("891 33", "Örnsköldsvik"), ("903 26", "Umeå"))
_FIRST = [
    "Norr",
    "Berg",
    "Älv",
    "Sjö",
    "Skog",
    "Fjäll",
    "Sten",
    "Strand",
    "Lind",
    "Ek",
    "Björk",
    "Granit",
    "Höga",
    "Östra",
    "Västra",
    "Kust",
]
_SECOND = [
    "bygg",
    "fastigheter",
    "kök",
    "inredning",
    "hus",
    "entreprenad",
    "drift",
    "trä",
    "el",
    "plåt",
    "måleri",
    "transport",
    "service",
]


def companies() -> list[Company]:
    """Make the three demo companies."""
    return [company(), without_licence(), with_wrong_check_digit()]


def without_licence() -> Company:
    """Make a company that has not bought the integration licence."""
    made = empty_company(1000002, "Licenslösa Bygg AB", ((1, 2025), (2, 2026)), 70002)
    made.licences.discard("integration")
    made.notes.append("has no integration licence")
    return made


def with_wrong_check_digit() -> Company:
    """Make a company whose organisation number does not pass its check digit."""
    made = empty_company(1000003, "Felsiffran Måleri AB", ((1, 2025), (2, 2026)), 70003)
    right = made.org_number
    made.org_number = right[:-1] + str((int(right[-1]) + 1) % 10)
    Ledgers(made).post("A", "2025-01-02", "Aktiekapital", [Row("1930", 2500000), Row("2081", -2500000)])
    made.notes.append("its organisation number has a wrong check digit")
    return made


def company() -> Company:
    """Nordvik Snickeri AB, the same every time."""
    made = empty_company(NUMBER, "Nordvik Snickeri AB", _YEARS, 26117)
    made.address, made.zip_code, made.city, made.phone = "Hamngatan 7", "852 29", "Sundsvall", "060-12 34 56"
    made.active_year = 1
    chance = Random(_SEED)  # noqa: S311 - a made-up company, the same every time
    _people(made, chance)
    _objects(made)
    ledgers = Ledgers(made)
    usual = {ending: weight for ending, weight in ENDINGS.items() if ending != "early"}
    trade = Trade(ledgers, chance, usual)
    _begin(ledgers)
    for year in made.years:
        _plan_year(trade, year, chance)
    _plan_specials(trade, made)
    for year in made.years:
        trade.run(min(year.last, LAST_DAY))
        _close(ledgers, made, year)
    _unseries(made.years[1])
    _attach(made, chance)
    return made


def _people(made: Company, chance: Random) -> None:
    for place in range(61):
        name = f"{_FIRST[place % 16]}{_SECOND[place * 7 % 13]} AB" if place < 59 else f"Nordhaus {place} GmbH"
        zip_code, city = _CITIES[place % 4] if place < 59 else ("10115", "Berlin")
        number = str(place + 1)
        currency = "SEK" if place < 59 else "EUR"
        org = orgnumbers.made_up(chance.randint(0, 99999)) if place < 59 else ""
        made.customers[number] = Customer(number, name, city, zip_code, org, currency, f"faktura{number}@example.com")
    for place in range(44):
        name = f"{_FIRST[place * 5 % 16]}{_SECOND[place * 3 % 13]} Leverans AB" if place < 42 else f"Holz {place} GmbH"
        zip_code, city = _CITIES[place % 4] if place < 42 else ("20095", "Hamburg")
        number = str(place + 101)
        currency = "SEK" if place < 42 else "EUR"
        org = orgnumbers.made_up(chance.randint(0, 99999)) if place < 42 else ""
        giro = f"5{place:02}-{place * 37 % 10000:04}"
        made.suppliers[number] = Supplier(number, name, city, zip_code, org, currency, "", giro)


def _objects(made: Company) -> None:
    made.dimensions["1"].objects = {"KONTOR": "Kontor", "VERK": "Verkstad", "BYGG": "Byggplats"}
    made.dimensions["6"].objects = {f"P{1001 + n}": f"Uppdrag {1001 + n}" for n in range(612)}


def _begin(ledgers: Ledgers) -> None:
    rows = [Row("1930", 85_000_000), Row("2081", -10_000_000), Row("2091", -75_000_000)]
    ledgers.post("A", "2024-01-01", "Ingående balanser vid start i Fortnox", rows)


def _plan_year(trade: Trade, year: Year, chance: Random) -> None:
    sales, purchases = Sales(trade.ledgers), Purchases(trade.ledgers)
    customers, suppliers = (
        list(trade.ledgers.company.customers.values()),
        list(trade.ledgers.company.suppliers.values()),
    )
    for month in range(1, 13):
        start = f"{year.first[:4]}-{month:02}-01"
        routine.plan_month(trade, start)
        for _ in range(_SALES_A_MONTH):
            customer = chance.choice(customers)
            net = chance.randint(60_000, 4_500_000)
            trade.invoice(sales, customer.number, plus(start, chance.randint(0, 27)), net, currency=customer.currency)
        for _ in range(_PURCHASES_A_MONTH):
            supplier = chance.choice(suppliers)
            net = chance.randint(30_000, 1_700_000)
            trade.invoice(
                purchases, supplier.number, plus(start, chance.randint(0, 27)), net, currency=supplier.currency
            )


def _plan_specials(trade: Trade, made: Company) -> None:
    ledgers = trade.ledgers

    def plant() -> None:
        rows = [Row("1510", PLANTED_AMOUNT), Row("3001", -200_000), Row("2611", -50_000)]
        link = ledgers.post("A", "2025-08-20", "Rättelse kund Nordvik", rows)
        made.planted.append((link.series, link.number, link.year))
        made.notes.append(f"voucher {link.series} {link.number} of 2025 posts 2 500,00 on 1510 without an invoice")

    def prepaid() -> None:
        rows = [Row("1930", 5_000_000), Row("2420", -5_000_000)]
        ledgers.post("A", "2025-05-15", "Förskott från kund 7", rows)

    trade.at("2025-08-20", plant)
    trade.at("2025-05-15", prepaid)
    trade.at("2025-06-20", lambda: _use_prepayment(ledgers))


def _use_prepayment(ledgers: Ledgers) -> None:
    """Invoice the customer who paid in advance, and settle the invoice from 2420 the same day."""
    from infra.local.fortnox.sides import Terms
    from infra.local.fortnox.subledger import Line

    sales = Sales(ledgers)
    invoice = sales.create(
        Terms("7", "2025-06-20", "2025-07-20"), [Line("3001", "Kök enligt offert", 4_000_000)], 1_000_000
    )
    sales.book(invoice)
    payment = Payment(0, invoice.number, "2025-06-20", 5_000_000, 5_000_000, account="2420", mode="FK")
    sales.book_payment(sales.enter(payment))


def _close(ledgers: Ledgers, made: Company, year: Year) -> None:
    """Book the result of a finished year, and open the next one with its closing balances."""
    following = next((each for each in made.years if each.first > year.last), None)
    if following is None:
        return
    profit = result(made, year)
    ledgers.post("I", year.last, "Årets resultat", [Row("8999", -profit), Row("2099", profit)])
    carry_forward(made, year, following)
    if year.id == 3:
        following.opening["1630"] = following.opening.get("1630", 0) - GAP_AMOUNT
        following.opening["2091"] = following.opening.get("2091", 0) + GAP_AMOUNT
    earlier = closing(made, year)["2099"]
    rows = [Row("2099", -earlier), Row("2091", earlier)]
    ledgers.post("A", plus(following.first, 1), "Omföring av föregående års resultat", rows)


def _unseries(year: Year) -> None:
    """Let three manual vouchers lose their series in the SIE answer."""
    places = [place for place, voucher in enumerate(year.vouchers) if voucher.series == "A"][10:40:10]
    for place in places:
        year.vouchers[place] = replace(year.vouchers[place], sie_series="")


def _attach(made: Company, chance: Random) -> None:
    """Hang forty files on vouchers of 2025: mostly supplier invoices, some receipts."""
    year = made.years[1]
    chosen = [voucher for voucher in year.vouchers if voucher.series in ("A", "D", "F")]
    for place, voucher in enumerate(sorted(chance.sample(chosen, 40), key=lambda each: (each.series, each.number)), 1):
        name = f"underlag-{place:03}.{'png' if place % 5 == 0 else 'pdf'}"
        file = documents.file(name, f"{voucher.text}, {voucher.day}")
        made.files[file.id] = file
        made.connections.append(Connection(file.id, voucher.series, voucher.number, year.id))
