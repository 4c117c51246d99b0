"""The local stack's IAM: what each call asks for, which policies allow it, and that nothing passes for want of knowing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.config import Config

from infra.local.asked import Ask
from infra.local.aws import OPERATOR, Aws
from infra.local.deployment import Role
from infra.local.gate import guarded
from infra.local.rights import Rights, Statement, UnknownPolicy, access_key, allowed
from tests.rights import denied

TABLE, BUCKET = "arn:aws:dynamodb:eu-north-1:123456789012:table/items", "arn:aws:s3:::files"
FUNCTION, SESSION = "arn:aws:iam::123456789012:role/Function", "arn:aws:iam::123456789012:role/FunctionTenant"
TENANT = "${aws:PrincipalTag/tenant}"
OWN: Statement = {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem"],
    "Resource": TABLE,
    "Condition": {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"T#{TENANT}", f"T#{TENANT}#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    },
}


def allow(action: str, resource: str, condition: Mapping[str, Any] | None = None) -> Statement:
    line = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**line, "Condition": condition} if condition else line


def get(*partitions: str) -> Ask:
    return Ask("dynamodb:GetItem", TABLE, {"dynamodb:LeadingKeys": partitions} if partitions else {})


@pytest.mark.parametrize("partition", ["T#T1", "T#T1#E#e1", "T#T1#E#e1#J#j1"])
def test_a_tenants_partitions_are_its_own(partition: str) -> None:
    assert allowed([OWN], get(partition), {"tenant": "T1"})
    for other in ("T", "T12", "T2", "t1", "1"):
        assert not allowed([OWN], get(partition), {"tenant": other})


def test_every_partition_of_a_call_must_be_the_tenants_and_there_must_be_one() -> None:
    tags = {"tenant": "T1"}
    assert allowed([OWN], get("T#T1", "T#T1#E#e1"), tags)
    assert not allowed([OWN], get("T#T1", "T#T12"), tags)
    assert not allowed([OWN], get(), tags)
    assert not allowed([OWN], get("T#T1"), {})


def test_action_and_resource_must_be_named() -> None:
    assert not allowed([], get("T#T1"), {"tenant": "T1"})
    assert not allowed([{**OWN, "Action": "dynamodb:Query"}], get("T#T1"), {"tenant": "T1"})
    assert not allowed([{**OWN, "Resource": f"{TABLE}/index/due"}], get("T#T1"), {"tenant": "T1"})


def test_a_pattern_in_a_resource_is_filled_with_the_tag() -> None:
    folder = [allow("s3:GetObject", f"{BUCKET}/raw/{TENANT}/*")]
    assert allowed(folder, Ask("s3:GetObject", f"{BUCKET}/raw/T1/e1/a.se"), {"tenant": "T1"})
    assert not allowed(folder, Ask("s3:GetObject", f"{BUCKET}/raw/T12/e1/a.se"), {"tenant": "T1"})


@pytest.mark.parametrize(
    "statement",
    [
        {**OWN, "Effect": "Deny"},
        {**OWN, "NotAction": "dynamodb:PutItem"},
        {**OWN, "Condition": {"StringNotEquals": {"dynamodb:LeadingKeys": "x"}}},
        {**OWN, "Resource": "${aws:username}"},
    ],
)
def test_a_policy_that_is_not_understood_is_an_error(statement: Statement) -> None:
    with pytest.raises(UnknownPolicy):
        allowed([statement], get("T#T1"), {"tenant": "T1"})


KEY = {"PK": {"S": "T#T1"}, "SK": {"S": "x"}}
PUT = {"Put": {"TableName": "items", "Item": KEY}}
CHECK = {"ConditionCheck": {"TableName": "items", "Key": {**KEY, "SK": {"S": "y"}}, "ConditionExpression": "true"}}
ONE = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["T#T1"]}, "Null": {"dynamodb:LeadingKeys": "false"}}
DUE = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["DUE#3"]}}
ARN = "arn:aws:{}:eu-north-1:123456789012:{}"
CONTEXT = {"StringEquals": {"kms:EncryptionContext:tenant": "T1", "kms:ViaService": "s3.eu-north-1.amazonaws.com"}}
ENCRYPTED = {
    "ServerSideEncryption": "aws:kms",
    "SSEKMSKeyId": ARN.format("kms", "key/k"),
    "SSEKMSEncryptionContext": "eyJ0ZW5hbnQiOiAiVDEifQ==",
}
OBJECT = {"Bucket": "files", "Key": "raw/T1/a"}
PART = {**OBJECT, "UploadId": "u"}
FILE = f"{BUCKET}/raw/T1/a"
INDEXED = {
    "IndexName": "due",
    "KeyConditionExpression": "duePk = :d",
    "ExpressionAttributeValues": {":d": {"S": "DUE#3"}},
}
LISTED = {"KeyConditionExpression": "PK = :p", "ExpressionAttributeValues": {":p": {"S": "T#T1"}}}

CALLS: list[tuple[str, str, dict[str, Any], list[Statement]]] = [
    ("dynamodb", "get_item", {"TableName": "items", "Key": KEY}, [allow("dynamodb:GetItem", TABLE, ONE)]),
    ("dynamodb", "put_item", {"TableName": "items", "Item": KEY}, [allow("dynamodb:PutItem", TABLE, ONE)]),
    ("dynamodb", "delete_item", {"TableName": "items", "Key": KEY}, [allow("dynamodb:DeleteItem", TABLE, ONE)]),
    ("dynamodb", "query", {"TableName": "items", **LISTED}, [allow("dynamodb:Query", TABLE, ONE)]),
    ("dynamodb", "query", {"TableName": "items", **INDEXED}, [allow("dynamodb:Query", f"{TABLE}/index/due", DUE)]),
    (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [PUT, CHECK]},
        [allow("dynamodb:PutItem", TABLE, ONE), allow("dynamodb:ConditionCheckItem", TABLE, ONE)],
    ),
    ("s3", "get_object", OBJECT, [allow("s3:GetObject", FILE)]),
    ("s3", "put_object", {**OBJECT, "Body": b"x"}, [allow("s3:PutObject", FILE)]),
    (
        "s3",
        "put_object",
        {**OBJECT, "Body": b"x", **ENCRYPTED},
        [allow("s3:PutObject", FILE), allow("kms:GenerateDataKey", ENCRYPTED["SSEKMSKeyId"], CONTEXT)],
    ),
    ("s3", "create_multipart_upload", OBJECT, [allow("s3:PutObject", FILE)]),
    ("s3", "upload_part", {**PART, "PartNumber": 1, "Body": b"x"}, [allow("s3:PutObject", FILE)]),
    ("s3", "abort_multipart_upload", PART, [allow("s3:AbortMultipartUpload", FILE)]),
    ("s3", "delete_object", OBJECT, [allow("s3:DeleteObject", FILE)]),
    ("s3", "delete_object", {**OBJECT, "VersionId": "v"}, [allow("s3:DeleteObjectVersion", FILE)]),
    ("s3", "list_objects_v2", {"Bucket": "files"}, [allow("s3:ListBucket", BUCKET)]),
    ("s3", "list_object_versions", {"Bucket": "files"}, [allow("s3:ListBucketVersions", BUCKET)]),
    (
        "kms",
        "encrypt",
        {"KeyId": "k", "Plaintext": b"x", "EncryptionContext": {"purpose": "token"}},
        [allow("kms:Encrypt", "k", {"StringEquals": {"kms:EncryptionContext:purpose": "token"}})],
    ),
    ("secretsmanager", "get_secret_value", {"SecretId": "s"}, [allow("secretsmanager:GetSecretValue", "s")]),
    (
        "events",
        "put_events",
        {"Entries": [{"EventBusName": "bus", "Source": "us", "DetailType": "d", "Detail": "{}"}]},
        [allow("events:PutEvents", ARN.format("events", "event-bus/bus"), {"StringLike": {"events:source": "u?"}})],
    ),
    ("lambda", "invoke", {"FunctionName": "f"}, [allow("lambda:InvokeFunction", ARN.format("lambda", "function:f"))]),
    (
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": ARN.format("states", "stateMachine:m"), "input": "{}"},
        [allow("states:StartExecution", ARN.format("states", "stateMachine:m"))],
    ),
]
"""Service, call, its parameters, and the statements it needs."""


@pytest.fixture(scope="module")
def rights() -> Rights:
    return Rights()


@pytest.fixture(scope="module")
def aws(rights: Rights) -> Iterator[Aws]:
    made = Aws(lambda _name, _event: ("{}", None), guarded=partial(guarded, rights=rights))
    made.start()
    made.open_workflows()
    yield made
    made.stop()


def client(aws: Aws, service: str, key: str, token: str = "t") -> Any:
    return boto3.client(
        service,
        endpoint_url=aws.url,
        region_name="eu-north-1",
        aws_access_key_id=key,
        aws_secret_access_key="s",
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


@pytest.mark.parametrize(("service", "method", "params", "needed"), CALLS, ids=lambda each: str(each)[:30])
def test_a_call_passes_with_all_it_needs_and_with_nothing_less(
    aws: Aws, rights: Rights, service: str, method: str, params: dict[str, Any], needed: list[Statement]
) -> None:
    role = Role(FUNCTION, [], list(needed))
    rights.know({FUNCTION: role})
    call = getattr(client(aws, service, access_key(FUNCTION)), method)
    assert not denied(call, **params)
    for missing in needed:
        role.statements[:] = [each for each in needed if each is not missing]
        rights.refused.clear()
        assert denied(call, **params)
        assert len(rights.refused) == 1
        assert FUNCTION in rights.refused[0]


def test_a_call_that_is_not_known_passes_for_nobody(aws: Aws, rights: Rights) -> None:
    rights.know({FUNCTION: Role(FUNCTION, [], [allow("dynamodb:Scan", TABLE, ONE)])})
    ours = access_key(FUNCTION)
    assert denied(client(aws, "dynamodb", ours).scan, TableName="items")
    assert denied(client(aws, "sqs", ours).list_queues)
    assert denied(client(aws, "sts", ours).get_caller_identity)
    assert denied(client(aws, "dynamodb", "stranger").get_item, TableName="items", Key=KEY)
    assert not denied(client(aws, "dynamodb", OPERATOR).scan, TableName="items")


TRUST = {
    "Effect": "Allow",
    "Action": ["sts:AssumeRole", "sts:TagSession"],
    "Principal": {"AWS": FUNCTION},
    "Condition": {
        "StringLike": {"aws:RequestTag/tenant": "?*"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["tenant"]},
    },
}


def assume(aws: Aws, key: str, token: str = "t", **tags: str) -> Any:
    listed = [{"Key": name, "Value": value} for name, value in tags.items()]
    sts = client(aws, "sts", key, token)
    return sts.assume_role(RoleArn=SESSION, RoleSessionName="session", **({"Tags": listed} if listed else {}))


def test_a_session_is_given_to_whom_the_role_trusts_and_judged_by_its_tag(aws: Aws, rights: Rights) -> None:
    rights.know({FUNCTION: Role(FUNCTION, []), SESSION: Role(SESSION, [TRUST], [OWN]), "other": Role("other", [])})
    given = assume(aws, access_key(FUNCTION), tenant="T1")["Credentials"]
    ours = client(aws, "dynamodb", given["AccessKeyId"], given["SessionToken"])
    assert not denied(ours.get_item, TableName="items", Key=KEY)
    assert denied(ours.get_item, TableName="items", Key={**KEY, "PK": {"S": "T#T12"}})
    for key, tags in (
        ("other", {"tenant": "T1"}),
        (access_key(FUNCTION), {}),
        (access_key(FUNCTION), {"tenant": ""}),
        (access_key(FUNCTION), {"tenant": "T1", "more": "x"}),
        (given["AccessKeyId"], {"tenant": "T2"}),
    ):
        assert denied(assume, aws=aws, key=key, **tags)


def test_functions_in_one_process_are_judged_as_a_tenants_by_all_tenant_roles_together(
    aws: Aws, rights: Rights
) -> None:
    files = allow("s3:GetObject", f"{BUCKET}/raw/{TENANT}/*")
    rights.know({"a": Role("a", [TRUST], [OWN]), "b": Role("b", [TRUST], [files, OWN]), "c": Role("c", [])})
    given = assume(aws, OPERATOR, tenant="T1")["Credentials"]
    for service, method, mine, theirs in (
        ("dynamodb", "get_item", {"Key": KEY}, {"Key": {**KEY, "PK": {"S": "T#T12"}}}),
        ("s3", "get_object", {"Key": "raw/T1/a"}, {"Key": "raw/T12/a"}),
    ):
        call = getattr(client(aws, service, given["AccessKeyId"], given["SessionToken"]), method)
        place = {"TableName": "items"} if service == "dynamodb" else {"Bucket": "files"}
        assert not denied(call, **place, **mine)
        assert denied(call, **place, **theirs)
