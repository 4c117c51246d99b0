from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

from bridge import wiring
from bridge.fortnox.auth import OAuth
from bridge.fortnox.client import Client
from bridge.tokens.connection import Connection, Mode

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-north-1",
    "CONNECTIONS_TABLE": "connections",
    "WORK_TABLE": "work",
    "DATA_BUCKET": "data",
    "TOKENS_KEY": "key",
    "BROKER_FUNCTION": "broker",
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
    wiring.forget()


def test_every_port_is_built_once_and_only_when_asked_for() -> None:
    world = wiring.world()
    ports = (
        "clock",
        "ids",
        "engagements",
        "connections",
        "consents",
        "escrow",
        "seals",
        "metrics",
        "tokens",
        "jobs",
        "entries",
        "attempts",
        "links",
        "files",
        "workflows",
        "broker",
    )
    for name in ports:
        assert getattr(world, name) is getattr(world, name)
    wiring.forget()
    assert wiring.world() is not world


@mock_aws
def test_the_client_secret_is_read_from_secrets_manager_when_first_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    made = boto3.client("secretsmanager", region_name="eu-north-1").create_secret(
        Name="client", SecretString='{"client_id": "id", "client_secret": "hush"}'
    )
    monkeypatch.setenv("CLIENT_SECRET", made["ARN"])
    assert isinstance(wiring.world().oauth, OAuth)


def test_the_settings_come_from_the_environment() -> None:
    settings = wiring.world().settings
    assert settings.redirect_uri == "https://bridge.example/oauth/callback"
    assert settings.start_uri == "https://bridge.example/oauth/start"
    assert settings.console_url == "https://console.example"
    assert settings.settle.total_seconds() == 60
    assert (wiring.tenant_claim(), wiring.roles_claim()) == ("tenant", "roles")


def test_the_clock_can_be_moved_and_ids_sort_by_it() -> None:
    wiring.use_clock(lambda: NOW)
    try:
        world = wiring.world()
        assert world.clock.now() == NOW
        early = world.ids.new("imp")
        wiring.use_clock(lambda: NOW.replace(hour=11))
        assert early < world.ids.new("imp")
        assert len(world.ids.secret()) >= 43
    finally:
        wiring.use_clock(lambda: datetime.now(UTC))  # noqa: TID251 - puts the real clock back


def jwt(company: int) -> str:
    """An access token that names a company."""
    payload = base64.urlsafe_b64encode(json.dumps({"tenantId": company}).encode()).decode().rstrip("=")
    return f"e30.{payload}.sig"


def test_clients_of_one_company_share_their_pace_and_ask_the_broker_for_tokens() -> None:
    world = wiring.world()
    connection = Connection("T1", "e", 7, "", "", Mode.SERVICE, (), "ada", NOW, NOW)
    world.__dict__["broker"] = None
    assert isinstance(world.fortnox(connection), Client)
    assert isinstance(world.fortnox(connection, jwt(7)), Client)


def test_the_clock_sleeps_and_chance_is_below_one() -> None:
    world = wiring.world()
    world.clock.sleep(0)
    assert 0 <= world.ids.chance() < 1
