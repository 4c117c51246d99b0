from __future__ import annotations

from datetime import date

import pytest

from bridge.ledger.columns import Part
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


def test_missing_series_are_filled_and_the_numbers_kept_where_the_series_is_free() -> None:
    filler = SeriesFiller("X")
    filled = filler.apply(part(("", "1"), ("A", "1"), ("", "2")))
    assert names(filled) == ["X 1", "A 1", "X 2"]
    assert filled.vouchers.source == {0: ("", "1"), 2: ("", "2")}
    (finding,) = report(filler)
    assert (finding.code, dict(finding.params)) == ("voucher-series-filled", {"count": 2, "series": "X"})


def test_numbers_follow_the_highest_where_the_books_use_the_series_themselves() -> None:
    filled = SeriesFiller("A", highest=7).apply(part(("A", "1"), ("", "1"), ("A", "7"), ("", "")))
    assert names(filled) == ["A 1", "A 8", "A 7", "A 9"]


@pytest.mark.parametrize("count", [1, 3])
def test_numbers_are_unique_over_all_parts_even_when_missing_or_repeated(count: int) -> None:
    filler = SeriesFiller("X")
    given: list[str] = []
    for _ in range(count):
        given += names(filler.apply(part(("", "2"), ("", ""), ("", "0"), ("", "2"), ("", "K1"), ("", "K1"), ("", "5"))))
    assert len(set(given)) == 7 * count
    assert given[:5] == ["X 2", "X 3", "X 4", "X 5", "X K1"]


def test_a_number_given_away_is_not_given_again() -> None:
    assert names(SeriesFiller("X").apply(part(("", ""), ("", "1"), ("", "3"), ("", "")))) == [
        "X 1",
        "X 2",
        "X 3",
        "X 4",
    ]


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
    expected = {"dimension": "Projekt", "count": 501, "limit": 500}
    assert (finding.code, dict(finding.params)) == ("objects-skipped", expected)


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
