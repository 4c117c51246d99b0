"""Logins under way and activation links in memory, and a browser that goes through one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from bridge.engagements.caller import Caller
from bridge.flows import callback, connect
from bridge.ports import LinkPlace
from bridge.tokens.activation import Link
from bridge.tokens.attempt import Attempt, Login, Redeemed, judge
from bridge.tokens.connection import Mode

if TYPE_CHECKING:
    from tests.stand_ins.world import FakeWorld


class MemoryAttempts:
    def __init__(self) -> None:
        self.tickets: dict[str, Attempt] = {}
        self.kept: dict[str, Attempt] = {}

    def put_ticket(self, ticket: str, attempt: Attempt) -> None:
        self.tickets[ticket] = attempt

    def take_ticket(self, ticket: str, now: datetime) -> Attempt | None:
        attempt = self.tickets.pop(ticket, None)
        return attempt if attempt and attempt.expires > now else None

    def put(self, state: str, attempt: Attempt) -> None:
        self.kept[state] = attempt

    def redeem(self, state: str, cookie: str, now: datetime) -> Redeemed:
        redeemed = judge(self.kept.get(state), cookie, now)
        if redeemed.attempt and not redeemed.problem:
            self.kept[state] = replace(redeemed.attempt, used=True)
        return redeemed


class MemoryLogins:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Login] = {}

    def note(self, tenant: str, engagement: str, login: Login) -> None:
        self.kept[tenant, engagement] = login

    def latest(self, tenant: str, engagement: str) -> Login | None:
        return self.kept.get((tenant, engagement))

    def forget(self, tenant: str, engagement: str) -> None:
        self.kept.pop((tenant, engagement), None)


class MemoryLinkTokens:
    def __init__(self) -> None:
        self.kept: dict[str, LinkPlace] = {}

    def put(self, token: str, link: Link) -> None:
        self.kept[token] = LinkPlace(link.tenant, link.engagement, link.id)

    def find(self, token: str) -> LinkPlace | None:
        return self.kept.get(token)


class MemoryLinks:
    def __init__(self) -> None:
        self.kept: dict[str, Link] = {}

    def put(self, link: Link) -> None:
        self.kept[link.id] = link

    def list(self, tenant: str, engagement: str) -> Sequence[Link]:
        found = (each for each in self.kept.values() if (each.tenant, each.engagement) == (tenant, engagement))
        return sorted(found, key=lambda each: each.id, reverse=True)

    def get(self, tenant: str, engagement: str, link: str) -> Link | None:
        return next((each for each in self.list(tenant, engagement) if each.id == link), None)

    def open(self, link: Link, now: datetime) -> None:
        self.kept[link.id] = replace(self.kept[link.id], opened_at=now)

    def use(self, link: Link, now: datetime) -> bool:
        held = self.kept[link.id]
        if held.used_at or held.revoked_at:
            return False
        self.kept[link.id] = replace(held, used_at=now)
        return True

    def revoke(self, link: Link, now: datetime) -> bool:
        held = self.kept[link.id]
        if held.used_at:
            return False
        self.kept[link.id] = replace(held, revoked_at=now)
        return True


class Tab:
    """A browser's tab: goes to Fortnox with a ticket and comes back with whatever Fortnox says."""

    def __init__(self, world: FakeWorld, url: str, cookie: str = "") -> None:
        self._world = world
        self.leaving = callback.leave(world, one_of(url, "ticket"), cookie)

    @property
    def state(self) -> str:
        return one_of(self.leaving.url, "state")

    @property
    def scopes(self) -> list[str]:
        return one_of(self.leaving.url, "scope").split()

    def back(self, **query: str) -> str:
        """Come back; gives the page where it ends."""
        return callback.arrive(self._world, {"state": self.state, **query}, self.leaving.cookie)


def log_in(world: FakeWorld, caller: Caller, engagement: str, mode: Mode = Mode.SERVICE, **query: str) -> str:
    """Go all the way, with a code unless something else comes back; gives the problem it ends with, or nothing."""
    begun = connect.start(world, caller, engagement, connect.Wish(mode))
    return problem_of(Tab(world, begun.url).back(**(query or {"code": "once"})))


def problem_of(page: str) -> str:
    """Read the problem a page tells; nothing where it tells that the company is connected."""
    query = parse_qs(urlsplit(page).query)
    assert ("problem" in query) != ("connected" in query)
    return query.get("problem", [""])[0]


def one_of(url: str, name: str) -> str:
    """Read one parameter of an address."""
    return parse_qs(urlsplit(url).query)[name][0]
