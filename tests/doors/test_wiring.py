from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from bridge import wiring
from bridge.fortnox.auth import OAuth
from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxUnavailable
from bridge.fortnox.limiter import SharedPacer
from bridge.fortnox.waiting import Brief
from bridge.stores.failures import StoreUnavailable
from bridge.tokens.connection import Connection, Mode
from infra.entries import ENTRIES

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-north-1",
    "CONNECTIONS_TABLE": "connections",
    "WORK_TABLE": "work",
    "DATA_BUCKET": "data",
    "LIMITS_TABLE": "limits",
    "CLIENT_ID": "client",
    "RATE_CEILING": "20",
    "TOKENS_KEY": "key",
    "BROKER_FUNCTION": "broker",
    "DATA_KEY": "key",
    "TENANT_ROLE": "arn:aws:iam::123456789012:role/FetchYearTenantRole",
    "EVENT_BUS": "bus",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "FORTNOX_API_URL": "https://api.fortnox.se",
    "FORTNOX_APPS_URL": "https://apps.fortnox.se",
    "PUBLIC_URL": "https://bridge.example/",
    "CONSOLE_URL": "https://console.example/",
    "TENANT_CLAIM": "tenant",
    "ROLES_CLAIM": "roles",
    "SETTLE_SECONDS": "60",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it would keep these credentials for every test after
    wiring.forget()


SHARED = ("timers", "grants", "consents", "escrow", "seals", "metrics")
WORLD = ("engagements", "connections", "grants", "logins", "links", "timers", "jobs", "entries", "files", "workflows")
BOTH = ("clock", "ids", "settings", "attempts", "link_tokens", "broker")


@mock_aws
def test_every_port_is_built_once_and_only_when_asked_for() -> None:
    shared, world = wiring.shared(), wiring.world("T1")
    for place, ports in ((shared, (*SHARED, *BOTH)), (world, (*WORLD, *BOTH, "events", "tokens"))):
        for name in ports:
            assert getattr(place, name) is getattr(place, name)
    wiring.forget()
    assert wiring.shared() is not shared
    assert wiring.world("T1") is not world


