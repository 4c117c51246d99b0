"""What a flow needs from the world, as small Protocols. `fortnox` and `stores` implement them; tests bring stand-ins."""

from bridge.ports.fortnox import Company, Fortnox, FortnoxAccount, FortnoxSeries, FortnoxYear
from bridge.ports.stores import Connections, Engagements, Entries, Files, Holder, Jobs, Stored, Workflows
from bridge.ports.tokens import Broker, Consents, Granted, OAuth, Tokens
from bridge.ports.world import Clock, Ids, Settings, World

__all__ = [
    "Broker",
    "Clock",
    "Company",
    "Connections",
    "Consents",
    "Engagements",
    "Entries",
    "Files",
    "Fortnox",
    "FortnoxAccount",
    "FortnoxSeries",
    "FortnoxYear",
    "Granted",
    "Holder",
    "Ids",
    "Jobs",
    "OAuth",
    "Settings",
    "Stored",
    "Tokens",
    "Workflows",
    "World",
]
