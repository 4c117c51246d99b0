"""A Fortnox for one machine: OAuth, API, books and faults. An independent witness: it shares no code with the product."""

from infra.local.fortnox.server import Server, serve
from infra.local.fortnox.simulator import NoAnswer, Simulator

__all__ = ["NoAnswer", "Server", "Simulator", "serve"]
