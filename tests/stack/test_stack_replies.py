from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.fortnox import Simulator
from infra.local.fortnox.answers import Answer
from infra.local.fortnox.incoming import Incoming
from infra.local.fortnox.knobs import Trouble
from tests.stack.client import Bridge

TWO = {"exported": 2, "verified": 2, "entries": 2}
POST: Mapping[str, Any] = {"path": "/3/vouchers", "method": "POST"}


def two(bridge: Bridge) -> list[str]:
    """Hand in one entry of each kind."""
    ids = bridge.entries()
    return [ids[0], ids[-1]]


def each_once(bridge: Bridge, count: int = 2) -> bool:
    """Fortnox has so many of our vouchers, each under a marker of its own."""
    return len(bridge.markers) == len(set(bridge.markers)) == count


@pytest.mark.parametrize(
    "kinds",
    [("lost_reply", "late"), ("500", "429", "delay")],
    ids="-".join,
)
def test_whatever_becomes_of_an_answer_each_voucher_is_there_once(
    imported: Bridge, fortnox: Simulator, kinds: tuple[str, ...]
) -> None:
    ids = two(imported)
    fortnox.knobs.troubles = [Trouble(kind, **POST, seconds=0.8) for kind in kinds]
    job = imported.exporting(ids)
    assert fortnox.knobs.troubles == []
    assert (job["status"], job["result"]) == ("succeeded", TWO)
    assert each_once(imported)
    assert sorted(each["marker"] for each in job["items"]) == imported.markers


def test_a_voucher_that_was_created_and_answered_with_500_is_found(
    imported: Bridge, fortnox: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = fortnox._served

    def broken(incoming: Incoming, now: float, **more: Any) -> Answer:
        answer = served(incoming, now, **more)
        is_voucher = (incoming.method, incoming.path) == ("POST", "/3/vouchers")
        return Answer(500, b"<html></html>", "text/html") if is_voucher else answer

    monkeypatch.setattr(fortnox, "_served", broken)
    job = imported.exporting(imported.entries()[:1])
    assert (job["status"], job["result"]) == ("succeeded", {"exported": 1, "verified": 1, "entries": 1})
    assert each_once(imported, 1)


def test_a_voucher_that_never_arrives_is_tried_twice_and_then_left_to_a_person(
    imported: Bridge, fortnox: Simulator
) -> None:
    first, second = two(imported)
    fortnox.knobs.troubles = [Trouble("500", **POST, times=2)]
    job = imported.exporting([first, second])
    assert (job["status"], job["result"]["exported"]) == ("partly-succeeded", 1)
    fates = {each["entry"]: (each["status"], each["problem"]) for each in job["items"]}
    assert {status for status, _ in fates.values()} == {"confirmed", "review"}
    (problem,) = [problem for _, problem in fates.values() if problem]
    assert problem["code"] == "outcome-unknown"
    assert each_once(imported, 1)


def test_a_voucher_that_fortnox_refuses_is_told_in_its_own_words_and_the_rest_go_through(
    imported: Bridge, fortnox: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = fortnox._served

    def refusing(incoming: Incoming, now: float, **more: Any) -> Answer:
        if (incoming.method, incoming.path) == ("POST", "/3/vouchers") and "Skatt" in incoming.body.decode():
            body = b'{"ErrorInformation":{"error":1,"message":"Nej.","code":2000106}}'
            return Answer(400, body, "application/json")
        return served(incoming, now, **more)

    monkeypatch.setattr(fortnox, "_served", refusing)
    ids = imported.entries()
    job = imported.exporting([ids[0], ids[4]])
    assert (job["status"], job["result"]["exported"]) == ("partly-succeeded", 1)
    (refused,) = [each for each in job["items"] if each["status"] == "rejected"]
    assert (refused["problem"]["code"], refused["problem"]["params"]["message"]) == ("voucher-rejected", "Nej.")
    monkeypatch.undo()
    assert imported.exporting([ids[4]])["status"] == "succeeded"
    assert each_once(imported)
