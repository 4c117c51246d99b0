from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.engagements.caller import Caller
from bridge.flows import activation, status
from bridge.problem import Refused
from bridge.tokens.capability import Capability
from bridge.tokens.connection import Mode
from tests.stand_ins.logins import Tab, log_in, problem_of
from tests.stand_ins.world import FakeWorld

DONE = "https://console.example/activate?connected=1"


def invited(world: FakeWorld, caller: Caller, engagement: str, recipient: str = "") -> str:
    """Make a link; gives its token."""
    _, url = activation.create(world, caller, engagement, activation.Invitation("Revision AB", recipient))
    address, _, token = url.partition("#")
    assert address == "https://console.example/activate"
    return token


def states(world: FakeWorld, caller: Caller, engagement: str) -> list[str]:
    return [each.status(world.clock.now()) for each in activation.list_all(world, caller, engagement)]


def refused(world: FakeWorld, token: str) -> str:
    """Follow a link that works no more; gives the problem, the same for looking and for starting."""
    with pytest.raises(Refused) as looking:
        activation.read(world, token)
    with pytest.raises(Refused) as starting:
        activation.start(world, token, Mode.SERVICE)
    assert starting.value.problem == looking.value.problem
    return looking.value.problem.code


def test_a_link_shows_whom_it_is_for_and_looking_uses_nothing_up(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    token = invited(world, caller, engagement, recipient="Eva")
    assert states(world, caller, engagement) == ["waiting"]
    for _ in range(3):
        page = activation.read(world, token)
        assert (page.link.firm, page.link.recipient, page.engagement.name) == ("Revision AB", "Eva", "Nordvik")
        world.clock.move(days=1)
    assert states(world, caller, engagement) == ["opened"]
    assert world.oauth.calls == []


def test_the_invited_administrator_connects_without_a_login_with_us_and_the_inviter_is_told(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    token = invited(world, caller, engagement, recipient="Eva")
    page = Tab(world, activation.start(world, token, Mode.SERVICE).url).back(code="once")
    assert page == DONE
    standing = status.read(world, caller, engagement)
    assert standing.status == "connected"
    assert standing.connection is not None
    assert standing.connection.connected_by == "Eva"
    assert states(world, caller, engagement) == ["used"]
    assert [line.code for line in world.jobs.lines] == ["link-created", "connected", "link-used"]
    assert [name for name, *_ in world.events.told] == ["ConnectionMade", "ActivationLinkUsed"]
    assert refused(world, token) == "activation-used"


def test_a_login_that_fails_leaves_the_link_as_good_as_it_was(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    token = invited(world, caller, engagement)
    denied = Tab(world, activation.start(world, token, Mode.SERVICE).url)
    assert denied.back(error="access_denied") == "https://console.example/activate?problem=consent-denied"
    world.fake.org_number = "559999-9991"
    wrong = Tab(world, activation.start(world, token, Mode.SERVICE).url)
    assert problem_of(wrong.back(code="once")) == "org-number-mismatch"
    world.fake.org_number = "556677-8899"
    assert Tab(world, activation.start(world, token, Mode.PERSONAL).url).back(code="once") == DONE


def test_a_link_connects_once_however_many_logins_it_began(world: FakeWorld, caller: Caller, engagement: str) -> None:
    token = invited(world, caller, engagement)
    first, second = (Tab(world, activation.start(world, token, Mode.SERVICE).url) for _ in range(2))
    assert first.back(code="one") == DONE
    assert problem_of(second.back(code="two")) == "activation-used"
    assert status.read(world, caller, engagement).status == "connected"


def test_a_link_that_was_called_back_stops_even_a_login_that_had_begun(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    token = invited(world, caller, engagement)
    begun = Tab(world, activation.start(world, token, Mode.SERVICE).url)
    [link] = activation.list_all(world, caller, engagement)
    activation.revoke(world, caller, engagement, link.id)
    activation.revoke(world, caller, engagement, link.id)
    assert states(world, caller, engagement) == ["revoked"]
    assert refused(world, token) == "activation-revoked"
    assert problem_of(begun.back(code="once")) == "activation-revoked"
    assert world.consents.kept == {}
    assert [line.code for line in world.jobs.lines].count("link-revoked") == 1


def test_a_link_that_connected_cannot_be_called_back(world: FakeWorld, caller: Caller, engagement: str) -> None:
    token = invited(world, caller, engagement)
    Tab(world, activation.start(world, token, Mode.SERVICE).url).back(code="once")
    [link] = activation.list_all(world, caller, engagement)
    with pytest.raises(Refused) as told:
        activation.revoke(world, caller, engagement, link.id)
    assert told.value.problem.code == "activation-used"


def test_a_link_lives_seven_days(world: FakeWorld, caller: Caller, engagement: str) -> None:
    token = invited(world, caller, engagement)
    world.clock.move(days=6, hours=23, minutes=59)
    late = Tab(world, activation.start(world, token, Mode.SERVICE).url)
    world.clock.move(minutes=1)
    assert refused(world, token) == "activation-expired"
    assert states(world, caller, engagement) == ["expired"]
    assert late.back(code="once") == DONE, "the login had begun in time"


def test_a_token_whose_link_was_never_saved_leads_nowhere(world: FakeWorld, caller: Caller, engagement: str) -> None:
    token = invited(world, caller, engagement)
    world.links.kept.clear()
    assert refused(world, token) == "activation-unknown"


def test_a_token_that_nobody_made_and_a_link_of_another_engagement_are_not_there(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    assert refused(world, "made-up") == "activation-unknown"
    invited(world, caller, engagement)
    [link] = activation.list_all(world, caller, engagement)
    for who, where, which in ((caller, engagement, "lnk_none"), (Caller("T2", "eve"), engagement, link.id)):
        with pytest.raises(Refused) as told:
            activation.revoke(world, who, where, which)
        assert told.value.problem.code == "not-found"


def test_a_link_is_bound_to_the_number_that_was_expected_when_it_was_made(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    token = invited(world, caller, engagement)
    held = world.engagements.kept["T1", engagement]
    world.engagements.kept["T1", engagement] = replace(held, org_number="5599999991")
    assert refused(world, token) == "activation-revoked"


def test_a_link_asks_for_what_its_maker_named(world: FakeWorld, caller: Caller, engagement: str) -> None:
    asked = activation.Invitation(capabilities=(Capability.DOCUMENTS,))
    _, url = activation.create(world, caller, engagement, asked)
    begun = Tab(world, activation.start(world, url.partition("#")[2], Mode.SERVICE).url)
    assert begun.scopes == ["companyinformation", "bookkeeping", "settings", "connectfile", "archive"]


def test_texts_that_cannot_be_read_are_refused_each_at_its_field(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    with pytest.raises(Refused) as told:
        activation.create(world, caller, engagement, activation.Invitation("A\u202eB", "C\x00"))
    assert [problem.pointer for problem in told.value.errors] == ["/firm", "/recipient"]


def test_a_connection_made_meanwhile_by_a_user_leaves_the_link_to_reconnect(
    world: FakeWorld, caller: Caller, engagement: str
) -> None:
    token = invited(world, caller, engagement)
    assert log_in(world, caller, engagement) == ""
    assert states(world, caller, engagement) == ["waiting"]
    assert Tab(world, activation.start(world, token, Mode.SERVICE).url).back(code="once") == DONE
