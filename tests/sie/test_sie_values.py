"""Texts of fields, at the edges of what each may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bridge.sie import values


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.day, "20240229", date(2024, 2, 29)),
        (values.day_number, "20240229", 20240229),
        (values.day, "99991231", date(9999, 12, 31)),
        (values.period, "202401", 202401),
        (values.period, "202412", 202412),
        (values.period, "202410", 202410),
        (values.period, "202409", 202409),
        (values.year, "0", 0),
        (values.year, "-1", -1),
        (values.year, "-999", -999),
        (values.calendar_year, "2024", "2024"),
        (values.number, "0", 0),
        (values.number, "9" * 18, 10**18 - 1),
        (values.quantity, "1", "1"),
        (values.quantity, "-1.25", "-1.25"),
        (values.quantity, ".5", ".5"),
        (values.quantity, "-.5", "-.5"),
        (values.quantity, f"{'1' * 18}.{'2' * 18}", f"{'1' * 18}.{'2' * 18}"),
        (values.quantity, f"-.{'2' * 18}", f"-.{'2' * 18}"),
    ],
)
def test_what_is_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "texts"),
    [
        (values.day, ["", "2024022", "202402290", "20230229", "20240001", "00000101", "2024-2-9", "\u0662" * 8]),
        (values.day_number, ["", "2024022", "20230229", "20241301"]),
        (values.period, ["", "202400", "202413", "202420", "20241", "2024011", "x202401"]),
        (values.year, ["", "1", "-", "00", "-1234", "--1", "0-1"]),
        (values.calendar_year, ["", "24", "02024", "20x4", "20245"]),
        (values.number, ["", "9" * 19, "-1", "1.0", " 1"]),
        (
            values.quantity,
            ["", "-", ".", "1.", "--1", "1,5", "1" * 19, f"1.{'1' * 19}", f".{'1' * 19}", "1.2.3", "x.5"],
        ),
    ],
)
def test_what_is_not(read: Callable[[str], object], texts: list[str]) -> None:
    assert [read(text) for text in texts] == [None] * len(texts)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("1", True), ("-1", True), ("1.00001", True), ("9" * 40, True)]
    + [(text, False) for text in ("", "-", "--1", ".5", "1.", "1,5", "1.2.3", "1x", "+1", "1.x")],
)
def test_what_looks_like_an_amount(text: str, plain: bool) -> None:  # noqa: FBT001 - a table's column
    assert values.is_plain_amount(text) is plain
