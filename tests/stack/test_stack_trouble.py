from __future__ import annotations

import random
from dataclasses import replace

import pytest

from infra.local.fortnox import Simulator
from infra.local.fortnox.knobs import Trouble
from tests.stack.books import LAST, PLANTED
from tests.stack.client import Bridge, NewBridge
from tests.stack.sizes import full

EVERY_TRY = 36
"""Requests a task makes in vain before its workflow gives up: six tries of the client, six of the workflow."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between two tries are a share of a doubling bound; chance makes them none here."""
    monkeypatch.setattr(random, "random", lambda: 0.0)


def whole(bridge: Bridge) -> bool:
    """The books are there, all of them, published by one import."""
    (year,) = [each for each in bridge.items("/financial-years") if each["id"] == LAST]
    held = next(len(each.vouchers) for each in bridge.company.years if each.last == LAST)
    difference = {each["account"]: each["difference"] for each in bridge.items("/appendices")}
    published = [line["params"] for line in bridge.activity("import-done")]
    return (year["vouchers"], difference["1510"], len(published)) == (held, PLANTED, 1)


@pytest.mark.parametrize(
    "troubles",
    [
        [
            Trouble("500", "years", times=4),
            Trouble("503", "/3/sie", times=5),
            Trouble("lost_reply", "invoices", times=3),
        ],
        [Trouble("429", "supplier", times=2), Trouble("delay", "sie|vouchers", times=2, seconds=0.5)],
    ],
    ids=["failing", "slow"],
)
def test_an_import_outlives_trouble(connected: Bridge, fortnox: Simulator, troubles: list[Trouble]) -> None:
    fortnox.knobs.troubles = [replace(each) for each in troubles]
    assert connected.importing(LAST)["status"] == "succeeded"
    assert fortnox.knobs.troubles == []
    assert whole(connected)


def test_the_workflow_waits_out_a_limit_that_the_client_does_not(connected: Bridge, fortnox: Simulator) -> None:
    fortnox.knobs.retry_after = 61
    fortnox.knobs.troubles = [Trouble("429", "financialyears", times=1)]
    assert connected.importing(LAST)["status"] == "succeeded"
    assert whole(connected)


@pytest.mark.parametrize(
    ("code", "path", "kind", "times"),
    [
        ("rate-limited", "supplierinvoices", "429", 6),
        pytest.param("fortnox-unavailable", "sie", "500", EVERY_TRY, marks=full),
        pytest.param("fortnox-unavailable", "vouchers", "lost_reply", EVERY_TRY, marks=full),
    ],
)
def test_trouble_that_does_not_end_fails_the_import_which_can_then_be_run_again(
    connected: Bridge, fortnox: Simulator, code: str, path: str, kind: str, times: int
) -> None:
    fortnox.knobs.retry_after = 61
    fortnox.knobs.troubles = [Trouble(kind, f"/3/{path}", times=times)]
    with connected.untouched():
        connected.failed(code, connected.importing(LAST))
    assert fortnox.knobs.troubles == []
    assert connected.importing(LAST)["status"] == "succeeded"
    assert whole(connected)


def test_a_list_that_shifts_while_it_is_read_is_read_whole(new_bridge: NewBridge, fortnox: Simulator) -> None:
    bridge = new_bridge(vouchers=500)
    assert bridge.connect() == ""
    fortnox.knobs.page_shift = "/3/vouchers"
    job = bridge.importing(LAST)
    assert job["status"] == "succeeded"
    assert fortnox.knobs.page_shift is None
    assert {each["account"]: each["difference"] for each in bridge.items("/appendices")}["1510"] == PLANTED


def test_a_sie_stream_that_breaks_off_in_a_voucher_is_not_taken_for_whole(
    new_bridge: NewBridge, fortnox: Simulator
) -> None:
    bridge = new_bridge(vouchers=300)
    assert bridge.connect() == ""
    fortnox.knobs.sie_truncated = True
    with bridge.untouched():
        bridge.failed("sie-invalid", bridge.importing(LAST))
    fortnox.knobs.sie_truncated = False
    assert bridge.importing(LAST)["status"] == "succeeded"
    assert whole(bridge)


def test_a_sie_stream_that_breaks_off_before_its_vouchers_is_not_taken_for_whole(
    connected: Bridge, fortnox: Simulator
) -> None:
    fortnox.knobs.sie_truncated = True
    with connected.untouched():
        problem = connected.failed("sie-incomplete", connected.importing(LAST))
    held = next(len(each.vouchers) for each in connected.company.years if each.last == LAST)
    assert problem["params"] == {"year": LAST, "listed": held, "imported": 0}
