from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.exports.marker import TEXT_LIMIT, find, marked, marker

MARK = marker(1000001, 3, "ent_1", "content")


def test_a_marker_is_the_same_for_ever() -> None:
    assert MARK == "FB-4WMT48HTFMH3G"


def test_another_company_year_entry_or_content_has_another_marker() -> None:
    others = {marker(1, 3, "ent_1", "content"), marker(1000001, 4, "ent_1", "content")}
    others |= {marker(1000001, 3, "ent_2", "content"), marker(1000001, 3, "ent_1", "changed"), MARK}
    assert len(others) == 5


@given(st.text(max_size=400))
def test_any_text_carries_its_marker_within_what_fortnox_takes(text: str) -> None:
    made = marked(text, MARK)
    assert len(made) <= TEXT_LIMIT
    assert made.endswith(MARK)
    assert find(made) == MARK


def test_a_text_that_speaks_of_another_voucher_keeps_its_own_marker() -> None:
    assert find(marked("Korrigering av FB-0123456789ABC", MARK)) == MARK


def test_text_without_a_marker_has_none() -> None:
    assert find("Periodisering FB-too short") == ""
    assert find("xFB-0123456789ABC") == ""


def test_letters_that_look_like_digits_are_never_used() -> None:
    assert not set("ILOU") & set(marker(1, 1, "a", "b")[3:])
