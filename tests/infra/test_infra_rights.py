"""Least rights: two roles per function, a tenant's data in its name only, no wildcard without a reason, and the tokens for the broker alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from infra.entries import ENTRIES, Entry, Right

Of = Callable[[str], dict[str, dict[str, Any]]]
Statements = Mapping[str, list[dict[str, Any]]]

TENANT = "${aws:PrincipalTag/tenant}"
OWN = [f"T#{TENANT}", f"T#{TENANT}#*"]
SHARED = {"FX#*", "REFRESH#*", "GRANTS#*", "TICKET#*", "STATE#*", "LINKTOKEN#*"}
"""Partitions that are no tenant's; a key of a tenant's fits none of them."""

UNAVOIDABLE = {"dynamodb:ListStreams", "logs:"}
"""Actions, or beginnings of actions, that know no resources."""

BY_RIGHT = {
    Right.CONNECTIONS_READ: ("dynamodb:GetItem", "Connections"),
    Right.CONNECTIONS_WRITE: ("dynamodb:PutItem", "Connections"),
    Right.WORK_READ: ("dynamodb:GetItem", "Work"),
    Right.WORK_WRITE: ("dynamodb:PutItem", "Work"),
    Right.LIMITS_WRITE: ("dynamodb:UpdateItem", "Limits"),
    Right.RAW_READ: ("s3:GetObject", f"/raw/{TENANT}/*"),
    Right.RAW_WRITE: ("s3:PutObject", f"/raw/{TENANT}/*"),
    Right.LEDGER_READ: ("s3:GetObject", f"/ledger/{TENANT}/*"),
    Right.LEDGER_WRITE: ("s3:PutObject", f"/ledger/{TENANT}/*"),
    Right.ESCROW: ("s3:GetObject", "/escrow/*"),
    Right.TOKENS: ("secretsmanager:GetSecretValue", "ClientSecret"),
    Right.START_IMPORT: ("states:StartExecution", "ImportMachine"),
    Right.START_EXPORT: ("states:StartExecution", "ExportMachine"),
    Right.BROKER: ("lambda:InvokeFunction", "Broker"),
    Right.EVENTS: ("events:PutEvents", "Events"),
}
"""An action and a resource that only this right opens."""

TENANTS = {
    Right.CONNECTIONS_READ,
    Right.CONNECTIONS_WRITE,
    Right.WORK_READ,
    Right.WORK_WRITE,
    Right.RAW_READ,
    Right.RAW_WRITE,
    Right.LEDGER_READ,
    Right.LEDGER_WRITE,
}
"""Rights over what is a tenant's."""

PARTITIONS = {
    Right.LOGINS: ("Role", "dynamodb:GetItem", ["TICKET#*", "STATE#*", "LINKTOKEN#*"]),
    Right.TIMERS: ("Role", "dynamodb:DeleteItem", ["REFRESH#*"]),
    Right.TOKENS: ("Role", "dynamodb:PutItem", ["FX#*", "REFRESH#*"]),
    Right.GRANTS: ("TenantRole", "dynamodb:PutItem", [*OWN, "GRANTS#*"]),
}
"""Partitions of the connections table that only this right opens, and to which of the two roles."""


def _actions(statement: Mapping[str, Any]) -> list[str]:
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


def _resources(statement: Mapping[str, Any]) -> list[Any]:
    listed = statement["Resource"]
    return listed if isinstance(listed, list) else [listed]


