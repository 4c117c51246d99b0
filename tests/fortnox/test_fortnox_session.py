from __future__ import annotations

import httpx
import pytest

from bridge.fortnox.errors import (
    FortnoxRateLimited,
    FortnoxRefused,
    FortnoxUnavailable,
    GrantInvalid,
    NotFound,
    ScopeMissing,
    Unauthorized,
)
from bridge.fortnox.session import Session
from bridge.problem import refuse
from tests.fortnox.conftest import BASE, FreePacer, ScriptedFortnox, TokenSource, VirtualTime, answer, pacer_of, refused

OK = {"Company": 1}


def test_a_read_carries_the_token_and_asks_for_json(session: Session, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/x", answer(200, OK))
    assert session.get("/x", financialyear=3) == OK
    (request,) = fortnox.requests
    assert str(request.url) == BASE + "/x?financialyear=3"
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("x"),
        httpx.ReadTimeout("x"),
        httpx.RemoteProtocolError("x"),
        answer(503, b"<html>"),
        answer(200, b"<html>maintenance"),
        answer(302, b"", Location="https://evil.example/"),
    ],
)
def test_a_read_is_repeated_after_trouble(
    session: Session, fortnox: ScriptedFortnox, time: VirtualTime, trouble: httpx.Response | Exception
) -> None:
    fortnox.on("/x", trouble, answer(200, OK))
    assert session.get("/x") == OK
    assert time.slept == [0.5]
    assert all(request.url.host == "api.fortnox.se" for request in fortnox.requests)


def test_the_pauses_double_with_full_jitter_up_to_the_cap_and_then_it_is_unavailable(
    session: Session, fortnox: ScriptedFortnox, time: VirtualTime, pacer: FreePacer
) -> None:
    fortnox.on("/x", httpx.ReadTimeout("x"))
    with pytest.raises(FortnoxUnavailable, match="ReadTimeout"):
        session.get("/x")
    assert time.slept == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert len(fortnox.requests) == 6
    assert (pacer.waited, pacer.successes) == (6, 0)


def test_a_429_is_told_to_the_pacer_and_waited_out(
    session: Session, fortnox: ScriptedFortnox, pacer: FreePacer
) -> None:
    fortnox.on("/x", answer(429, b"no"), answer(429, b"no", Retry_After="3"), answer(200, OK))
    assert session.get("/x") == OK
    assert pacer.limits == [(0, None), (1, 3.0)]
    assert (pacer.waited, pacer.successes) == (3, 1)


def test_a_429_that_does_not_end_is_raised(session: Session, fortnox: ScriptedFortnox, pacer: FreePacer) -> None:
    fortnox.on("/x", lambda _: answer(429, b"no"))
    with pytest.raises(FortnoxRateLimited):
        session.get("/x")
    assert len(pacer.limits) == 9


def test_nobody_waits_an_hour(session: Session, fortnox: ScriptedFortnox, pacer: FreePacer) -> None:
    fortnox.on("/x", answer(429, b"no", Retry_After="3600"))
    with pytest.raises(FortnoxRateLimited) as caught:
        session.get("/x")
    assert caught.value.seconds == 3600
    assert pacer.limits == [(0, 3600.0)]


def test_where_there_is_no_place_in_the_budget_nothing_is_sent(
    session: Session, fortnox: ScriptedFortnox, pacer: FreePacer
) -> None:
    fortnox.on("/x", answer(200, OK))
    pacer.failure = refuse("conflict")
    with pytest.raises(FortnoxUnavailable, match="Refused") as caught:
        session.get("/x")
    assert not caught.value.sent
    assert fortnox.requests == []


def test_together_with_the_pacer_the_waiting_outlasts_the_window(
    fortnox: ScriptedFortnox, time: VirtualTime, tokens: TokenSource
) -> None:
    opens = time.now + 5.0
    fortnox.on("/x", lambda _: answer(200, OK) if time.now >= opens else answer(429, b"no"))
    pacer = pacer_of(time)
    transport = httpx.MockTransport(fortnox)
    session = Session(
        tokens, BASE, pacer=pacer, sleep=time.sleep, chance=lambda: 1.0, clock=time.clock, transport=transport
    )
    assert session.get("/x") == OK
    assert len(fortnox.requests) == 5
    session.close()


def test_a_rejected_token_is_renewed_once(session: Session, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/x", answer(401, {"message": "unauthorized"}), answer(200, OK))
    assert session.get("/x") == OK
    assert fortnox.tokens == ["token-1", "token-2"]


def test_a_new_token_that_is_rejected_too_is_an_error(session: Session, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/x", lambda _: answer(401, {"message": "unauthorized"}))
    with pytest.raises(Unauthorized):
        session.get("/x")
    assert fortnox.tokens == ["token-1", "token-2"]


def test_a_token_that_cannot_be_had_is_its_own_error(session: Session, tokens: TokenSource) -> None:
    tokens.failure = GrantInvalid("invalid_grant")
    with pytest.raises(GrantInvalid):
        session.get("/x")


def test_a_refusal_is_not_repeated(session: Session, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/invoices/7", refused(404, 2000434, "Kan inte hitta fakturan."))
    with pytest.raises(NotFound) as caught:
        session.get("/invoices/7")
    assert caught.value.resource == "invoices"
    assert len(fortnox.requests) == 1


def test_an_error_with_status_200_is_an_error(session: Session, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/x", refused(200, 2000663, "Har inte behörighet för scope."))
    with pytest.raises(ScopeMissing):
        session.get("/x")


def test_a_stream_is_opened_patiently_and_refused_in_the_same_words(session: Session, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/sie/4", answer(503, b""), answer(200, b"#FLAGGA 0"))
    with session.stream("/sie/4") as response:
        assert b"".join(response.iter_raw()) == b"#FLAGGA 0"
    assert fortnox.requests[0].headers["Accept"] == "*/*"
    assert fortnox.requests[0].headers["Accept-Encoding"] == "identity"
    fortnox.on("/sie/4", refused(400, 2000729, "A valid identifier was not provided."))
    with pytest.raises(FortnoxRefused, match="2000729"), session.stream("/sie/4"):
        pass


def test_a_session_that_was_never_used_closes_without_a_request(
    tokens: TokenSource, pacer: FreePacer, fortnox: ScriptedFortnox
) -> None:
    Session(tokens, BASE, pacer=pacer, sleep=lambda _: None, chance=lambda: 0.0, clock=lambda: 0.0).close()
    assert (fortnox.requests, pacer.waited) == ([], 0)


def test_a_token_goes_nowhere_but_to_fortnox(tokens: TokenSource, pacer: FreePacer) -> None:
    with pytest.raises(ValueError, match="neither Fortnox"):
        Session(
            tokens,
            "https://api.fortnox.example/3",
            pacer=pacer,
            sleep=lambda _: None,
            chance=lambda: 0.0,
            clock=lambda: 0.0,
        )
