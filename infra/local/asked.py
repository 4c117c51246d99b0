"""What a request to AWS asks for, in IAM's words: actions on resources, with what conditions look at.

Only calls that functions make are known. Any other becomes an action by its own name and without context, which no policy
of ours allows.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from infra.local.site import arn

_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_PARTITION = re.compile(r"(?:duePk|PK) = (:\w+)")


@dataclass(frozen=True, slots=True)
class Ask:
    """One action on one resource; a key of the context may have several values."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. `service` is the one it was signed for, `target` the operation in AWS's JSON protocols."""

    service: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """Name the operation in AWS's JSON protocols."""
        return self.headers.get("X_AMZ_TARGET", "").rpartition(".")[2]

    @property
    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body or b"{}")


def asks(request: Request) -> list[Ask]:
    """List all that the request asks for; each of them must be allowed."""
    read = _READERS.get(request.service, _unknown)
    return list(read(request))


def _unknown(request: Request) -> Iterator[Ask]:
    yield Ask(f"{request.service}:{request.operation or request.method}", "*")


def _dynamodb(request: Request) -> Iterator[Ask]:
    """Read an item's or a partition's call. Each write of a transaction comes with the partitions of all: its strictest reading."""
    if request.operation == "TransactWriteItems":
        writes = [write for each in request.json["TransactItems"] for write in each.items()]
        keys = tuple(_partition(write) for _, write in writes)
        yield from (_item(_WRITES[kind], write, keys) for kind, write in writes)
    else:
        keys = (_partition(request.json),) if request.operation in {*_WRITES.values(), "GetItem", "Query"} else ()
        yield _item(request.operation, request.json, keys)


def _item(action: str, call: Mapping[str, Any], keys: tuple[str, ...]) -> Ask:
    index = f"/index/{call['IndexName']}" if "IndexName" in call else ""
    table = arn("dynamodb", f"table/{call['TableName']}{index}")
    return Ask(f"dynamodb:{action}", table, {"dynamodb:LeadingKeys": keys} if keys else {})


def _partition(call: Mapping[str, Any]) -> str:
    if "KeyConditionExpression" in call:
        [name] = _PARTITION.findall(call["KeyConditionExpression"])
        return str(call["ExpressionAttributeValues"][name]["S"])
    return str((call.get("Key") or call["Item"])["PK"]["S"])


def _s3(request: Request) -> Iterator[Ask]:
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    asked = dict(parse_qsl(request.query, keep_blank_values=True))
    resource = f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
    yield Ask(f"s3:{_s3_action(request.method, key, asked)}", resource)
    if "X_AMZ_SERVER_SIDE_ENCRYPTION_CONTEXT" in request.headers:
        context = json.loads(base64.b64decode(request.headers["X_AMZ_SERVER_SIDE_ENCRYPTION_CONTEXT"]))
        encrypted_by = request.headers["X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID"]
        yield Ask("kms:GenerateDataKey", encrypted_by, {**_encryption(context), "kms:ViaService": (_VIA_S3,)})


def _s3_action(method: str, key: str, asked: Mapping[str, str]) -> str:
    if not key:
        return {"GET": "ListBucketVersions" if "versions" in asked else "ListBucket"}.get(method, method)
    if method == "DELETE":
        return "AbortMultipartUpload" if "uploadId" in asked else "DeleteObject" + "Version" * ("versionId" in asked)
    return {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "POST": "PutObject"}.get(method, method)


def _kms(request: Request) -> Iterator[Ask]:
    context = request.json.get("EncryptionContext", {})
    yield Ask(f"kms:{request.operation}", request.json.get("KeyId", "*"), _encryption(context))


def _encryption(context: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {f"kms:EncryptionContext:{name}": (value,) for name, value in context.items()}


def _secrets(request: Request) -> Iterator[Ask]:
    yield Ask(f"secretsmanager:{request.operation}", request.json["SecretId"])


def _events(request: Request) -> Iterator[Ask]:
    for entry in request.json["Entries"]:
        bus = arn("events", f"event-bus/{entry['EventBusName']}")
        yield Ask(f"events:{request.operation}", bus, {"events:source": (entry["Source"],)})


def _states(request: Request) -> Iterator[Ask]:
    yield Ask(f"states:{request.operation}", request.json["stateMachineArn"])


def _lambda(request: Request) -> Iterator[Ask]:
    name = unquote(request.path).partition("/functions/")[2].removesuffix("/invocations")
    yield Ask("lambda:InvokeFunction", name if name.startswith("arn:") else arn("lambda", f"function:{name}"))


def _sts(request: Request) -> Iterator[Ask]:
    asked = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    tags = session_tags(request)
    context = {f"aws:RequestTag/{name}": (value,) for name, value in tags.items()}
    for action in (asked["Action"], *(["TagSession"] if tags else [])):
        yield Ask(
            f"sts:{action}", asked.get("RoleArn", "*"), {**context, **({"aws:TagKeys": tuple(tags)} if tags else {})}
        )


def session_tags(request: Request) -> dict[str, str]:
    """Read the tags of the session that an AssumeRole asks for."""
    asked = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    places = (name.removesuffix(".Key") for name in asked if name.startswith("Tags.") and name.endswith(".Key"))
    return {asked[f"{place}.Key"]: asked[f"{place}.Value"] for place in places}


_VIA_S3 = f"s3.{arn('', '').split(':')[3]}.amazonaws.com"
_READERS: Mapping[str, Callable[[Request], Iterator[Ask]]] = {
    "dynamodb": _dynamodb,
    "events": _events,
    "kms": _kms,
    "lambda": _lambda,
    "s3": _s3,
    "secretsmanager": _secrets,
    "states": _states,
    "sts": _sts,
}
