from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from infra.local.fortnox import Simulator
from infra.local.stack import LocalStack
from tests.stack.books import LAST
from tests.stack.client import SERIES, Bridge, key

DAY = 86400


def ends(bridge: Bridge) -> datetime:
    return datetime.fromisoformat(bridge.get("/connection")["expiresAt"])


def lease_left(stack: LocalStack, bridge: Bridge) -> timedelta:
    return ends(bridge) - stack.clock.now()


def grants(stack: LocalStack, bridge: Bridge) -> int:
    """Count what is stored of the company: its grants, and its consent with the tokens."""
    table = stack.client("dynamodb").scan(TableName=stack.outputs["ConnectionsTable"])
    company = str(bridge.company.number)
    held = [item for item in table["Items"] if company in item["PK"]["S"] and not item["PK"]["S"].startswith("TIMER")]
    return len(held)


def test_after_thirty_days_exports_are_refused_and_a_new_consent_and_import_repair_it(
    stack: LocalStack, imported: Bridge
) -> None:
    ids = imported.entries()
    stack.clock.move(31 * DAY)
    connection = imported.get("/connection")
    assert (connection["status"], connection["daysLeft"], connection["canExport"]) == ("expired", 0, False)
    asked = {"entryIds": ids, "series": SERIES}
    with imported.untouched():
        imported.refused("connection-expired", "POST", "/exports", asked, idempotency_key=key())
        imported.refused("connection-expired", "POST", "/imports", {})
        imported.refused("connection-expired", "GET", f"/voucher-series?year={LAST}")
    assert imported.connect() == ""
    assert imported.importing(LAST)["status"] == "succeeded"
    assert imported.exporting(ids[:1])["status"] == "succeeded"
    assert imported.get("/connection")["daysLeft"] == 30


def test_the_sweep_ends_a_lease_that_is_over_and_forgets_the_tokens(stack: LocalStack, connected: Bridge) -> None:
    assert grants(stack, connected) == 2
    stack.clock.move(31 * DAY)
    assert stack.invoke("SweepDue", {})[1] is None
    assert grants(stack, connected) == 0
    assert connected.get("/connection")["status"] == "expired"
    assert len(connected.activity("connection-ended")) == 1
    assert stack.invoke("SweepDue", {})[1] is None
    assert len(connected.activity("connection-ended")) == 1


def test_the_timer_that_expires_ends_the_lease_too(stack: LocalStack, connected: Bridge) -> None:
    stack.clock.move(31 * DAY)
    _schedules, expiry, *streams = stack._running._parts
    assert expiry.tick() >= 1
    assert sum(stream.tick() for stream in streams) >= 1
    assert grants(stack, connected) == 0
    assert connected.get("/connection")["status"] == "expired"
    assert len(connected.activity("connection-ended")) == 1


def test_an_import_and_an_export_renew_the_lease_and_a_token_refresh_does_not(
    stack: LocalStack, fortnox: Simulator, bridge: Bridge
) -> None:
    assert bridge.connect("personal") == ""
    stack.clock.move(9 * DAY)
    assert bridge.importing(LAST)["status"] == "succeeded"
    assert lease_left(stack, bridge) > timedelta(days=29, hours=23)
    stack.clock.move(18 * DAY)
    assert bridge.exporting(bridge.entries()[:1])["status"] == "succeeded"
    assert lease_left(stack, bridge) > timedelta(days=29, hours=23)
    before, dead = ends(bridge), consumed(fortnox, bridge)
    stack.clock.move(39 * DAY)
    stack.tick()
    assert consumed(fortnox, bridge) == dead + 1
    assert ends(bridge) == before
    assert bridge.get("/connection")["status"] == "connected"


def consumed(fortnox: Simulator, bridge: Bridge) -> int:
    """Count the refresh tokens of the company that were traded in."""
    refreshes = fortnox.state.grants.refreshes.values()
    return sum(each.dead for each in refreshes if each.company == bridge.company.number)


@pytest.mark.parametrize("days", [22.5, 29.5])
def test_the_last_week_of_a_lease_is_announced(stack: LocalStack, connected: Bridge, days: float) -> None:
    stack.clock.move(days * DAY)
    left = 8 if days < 23 else 1
    connection = connected.get("/connection")
    assert (connection["status"], connection["daysLeft"]) == ("connected" if left > 7 else "expiring", left)
    assert connection["canExport"]


def test_a_failed_import_and_looking_do_not_renew_the_lease(
    stack: LocalStack, connected: Bridge, fortnox: Simulator
) -> None:
    before = ends(connected)
    stack.clock.move(5 * DAY)
    fortnox.knobs.sie_unbalanced = True
    connected.failed("sie-unbalanced", connected.importing(LAST))
    assert connected.items(f"/voucher-series?year={LAST}")
    assert ends(connected) == before


def test_an_audit_engagement_has_no_lease(stack: LocalStack, bridge: Bridge) -> None:
    bridge.engage(purpose="audit")
    assert bridge.connect() == ""
    stack.clock.move(400 * DAY)
    assert stack.invoke("SweepDue", {})[1] is None
    connection = bridge.get("/connection")
    assert (connection["status"], connection["expiresAt"], connection["daysLeft"]) == ("connected", None, None)
    assert bridge.items(f"/voucher-series?year={LAST}")
