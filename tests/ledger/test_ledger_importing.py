from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import date
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger.columns import History, Part
from bridge.ledger.entries import Entry, EntryRow, part_of
from bridge.ledger.findings import Findings
from bridge.ledger.importing import ObjectSkipper, SeriesFiller
from bridge.problem import Finding

DAY = date(2025, 1, 1)


def part(*names: tuple[str, str]) -> Part:
    return part_of(Entry(DAY, "", (EntryRow("1930", 0),), series, number) for series, number in names)


def names(part: Part) -> list[str]:
    return [part.vouchers.name(index) for index in range(len(part.vouchers))]


def report(rule: SeriesFiller | ObjectSkipper) -> list[Finding]:
    findings = Findings()
    rule.report(findings)
    return list(findings.all())


def filled(*given: Part, default: str = "X") -> list[list[str]]:
    """Names of the vouchers of each part, when all parts are seen first."""
    filler = SeriesFiller(default)
    for each in given:
        filler.see(each)
    return [names(filler.apply(each)) for each in given]


def test_missing_series_are_filled_and_the_numbers_kept_where_the_series_is_free() -> None:
    books = part(("", "1"), ("A", "1"), ("", "2"))
    filler = SeriesFiller("X")
    filler.see(books)
    after = filler.apply(books)
    assert names(after) == ["X 1", "A 1", "X 2"]
    assert after.vouchers.source == {0: ("", "1"), 2: ("", "2")}
    assert names(books) == ["1", "A 1", "2"]
    (finding,) = report(filler)
    assert (finding.code, dict(finding.params)) == ("voucher-series-filled", {"count": 2, "series": "X"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([("A", "1"), ("", "1"), ("A", "7"), ("", "")], ["A 1", "A 8", "A 7", "A 9"]),
        ([("A", "1"), ("", "5"), ("A", "7")], ["A 1", "A 5", "A 7"]),
        ([("", "7"), ("A", "7")], ["A 8", "A 7"]),
        ([("", "007"), ("A", "7")], ["A 8", "A 7"]),
        ([("", ""), ("", "1"), ("", "3"), ("", "")], ["A 4", "A 1", "A 3", "A 5"]),
        ([("", "2"), ("", "0"), ("", "2"), ("", "K1"), ("", "K1")], ["A 2", "A 3", "A 4", "A K1", "A 5"]),
        ([("A", "9" * 19), ("", "9" * 19), ("", "9" * 18), ("", "")], ["A " + "9" * 19, f"A {10**18}", "A " + "9" * 18, f"A {10**18 + 1}"]),
        ([("B", "9"), ("", "")], ["B 9", "A 1"]),
    ],
)  # fmt: skip
def test_a_number_is_kept_where_it_is_free_and_else_follows_the_highest(
    before: list[tuple[str, str]], after: list[str]
) -> None:
    assert filled(part(*before), default="A") == [after]
    assert list(chain.from_iterable(filled(*map(part, before), default="A"))) == after


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "A", "B"]), st.sampled_from(["", "0", "1", "01", "2", "3", "K"])), max_size=9
    )
)
@settings(deadline=None, max_examples=100)
def test_filled_numbers_are_unique_in_their_series(given_: list[tuple[str, str]]) -> None:
    (after,) = filled(part(*given_), default="A")
    source = [after[index] for index, (series, _) in enumerate(given_) if not series]
    assert len(set(source)) == len(source)
    assert not set(source) & {f"A {number}" for series, number in given_ if series == "A"}


def test_only_what_is_filled_now_is_counted_as_filled() -> None:
    books = part(("X", "1"), ("", "2"), ("", "3"))
    books.vouchers.source[0] = ("", "7")
    filler = SeriesFiller("X")
    filler.see(books)
    assert filler.apply(books).vouchers.source == {0: ("", "7"), 1: ("", "2"), 2: ("", "3")}
    assert filler.filled == 2


def test_books_with_series_are_left_alone() -> None:
    filler = SeriesFiller("X")
    books = part(("A", "1"))
    assert filler.apply(books) is books
    assert report(filler) == []


def tagged() -> Part:
    rows = (
        EntryRow("1930", 100, objects=(("1", "K"), ("6", "P1"))),
        EntryRow("3001", -60, objects=(("6", "P2"),)),
        EntryRow("3001", -40, objects=(("1", "K"),)),
    )
    return part_of([Entry(DAY, "", rows)])


def test_the_tags_of_a_crowded_dimension_are_dropped_and_nothing_else() -> None:
    skipper = ObjectSkipper({"1": 3, "6": 501}, {"6": "Projekt"})
    before = tagged()
    after = skipper.apply(before)
    assert [row.objects for row in after.rows()] == [(("1", "K"),), (), (("1", "K"),)]
    assert list(after.transactions.amount) == list(before.transactions.amount)
    assert after.objects == [(), (("1", "K"),)]
    assert [row.objects for row in before.rows()][1] == (("6", "P2"),)
    (finding,) = report(skipper)
    expected = {"dimension": "Projekt", "count": 501, "tags": 2, "limit": 500}
    assert (finding.code, dict(finding.params)) == ("objects-skipped", expected)


def test_the_tags_of_struck_rows_are_dropped_and_counted_too() -> None:
    books = tagged()
    books = replace(books, history=History(["B"], array("I", [0]), books.transactions, array("I", [1])))
    skipper = ObjectSkipper({"1": 501, "6": 2}, {})
    assert list(skipper.apply(books).history.rows.objects) == [1, 2, 0]
    assert dict(report(skipper)[0].params)["tags"] == 4


def test_a_pool_that_grows_between_parts_is_followed() -> None:
    skipper = ObjectSkipper({"6": 2}, {}, limit=1)
    first = tagged()
    skipper.apply(first)
    first.objects.append((("6", "P9"), ("2", "B")))
    first.transactions.objects[0] = 4
    assert next(skipper.apply(first).rows()).objects == (("2", "B"),)
    assert report(skipper)[0].params["dimension"] == "6"


def test_five_hundred_objects_are_not_too_many() -> None:
    skipper = ObjectSkipper({"6": 500}, {})
    books = tagged()
    assert skipper.apply(books) is books
    assert report(skipper) == []