def _allows(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    wanted = [f'"{resource}"', f'{resource}"']
    return any(
        action in _actions(line) and any(one in json.dumps(what) for what in _resources(line) for one in wanted)
        for line in statements
    )


def _holders(statements: Statements, action: str, resource: str) -> set[str]:
    return {role for role, lines in statements.items() if _allows(lines, action, resource)}


def _keys(statement: Mapping[str, Any]) -> Any:
    return statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")


def test_every_function_has_two_roles_of_its_own(resources: Of, statements: Statements) -> None:
    functions = resources("AWS::Lambda::Function")
    roles = {name: one["Role"]["Fn::GetAtt"][0] for name, one in functions.items()}
    tenants = {name: one["Environment"]["Variables"]["TENANT_ROLE"] for name, one in functions.items()}
    assert roles == {entry.name: f"{entry.name}Role" for entry in ENTRIES}
    assert tenants == {entry.name: {"Fn::GetAtt": [f"{entry.name}TenantRole", "Arn"]} for entry in ENTRIES}
    named = {reference["Fn::GetAtt"][0] for reference in tenants.values()}
    assert set(statements) == {*roles.values(), *named, "ImportMachineRole", "ExportMachineRole"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_tenant_role_is_taken_by_its_function_alone_and_only_in_the_name_of_one_tenant(
    entry: Entry, resources: Of
) -> None:
    [trust] = resources("AWS::IAM::Role")[f"{entry.name}TenantRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": {"Fn::GetAtt": [f"{entry.name}Role", "Arn"]}}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"] == {
        "StringLike": {"aws:RequestTag/tenant": "?*"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["tenant"]},
    }


def test_every_use_of_a_table_names_its_partitions(statements: Statements) -> None:
    tables = [{"Fn::GetAtt": [name, "Arn"]} for name in ("Connections", "Work")]
    uses = [(role, line) for role, lines in statements.items() for line in lines if _resources(line)[0] in tables]
    assert {role for role, _ in uses} >= {f"{entry.name}TenantRole" for entry in ENTRIES}
    for role, line in uses:
        assert line["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}
        ours = {*OWN, "GRANTS#*"} if role.endswith("TenantRole") else SHARED
        assert set(_keys(line)) <= ours, role


@pytest.mark.parametrize("right", PARTITIONS)
def test_what_is_no_tenants_is_open_to_those_who_need_it(right: Right, statements: Statements) -> None:
    role, action, partitions = PARTITIONS[right]
    open_to = {
        name
        for name, lines in statements.items()
        for line in lines
        if action in _actions(line) and _keys(line) == partitions
    }
    assert open_to == {f"{entry.name}{role}" for entry in ENTRIES if right in entry.rights}


def test_no_role_borrows_a_managed_policy(resources: Of) -> None:
    assert not any("ManagedPolicyArns" in role for role in resources("AWS::IAM::Role").values())


def test_no_role_allows_every_action_of_anything(statements: Statements) -> None:
    assert not [action for lines in statements.values() for line in lines for action in _actions(line) if "*" in action]


def test_only_actions_without_resources_are_allowed_on_everything(statements: Statements) -> None:
    everywhere = {
        action
        for lines in statements.values()
        for line in lines
        if "*" in _resources(line)
        for action in _actions(line)
    }
    assert everywhere
    assert all(action.startswith(tuple(UNAVOIDABLE)) for action in everywhere)


def test_only_folders_of_the_bucket_are_open_by_wildcard(statements: Statements) -> None:
    found = [what for lines in statements.values() for line in lines for what in _resources(line) if "*" in str(what)]
    for what in found:
        if what != "*":
            bucket, folder = what["Fn::Join"][1]
            assert bucket == {"Fn::GetAtt": ["Data", "Arn"]}
            assert folder in {f"/raw/{TENANT}/*", f"/ledger/{TENANT}/*", "/escrow/*"}


def test_every_right_is_checked_here() -> None:
    assert BY_RIGHT.keys() | PARTITIONS.keys() == set(Right) - {Right.FORTNOX}


@pytest.mark.parametrize("right", BY_RIGHT)
def test_exactly_the_roles_that_hold_a_right_may_use_it(right: Right, statements: Statements) -> None:
    role = "TenantRole" if right in TENANTS else "Role"
    roles = {name: statements[name] for name in (f"{entry.name}{role}" for entry in ENTRIES)}
    wanted = {f"{entry.name}{role}" for entry in ENTRIES if right in entry.rights}
    assert _holders(roles, *BY_RIGHT[right]) == wanted


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_function_reaches_no_file_of_a_tenants_by_itself(entry: Entry, statements: Statements) -> None:
    assert not re.search(r"/raw|/ledger", str(statements[f"{entry.name}Role"]))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_function_writes_only_to_its_own_log(entry: Entry, statements: Statements) -> None:
    lines = [line for line in statements[f"{entry.name}Role"] if "logs:PutLogEvents" in _actions(line)]
    assert [line["Resource"] for line in lines] == [{"Fn::GetAtt": [f"{entry.name}Log", "Arn"]}]


def test_only_the_broker_may_use_the_tokens_key_and_only_for_tokens_and_its_secret(statements: Statements) -> None:
    key = {"Fn::GetAtt": ["TokensKey", "Arn"]}
    uses = [(role, line) for role, lines in statements.items() for line in lines if key in _resources(line)]
    assert {role for role, _ in uses} == {"BrokerRole"}
    tokens, secret = (line for _, line in uses)
    assert tokens["Condition"] == {"StringEquals": {"kms:EncryptionContext:purpose": "fortnox-token"}}
    assert secret["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == {"Ref": "ClientSecret"}
    assert secret["Condition"]["StringEquals"]["kms:ViaService"] == "secretsmanager.eu-north-1.amazonaws.com"


def test_only_the_broker_may_seal_and_tell_a_seal(statements: Statements) -> None:
    key = {"Fn::GetAtt": ["SealsKey", "Arn"]}
    uses = {role: line for role, lines in statements.items() for line in lines if key in _resources(line)}
    assert set(uses) == {"BrokerRole"}
    assert set(_actions(uses["BrokerRole"])) == {"kms:GenerateMac", "kms:VerifyMac"}


def test_the_data_key_opens_only_through_tables_and_files(statements: Statements) -> None:
    key = {"Fn::GetAtt": ["DataKey", "Arn"]}
    uses = [line for lines in statements.values() for line in lines if key in _resources(line)]
    assert uses
    for line in uses:
        via = line["Condition"]["StringEquals"]["kms:ViaService"]
        assert via in {"dynamodb.eu-north-1.amazonaws.com", "s3.eu-north-1.amazonaws.com"}


def test_a_tenants_files_open_only_under_a_context_that_names_it(statements: Statements) -> None:
    uses = {
        role: line["Condition"]["StringEquals"].get("kms:EncryptionContext:tenant")
        for role, lines in statements.items()
        for line in lines
        if "s3." in str(line.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService"))
    }
    assert uses.pop("BrokerRole") is None, "what is in escrow is a Fortnox company's"
    assert set(uses) == {
        f"{e.name}TenantRole" for e in ENTRIES if any("data:" in each and each != Right.ESCROW for each in e.rights)
    }
    assert set(uses.values()) == {TENANT}


def test_only_the_sweep_may_ask_what_is_due_over_all_tenants(statements: Statements) -> None:
    assert _holders(statements, "dynamodb:Query", "/index/due") == {f"{e.name}Role" for e in ENTRIES if e.schedule}


def test_events_are_put_in_our_own_name_only(statements: Statements) -> None:
    lines = [line for lines in statements.values() for line in lines if "events:PutEvents" in _actions(line)]
    assert lines
    assert all(line["Condition"] == {"StringEquals": {"events:source": "fortnox-bridge"}} for line in lines)


def test_who_reads_files_may_learn_that_one_is_missing(statements: Statements) -> None:
    readers = {f"{e.name}TenantRole" for e in ENTRIES if {Right.RAW_READ, Right.LEDGER_READ} & set(e.rights)}
    readers |= {f"{e.name}Role" for e in ENTRIES if Right.ESCROW in e.rights}
    listing = {
        role
        for role, lines in statements.items()
        for line in lines
        if "s3:ListBucket" in _actions(line) and {"Fn::GetAtt": ["Data", "Arn"]} in _resources(line)
    }
    assert listing == readers


def test_who_only_reads_cannot_encrypt(statements: Statements) -> None:
    for entry in ENTRIES:
        writes = any("write" in right for right in TENANTS.intersection(entry.rights))
        encrypts = any("kms:GenerateDataKey" in _actions(line) for line in statements[f"{entry.name}TenantRole"])
        assert encrypts == writes, entry.name


def test_a_workflow_calls_its_own_functions_only(statements: Statements) -> None:
    for workflow in ("import", "export"):
        lines = statements[f"{workflow.capitalize()}MachineRole"]
        (invoke,) = (line for line in lines if _actions(line) == ["lambda:InvokeFunction"])
        called = {what["Fn::GetAtt"][0] for what in _resources(invoke)}
        assert called == {entry.name for entry in ENTRIES if entry.workflow == workflow}
        assert not any("Condition" in line for line in lines)


def test_the_request_budget_is_open_to_those_who_call_the_api_and_to_nobody_else() -> None:
    budgeted = {entry.name for entry in ENTRIES if Right.LIMITS_WRITE in entry.rights}
    callers = {entry.name for entry in ENTRIES if Right.FORTNOX in entry.rights}
    assert callers - budgeted == {"Broker"}, "it talks to the token endpoint alone"
    assert budgeted < callers
