"""Workflow door: each function is one state of infra/workflows/export.asl.json."""

from __future__ import annotations

from typing import Any

from bridge import wiring
from bridge.edge.tasks import failure, task
from bridge.flows import export_check, export_finish, export_send


def check_export(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Find everything Fortnox would refuse, before anything is sent."""
    with task(event) as key:
        return {"entries": export_check.check_export(wiring.world(key.tenant), key)}


def send_voucher(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Send one voucher, once."""
    with task(event) as key:
        return {"state": export_send.send_voucher(wiring.world(key.tenant), key, event["entry"])}


def find_voucher(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Find out what became of one voucher."""
    with task(event) as key:
        state, seconds = export_send.find_voucher(wiring.world(key.tenant), key, event["entry"])
    return {"state": state, "seconds": seconds}


def read_back_export(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Compare each created voucher with what was sent."""
    with task(event) as key:
        export_finish.read_back_export(wiring.world(key.tenant), key)
    return {}


def finish_export(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Say how the export ended."""
    with task(event) as key:
        export_finish.finish_export(wiring.world(key.tenant), key)
    return {}


def fail_export(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Say why the export could not go on."""
    with task(event) as key:
        export_finish.fail_export(wiring.world(key.tenant), key, failure(event))
    return {}
