"""Series and their numbers: first, last, what is left out, whatever order the vouchers come in."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger import numbering
from bridge.ledger.columns import Part, Vouchers
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.numbering import MOST_GAPS, Numbered, Numbering

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
    assert numbered("", "0", "12b", "9" * 19, "\u0661") == [Numbered("A", 5, None, None, 0, (), 5)]
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


def test_scattered_numbers_cannot_fill_the_memory_and_no_gap_is_told_that_is_none() -> None:
    most, found = numbering._MOST_RUNS, Numbering()
    last = 2 * most + 8
    numbers = (*range(10, last + 1, 2), last + 12, last - 3, last + 6)
    found.see(Part(vouchers=Vouchers(series=["A"] * len(numbers), number=list(map(str, numbers)))))
    (told,) = found.all()
    assert (told.first, told.last, told.missing) == (10, last + 12, most - 3)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60), min_size=1))
def test_it_says_what_a_set_of_the_numbers_says(numbers: list[int]) -> None:
    (found,) = numbered(*map(str, numbers))
    left = set(range(min(numbers), max(numbers) + 1)) - set(numbers)
    assert (found.first, found.last, found.missing) == (min(numbers), max(numbers), len(left))
    assert {each for first, last in found.gaps for each in range(first, last + 1)} == left
