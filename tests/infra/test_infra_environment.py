"""Environment variables: those an entry's rights need, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bridge.tokens.connection import HELD
from infra.app import ROOT
from infra.entries import ENTRIES, Entry, Right

Of = Callable[[str], dict[str, dict[str, Any]]]

ALWAYS = {"STAGE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "TENANT_ROLE"}
BY_RIGHT = {
    Right.CONNECTIONS_READ: {"CONNECTIONS_TABLE"},
    Right.CONNECTIONS_WRITE: {"CONNECTIONS_TABLE"},
    Right.WORK_READ: {"WORK_TABLE"},
    Right.WORK_WRITE: {"WORK_TABLE"},
    Right.LOGINS: set(),
    Right.GRANTS: set(),
    Right.TIMERS: set(),
    Right.LIMITS_WRITE: {"LIMITS_TABLE", "CLIENT_ID", "RATE_CEILING"},
    Right.RAW_READ: {"DATA_BUCKET", "DATA_KEY"},
    Right.RAW_WRITE: {"DATA_BUCKET", "DATA_KEY"},
    Right.LEDGER_READ: {"DATA_BUCKET", "DATA_KEY"},
    Right.LEDGER_WRITE: {"DATA_BUCKET", "DATA_KEY"},
    Right.ESCROW: {"DATA_BUCKET"},
    Right.TOKENS: {"TOKENS_KEY", "SEALS_KEY", "CLIENT_SECRET", "PUBLIC_URL", "SERVICE_ACCOUNTS"},
    Right.START_IMPORT: {"IMPORT_MACHINE"},
    Right.START_EXPORT: {"EXPORT_MACHINE"},
    Right.BROKER: {"BROKER_FUNCTION", "BROKER_SECONDS"},
    Right.EVENTS: {"EVENT_BUS"},
    Right.FORTNOX: {"FORTNOX_API_URL", "FORTNOX_APPS_URL"},
}
BY_DOOR = {
    "oauth_callback": {"PUBLIC_URL", "SERVICE_ACCOUNTS", "CONSOLE_URL"},
    "import": {"DEFAULT_SERIES", "OBJECT_LIMIT"},
    "export": {"SETTLE_SECONDS"},
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_gets_the_variables_of_its_rights_and_its_door(entry: Entry, resources: Of) -> None:
    variables = resources("AWS::Lambda::Function")[entry.name]["Environment"]["Variables"]
    wanted = ALWAYS.union(*(BY_RIGHT[right] for right in entry.rights), BY_DOOR.get(entry.door, set()))
    assert set(variables) == wanted | ({"TENANT_CLAIM", "ROLES_CLAIM"} if entry.routes else set())
    assert all(variables.values())


def test_every_variable_that_is_read_is_given_to_somebody(resources: Of) -> None:
    given = {name for one in resources("AWS::Lambda::Function").values() for name in one["Environment"]["Variables"]}
    wiring = (ROOT / "layers" / "bridge" / "python" / "bridge" / "wiring.py").read_text()
    assert set(re.findall(r"(?:_env|environ\.get)\(['\"]([A-Z_]+)['\"]", wiring)) <= given


def test_variables_name_the_resources_themselves(resources: Of) -> None:
    broker = resources("AWS::Lambda::Function")["Broker"]["Environment"]["Variables"]
    assert broker["CONNECTIONS_TABLE"] == {"Ref": "Connections"}
    assert broker["CLIENT_SECRET"] == {"Ref": "ClientSecret"}
    assert broker["PUBLIC_URL"] == {"Fn::GetAtt": ["Api", "ApiEndpoint"]}
    assert broker["POWERTOOLS_SERVICE_NAME"] == "Broker"
    assert broker["TENANT_ROLE"] == {"Fn::GetAtt": ["BrokerTenantRole", "Arn"]}


def test_who_asks_the_broker_stops_waiting_in_time_to_answer_by_itself(resources: Of) -> None:
    for entry in ENTRIES:
        if Right.BROKER in entry.rights:
            variables = resources("AWS::Lambda::Function")[entry.name]["Environment"]["Variables"]
            assert 20 < int(variables["BROKER_SECONDS"]) < entry.timeout


def test_tokens_are_held_for_longer_than_the_broker_can_live() -> None:
    (broker,) = (entry for entry in ENTRIES if Right.TOKENS in entry.rights)
    assert HELD.total_seconds() > broker.timeout
