from __future__ import annotations

import json

import httpx
import pytest

from bridge.fortnox.errors import (
    CODES,
    FOREIGN,
    ClientInvalid,
    FortnoxError,
    FortnoxRateLimited,
    FortnoxRefused,
    FortnoxUnavailable,
    FortnoxUnreadable,
    GrantInvalid,
    LicenceMissing,
    NotFound,
    OAuthRefused,
    RightMissing,
    ScopeMissing,
    Unauthorized,
    at_the_wall,
    failure,
    oauth_failure,
)
from bridge.problem import PROBLEMS, BridgeError, Problem


def envelope(code: object, message: object = "Fel", *, capital: bool = False) -> bytes:
    names = ("Error", "Message", "Code") if capital else ("error", "message", "code")
    return json.dumps({"ErrorInformation": dict(zip(names, (1, message, code), strict=True))}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, envelope(2000663), ScopeMissing),
        (403, envelope(2000663, capital=True), ScopeMissing),
        (400, envelope("2000663"), ScopeMissing),
        (400, envelope(2001101), LicenceMissing),
        (403, envelope(2001103, capital=True), LicenceMissing),
        (403, envelope(2003275, capital=True), RightMissing),
        (403, envelope(2002455), RightMissing),
        (404, envelope(2000434, capital=True), NotFound),
        (404, envelope(2000434), NotFound),
        (400, envelope(2000587), FortnoxRefused),
        (400, envelope(None, "Verifikationsserien är inte manuell (F)"), FortnoxRefused),
        (400, envelope(None, None), FortnoxUnavailable),
        (401, b'{"message":"unauthorized"}', Unauthorized),
        (401, b"<html>", Unauthorized),
        (403, envelope(2000310), Unauthorized),
        (429, b"Too Many Requests", FortnoxRateLimited),
        (500, envelope(1000003), FortnoxUnavailable),
        (400, envelope(1000003), FortnoxUnavailable),
        (500, envelope(2000946), FortnoxUnavailable),
        (500, b"", FortnoxUnavailable),
        (503, b"<html>Underh\xe5ll</html>", FortnoxUnavailable),
        (404, b"<html>", FortnoxUnavailable),
        (404, b'{"message":"No such route"}', FortnoxUnavailable),
        (403, b"[" * 100_000, FortnoxUnavailable),
        (400, b'{"ErrorInformation":"?"}', FortnoxUnavailable),
        (400, b"[]", FortnoxUnavailable),
        (302, b"", FortnoxUnavailable),
    ],
)
def test_an_answer_becomes_the_class_of_its_code_and_only_then_of_its_status(
    status: int, body: bytes, kind: type[FortnoxError]
) -> None:
    assert type(failure(status, body, "invoices")) is kind


def test_a_refusal_carries_fortnox_code_and_sentence_and_where() -> None:
    error = failure(400, envelope(2000587, "Ett ogiltigt filter har använts."), "invoices")
    assert isinstance(error, FortnoxRefused)
    assert (error.code, error.message, error.resource) == ("2000587", "Ett ogiltigt filter har använts.", "invoices")
    assert str(error) == "2000587 Ett ogiltigt filter har använts."


def test_a_sentence_without_end_is_cut() -> None:
    error = failure(400, envelope(1, "x" * 10_000), "invoices")
    assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 0.0), ("", None), ("-1", None), ("soon", None), ("Fri, 20 Nov 2026 10:00:00 GMT", None)],
)
def test_retry_after_counts_only_in_seconds(header: str, seconds: float | None) -> None:
    error = failure(429, b"", "invoices", header)
    assert isinstance(error, FortnoxRateLimited)
    assert error.seconds == seconds


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx.ConnectError("x"), False),
        (httpx.ConnectTimeout("x"), False),
        (httpx.PoolTimeout("x"), False),
        (httpx.ReadTimeout("x"), True),
        (httpx.WriteTimeout("x"), True),
        (httpx.ReadError("x"), True),
        (httpx.WriteError("x"), True),
        (httpx.RemoteProtocolError("x"), True),
        (httpx.LocalProtocolError("Illegal header value b'Bearer secret'"), True),
        (httpx.DecodingError("x"), True),
    ],
)
def test_the_network_fails_in_one_class_that_knows_whether_anything_was_sent(
    error: httpx.HTTPError, *, sent: bool
) -> None:
    with pytest.raises(FortnoxUnavailable) as caught, at_the_wall():
        raise error
    assert caught.value.sent is sent
    assert "secret" not in str(caught.value)
    assert type(error).__name__ in str(caught.value)


