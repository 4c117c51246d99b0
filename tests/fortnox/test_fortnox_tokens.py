from __future__ import annotations

import base64
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.fortnox.tokens import KEPT, AccessTokens, only
from bridge.ports import Access, Broker, Granted
from bridge.problem import BridgeError, Refused
from bridge.tokens.connection import Connection, Mode, fingerprint

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def jwt(company: int, number: int = 0, whose: str = "") -> str:
    """An access token of a company, as Fortnox writes it, with a mark of whose it is."""
    said = json.dumps({"tenantId": company, "jti": f"{whose}-{number}"}).encode()
    return f"e30.{base64.urlsafe_b64encode(said).decode().rstrip('=')}.sig"


class CountingBroker:
    """Gives each engagement tokens of its own company; remembers what was rejected."""

    def __init__(self) -> None:
        self.company: dict[tuple[str, str], int] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.down = False

    def access_token(self, tenant: str, engagement: str, *, rejected: str = "") -> Access:
        self.asked.append((tenant, engagement, rejected))
        if self.down:
            raise BridgeError
        company = self.company[tenant, engagement]
        return Access(jwt(company, len(self.asked), f"{tenant}/{engagement}"), company)

    def exchange(self, code: str, mode: Mode) -> Granted:
        raise NotImplementedError

    def seal(self, connection: Connection) -> str:
        raise NotImplementedError

    def forget(self, fortnox_tenant: int) -> None:
        raise NotImplementedError

    def unclaim(self, fortnox_tenant: int) -> None:
        raise NotImplementedError

    def renew(self, fortnox_tenant: int) -> None:
        raise NotImplementedError


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def broker() -> CountingBroker:
    made = CountingBroker()
    port: Broker = made
    assert port is made
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(broker: CountingBroker, clock: Clock) -> AccessTokens:
    return AccessTokens(broker, clock.now)


def connected(broker: CountingBroker, tenant: str, engagement: str, company: int) -> Connection:
    broker.company[tenant, engagement] = company
    return Connection(tenant, engagement, company, "", "", Mode.SERVICE, (), "ada", NOW, NOW)


def test_a_token_is_kept_for_a_few_minutes(broker: CountingBroker, tokens: AccessTokens, clock: Clock) -> None:
    connection = connected(broker, "T1", "e", 7)
    first = tokens.of(connection)()
    clock.time += KEPT
    assert tokens.of(connection)() == first
    clock.time += timedelta(seconds=1)
    assert tokens.of(connection)() != first
    assert broker.asked == [("T1", "e", "")] * 2


def test_a_rejected_token_is_named_to_the_broker_by_its_fingerprint(
    broker: CountingBroker, tokens: AccessTokens
) -> None:
    source = tokens.of(connected(broker, "T1", "e", 7))
    first = source()
    second = source(first)
    assert second != first
    assert broker.asked[-1] == ("T1", "e", fingerprint(first))
    assert source(first) == second, "an older one: somebody else had it replaced"
    assert len(broker.asked) == 2


def test_a_token_of_before_a_new_consent_is_not_used_after_it(broker: CountingBroker, tokens: AccessTokens) -> None:
    connection = connected(broker, "T1", "e", 7)
    first = tokens.of(connection)()
    again = replace(connection, connected_at=NOW + timedelta(minutes=1))
    assert tokens.of(again)() != first
    assert len(broker.asked) == 2


def test_after_a_failure_nothing_is_left(broker: CountingBroker, tokens: AccessTokens) -> None:
    source = tokens.of(connected(broker, "T1", "e", 7))
    first = source()
    broker.down = True
    with pytest.raises(BridgeError):
        source(first)
    broker.down = False
    assert source() != first


def test_a_token_of_another_company_is_used_by_nobody(broker: CountingBroker, tokens: AccessTokens) -> None:
    connection = connected(broker, "T1", "e", 7)
    broker.company["T1", "e"] = 8
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            tokens.of(connection)()
        assert refused.value.problem.code == "company-changed"
    assert len(broker.asked) == 2


def test_the_first_token_of_a_consent_is_compared_too_and_has_no_successor(broker: CountingBroker) -> None:
    connection = connected(broker, "T1", "e", 7)
    source = only(jwt(7), connection)
    assert source() == source(jwt(7)) == jwt(7)
    for other in (jwt(8), "not a token"):
        with pytest.raises(Refused):
            only(other, connection)


def test_in_a_warm_process_no_tenant_ever_gets_the_token_of_another(
    broker: CountingBroker, tokens: AccessTokens, clock: Clock
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same order every time
    names = [(f"T{tenant}", f"e{engagement}") for tenant in (1, 12, 2, 121) for engagement in (1, 11)]
    everyone = [
        connected(broker, tenant, engagement, 7 + place % 3) for place, (tenant, engagement) in enumerate(names)
    ]
    last: dict[str, str] = {}
    for _ in range(2000):
        connection = chance.choice(everyone)
        owner = f"{connection.tenant}/{connection.engagement}"
        token = tokens.of(connection)(last.get(owner, "") if chance.random() < 0.2 else "")
        said = token.split(".")[1]
        assert json.loads(base64.urlsafe_b64decode(said + "=="))["jti"].startswith(f"{owner}-")
        last[owner] = token
        clock.time += timedelta(seconds=chance.choice((0, 10, 100)))