@dataclass
class Boto:
    """Makes clients that tell with whose credentials they were made; STS gives a session named after the tag."""

    roles: list[dict[str, Any]] = field(default_factory=list)
    failure: str = ""

    def client(self, service: str, config: Config, **credentials: str) -> Boto | str:
        assert config.read_timeout
        return self if service == "sts" else f"{service} {credentials.get('aws_session_token', 'own')}"

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        if self.failure:
            raise ClientError({"Error": {"Code": self.failure, "Message": "secret"}}, "AssumeRole")
        self.roles.append(asked)
        session = f"{asked['Tags'][0]['Value']} {len(self.roles)}"
        return {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": session}}


@pytest.fixture
def boto(monkeypatch: pytest.MonkeyPatch) -> Boto:
    made = Boto()
    monkeypatch.setattr(boto3, "client", made.client)
    return made


def client_of(store: object) -> object:
    """Look which client a store was given."""
    held: Any = store
    return held._table._client if hasattr(held, "_table") else held._client


def test_every_store_of_a_tenants_has_credentials_for_that_tenant_and_takes_them_once(boto: Boto) -> None:
    world = wiring.world("T1")
    stores = {name: client_of(getattr(world, name)) for name in WORLD if name != "workflows"}
    assert stores.pop("files") == "s3 T1 1"
    assert set(stores.values()) == {"dynamodb T1 1"}
    role, tags = ENVIRONMENT["TENANT_ROLE"], [{"Key": "tenant", "Value": "T1"}]
    assert boto.roles == [{"RoleArn": role, "RoleSessionName": "fortnox-bridge", "Tags": tags}]
    assert client_of(wiring.world("T12").jobs) == "dynamodb T12 2"
    assert client_of(wiring.shared().of("T1").jobs) == "dynamodb T1 1"


def test_what_is_no_tenants_is_reached_with_the_functions_own_credentials(boto: Boto) -> None:
    shared, world = wiring.shared(), wiring.world("T1")
    of_shared = {client_of(getattr(shared, name)) for name in (*SHARED, "attempts", "link_tokens") if name != "metrics"}
    assert of_shared == {"dynamodb own", "s3 own", "kms own"}
    of_world = {
        client_of(getattr(world, name)) for name in ("attempts", "link_tokens", "events", "workflows", "broker")
    }
    assert of_world == {"dynamodb own", "events own", "stepfunctions own", "lambda own"}
    assert boto.roles == []


def test_credentials_are_taken_anew_before_they_end(boto: Boto, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.time", lambda: now)
    longest = max(entry.timeout for entry in ENTRIES)
    assert client_of(wiring.world("T1").jobs) == "dynamodb T1 1"
    now = 3600 - longest
    assert client_of(wiring.world("T1").jobs) == "dynamodb T1 2", "what begins now may run on past their hour"
    assert len(boto.roles) == 2


def test_only_so_many_tenants_are_remembered(boto: Boto) -> None:
    for number in range(wiring.MOST_WORLDS + 1):
        assert client_of(wiring.world(f"T{number}").jobs) == f"dynamodb T{number} {number + 1}"
    assert client_of(wiring.world("T0").jobs) == f"dynamodb T0 {wiring.MOST_WORLDS + 2}"
    assert len(boto.roles) == wiring.MOST_WORLDS + 2


def test_a_role_that_cannot_be_taken_now_passes_and_one_that_is_refused_does_not(boto: Boto) -> None:
    boto.failure = "Throttling"
    with pytest.raises(StoreUnavailable):
        _ = wiring.world("T1").jobs
    boto.failure = "AccessDenied"
    with pytest.raises(ClientError):
        _ = wiring.world("T1").jobs
    boto.failure = ""
    assert client_of(wiring.world("T1").jobs) == "dynamodb T1 1"


@mock_aws
def test_the_client_secret_is_read_from_secrets_manager_when_first_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = boto3.client("secretsmanager", region_name="eu-north-1").create_secret(
        Name="client", SecretString='{"client_id": "id", "client_secret": "hush"}'
    )
    monkeypatch.setenv("CLIENT_SECRET", made["ARN"])
    assert isinstance(wiring.shared().oauth, OAuth)


def test_the_settings_come_from_the_environment() -> None:
    settings = wiring.shared().settings
    assert settings.redirect_uri == "https://bridge.example/oauth/callback"
    assert settings.start_uri == "https://bridge.example/oauth/start"
    assert settings.console_url == "https://console.example"
    assert settings.settle.total_seconds() == 60
    assert (wiring.tenant_claim(), wiring.roles_claim()) == ("tenant", "roles")


def test_the_clock_can_be_moved_and_ids_and_slots_go_by_it() -> None:
    wiring.use_clock(lambda: NOW)
    try:
        world = wiring.world("T1")
        assert world.clock.now() == NOW
        early = world.ids.new("imp")
        wiring.use_clock(lambda: NOW.replace(hour=11))
        assert early < world.ids.new("imp")
        assert len(world.ids.secret()) >= 43
        assert pacer_of("T1", 7)._clock() == NOW.replace(hour=11).timestamp()
    finally:
        wiring.use_clock(lambda: datetime.now(UTC))  # noqa: TID251 - puts the real clock back


def jwt(company: int) -> str:
    """An access token that names a company."""
    payload = base64.urlsafe_b64encode(json.dumps({"tenantId": company}).encode()).decode().rstrip("=")
    return f"e30.{payload}.sig"


def client_for(tenant: str, company: int, access_token: str = "", **more: Any) -> Client:
    """Look which client of the company's is given."""
    connection = Connection(tenant, "e", company, "", "", Mode.SERVICE, (), "ada", NOW, NOW)
    client = wiring.world(tenant).fortnox(connection, access_token, **more)
    assert isinstance(client, Client)
    return client


def pacer_of(tenant: str, company: int, access_token: str = "", **more: Any) -> SharedPacer:
    """Look which pacer a client of the company's is given."""
    pacer = client_for(tenant, company, access_token, **more)._session._pacer
    assert isinstance(pacer, SharedPacer)
    return pacer


def test_whoever_talks_to_a_company_shares_its_budget_and_its_tempo_with_other_tenants_too(boto: Boto) -> None:
    one, other, elsewhere = pacer_of("T1", 7), pacer_of("T2", 7, jwt(7)), pacer_of("T1", 8)
    budgets: list[Any] = [each._budget for each in (one, other, elsewhere)]
    assert [each._key[0] for each in budgets] == ["BUDGET#client#7", "BUDGET#client#7", "BUDGET#client#8"]
    assert {client_of(each) for each in budgets} == {"dynamodb own"}
    assert one._tempo is other._tempo
    assert one._tempo is not elsewhere._tempo
    assert one._tempo.interval == 5 / 20
    assert boto.roles == []


def test_a_bulk_worker_takes_five_slots_at_a_time_and_others_what_they_need() -> None:
    assert pacer_of("T1", 7)._at_once == 5
    assert pacer_of("T1", 7, calls=2)._at_once == 2


def test_a_client_for_somebody_who_waits_ends_when_nobody_does() -> None:
    session = client_for("T1", 7, jwt(7), until=datetime(2000, 1, 1, tzinfo=UTC))._session
    with pytest.raises(FortnoxUnavailable):
        session._sleep(0.1)
    assert isinstance(session._transport, Brief)
    assert client_for("T1", 7)._session._transport is None


def test_the_clock_sleeps_and_chance_is_below_one() -> None:
    world = wiring.world("T1")
    world.clock.sleep(0)
    assert 0 <= world.ids.chance() < 1
