"""Vouchers under construction: a part takes the whole ones, and leaves the one that is open."""

from __future__ import annotations

from array import array

import pytest

from bridge.ledger.columns import Part
from bridge.sie.body import Body, Pools, clamped, totals

DAYS = (20250115, 20250116)


def body() -> Body:
    return Body(Pools(100, 1000))


def open_voucher(gathered: Body, number: str) -> None:
    gathered.open(("A", number, f"text {number}", f"sign {number}"), DAYS, int(number) * 10)


def add(gathered: Body, kind: str, amount: int) -> None:
    gathered.add(kind, (0, 0, amount), (20250117, f"row {amount}", "1.5", "AB"), amount)


def rows_of(part: Part) -> list[tuple[int, int]]:
    return list(zip(part.transactions.voucher, part.transactions.amount, strict=True))


def history_of(part: Part) -> list[tuple[str, int, int, int, int]]:
    it = part.history
    return list(zip(it.kind, it.before, it.rows.voucher, it.rows.amount, it.line, strict=True))


def test_a_new_body_holds_nothing() -> None:
    assert (body().size, body().open_rows) == (0, 0)


def test_an_open_voucher_goes_with_its_rows_to_the_next_part() -> None:
    gathered = body()
    gathered.pools.account("1930", 1)
    for number, amounts in (("1", (1, -1)), ("2", (2, -2))):
        open_voucher(gathered, number)
        for amount in amounts:
            add(gathered, "T", amount)
        add(gathered, "R", amounts[0])
        gathered.close()
    open_voucher(gathered, "3")
    add(gathered, "B", 3)
    add(gathered, "T", 4)
    assert (gathered.size, gathered.open_rows) == (4, 2)

    first = gathered.take()
    assert first.vouchers.number == ["1", "2"]
    assert rows_of(first) == [(0, 1), (0, -1), (1, 2), (1, -2)]
    assert history_of(first) == [("R", 2, 0, 1, 1), ("R", 4, 1, 2, 2)]
    assert (gathered.size, gathered.open_rows) == (0, 2)

    assert len(gathered.take().vouchers) == 0
    add(gathered, "T", -4)
    gathered.close()
    assert (gathered.size, gathered.open_rows) == (2, 3)
    last = gathered.take()
    assert (last.vouchers.series, last.vouchers.number, last.vouchers.text) == (["A"], ["3"], ["text 3"])
    assert (last.vouchers.sign, list(last.vouchers.line)) == (["sign 3"], [30])
    assert (list(last.vouchers.date), list(last.vouchers.registered)) == ([DAYS[0]], [DAYS[1]])
    assert (list(last.vouchers.rows), list(last.vouchers.total)) == ([2], [0])
    assert rows_of(last) == [(0, 4), (0, -4)]
    assert history_of(last) == [("B", 0, 0, 3, 3)]
    assert last.transactions.text == ["row 4", "row -4"]
    assert list(last.transactions.date) == [20250117, 20250117]


def test_rows_of_the_history_use_objects_too() -> None:
    gathered = body()
    assert gathered.pools.object_set(["6", "P1"], 7) == 1
    open_voucher(gathered, "1")
    gathered.add("T", (0, 1, 5), (0, "", "", ""), 1)
    gathered.add("B", (0, 1, 5), (0, "", "", ""), 2)
    gathered.close()
    gathered.take()
    assert gathered.pools.uses[1] == 2


def test_pools_keep_each_name_once_with_the_line_where_it_was_first() -> None:
    pools = Pools(3, 1000)
    assert [pools.account(each, line) for line, each in enumerate(("1930", "3001", "1930"), 1)] == [0, 1, 0]
    assert list(pools.account_lines) == [1, 2]
    assert [pools.object_set(["6", name], line) for line, name in enumerate(("A", "B", "A"), 1)] == [1, 2, 1]
    assert list(pools.object_lines) == [0, 1, 2]
    assert (pools.account("1940", 4), pools.account("1950", 5)) == (2, None)
    assert pools.object_set(["6", "C"], 4) is None


def test_a_pool_is_full_by_its_members_and_by_its_size_too() -> None:
    assert Pools(3, 1000).object_set(["1", "a", "2", "b", "3", "c"], 1) == 1
    assert Pools(3, 1000).object_set(["1", "a", "2", "b", "3", "c", "4", "d"], 1) is None
    several = Pools(3, 1000)
    assert [several.object_set(["1", each, "2", each], 1) for each in "ab"] == [1, None]
    pools = Pools(10, 8)
    assert [pools.account(each, 1) for each in ("12345", "6789", "678")] == [0, None, 1]
    assert pools.account("12345", 2) == 0


@pytest.mark.parametrize("times", [1, 20])
def test_what_is_forgotten_leaves_room_for_others(times: int) -> None:
    pools = Pools(3, 10)
    pools.account("1", 1)
    for _ in range(times):
        assert pools.account("23456", 2) == 1
        assert pools.object_set(["6", "A1"], 3) == 1
        assert pools.shrink(1, 1)
    assert not pools.shrink(1, 1)
    assert (pools.accounts, pools.objects) == (["1"], [()])
    assert (list(pools.account_lines), list(pools.object_lines)) == ([1], [0])
    assert pools.account("23456", 4) == 1
    assert pools.object_set(["6", "A1"], 5) == 1
    assert pools.account("7", 6) == 2
    assert pools.account("8", 7) is None


def test_sums_beyond_a_column_are_cut() -> None:
    most = 2**63 - 1
    assert totals([1, -1]) == array("q", [1, -1])
    assert totals([most + 1, -most - 9, 5]) == array("q", [most, -most, 5])
    assert [clamped(each) for each in (most, -most, most + 1, -most - 1, 0)] == [most, -most, most, -most, 0]
