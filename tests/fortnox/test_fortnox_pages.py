from __future__ import annotations

import pytest

from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxUnavailable, FortnoxUnreadable
from tests.fortnox.conftest import PagedList, ScriptedFortnox, answer


def accounts(count: int, first: int = 1000) -> list[dict[str, object]]:
    return [{"Number": number, "Description": "K", "Active": True} for number in range(first, first + count)]


def numbers(client: Client) -> list[int]:
    return [account.number for account in client.accounts(4)]


@pytest.mark.parametrize(("rows", "pages"), [(0, [1]), (1, [1]), (500, [1]), (501, [1, 2]), (1_222, [1, 2, 3])])
def test_a_list_is_read_to_its_last_page(client: Client, fortnox: ScriptedFortnox, rows: int, pages: list[int]) -> None:
    chart = PagedList("Accounts", accounts(rows))
    fortnox.on("/accounts", chart)
    assert numbers(client) == list(range(1000, 1000 + rows))
    assert chart.pages_asked == pages
    assert dict(fortnox.requests[0].url.params) == {"financialyear": "4", "limit": "500", "page": "1"}


def test_a_server_that_gives_smaller_pages_is_read_by_its_own_count_of_them(
    client: Client, fortnox: ScriptedFortnox
) -> None:
    def hundred_a_page(page: int) -> object:
        meta = {"@TotalResources": "250", "@TotalPages": "3", "@CurrentPage": str(page)}
        return {"MetaInformation": meta, "Accounts": accounts(250)[(page - 1) * 100 : page * 100]}

    fortnox.on("/accounts", *(answer(200, hundred_a_page(page)) for page in (1, 2, 3)))
    assert len(numbers(client)) == 250


def test_without_meta_information_a_short_page_is_the_last(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on(
        "/accounts", answer(200, {"Accounts": accounts(500)}), answer(200, {"Accounts": accounts(3, first=2000)})
    )
    assert len(numbers(client)) == 503
    assert len(fortnox.requests) == 2


def test_a_list_that_does_not_know_about_pages_is_read_once(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/accounts", lambda _: answer(200, {"MetaInformation": None, "Accounts": accounts(600)}))
    assert len(numbers(client)) == 600
    assert len(fortnox.requests) == 2


def test_a_row_that_came_first_while_we_read_is_found_and_none_is_given_twice(
    client: Client, fortnox: ScriptedFortnox
) -> None:
    def newest_first(chart: PagedList, _page: int) -> None:
        if len(chart.pages_asked) == 1:
            chart.rows.insert(0, {"Number": 999, "Description": "Ny"})

    chart = PagedList("Accounts", accounts(700), newest_first)
    fortnox.on("/accounts", chart)
    assert sorted(numbers(client)) == list(range(999, 1700))
    assert chart.pages_asked == [1, 2, 1, 2]


def test_a_row_that_slid_off_the_next_page_is_found_though_the_counts_agree(
    client: Client, fortnox: ScriptedFortnox
) -> None:
    def first_one_goes(chart: PagedList, _page: int) -> None:
        if len(chart.pages_asked) == 1:
            del chart.rows[0]

    fortnox.on("/accounts", PagedList("Accounts", accounts(700), first_one_goes))
    assert 1500 in numbers(client)


def test_a_list_that_lacks_rows_both_times_is_no_list(client: Client, fortnox: ScriptedFortnox) -> None:
    meta = {"@TotalResources": 900, "@TotalPages": 1, "@CurrentPage": 1}
    fortnox.on("/accounts", lambda _: answer(200, {"MetaInformation": meta, "Accounts": accounts(500)}))
    with pytest.raises(FortnoxUnavailable, match="Accounts changed while it was read"):
        numbers(client)
    assert len(fortnox.requests) == 2


def test_a_list_that_only_shrinks_is_taken_as_it_was_given(client: Client, fortnox: ScriptedFortnox) -> None:
    meta = {"@TotalResources": 2, "@TotalPages": 1, "@CurrentPage": 1}
    fortnox.on("/accounts", lambda _: answer(200, {"MetaInformation": meta, "Accounts": accounts(3)}))
    assert len(numbers(client)) == 3


@pytest.mark.parametrize("body", [[], {}, {"Accounts": None}, {"Accounts": {"Number": 1}}])
def test_an_answer_without_the_list_is_unreadable(client: Client, fortnox: ScriptedFortnox, body: object) -> None:
    fortnox.on("/accounts", answer(200, body))
    with pytest.raises(FortnoxUnreadable, match="no list Accounts"):
        numbers(client)
