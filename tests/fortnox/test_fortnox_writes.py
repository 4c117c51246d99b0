"""The outcome table of a write, over transports that fail in every way httpx has a name for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import httpx
import pytest

from bridge.exports.voucher import Ambiguous, NotSent, Ok, Outcome, PostedVoucher, Rejected, Row, VoucherDraft
from bridge.fortnox.client import Client
from bridge.fortnox.errors import GrantInvalid
from bridge.problem import refuse
from tests.fortnox.conftest import FreePacer, ScriptedFortnox, TokenSource, VirtualTime, answer, refused

ROWS = (Row(1930, 125000, "SB-7 1/3"), Row(3001, -100010, "", "K1", "P1"), Row(2611, -24990))
DRAFT = VoucherDraft("A", date(2026, 12, 31), "Bokslut Åäö SB-7", ROWS, "export 9")
POSTED = PostedVoucher("A", 18, 4, date(2026, 12, 31), "Bokslut Åäö SB-7", ROWS, "export 9")


def created(text: str = DRAFT.text) -> dict[str, object]:
    rows = [
        {"Account": 1930, "Debit": 1250, "Credit": 0, "TransactionInformation": "SB-7 1/3", "Removed": False},
        {"Account": 3001, "Debit": 0, "Credit": 1000.1, "CostCenter": "K1", "Project": "P1"},
        {"Account": 2611, "Debit": 0, "Credit": 249.9, "CostCenter": "", "Project": ""},
    ]
    identity = {"VoucherSeries": "A", "VoucherNumber": 18, "Year": 4, "TransactionDate": "2026-12-31"}
    return {"Voucher": {**identity, "Description": text, "Comments": "export 9", "VoucherRows": rows}}


def test_a_voucher_is_sent_with_exact_amounts_to_the_year_and_confirmed(
    client: Client, fortnox: ScriptedFortnox, pacer: FreePacer
) -> None:
    fortnox.on("/vouchers", answer(201, created()))
    assert client.post_voucher(DRAFT, 4) == Ok(POSTED)
    (request,) = fortnox.requests
    assert (request.method, str(request.url)) == ("POST", "https://api.fortnox.se/3/vouchers?financialyear=4")
    assert request.headers["Content-Type"] == "application/json"
    assert request.content.decode() == (
        '{"Voucher":{"Description":"Bokslut \\u00c5\\u00e4\\u00f6 SB-7","TransactionDate":"2026-12-31",'
        '"VoucherSeries":"A","VoucherRows":['
        '{"Account":1930,"Debit":1250.00,"TransactionInformation":"SB-7 1/3"},'
        '{"Account":3001,"Credit":1000.10,"CostCenter":"K1","Project":"P1"},'
        '{"Account":2611,"Credit":249.90}],"Comments":"export 9"}}'
    )
    assert (pacer.waited, pacer.successes) == (1, 1)


HUGE = b"[" * 100_000
OUTCOMES: list[tuple[httpx.Response | Exception, type[Outcome]]] = [
    (answer(201, created()), Ok),
    (answer(200, created()), Ok),
    (httpx.ConnectError("x"), NotSent),
    (httpx.ConnectTimeout("x"), NotSent),
    (httpx.PoolTimeout("x"), NotSent),
    (refused(400, 2000946, "Kostnadsställe är obligatoriskt på konto: 1930"), Rejected),
    (refused(400, 2000663, "Har inte behörighet för scope."), Rejected),
    (refused(403, 2003275, "Saknar behörighet."), Rejected),
    (refused(404, 2000423, "Kan inte hitta kontot."), Rejected),
    (refused(409, 1, "?"), Rejected),
    (httpx.ReadTimeout("x"), Ambiguous),
    (httpx.WriteTimeout("x"), Ambiguous),
    (httpx.ReadError("x"), Ambiguous),
    (httpx.WriteError("x"), Ambiguous),
    (httpx.CloseError("x"), Ambiguous),
    (httpx.RemoteProtocolError("x"), Ambiguous),
    (httpx.LocalProtocolError("x"), Ambiguous),
    (httpx.DecodingError("x"), Ambiguous),
    (answer(500, b""), Ambiguous),
    (refused(500, 1000003, "System exception"), Ambiguous),
    (refused(400, 1000003, "System exception"), Ambiguous),
    (refused(500, 2000946, "Kostnadsställe är obligatoriskt på konto: 1930"), Ambiguous),
    (answer(502, b"<html>"), Ambiguous),
    (answer(504, {"message": "Endpoint request timed out"}), Ambiguous),
    (answer(302, b"", Location="https://api.fortnox.se/3/vouchers"), Ambiguous),
    (answer(400, b"<html>"), Ambiguous),
    (answer(403, {"message": "Forbidden"}), Ambiguous),
    (answer(404, b""), Ambiguous),
    (answer(201, b""), Ambiguous),
    (answer(201, b"<html>"), Ambiguous),
    (answer(201, HUGE), Ambiguous),
    (answer(201, {"Voucher": {}}), Ambiguous),
    (answer(201, created("somebody else's")), Ambiguous),
    (answer(204, b""), Ambiguous),
    (refused(200, 2000663, "Har inte behörighet för scope."), Ambiguous),
]


def test_our_marker_in_the_answer_is_enough_whatever_else_fortnox_made_of_the_text(
    client: Client, fortnox: ScriptedFortnox
) -> None:
    marked = replace(DRAFT, text="Bokslut  Åäö FB-0123456789ABC")
    fortnox.on("/vouchers", answer(201, created("Bokslut Åäö FB-0123456789ABC")))
    assert isinstance(client.post_voucher(marked, 4), Ok)


@pytest.mark.parametrize(("step", "kind"), OUTCOMES)
def test_one_try_has_one_outcome(
    client: Client,
    fortnox: ScriptedFortnox,
    time: VirtualTime,
    step: httpx.Response | Exception,
    kind: type[Outcome],
) -> None:
    fortnox.on("/vouchers", step)
    assert type(client.post_voucher(DRAFT, 4)) is kind
    assert len(fortnox.requests) == 1
    assert time.slept == []


def test_a_rejection_has_fortnox_own_words(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers", refused(400, 2000946, "Kostnadsställe är obligatoriskt på konto: 1930"))
    assert client.post_voucher(DRAFT, 4) == Rejected("2000946", "Kostnadsställe är obligatoriskt på konto: 1930")


def test_a_429_and_a_401_were_turned_away_unread_and_are_sent_again(
    client: Client, fortnox: ScriptedFortnox, pacer: FreePacer
) -> None:
    fortnox.on(
        "/vouchers", answer(429, b"no"), answer(401, {"message": "unauthorized"}), answer(429, b"no"),
        answer(201, created()),
    )  # fmt: skip
    assert client.post_voucher(DRAFT, 4) == Ok(POSTED)
    assert fortnox.tokens == ["token-1", "token-1", "token-2", "token-2"]
    assert pacer.limits == [(0, None), (1, None)]


def test_a_429_that_lasts_is_not_sent(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers", lambda _: answer(429, b"no"))
    assert isinstance(client.post_voucher(DRAFT, 4), NotSent)
    assert len(fortnox.requests) == 5


def test_a_voucher_without_a_place_in_the_budget_is_not_sent(
    client: Client, fortnox: ScriptedFortnox, pacer: FreePacer
) -> None:
    pacer.failure = refuse("conflict")
    assert client.post_voucher(DRAFT, 4) == NotSent("no place in the budget (Refused)")
    assert fortnox.requests == []


def test_a_second_401_is_not_sent(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers", lambda _: answer(401, {"message": "unauthorized"}))
    assert client.post_voucher(DRAFT, 4) == NotSent("401 unauthorized")
    assert len(fortnox.requests) == 2


def test_a_429_before_a_broken_connection_does_not_hide_it(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/vouchers", answer(429, b"no"), httpx.ReadError("x"))
    assert isinstance(client.post_voucher(DRAFT, 4), Ambiguous)


def test_without_a_token_nothing_is_sent(client: Client, fortnox: ScriptedFortnox, tokens: TokenSource) -> None:
    tokens.failure = GrantInvalid("invalid_grant", "Invalid refresh token")
    assert client.post_voucher(DRAFT, 4) == NotSent("no access token (GrantInvalid)")
    assert fortnox.requests == []


def test_a_worker_that_froze_does_not_wake_up_and_send(
    client: Client, fortnox: ScriptedFortnox, time: VirtualTime, tokens: TokenSource
) -> None:
    tokens.on_asking = lambda: time.sleep(15.1)
    fortnox.on("/vouchers", answer(201, created()))
    assert client.post_voucher(DRAFT, 4) == NotSent("held up before it could be sent")
    assert fortnox.requests == []


def test_a_write_that_was_turned_away_is_not_sent_again_when_it_is_too_late(
    client: Client, fortnox: ScriptedFortnox, time: VirtualTime
) -> None:
    def slow_429(_: httpx.Request) -> httpx.Response:
        time.sleep(15.1)
        return answer(429, b"no")

    fortnox.on("/vouchers", slow_429, answer(201, created()))
    assert client.post_voucher(DRAFT, 4) == NotSent("held up before it could be sent")
    assert len(fortnox.requests) == 1
