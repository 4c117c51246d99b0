"""From a right in THE TABLE to the narrowest statements and the variables that name what they open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from infra.entries import Right
from infra.stacks.events import SOURCE
from infra.stacks.parameters import Parameters
from infra.stacks.secrets import Secrets
from infra.stacks.storage import DUE_INDEX, Storage

TOKEN_PURPOSE = "fortnox-token"  # noqa: S105 (the encryption context of every token, no secret)

_READ = ("GetItem", "BatchGetItem", "Query")
_WRITE = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem")
_KEY_READ = ("kms:Decrypt", "kms:DescribeKey")
_KEY_WRITE = (*_KEY_READ, "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")

_FILE_READERS: Mapping[Right, str] = {Right.RAW_READ: "raw/*", Right.LEDGER_READ: "ledger/*"}
_FILE_WRITERS: Mapping[Right, str] = {Right.RAW_WRITE: "raw/*", Right.LEDGER_WRITE: "ledger/*"}

_CONNECTIONS = frozenset((Right.CONNECTIONS_READ, Right.CONNECTIONS_WRITE))
_WORK = frozenset((Right.WORK_READ, Right.WORK_WRITE))
_LIMITS = frozenset((Right.LIMITS_WRITE,))
_TABLES = _CONNECTIONS | _WORK | _LIMITS
_FILES = frozenset((*_FILE_READERS, *_FILE_WRITERS, Right.ESCROW))
_WRITERS = frozenset((Right.CONNECTIONS_WRITE, Right.WORK_WRITE, *_LIMITS, *_FILE_WRITERS, Right.ESCROW))


@dataclass(frozen=True, slots=True)
class Estate:
    """What there is to have rights on. Machines and broker are ARNs; the broker is "" while it is itself being made."""

    parameters: Parameters
    storage: Storage
    secrets: Secrets
    public_url: str
    import_machine: str
    export_machine: str
    bus: events.EventBus
    broker: str = ""

    def statements(self, rights: Iterable[Right]) -> list[iam.PolicyStatement]:
        """List what a role with these rights may do."""
        held = frozenset(rights)
        return [
            *self._tables(held),
            *self._files(held),
            *self._data_key(held),
            *(self._tokens() if Right.TOKENS in held else ()),
            *(self._events() if Right.EVENTS in held else ()),
            *(_allow(action, arn) for right, action, arn in self._calls() if right in held),
        ]

    def variables(self, rights: Iterable[Right]) -> dict[str, str]:
        """Name the environment variables a function with these rights gets."""
        held = frozenset(rights)
        return {name: value for name, value, opening in self._names() if held.intersection(opening)}

    def due(self) -> iam.PolicyStatement:
        """Allow asking over all tenants what is due; for the sweep alone."""
        return _allow("dynamodb:Query", f"{self.storage.connections.table_arn}/index/{DUE_INDEX}")

    def _names(self) -> tuple[tuple[str, str, frozenset[Right]], ...]:
        """Variable, its value, and the rights of which any one brings it."""
        storage, secrets, parameters = self.storage, self.secrets, self.parameters
        fortnox, tokens = frozenset((Right.FORTNOX,)), frozenset((Right.TOKENS,))
        return (
            ("CONNECTIONS_TABLE", storage.connections.table_name, _CONNECTIONS),
            ("WORK_TABLE", storage.work.table_name, _WORK),
            ("LIMITS_TABLE", storage.limits.table_name, _LIMITS),
            ("DATA_BUCKET", storage.data.bucket_name, _FILES),
            ("TOKENS_KEY", secrets.key.key_arn, tokens),
            ("SEALS_KEY", secrets.seals.key_arn, tokens),
            ("CLIENT_SECRET", secrets.client.ref, tokens),
            ("IMPORT_MACHINE", self.import_machine, frozenset((Right.START_IMPORT,))),
            ("EXPORT_MACHINE", self.export_machine, frozenset((Right.START_EXPORT,))),
            ("BROKER_FUNCTION", self.broker, frozenset((Right.BROKER,))),
            ("EVENT_BUS", self.bus.event_bus_name, frozenset((Right.EVENTS,))),
            ("FORTNOX_API_URL", parameters.fortnox_api_url, fortnox),
            ("FORTNOX_APPS_URL", parameters.fortnox_apps_url, fortnox),
        )

    def _calls(self) -> tuple[tuple[Right, str, str], ...]:
        return (
            (Right.START_IMPORT, "states:StartExecution", self.import_machine),
            (Right.START_EXPORT, "states:StartExecution", self.export_machine),
            (Right.BROKER, "lambda:InvokeFunction", self.broker),
        )

    def _tables(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        storage = self.storage
        if Right.CONNECTIONS_READ in held:
            yield _table(_READ, storage.connections)
        if Right.CONNECTIONS_WRITE in held:
            yield _table(_WRITE, storage.connections)
        if Right.WORK_READ in held:
            yield _table(_READ, storage.work)
        if Right.WORK_WRITE in held:
            yield _table(_WRITE, storage.work)
        if Right.LIMITS_WRITE in held:
            yield _table(("GetItem", "PutItem", "UpdateItem"), storage.limits)

    def _files(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        """Open folders of the bucket. Who may not list it is told that a missing file is forbidden, not that it is missing."""
        bucket = self.storage.data
        if Right.ESCROW in held:
            kept = bucket.arn_for_objects("escrow/*")
            yield _allow(("s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion"), kept)
            yield _allow("s3:ListBucketVersions", bucket.bucket_arn)
        if held & (_FILE_READERS.keys() | {Right.ESCROW}):
            yield _allow("s3:ListBucket", bucket.bucket_arn)
        for right in sorted(held & _FILE_READERS.keys()):
            yield _allow("s3:GetObject", bucket.arn_for_objects(_FILE_READERS[right]))
        for right in sorted(held & _FILE_WRITERS.keys()):
            yield _allow(("s3:PutObject", "s3:AbortMultipartUpload"), bucket.arn_for_objects(_FILE_WRITERS[right]))

    def _data_key(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        """Open the key over tables and files, usable only through these services, never by itself."""
        via = [self._service(name) for name, opening in (("dynamodb", _TABLES), ("s3", _FILES)) if held & opening]
        if via:
            actions = _KEY_WRITE if held & _WRITERS else _KEY_READ
            yield _allow(actions, self.storage.key.key_arn, {"StringEquals": {"kms:ViaService": via}})

    def _tokens(self) -> Iterator[iam.PolicyStatement]:
        key, secret = self.secrets.key.key_arn, self.secrets.client.ref
        yield _allow(
            ("kms:Encrypt", "kms:Decrypt"), key, {"StringEquals": {"kms:EncryptionContext:purpose": TOKEN_PURPOSE}}
        )
        yield _allow(("kms:GenerateMac", "kms:VerifyMac"), self.secrets.seals.key_arn)
        yield _allow("secretsmanager:GetSecretValue", secret)
        through = {"kms:ViaService": self._service("secretsmanager"), "kms:EncryptionContext:SecretARN": secret}
        yield _allow("kms:Decrypt", key, {"StringEquals": through})

    def _events(self) -> Iterator[iam.PolicyStatement]:
        yield _allow("events:PutEvents", self.bus.event_bus_arn, {"StringEquals": {"events:source": SOURCE}})

    def _service(self, name: str) -> str:
        return f"{name}.{self.parameters.region}.amazonaws.com"


def _table(actions: Iterable[str], table: dynamodb.Table) -> iam.PolicyStatement:
    return _allow([f"dynamodb:{action}" for action in actions], table.table_arn)


def _allow(
    actions: str | Iterable[str], resource: str, conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    listed = [actions] if isinstance(actions, str) else list(actions)
    return iam.PolicyStatement(actions=listed, resources=[resource], conditions=conditions)
