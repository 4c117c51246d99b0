"""The resources below https://api.fortnox.se/3, one module each; `ROUTES` is all of them."""

from infra.local.fortnox.api import accounts, company, series, sie, vouchers, years
from infra.local.fortnox.routes import Route

ROUTES: tuple[Route, ...] = (
    *company.ROUTES,
    *years.ROUTES,
    *accounts.ROUTES,
    *series.ROUTES,
    *vouchers.ROUTES,
    *sie.ROUTES,
)
