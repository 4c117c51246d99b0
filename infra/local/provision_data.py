"""Provisioners of what keeps data: tables, buckets, keys, secrets, queues. What exists is kept as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.local.cfn import Resource, TemplateError
from infra.local.properties import Properties
from infra.local.site import Provision, Site, arn

_TAGS = {"Tags": "tags are for the bill"}
_NO_RIGHTS = "rights are judged by the roles of functions alone"
_LOGICAL_TAG = "fortnox-bridge:logical-id"


def _table(logical: str, properties: Properties, site: Site) -> Resource:
    client = site.client("dynamodb")
    name = site.name(logical, properties.take("TableName"))
    wanted = _wanted_table(name, properties)
    with properties.nested("PointInTimeRecoverySpecification") as recovery:
        recovery.ignore(
            {
                "PointInTimeRecoveryEnabled": "the data folder is copied instead",
                "RecoveryPeriodInDays": "the data folder is copied instead",
            }
        )
    with properties.nested("SSESpecification") as encryption:
        reason = "files on one's own disk are not encrypted again"
        encryption.ignore({"SSEEnabled": reason, "SSEType": reason, "KMSMasterKeyId": reason})
    properties.ignore({**_TAGS, "ContributorInsightsSpecification": "there are no metrics here"})
    existing = _described(client, name)
    if existing is None:
        existing = client.create_table(**wanted)["TableDescription"]
    _same_keys(name, wanted, existing)
    _set_time_to_live(client, name, properties)
    site.deployment.tables.append(name)
    attributes = {"Arn": existing["TableArn"]}
    if "LatestStreamArn" in existing:
        attributes["StreamArn"] = existing["LatestStreamArn"]
    return Resource(name, attributes)


def _wanted_table(name: str, properties: Properties) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "TableName": name,
        "KeySchema": properties.need("KeySchema"),
        "AttributeDefinitions": properties.need("AttributeDefinitions"),
        "BillingMode": properties.take("BillingMode", "PROVISIONED"),
        # Locally a table goes with its folder; protection would only stand in the way of --reset.
        "DeletionProtectionEnabled": False,
    }
    properties.ignore({"DeletionProtectionEnabled": "the data folder is the user's to delete"})
    for key in ("ProvisionedThroughput", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if value := properties.take(key):
            wanted[key] = value
    if stream := properties.take("StreamSpecification"):
        wanted["StreamSpecification"] = {"StreamEnabled": True, **stream}
    return wanted


def _described(client: Any, name: str) -> dict[str, Any] | None:
    try:
        table: dict[str, Any] = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None
    return table


def _same_keys(name: str, wanted: Mapping[str, Any], existing: Mapping[str, Any]) -> None:
    def keys(table: Mapping[str, Any]) -> Any:
        indexes = [(one["IndexName"], one["KeySchema"]) for one in table.get("GlobalSecondaryIndexes") or []]
        return table["KeySchema"], sorted(indexes, key=str), "StreamSpecification" in table

    if keys(wanted) != keys(existing):
        raise TemplateError(f"the table {name} in the data folder has other keys than the template: start with --reset")


def _set_time_to_live(client: Any, name: str, properties: Properties) -> None:
    with properties.nested("TimeToLiveSpecification") as spec:
        enabled, attribute = spec.take("Enabled", default=False), spec.take("AttributeName")
    now = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if enabled and now["TimeToLiveStatus"] != "ENABLED":
        wanted = {"Enabled": True, "AttributeName": attribute}
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


def _bucket(logical: str, properties: Properties, site: Site) -> Resource:
    client = site.client("s3")
    name = site.name(logical, properties.take("BucketName")).lower()
    locked = properties.take("ObjectLockEnabled", default=False)
    properties.ignore(
        {
            **_TAGS,
            "AccelerateConfiguration": "there is no network to speed up",
            "LifecycleConfiguration": "local objects are kept until the folder is deleted",
            "LoggingConfiguration": "nobody reads access logs of one machine",
            "OwnershipControls": "there is one owner",
            "PublicAccessBlockConfiguration": "the server listens on loopback only",
        }
    )
    if not _bucket_exists(client, name):
        place = {"LocationConstraint": client.meta.region_name}
        client.create_bucket(Bucket=name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=locked)
    _configure_bucket(client, name, properties)
    site.deployment.buckets.append(name)
    host = f"{name}.s3.{client.meta.region_name}.amazonaws.com"
    domains = {"DomainName": f"{name}.s3.amazonaws.com", "RegionalDomainName": host}
    return Resource(name, {"Arn": f"arn:aws:s3:::{name}", **domains})


def _bucket_exists(client: Any, name: str) -> bool:
    try:
        client.head_bucket(Bucket=name)
    except ClientError:
        return False
    return True


def _configure_bucket(client: Any, name: str, properties: Properties) -> None:
    if versioning := properties.take("VersioningConfiguration"):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    if lock := properties.take("ObjectLockConfiguration"):
        client.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=_object_lock(lock))
    with properties.nested("BucketEncryption") as encryption:
        rules = [
            {"ApplyServerSideEncryptionByDefault": rule.pop("ServerSideEncryptionByDefault"), **rule}
            for rule in encryption.take("ServerSideEncryptionConfiguration", [])
        ]
    if rules:
        client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    with properties.nested("CorsConfiguration") as cors:
        wanted = [_cors_rule(name, rule) for rule in cors.take("CorsRules", [])]
    if wanted:
        client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": wanted})


def _object_lock(lock: Mapping[str, Any]) -> dict[str, Any]:
    rule = {"Rule": {"DefaultRetention": lock["Rule"]["DefaultRetention"]}} if "Rule" in lock else {}
    return {"ObjectLockEnabled": "Enabled", **rule}


def _cors_rule(owner: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {"Id": "ID", "ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}
    with Properties(f"{owner}.CorsRules", rule) as properties:
        values = properties.rest()  # botocore refuses a key it does not know
    return {renamed.get(key, key): value for key, value in values.items()}


def _bucket_policy(logical: str, properties: Properties, _: Site) -> Resource:
    properties.need("Bucket")
    properties.ignore({"PolicyDocument": _NO_RIGHTS})
    return Resource(logical)


def _key(logical: str, properties: Properties, site: Site) -> Resource:
    client = site.client("kms")
    properties.expect("Enabled", only=[True])
    properties.expect("MultiRegion", only=[False])
    wanted = {
        "Description": properties.take("Description", ""),
        "KeySpec": properties.take("KeySpec", "SYMMETRIC_DEFAULT"),
        "KeyUsage": properties.take("KeyUsage", "ENCRYPT_DECRYPT"),
    }
    rotation = "local keys live as long as their folder"
    properties.ignore(
        {
            **_TAGS,
            "KeyPolicy": _NO_RIGHTS,
            "EnableKeyRotation": rotation,
            "RotationPeriodInDays": rotation,
            "PendingWindowInDays": rotation,
        }
    )
    key = _key_of(client, logical)
    if key is None:
        tags = [{"TagKey": _LOGICAL_TAG, "TagValue": logical}]
        key = client.create_key(**wanted, Tags=tags)["KeyMetadata"]["KeyId"]
    return Resource(key, {"Arn": arn("kms", f"key/{key}"), "KeyId": key})


def _key_of(client: Any, logical: str) -> str | None:
    """Give the key made for this logical id at an earlier start."""
    for key in client.list_keys()["Keys"]:
        description = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if description["KeyManager"] == "CUSTOMER" and _tagged(client, key["KeyId"]) == logical:
            return str(key["KeyId"])
    return None


def _tagged(client: Any, key: str) -> str | None:
    tags = {tag["TagKey"]: tag["TagValue"] for tag in client.list_resource_tags(KeyId=key)["Tags"]}
    return tags.get(_LOGICAL_TAG)


def _alias(_: str, properties: Properties, site: Site) -> Resource:
    client = site.client("kms")
    name, target = properties.need("AliasName"), properties.need("TargetKeyId")
    key = target.rsplit("/", 1)[-1]
    if name not in {one["AliasName"] for one in client.list_aliases()["Aliases"]}:
        client.create_alias(AliasName=name, TargetKeyId=key)
    return Resource(name)


def _secret(logical: str, properties: Properties, site: Site) -> Resource:
    client = site.client("secretsmanager")
    name = site.name(logical, properties.take("Name"))
    text, generated = properties.take("SecretString"), properties.take("GenerateSecretString")
    properties.ignore({**_TAGS, "Description": "shown in a console only", "KmsKeyId": "nobody else reads this disk"})
    site.deployment.secrets.append(name)
    try:
        found = client.describe_secret(SecretId=name)["ARN"]
    except client.exceptions.ResourceNotFoundException:
        value = text if generated is None else _generated(client, generated)
        found = client.create_secret(Name=name, **({} if value is None else {"SecretString": value}))["ARN"]
    return Resource(found, {"Id": found})


def _generated(client: Any, spec: Mapping[str, Any]) -> str:
    """Tell what GenerateSecretString makes: a random password, alone or under a key of a JSON template."""
    asked = {key: value for key, value in spec.items() if key not in {"SecretStringTemplate", "GenerateStringKey"}}
    password = str(client.get_random_password(**asked)["RandomPassword"])
    if "SecretStringTemplate" not in spec:
        return password
    return json.dumps({**json.loads(spec["SecretStringTemplate"]), spec["GenerateStringKey"]: password})


def _queue(logical: str, properties: Properties, site: Site) -> Resource:
    client = site.client("sqs")
    name = site.name(logical, properties.take("QueueName"))
    reason = "files on one's own disk are not encrypted again"
    properties.ignore({**_TAGS, "KmsMasterKeyId": reason, "SqsManagedSseEnabled": reason})
    properties.ignore({"KmsDataKeyReusePeriodSeconds": reason})
    values = {
        key: json.dumps(value) if isinstance(value, dict) else str(value) for key, value in properties.rest().items()
    }
    url = client.create_queue(QueueName=name, Attributes=values)["QueueUrl"]
    return Resource(url, {"Arn": arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _queue_policy(logical: str, properties: Properties, _: Site) -> Resource:
    properties.need("Queues")
    properties.ignore({"PolicyDocument": _NO_RIGHTS})
    return Resource(logical)


TYPES: Mapping[str, Provision] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SecretsManager::Secret": _secret,
}
