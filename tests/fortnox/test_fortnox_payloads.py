from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.fortnox.errors import FortnoxUnreadable
from bridge.fortnox.payloads import CompanyPayload, LockedPeriodPayload, VoucherPayload, WriteOffPayload, member, read
from bridge.ledger.money import decimal


def ore(value: object) -> int | None:
    return read(WriteOffPayload, {"Amount": value}).amount


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1250, 125000),
        ("1250", 125000),
        (Decimal("92.7"), 9270),
        ("-8.90", -890),
        (Decimal("0.30000000000000004"), 30),
        (Decimal("1249.9999999999998"), 125000),
        ("0.000", 0),
        (None, None),
        ("", None),
    ],
)
def test_an_amount_is_a_number_or_text_and_float_noise_is_no_amount(value: object, expected: int | None) -> None:
    assert ore(value) == expected


@pytest.mark.parametrize(
    "value",
    [True, 1.5, [], "1,50", "12.345", Decimal("0.001"), "NaN", "Infinity", "1e30", "9" * 16, "x", Decimal("1e999999")],
)
def test_what_is_no_amount_is_unreadable_and_not_repeated(value: object) -> None:
    with pytest.raises(FortnoxUnreadable) as caught:
        ore(value)
    assert str(caught.value) == "WriteOffPayload: Amount value_error"


@given(st.integers(-(10**16), 10**16))
@settings(max_examples=100, deadline=None)
def test_every_amount_survives_as_number_and_as_text(amount: int) -> None:
    assert ore(decimal(amount)) == amount
    assert ore(str(decimal(amount))) == amount


@pytest.mark.parametrize("value", [20260630, "30/6 2026", True, "2026-13-01"])
def test_a_day_is_iso_text(value: object) -> None:
    with pytest.raises(FortnoxUnreadable, match="EndDate"):
        read(LockedPeriodPayload, {"EndDate": value})


def test_faults_are_named_without_their_values() -> None:
    with pytest.raises(FortnoxUnreadable) as caught:
        read(CompanyPayload, {"CompanyName": ["Hemliga Bolaget"], "DatabaseNumber": "Hemligt"})
    assert str(caught.value) == (
        "CompanyPayload: CompanyName string_type; OrganizationNumber missing; DatabaseNumber int_parsing"
    )
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_fault_deep_down_has_its_path() -> None:
    voucher = {"VoucherSeries": "A", "VoucherNumber": 1, "Year": 1, "TransactionDate": "2026-01-01", "Description": ""}
    with pytest.raises(FortnoxUnreadable, match=r"VoucherRows\.0\.Account missing"):
        read(VoucherPayload, {**voucher, "VoucherRows": [{}]})


@pytest.mark.parametrize("body", [{}, [], None, "Voucher"])
def test_an_answer_without_its_member_is_unreadable(body: object) -> None:
    with pytest.raises(FortnoxUnreadable, match="no Voucher"):
        member(body, "Voucher")
