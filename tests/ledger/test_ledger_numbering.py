"""Series and their numbers: first, last, what is left out, whatever order the vouchers come in."""

from __future__ import annotations

from array import array
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger import numbering
from bridge.ledger.columns import Part, Vouchers
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.numbering import MOST_GAPS, Gap, Numbered, Numbering


def part(*numbers: tuple[str, str, int]) -> Part:
    """Give vouchers of (series, number, line)."""
    series, written, lines = (list(column) for column in zip(*numbers, strict=True))
    return Part(vouchers=Vouchers(series=series, number=written, line=array("I", lines)))


ROWS = (EntryRow("1930", 1), EntryRow("3001", -1))


def numbered(*numbers: str, series: str = "A") -> list[Numbered]:
    found = Numbering()
    for at in range(0, len(numbers), 3):
        found.see(part_of(Entry(date(2025, 1, 1), "", ROWS, series, each) for each in numbers[at : at + 3]))
    return found.all()


def test_a_series_without_gaps() -> None:
    assert numbered("1", "2", "3", "4") == [Numbered("A", 4, 1, 4, 0, (), 0)]
    assert numbered("7") == [Numbered("A", 1, 7, 7, 0, (), 0)]


def test_numbers_left_out_are_counted_and_listed() -> None:
    assert numbered("2", "3", "7", "9") == [Numbered("A", 4, 2, 9, 4, ((4, 6), (8, 8)), 0)]


def test_order_and_repeats_change_nothing() -> None:
    assert numbered("9", "2", "7", "3", "3", "2") == [Numbered("A", 6, 2, 9, 4, ((4, 6), (8, 8)), 0)]
    assert numbered("1", "2", "3", "2", "4") == [Numbered("A", 5, 1, 4, 0, (), 0)]


def test_what_is_no_number_is_counted_apart() -> None:
    assert numbered("", "0", "12b", "9" * 19) == [Numbered("A", 4, None, None, 0, (), 4)]
    assert numbered("5", "") == [Numbered("A", 2, 5, 5, 0, (), 1)]
    assert numbered("9" * 18) == [Numbered("A", 1, 10**18 - 1, 10**18 - 1, 0, (), 0)]


def test_every_series_is_told_by_name() -> None:
    found = Numbering()
    for series in ("B", "", "A", "B"):
        found.see(part_of([Entry(date(2025, 1, 1), "", ROWS, series, "3")]))
    assert [(each.series, each.vouchers) for each in found.all()] == [("", 1), ("A", 1), ("B", 2)]


def test_so_many_gaps_are_listed_and_all_are_counted() -> None:
    (found,) = numbered(*map(str, range(1, 2 * MOST_GAPS + 10, 2)))
    assert found.gaps == tuple((gap, gap) for gap in range(2, 2 * MOST_GAPS + 1, 2))
    assert found.missing == MOST_GAPS + 4


def test_zero_is_no_number_but_gaps_are_counted_from_it() -> None:
    assert numbered("0", "3", "0", "5") == [Numbered("A", 4, 3, 5, 3, ((1, 2), (4, 4)), 2)]


def test_digits_of_another_script_are_numbers() -> None:
    assert numbered("\u0661", "3") == [Numbered("A", 2, 1, 3, 1, ((2, 2),), 0)]


def test_a_gap_has_the_line_of_the_voucher_after_it() -> None:
    found = Numbering()
    assert found.see(part(("A", "9", 11), ("A", "2", 12), ("A", "4", 13))) == [1, 2]
    assert list(found.series["A"].gaps()) == [Gap(3, 3, 13), Gap(5, 8, 11)]


def test_so_many_numbers_of_a_series_are_followed_and_all_vouchers_are_counted() -> None:
    most, found = numbering._MOST_NUMBERS, Numbering()
    found.see(part(("A", "7", 1)))
    found.series["A"].numbers.extend(range(8, 6 + most))
    assert found.see(part(("A", "3", 2), ("A", "4", 3))) == [0]
    (told,) = found.all()
    assert (told.vouchers, told.first, len(found.series["A"].numbers)) == (3, 3, most)


def test_so_many_series_are_followed() -> None:
    most, found = numbering._MOST_SERIES, Numbering()
    found.see(part(*((f"S{number}", "1", 0) for number in range(most + 1))))
    assert len(found.series) == len(found.all()) == most
    found.see(part(("S0", "1", 0), (f"S{most}", "1", 0), ("", "x", 0)))
    assert (found.series["S0"].vouchers, len(found.all())) == (2, most)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60), min_size=1))
def test_it_says_what_a_set_of_the_numbers_says(numbers: list[int]) -> None:
    (found,) = numbered(*map(str, numbers))
    left = set(range(min(numbers), max(numbers) + 1)) - set(numbers)
    assert (found.first, found.last, found.missing) == (min(numbers), max(numbers), len(left))
    assert {each for first, last in found.gaps for each in range(first, last + 1)} == left
