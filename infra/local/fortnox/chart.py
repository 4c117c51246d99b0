"""The made-up companies' chart of accounts (BAS), Fortnox's voucher series, and its predefined accounts."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.fortnox.model import Account, Series

SERIES: Mapping[str, str] = {
    "A": "Redovisning",
    "B": "Kundfakturor",
    "C": "Inbetalningar från kunder",
    "D": "Leverantörsfakturor",
    "E": "Utbetalningar till leverantörer",
    "F": "Kassa",
    "G": "Avskrivning",
    "H": "Periodisering",
    "I": "Bokslut",
    "J": "Revisor",
    "K": "Lön",
    "L": "Kontantfaktura",
    "M": "Momsrapport",
}
MANUAL = ("A", "I")
PREDEFINED: Mapping[str, str] = {
    "ADMFEE": "3540",
    "BG": "1930",
    "CASHBYCARD": "1686",
    "CURRENCYLOSS": "7960",
    "CURRENCYWIN": "3960",
    "CUSTCLAIM": "1510",
    "FREIGHT": "3520",
    "INTEREST": "8313",
    "INVAT": "2641",
    "OUTVAT_MP1": "2611",
    "OUTVAT_MP2": "2621",
    "OUTVAT_MP3": "2631",
    "PG": "1920",
    "ROUNDOFF": "3740",
    "SALES": "3001",
    "SALES_0_SE": "3004",
    "SALES_12_SE": "3002",
    "SALES_25_SE": "3001",
    "SALES_6_SE": "3003",
    "SUPPLIERDEBT": "2440",
}
"""SUPPLIERDEBT is made up: the name of the payables account is in no public source."""
_VAT_CODES: Mapping[str, str] = {"2611": "U1", "2621": "U2", "2631": "U3", "2641": "I", "3001": "MP1", "3002": "MP2"}
_SRU = (
    (1099, 7201),
    (1199, 7214),
    (1299, 7215),
    (1399, 7233),
    (1499, 7241),
    (1559, 7251),
    (1699, 7261),
    (1799, 7263),
    (1899, 7271),
    (1999, 7281),
    (2089, 7301),
    (2099, 7302),
    (2199, 7322),
    (2299, 7331),
    (2399, 7352),
    (2449, 7365),
    (2599, 7368),
    (2699, 7369),
    (2899, 7369),
    (2999, 7370),
    (3799, 7410),
    (3999, 7413),
    (4999, 7511),
    (6999, 7513),
    (7699, 7514),
    (7899, 7515),
    (7999, 7517),
    (8299, 7416),
    (8399, 7417),
    (8799, 7522),
    (8899, 7525),
    (9999, 7528),
)
_INACTIVE = ("1350", "1687", "2092", "4910", "7210")


def accounts() -> dict[str, Account]:
    """Make the accounts of a new year, by number."""
    from infra.local.fortnox.bas import ACCOUNTS

    found = {}
    for line in ACCOUNTS.strip().splitlines():
        number, name = line.split(" ", 1)
        found[number] = Account(number, name, number not in _INACTIVE, [_sru(number)], vat_code=_VAT_CODES.get(number))
    return found


def series() -> dict[str, Series]:
    """Make the series of a new year: manual booking is on for A and I alone."""
    return {code: Series(code, name, manual=code in MANUAL) for code, name in SERIES.items()}


def _sru(number: str) -> str:
    return str(next(code for last, code in _SRU if int(number) <= last))