def test_the_wall_lets_our_own_errors_through_and_its_last_line_catches_all() -> None:
    with pytest.raises(KeyError), at_the_wall():
        raise KeyError
    assert FOREIGN[-1][0] is httpx.HTTPError


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error":"invalid_grant","error_description":"Invalid refresh token"}', GrantInvalid),
        (401, b'{"error":"invalid_client","error_description":"The client credentials are invalid"}', ClientInvalid),
        (400, b'{"error":"error_missing_license"}', OAuthRefused),
        (400, b'{"error":{"code":1}}', FortnoxUnavailable),
        (400, b"<html>", FortnoxUnavailable),
        (400, b'["error"]', FortnoxUnavailable),
        (500, b'{"error":"invalid_grant"}', FortnoxUnavailable),
        (429, b"", FortnoxRateLimited),
    ],
)
def test_the_token_endpoint_refuses_by_its_error(status: int, body: bytes, kind: type[FortnoxError]) -> None:
    assert type(oauth_failure(status, body)) is kind


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (
            ScopeMissing("2000663", "Har inte behörighet för scope.", "invoicepayments"),
            Problem("scope-missing", {"scope": "payment", "what": "invoicepayments"}),
        ),
        (
            LicenceMissing("2001103", "Api-licens saknas.", "vouchers"),
            Problem("licence-missing", {"company": "", "module": "integration"}),
        ),
        (
            LicenceMissing("2001101", "", "vouchers"),
            Problem("licence-missing", {"company": "", "module": "bookkeeping"}),
        ),
        (
            RightMissing("2003275", "Saknar behörighet.", "suppliers"),
            Problem("fortnox-refused", {"code": "2003275", "message": "Saknar behörighet."}),
        ),
        (FortnoxRateLimited(7.2), Problem("rate-limited", {"s": 8})),
        (FortnoxRateLimited(), Problem("rate-limited", {"s": 5})),
        (FortnoxUnavailable("status 503"), Problem("fortnox-unavailable")),
        (FortnoxUnreadable("VoucherPayload: Year missing"), Problem("internal")),
        (Unauthorized(), Problem("connection-revoked")),
        (GrantInvalid("invalid_grant"), Problem("connection-revoked")),
        (ClientInvalid("invalid_client"), Problem("internal")),
        (
            OAuthRefused("error_missing_license"),
            Problem("licence-missing", {"company": "", "module": "integration"}),
        ),
        (
            OAuthRefused("invalid_scope", "An unsupported scope was requested"),
            Problem("fortnox-refused", {"code": "invalid_scope", "message": "An unsupported scope was requested"}),
        ),
    ],
)
def test_every_failure_is_a_problem_somebody_can_act_on(error: FortnoxError, problem: Problem) -> None:
    assert error.problem == problem
    assert problem.code in PROBLEMS


def test_one_tree_holds_all_and_every_class_says_its_sentence() -> None:
    def below(kind: type[FortnoxError]) -> list[type[FortnoxError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in below(child))]

    tree = below(FortnoxError)
    assert len(tree) == 13
    assert all(issubclass(kind, BridgeError) and kind.__doc__ for kind in tree)
    assert set(CODES.values()) <= set(tree)


def test_the_status_of_a_class_is_the_status_of_its_problem() -> None:
    for error in (
        ScopeMissing("1", ""),
        LicenceMissing("1", ""),
        FortnoxRefused("1", ""),
        FortnoxRateLimited(),
        FortnoxUnavailable(""),
        Unauthorized(),
        GrantInvalid(""),
        ClientInvalid(""),
    ):
        assert PROBLEMS[error.problem.code].status == error.status
