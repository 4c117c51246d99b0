from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger import money

ORE = st.integers(-(10**17) + 1, 10**17 - 1)


@pytest.mark.parametrize(
    ("text", "ore"),
    [("0", 0), ("-0", 0), ("1000", 100000), ("-12.5", -1250), ("0.05", 5), ("1.230", 123), ("1.00000000", 100)],
)
def test_amounts_are_read_exactly(text: str, ore: int) -> None:
    assert money.ore(text) == ore


@pytest.mark.parametrize(
    "text", ["", "1,5", "+1", " 1", "1 000", "1e3", "1.", ".5", "1.005", "1" * 16, "NaN", "\u0661", 1.5, 1, None]
)
def test_what_is_no_amount_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        money.ore(text)


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E15"), Decimal("0.001"), 1.5, "1"])
def test_what_is_no_exact_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        money.exact(amount)


def test_exponents_are_whole_amounts_too() -> None:
    assert money.exact(Decimal("1E3")) == 100000
    assert money.exact(Decimal("0E-50")) == 0
    assert money.exact(Decimal("1.20E1")) == 1200


@settings(deadline=None)
@given(ORE)
def test_text_and_decimal_keep_every_ore(amount: int) -> None:
    assert money.ore(money.text(amount)) == amount
    assert money.exact(money.decimal(amount)) == amount
    assert Decimal(money.text(amount)) == money.decimal(amount)


@pytest.mark.parametrize(("amount", "ore"), [("0.005", 1), ("-0.005", -1), ("0.0049", 0), ("10.994", 1099)])
def test_rounding_goes_half_away_from_zero(amount: str, ore: int) -> None:
    assert money.rounded(Decimal(amount)) == ore
