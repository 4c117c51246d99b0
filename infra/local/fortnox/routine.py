"""What a small company books every month without an invoice: salaries, taxes, bank, cash, depreciation, VAT."""

from __future__ import annotations

from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.model import Row
from infra.local.fortnox.trade import Trade, plus

_VAT_ACCOUNTS = ("2611", "2614", "2641", "2645")


def plan_month(trade: Trade, start: str) -> None:
    """Plan a month's vouchers; `start` is its first day."""
    ledgers, place = trade.ledgers, int(start[5:7])
    end = plus(plus(start, 31)[:8] + "01", -1)
    wages = 26_500_000 + place * 4_321
    employer = wages * 3142 // 10000
    tax = wages * 3 // 10
    salary = [Row("7010", wages, (("1", "VERK"),)), Row("2710", -tax), Row("1930", tax - wages)]
    fees = [Row("7510", employer), Row("2731", -employer)]
    trade.at(start[:8] + "25", lambda: ledgers.post("K", start[:8] + "25", "Löner", salary))
    trade.at(start[:8] + "25", lambda: ledgers.post("K", start[:8] + "25", "Arbetsgivaravgifter", fees))
    paid = [Row("2710", tax), Row("2731", employer), Row("1630", -tax - employer)]
    trade.at(end, lambda: ledgers.post("A", end, "Skattedeklaration", paid))
    deposit = [Row("1630", tax + employer + 600_000), Row("1930", -tax - employer - 600_000)]
    trade.at(start[:8] + "12", lambda: ledgers.post("A", start[:8] + "12", "Inbetalning till skattekontot", deposit))
    preliminary = [Row("2518", 600_000), Row("1630", -600_000)]
    trade.at(start[:8] + "12", lambda: ledgers.post("A", start[:8] + "12", "Preliminärskatt", preliminary))
    worn = [Row("7832", 185_000, (("1", "VERK"),)), Row("1229", -185_000)]
    trade.at(end, lambda: ledgers.post("G", end, "Avskrivning inventarier", worn))
    accrued = [Row("5010", 1_400_000, (("1", "KONTOR"),)), Row("1710", -1_400_000)]
    trade.at(end, lambda: ledgers.post("H", end, "Hyra, månadens del", accrued))
    if place % 3 == 1:
        rent = [Row("1710", 4_200_000), Row("2641", 1_050_000), Row("1930", -5_250_000)]
        trade.at(start[:8] + "02", lambda: ledgers.post("A", start[:8] + "02", "Kvartalshyra", rent))
    trade.at(end, lambda: _report_vat(ledgers, end))
    _plan_small(trade, start, end, place)


def _plan_small(trade: Trade, start: str, end: str, place: int) -> None:
    ledgers = trade.ledgers
    bank = [Row("6570", 14_900 + place * 25), Row("1930", -14_900 - place * 25)]
    trade.at(end, lambda: ledgers.post("A", end, "Bankavgifter", bank))
    for week in range(4):
        day = f"{start[:8]}{4 + week * 7:02}"
        fuel = 64_000 + week * 7_350 + place * 115
        car = [Row("5611", fuel), Row("2641", fuel // 4), Row("1930", -fuel - fuel // 4)]
        _at(trade, "A", day, "Drivmedel", car)
    receipt = [Row("6110", 23_900 + place), Row("2641", 5_975), Row("1910", -29_875 - place)]
    _at(trade, "F", start[:8] + "17", "Kontorsmateriel, kvitto", receipt)
    filled = [Row("1910", 40_000), Row("1930", -40_000)]
    _at(trade, "F", start[:8] + "03", "Uttag till kassa", filled)


def _at(trade: Trade, series: str, day: str, text: str, rows: list[Row]) -> None:
    trade.at(day, lambda: trade.ledgers.post(series, day, text, rows))


def _report_vat(ledgers: Ledgers, day: str) -> None:
    """Empty the VAT accounts of the month into 2650, and pay what is owed from the tax account."""
    year = ledgers.company.year_of(day)
    assert year is not None
    sums = {account: year.opening.get(account, 0) for account in _VAT_ACCOUNTS}
    for voucher in year.vouchers:
        for row in voucher.booked:
            if row.account in sums:
                sums[row.account] += row.amount
    owed = sum(sums.values())
    rows = [Row(account, -amount) for account, amount in sums.items()] + [Row("2650", owed)]
    ledgers.post("M", day, "Momsrapport", rows)
    ledgers.post("A", day, "Moms till skattekontot", [Row("2650", -owed), Row("1630", owed)])
    ledgers.post("A", day, "Skattekontot, moms", [Row("1630", -owed), Row("1930", owed)])
