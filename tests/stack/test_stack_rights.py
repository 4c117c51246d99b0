"""The main job with worker processes: each has its function's role, and the local stack refuses what that does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import jwt
import pytest

from tests.rights import denied
from tests.stack.books import LAST
from tests.stack.served import Served

pytestmark = pytest.mark.slow

Client = Any
TABLE = "FortnoxBridge-Work"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A stack with worker processes that has done all there is to do for one company."""
    with Served(tmp_path_factory.mktemp("rights"), workers=True) as made:
        bridge = made.bridge
        bridge.engage()
        assert bridge.connect("personal") == ""
        assert bridge.get("/connection")["status"] == "connected"
        assert bridge.importing(LAST)["status"] == "succeeded"
        assert bridge.exporting(bridge.entries()[:1])["result"] == {"exported": 1, "verified": 1, "entries": 1}
        yield made


def client(served: Served, service: str, key: str, token: str = "") -> Client:
    """A client of the local AWS with somebody's credentials."""
    return boto3.client(
        service,
        endpoint_url=served.urls["aws"],
        region_name="eu-north-1",
        aws_access_key_id=key,
        aws_secret_access_key="s",
        aws_session_token=token,
    )


def session(served: Served, function: str, tenant: str, role: str = "") -> Client:
    """What a function gets that takes its tenant role in the name of a tenant."""
    tags = [{"Key": "tenant", "Value": tenant}]
    arn = f"arn:aws:iam::123456789012:role/FortnoxBridge-{role or function}TenantRole"
    sts = client(served, "sts", f"FortnoxBridge-{function}Role")
    return sts.assume_role(RoleArn=arn, RoleSessionName="test", Tags=tags)["Credentials"]


def tables(served: Served, function: str, tenant: str) -> Client:
    given = session(served, function, tenant)
    return client(served, "dynamodb", given["AccessKeyId"], given["SessionToken"])


def key(partition: str, sort: str = "JOB#import#x") -> dict[str, Any]:
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def test_a_role_allows_all_that_its_function_asks_for(served: Served) -> None:
    served.bridge.ask("POST", f"/engagements/{served.bridge.engagement}/activation-links", {}).raise_for_status()
    gone = served.bridge.ask("DELETE", f"/engagements/{served.bridge.engagement}/connection")
    assert gone.status_code == 204
    assert served.panel()["refused"] == []


@pytest.mark.parametrize("other", ["T12", "T", "t1", "T1x"])
def test_a_session_of_one_tenant_reaches_nothing_of_anothers(served: Served, other: str) -> None:
    ours = tables(served, "ReadYear", "T1")
    for mine in ("T#T1", "T#T1#E#e1", "T#T1#E#e1#J#j1"):
        theirs = key(mine.replace("T#T1", f"T#{other}"))
        ours.put_item(TableName=TABLE, Item=key(mine))
        assert "Item" in ours.get_item(TableName=TABLE, Key=key(mine))
        assert denied(ours.get_item, TableName=TABLE, Key=theirs)
        assert denied(ours.put_item, TableName=TABLE, Item=theirs)
        both = [{"Put": {"TableName": TABLE, "Item": each}} for each in (key(mine), theirs)]
        assert denied(ours.transact_write_items, TransactItems=both)
        partition = {":p": theirs["PK"]}
        assert denied(
            ours.query, TableName=TABLE, KeyConditionExpression="PK = :p", ExpressionAttributeValues=partition
        )
    assert denied(ours.scan, TableName=TABLE)


def test_a_session_of_one_tenant_reads_no_file_of_anothers(served: Served) -> None:
    tenant = jwt.decode(served.bridge.token(), options={"verify_signature": False})["tenant"]
    bucket = client(served, "s3", "local").list_buckets()["Buckets"][0]["Name"]
    [stored, *_] = client(served, "s3", "local").list_objects_v2(Bucket=bucket, Prefix="raw/")["Contents"]
    for who, refused in ((tenant, False), (tenant[:-1], True), (tenant + "2", True)):
        given = session(served, "ReadYear", who)
        files = client(served, "s3", given["AccessKeyId"], given["SessionToken"])
        assert denied(files.get_object, Bucket=bucket, Key=stored["Key"]) == refused
        assert denied(files.put_object, Bucket=bucket, Key=stored["Key"], Body=b""), "it only reads what came in"


def test_a_role_is_taken_by_its_own_function_and_only_in_a_tenants_name(served: Served) -> None:
    for taken in (
        lambda: session(served, "ReadYear", "T1", "ConnectApi"),
        lambda: session(served, "ReadYear", ""),
    ):
        assert denied(taken)
    sts = client(served, "sts", "FortnoxBridge-ReadYearRole")
    role = "arn:aws:iam::123456789012:role/FortnoxBridge-ReadYearTenantRole"
    assert denied(sts.assume_role, RoleArn=role, RoleSessionName="test")
    given = session(served, "ReadYear", "T1")
    again = client(served, "sts", given["AccessKeyId"], given["SessionToken"])
    assert denied(again.assume_role, RoleArn=role, RoleSessionName="test", Tags=[{"Key": "tenant", "Value": "T2"}])


def test_a_function_by_itself_reaches_nothing_of_a_tenants(served: Served) -> None:
    for function in ("ConnectApi", "Broker", "SweepDue", "ReadYear"):
        own = client(served, "dynamodb", f"FortnoxBridge-{function}Role")
        for table in (TABLE, "FortnoxBridge-Connections"):
            assert denied(own.get_item, TableName=table, Key=key("T#T1"))
    assert denied(client(served, "dynamodb", "stranger").get_item, TableName=TABLE, Key=key("T#T1"))
