"""What a flow needs from the world, as small Protocols. `fortnox` and `stores` implement them; tests bring stand-ins."""

from bridge.ports.budget import Budget
from bridge.ports.fortnox import Company, Fortnox, FortnoxAccount, FortnoxSeries, FortnoxYear
from bridge.ports.logins import Attempts, LinkPlace, Links, LinkTokens, Logins
from bridge.ports.stores import (
    Connections,
    Engagements,
    Entries,
    Events,
    Files,
    Grants,
    Holder,
    Jobs,
    LeaseTimers,
    Stored,
    Timers,
    Workflows,
)
from bridge.ports.tokens import Access, Broker, Consents, Escrow, Granted, OAuth, Seals, Tokens
from bridge.ports.world import Clock, Ids, Metrics, Settings, Shared, World

__all__ = [
    "Access",
    "Attempts",
    "Broker",
    "Budget",
    "Clock",
    "Company",
    "Connections",
    "Consents",
    "Engagements",
    "Entries",
    "Escrow",
    "Events",
    "Files",
    "Fortnox",
    "FortnoxAccount",
    "FortnoxSeries",
    "FortnoxYear",
    "Granted",
    "Grants",
    "Holder",
    "Ids",
    "Jobs",
    "LeaseTimers",
    "LinkPlace",
    "LinkTokens",
    "Links",
    "Logins",
    "Metrics",
    "OAuth",
    "Seals",
    "Settings",
    "Shared",
    "Stored",
    "Timers",
    "Tokens",
    "Workflows",
    "World",
]
