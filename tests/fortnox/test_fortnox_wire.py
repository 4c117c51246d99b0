from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.fortnox import wire


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("https://api.fortnox.se/3", "https://api.fortnox.se/3"),
        ("https://apps.fortnox.se/oauth-v1/", "https://apps.fortnox.se/oauth-v1"),
        ("http://127.0.0.1:8788/3", "http://127.0.0.1:8788/3"),
        ("http://localhost:8788", "http://localhost:8788"),
        ("http://[::1]:8788/3", "http://[::1]:8788/3"),
    ],
)
def test_fortnox_over_https_and_this_machine_are_trusted(address: str, trusted: str) -> None:
    assert wire.trusted(address) == trusted


@pytest.mark.parametrize(
    "address",
    [
        "http://api.fortnox.se/3",
        "https://api.fortnox.se:8443/3",
        "https://api.fortnox.se.evil.example/3",
        "https://evil.example/api.fortnox.se",
        "https://api.fortnox.se@evil.example/3",
        "https://user:secret@api.fortnox.se/3",
        "https://api.fortnox.se/3?x=1",
        "https://api.fortnox.se/3#x",
        "ftp://127.0.0.1/3",
        "http://169.254.169.254/latest",
        "",
    ],
)
def test_no_other_address_ever_sees_a_token(address: str) -> None:
    with pytest.raises(ValueError, match="neither Fortnox"):
        wire.trusted(address)


def test_numbers_are_read_exactly() -> None:
    assert wire.read_json(b'{"a":92.7,"b":1,"c":"1250","d":0.30000000000000004}') == {
        "a": Decimal("92.7"),
        "b": 1,
        "c": "1250",
        "d": Decimal("0.30000000000000004"),
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b'{"a":NaN}', b"-Infinity", b"\xff", b"[" * 200_000, b"1" * 5_000, b"1e" + b"9" * 30],
)
def test_what_is_not_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind of error is the contract, its text is not
        wire.read_json(content)


JSON = st.recursive(
    st.text() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)


@given(JSON)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back_to_the_last_digit(value: object) -> None:
    assert wire.read_json(wire.write_json(value).encode()) == value


def test_an_amount_is_written_with_its_digits_and_no_float() -> None:
    assert (
        wire.write_json({"Debit": Decimal("1250.00"), "Credit": Decimal("0.10")}) == '{"Debit":1250.00,"Credit":0.10}'
    )
    assert json.loads(wire.write_json([Decimal("99999999999999.99")]), parse_float=str) == ["99999999999999.99"]


@pytest.mark.parametrize("value", [1.5, None, b"x", object()])
def test_a_float_cannot_be_written(value: object) -> None:
    with pytest.raises(TypeError, match="no JSON"):
        wire.write_json(value)


def test_connections_for_writes_are_never_kept() -> None:
    with wire.client(wire.TIMEOUT, wire.writing_transport()) as client:
        assert not client.follow_redirects
        assert not client.trust_env
    with wire.client(wire.TIMEOUT, wire.reading_transport()) as client:
        assert client.timeout.read == 60.0
