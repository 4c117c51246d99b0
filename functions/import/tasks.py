"""Workflow door: each function is one state of infra/workflows/import.asl.json."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.edge.tasks import failure, task
from bridge.flows import (
    import_appendices,
    import_fetch,
    import_open,
    import_publish,
    import_read,
    import_subledgers,
    imports,
)


def open_import(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Check the company and find the years."""
    with task(event) as key:
        return {"years": import_open.open_import(wiring.world(key.tenant), key)}


def fetch_year(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fetch one year's SIE file."""
    with task(event) as key:
        import_fetch.fetch_year(wiring.world(key.tenant), key, event["year"])
    return {}


def read_year(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Read one year's SIE file into a ledger."""
    with task(event) as key:
        import_read.read_year(wiring.world(key.tenant), key, event["year"])
    return {}


def fetch_subledgers(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fetch invoices and payments."""
    with task(event) as key:
        import_subledgers.fetch_subledgers(wiring.world(key.tenant), key)
    return {}


def make_appendices(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make the appendices of 1510 and 2440."""
    with task(event) as key:
        import_appendices.make_appendices(wiring.world(key.tenant), key)
    return {}


def publish_import(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Show what was imported."""
    with task(event) as key:
        import_publish.publish_import(wiring.world(key.tenant), key)
    return {}


def fail_import(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Say why the import could not go on."""
    with task(event) as key:
        imports.fail(wiring.world(key.tenant), key, failure(event))
    return {}
