from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger.columns import Part
from bridge.ledger.differences import Change, Kind, Matching, changed
from bridge.ledger.entries import Entry, EntryRow, part_of

DAY = date(2025, 1, 15)


def entry(number: str, amount: int = 12500, text: str = "Sale", series: str = "A", day: date = DAY) -> Entry:
    return Entry(day, text, (EntryRow("1930", amount), EntryRow("3001", -amount)), series, number)


def differences(before: list[Entry], after: list[Entry]) -> list[Change]:
    matching = Matching()
    matching.keep(part_of(before))
    matching.meet(part_of(after))
    if matching.is_short:
        matching.recall(part_of(before))
    return list(matching.changes())


def told(before: list[Entry], after: list[Entry]) -> list[tuple[str, str]]:
    return [(each.kind.value, each.voucher.name) for each in differences(before, after)]


def test_the_same_books_have_no_differences() -> None:
    assert told([entry("1"), entry("2")], [entry("2"), entry("1")]) == []
    assert not Matching().differs


def test_the_order_of_rows_and_of_objects_makes_no_difference() -> None:
    one = Entry(DAY, "", (EntryRow("1", 5, objects=(("1", "a"), ("6", "b"))), EntryRow("2", -5)), "A", "1")
    other = Entry(DAY, "", (EntryRow("2", -5), EntryRow("1", 5, objects=(("6", "b"), ("1", "a")))), "A", "1")

    assert told([one], [other]) == []

    (new,) = differences([], [other])
    assert [row.objects for row in new.voucher.rows] == [(("1", "a"), ("6", "b")), ()]
    assert new.voucher.debit == 5


def test_vouchers_are_new_changed_or_vanished_by_series_and_number() -> None:
    before = [entry("1"), entry("2"), entry("9"), entry("1", series="B")]
    after = [entry("1"), entry("2", amount=13000), entry("10"), entry("1", series="B")]

    assert told(before, after) == [("changed", "A 2"), ("vanished", "A 9"), ("new", "A 10")]


def test_a_changed_voucher_says_what_it_was_and_which_rows_are_others() -> None:
    old = Entry(DAY, "x", (EntryRow("1930", 100), EntryRow("3001", -100), EntryRow("2611", 0)), "A", "1")
    new = Entry(
        date(2025, 1, 16), "y", (EntryRow("1930", 120), EntryRow("3001", -100), EntryRow("3740", -20)), "A", "1"
    )

    (change,) = differences([old], [new])

    assert change.before is not None
    assert (change.before.date, change.before.text) == (20250115, "x")
    assert (change.voucher.date, change.voucher.text, change.voucher.debit) == (20250116, "y", 120)
    rows = [(old and (old.account, old.amount), new and (new.account, new.amount)) for old, new in change.rows()]
    assert rows == [(("1930", 100), ("1930", 120)), (("2611", 0), None), (None, ("3740", -20))]


def test_a_voucher_that_is_new_has_no_rows_to_compare() -> None:
    (change,) = differences([], [entry("1")])

    assert change.rows() == []


def test_vouchers_of_one_number_are_matched_as_often_as_they_occur() -> None:
    twice = [entry("1"), entry("1"), entry("1", text="Other")]

    assert told(twice, twice[::-1]) == []
    assert told(twice, [entry("1"), entry("1", text="Other")]) == [("vanished", "A 1")]
    assert told([entry("1")], twice) == [("new", "A 1"), ("new", "A 1")]
    assert told(twice, [entry("1"), entry("1"), entry("1", text="Third")]) == [("changed", "A 1")]


def test_numbers_come_in_their_order_and_after_those_that_are_none() -> None:
    after = [entry(number, amount=1) for number in ("10", "1", "0", "x", "2")]

    assert [each.voucher.number for each in differences([], after)] == ["x", "0", "1", "2", "10"]
    assert [each.voucher.debit for each in differences([], after[:1])] == [1]


def test_books_differ_when_either_has_a_voucher_of_its_own_and_are_short_only_when_the_first_has() -> None:
    for before, after, differs, is_short in (("1", "1", False, False), ("", "1", True, False), ("1", "", True, True)):
        matching = Matching()
        matching.keep(part_of(map(entry, before)))
        matching.meet(part_of(map(entry, after)))
        assert matching.is_short is is_short
        matching.recall(part_of(map(entry, before)))
        assert matching.differs is differs


def test_a_voucher_without_number_is_never_changed_only_new_or_vanished() -> None:
    assert told([entry("")], [entry("")]) == []
    assert told([entry("")], [entry("", amount=1)]) == [("vanished", "A"), ("new", "A")]


def test_a_row_with_its_vouchers_own_day_is_a_row_without_one() -> None:
    dated, plain = part_of([entry("1")]), part_of([entry("1")])
    dated.transactions.date[0] = 20250115
    other = part_of([entry("1")])
    other.transactions.date[0] = 20250116

    assert _kinds(dated, plain) == []
    assert _kinds(other, plain) == [Kind.CHANGED]


def _kinds(before: Part, after: Part) -> list[Kind]:
    matching = Matching()
    matching.keep(before)
    matching.meet(after)
    matching.recall(before)
    return [each.kind for each in matching.changes()]


_ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(["", "1", "2", "3", "x"]),
        st.integers(1, 3),
        st.sampled_from("st"),
        st.sampled_from("AB"),
    ),
    max_size=12,
)


@given(_ENTRIES, _ENTRIES)
@settings(deadline=None)
def test_differences_lead_from_the_one_to_the_other(before: list[Entry], after: list[Entry]) -> None:
    books = differences([], before)
    changes = differences(before, after)
    gone = [each.before or each.voucher for each in changes if each.kind is not Kind.NEW]
    came = [each.voucher for each in changes if each.kind is not Kind.VANISHED]

    left = [each.voucher for each in books]
    for voucher in gone:
        left.remove(voucher)
    assert sorted(left + came) == sorted(each.voucher for each in differences([], after))


def test_values_that_differ_are_listed_by_name() -> None:
    assert changed({"1510": 5, "1930": 7}, {"1930": 8, "2440": 1, "1510": 5}, 0) == [("1930", 7, 8), ("2440", 0, 1)]
    assert changed({"1510": 0}, {}, 0) == []
