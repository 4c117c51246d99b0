"""What a flow needs from the world, as small Protocols. `fortnox` and `stores` implement them; tests bring stand-ins."""

from bridge.ports.fortnox import Company, Fortnox, FortnoxAccount, FortnoxSeries, FortnoxYear
from bridge.ports.logins import Attempts, Links
from bridge.ports.stores import (
    Connections,
    Engagements,
    Entries,
    Events,
    Files,
    Holder,
    Jobs,
    Stored,
    Timers,
    Workflows,
)
from bridge.ports.tokens import Access, Broker, Consents, Escrow, Granted, OAuth, Seals, Tokens
from bridge.ports.world import Clock, Ids, Metrics, Settings, World

__all__ = [
    "Access",
    "Attempts",
    "Broker",
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
    "Holder",
    "Ids",
    "Jobs",
    "Links",
    "Metrics",
    "OAuth",
    "Seals",
    "Settings",
    "Stored",
    "Timers",
    "Tokens",
    "Workflows",
    "World",
]
