from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.ports import LinkPlace
from bridge.problem import Refused
from bridge.stores.links import Links, LinkTokens
from bridge.tokens.activation import Link
from bridge.tokens.capability import Capability

DAY = timedelta(days=1)


@pytest.fixture
def links(dynamodb: Any) -> Links:
    return Links(dynamodb, "connections")


@pytest.fixture
def tokens(dynamodb: Any) -> LinkTokens:
    return LinkTokens(dynamodb, "connections")


@pytest.fixture
def link(now: datetime) -> Link:
    return Link(
        tenant="t1",
        engagement="eng_1",
        id="lnk_1",
        org_number="5566778899",
        capabilities=(Capability.LEDGER,),
        created_by="user-1",
        created_at=now,
        expires=now + 7 * DAY,
        firm="Revision AB",
        recipient="Eva",
    )


def test_a_token_leads_to_the_place_of_its_link(tokens: LinkTokens, link: Link) -> None:
    tokens.put("token-1", link)
    assert tokens.find("token-1") == LinkPlace("t1", "eng_1", "lnk_1")
    assert tokens.find("unknown") is None


def test_links_are_listed_with_their_engagement(links: Links, link: Link) -> None:
    newer = replace(link, id="lnk_2")
    links.put(link)
    links.put(newer)
    assert links.list("t1", "eng_1") == [newer, link]
    assert links.list("t1", "eng_11") == links.list("t12", "eng_1") == []
    assert links.get("t1", "eng_1", "lnk_2") == newer
    assert links.get("t2", "eng_1", "lnk_2") is None


def test_an_id_is_given_once(links: Links, link: Link) -> None:
    links.put(link)
    with pytest.raises(Refused, match="conflict"):
        links.put(replace(link, firm="Another AB"))
    assert links.list("t1", "eng_1") == [link]


def test_a_link_whose_answer_was_lost_is_made(links: Links, link: Link, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("put_item", faults.resent)
    links.put(link)
    assert links.list("t1", "eng_1") == [link]


def test_the_token_is_stored_as_a_hash_and_all_of_it_goes_in_the_end(
    links: Links, tokens: LinkTokens, link: Link, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    tokens.put("secret-token", link)
    links.put(link)
    items = stored("connections")
    assert [item["PK"]["S"].partition("#")[0] for item in items] == ["LINKTOKEN", "T"]
    assert "secret-token" not in str(items)
    assert {int(item["ttl"]["N"]) for item in items} == {int((link.expires + 90 * DAY).timestamp()) + 1}


def test_the_first_look_is_remembered(links: Links, link: Link, now: datetime) -> None:
    links.put(link)
    links.open(link, now)
    links.open(link, now + DAY)
    assert links.get("t1", "eng_1", "lnk_1") == replace(link, opened_at=now)


def test_of_a_hundred_uses_one_wins(links: Links, link: Link, now: datetime, race: Callable[..., list[Any]]) -> None:
    links.put(link)
    answers = race(lambda number: links.use(link, now + timedelta(seconds=number)), range(100))
    assert answers.count(True) == 1
    assert answers.count(False) == 99


def test_a_link_is_used_or_called_back_and_never_both(links: Links, link: Link, now: datetime) -> None:
    links.put(link)
    assert links.use(link, now)
    assert not links.revoke(link, now)
    other = replace(link, id="lnk_2")
    links.put(other)
    assert links.revoke(other, now)
    assert links.revoke(other, now + DAY)
    assert not links.use(other, now)


def test_a_use_whose_answer_was_lost_is_done(
    links: Links, link: Link, now: datetime, dynamodb: Any, faults: Any
) -> None:
    links.put(link)
    dynamodb.on("update_item", faults.resent)
    assert links.use(link, now)
