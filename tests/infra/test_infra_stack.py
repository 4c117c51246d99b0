"""The template: what is kept is protected, what is logged ends, what is called is what THE TABLE says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from bridge.stores import keys
from infra.app import ROOT
from infra.entries import ENTRIES, Right

Resources = dict[str, dict[str, Any]]
Of = Callable[[str], Resources]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" and isinstance(value, str):
                yield value
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "DependsOn":
                yield from value
            else:
                yield from _references(value)
    if isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_every_reference_leads_to_a_resource(stack: dict[str, Any]) -> None:
    foreign = set(_references(stack)) - set(stack["Resources"])
    assert foreign == {"AWS::AccountId", "AWS::Partition"}


def test_the_three_tables_are_keyed_encrypted_and_drop_what_is_over(resources: Of) -> None:
    tables = resources("AWS::DynamoDB::Table")
    assert set(tables) == {"Connections", "Work", "Limits"}
    for table in tables.values():
        assert [key["AttributeName"] for key in table["KeySchema"]] == ["PK", "SK"]
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
        assert table["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}


def test_connections_and_work_can_be_restored_and_not_be_deleted(stack: dict[str, Any]) -> None:
    for name in ("Connections", "Work"):
        table = stack["Resources"][name]
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
        assert table["Properties"]["DeletionProtectionEnabled"] is True
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_only_connections_streams_and_has_the_index_of_what_is_due(resources: Of) -> None:
    tables = resources("AWS::DynamoDB::Table")
    assert [name for name, table in tables.items() if "StreamSpecification" in table] == ["Connections"]
    assert tables["Connections"]["StreamSpecification"] == {"StreamViewType": "OLD_IMAGE"}
    (index,) = tables["Connections"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "due"
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["duePk", "dueAt"]
    assert {"AttributeName": "dueAt", "AttributeType": "N"} in tables["Connections"]["AttributeDefinitions"]


def test_the_bucket_is_private_encrypted_and_kept(stack: dict[str, Any], resources: Of) -> None:
    assert stack["Resources"]["Data"]["DeletionPolicy"] == "Retain"
    bucket = resources("AWS::S3::Bucket")["Data"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == {"Fn::GetAtt": ["DataKey", "Arn"]}


def test_the_bucket_forgets_uploads_and_what_was_never_finished(resources: Of) -> None:
    rules = {rule["Id"]: rule for rule in resources("AWS::S3::Bucket")["Data"]["LifecycleConfiguration"]["Rules"]}
    assert rules["unfinished"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert (rules["uploads"]["Prefix"], rules["uploads"]["ExpirationInDays"]) == ("uploads/", 7)
    assert "ExpirationInDays" not in rules["unfinished"] | rules["replaced"]


def test_bucket_and_queue_answer_over_tls_only(resources: Of) -> None:
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"):
        for policy in resources(kind).values():
            (statement,) = policy["PolicyDocument"]["Statement"]
            assert statement["Effect"] == "Deny"
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_keys_rotate_and_outlive_the_stack(stack: dict[str, Any], resources: Of) -> None:
    for name, key in resources("AWS::KMS::Key").items():
        rotates = key.get("KeySpec") != "HMAC_256"  # KMS rotates no keys for MACs
        assert key.get("EnableKeyRotation", False) is rotates
        assert stack["Resources"][name]["DeletionPolicy"] == "Retain"


def test_no_deployment_can_overwrite_the_client_secret(stack: dict[str, Any], resources: Of) -> None:
    secret = resources("AWS::SecretsManager::Secret")["ClientSecret"]
    assert set(secret) == {"Description", "KmsKeyId"}
    assert stack["Resources"]["ClientSecret"]["DeletionPolicy"] == "Retain"


def test_there_is_one_function_per_entry_as_the_table_says(resources: Of, stack: dict[str, Any]) -> None:
    functions = resources("AWS::Lambda::Function")
    assert set(functions) == {entry.name for entry in ENTRIES}
    for entry in ENTRIES:
        function = functions[entry.name]
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
        assert (function["Handler"], function["Timeout"]) == (entry.handler, entry.timeout)
        assert function["MemorySize"] == entry.memory
        folder = stack["Resources"][entry.name]["Metadata"]["aws:asset:path"]
        assert folder == str(ROOT / "functions" / entry.door)


def test_every_log_ends(resources: Of) -> None:
    logs = resources("AWS::Logs::LogGroup")
    assert {log["RetentionInDays"] for log in logs.values()} == {90}
    writing = {function["LoggingConfig"]["LogGroup"]["Ref"] for function in resources("AWS::Lambda::Function").values()}
    assert writing == {f"{entry.name}Log" for entry in ENTRIES}
    assert set(logs) == writing | {"ApiLog", "ImportMachineLog", "ExportMachineLog"}


def test_state_machines_log_what_happens_but_never_the_data(resources: Of) -> None:
    machines = resources("AWS::StepFunctions::StateMachine")
    assert set(machines) == {"ImportMachine", "ExportMachine"}
    for machine in machines.values():
        assert machine["StateMachineType"] == "STANDARD"
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        named = set(re.findall(r"\$\{(.*?)\}", machine["DefinitionString"]))
        assert machine["DefinitionSubstitutions"] == {name: {"Fn::GetAtt": [name, "Arn"]} for name in named}


def test_schedules_are_those_of_the_table(resources: Of) -> None:
    rules = {
        rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]: rule["ScheduleExpression"]
        for rule in resources("AWS::Events::Rule").values()
    }
    assert rules == {entry.name: entry.schedule for entry in ENTRIES if entry.schedule}


def test_the_parts_of_a_schedules_work_are_called_side_by_side(resources: Of) -> None:
    for entry in ENTRIES:
        if entry.schedule:
            targets = resources("AWS::Events::Rule")[f"{entry.name}Rule"]["Targets"]
            shares = [json.loads(target["Input"]) for target in targets]
            assert shares == [{"part": part, "parts": entry.parts} for part in range(entry.parts)]
            assert len(targets) <= 5, "EventBridge takes no more for a rule"


def test_the_bus_has_a_name_that_a_host_product_can_put_rules_on(resources: Of) -> None:
    (bus,) = resources("AWS::Events::EventBus").values()
    assert bus["Name"] == "FortnoxBridge"


def test_the_stream_brings_only_what_time_removed_and_gives_up_into_a_queue(resources: Of) -> None:
    mappings = resources("AWS::Lambda::EventSourceMapping")
    assert set(mappings) == {f"{entry.name}Mapping" for entry in ENTRIES if entry.stream}
    for mapping in mappings.values():
        (pattern,) = (json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"])
        assert pattern["eventName"] == ["REMOVE"]
        assert pattern["userIdentity"]["principalId"] == ["dynamodb.amazonaws.com"]
        assert pattern["dynamodb"] == {"Keys": {"SK": {"S": [keys.TIMER]}}}
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["MaximumRetryAttempts"] == 5
        assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["StreamFailed", "Arn"]}


def test_outputs_name_what_an_operator_needs(stack: dict[str, Any]) -> None:
    tables = {"ConnectionsTable", "WorkTable", "LimitsTable"}
    machines = {"ImportMachineArn", "ExportMachineArn"}
    assert set(stack["Outputs"]) == {"ApiUrl", "DataBucket", "ClientSecretArn", "EventBus"} | tables | machines


def test_the_client_secret_and_the_tokens_key_are_named_to_those_who_may_use_them_only(resources: Of) -> None:
    functions = resources("AWS::Lambda::Function")
    trusted = {entry.name for entry in ENTRIES if Right.TOKENS in entry.rights}
    assert trusted == {"Broker"}
    for name in ("CLIENT_SECRET", "TOKENS_KEY", "SEALS_KEY"):
        assert {function for function, one in functions.items() if name in one["Environment"]["Variables"]} == trusted
