"""The resources below https://api.fortnox.se/3, one module each; `ROUTES` is all of them."""

from infra.local.fortnox.api import (
    accounts,
    company,
    files,
    invoices,
    parties,
    payments,
    series,
    sie,
    supplier_invoices,
    vouchers,
    years,
)
from infra.local.fortnox.routes import Route

ROUTES: tuple[Route, ...] = (
    *company.ROUTES,
    *years.ROUTES,
    *accounts.ROUTES,
    *series.ROUTES,
    *vouchers.ROUTES,
    *sie.ROUTES,
    *invoices.ROUTES,
    *supplier_invoices.ROUTES,
    *payments.ROUTES,
    *parties.ROUTES,
    *files.ROUTES,
)
