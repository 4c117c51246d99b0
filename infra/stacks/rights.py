"""From a right in THE TABLE to the narrowest statements and the variables that name what they open.

A function has two roles. Its own opens what is no tenant's. The tenant role, which it takes in the name of one tenant,
opens that tenant's partitions and folders: AWS compares each key with the tag of the session.
"""

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

TENANT = "${aws:PrincipalTag/tenant}"
"""The tenant in whose name the tenant role was taken."""

_OWN = (f"T#{TENANT}", f"T#{TENANT}#*")
_GRANTS = "GRANTS#*"

_FOLDERS: Mapping[Right, str] = {
    Right.RAW_READ: f"raw/{TENANT}/*",
    Right.RAW_WRITE: f"raw/{TENANT}/*",
    Right.LEDGER_READ: f"ledger/{TENANT}/*",
    Right.LEDGER_WRITE: f"ledger/{TENANT}/*",
}
_FILE_READERS = frozenset((Right.RAW_READ, Right.LEDGER_READ))

_SHARED_ITEMS: Mapping[Right, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Right.LOGINS: (("GetItem", "PutItem", "UpdateItem", "DeleteItem"), ("TICKET#*", "STATE#*", "LINKTOKEN#*")),
    Right.TIMERS: (("PutItem", "DeleteItem"), ("REFRESH#*",)),
    Right.TOKENS: (("GetItem", "PutItem", "UpdateItem", "DeleteItem"), ("FX#*", "REFRESH#*")),
}
"""What is no tenant's in the connections table: right -> actions and partitions."""

_CONNECTIONS = frozenset((Right.CONNECTIONS_READ, Right.CONNECTIONS_WRITE))
_WORK = frozenset((Right.WORK_READ, Right.WORK_WRITE))
_LIMITS = frozenset((Right.LIMITS_WRITE,))
_FILES = frozenset((*_FOLDERS, Right.ESCROW))
_READS = frozenset((Right.CONNECTIONS_READ, Right.WORK_READ, *_FILE_READERS))


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
        """List what a function with these rights may do by itself: nothing of it is one tenant's."""
        held = frozenset(rights)
        return [
            *self._shared_items(held),
            *(self._escrow() if Right.ESCROW in held else ()),
            *(self._tokens() if Right.TOKENS in held else ()),
            *(self._events() if Right.EVENTS in held else ()),
            *(_allow(action, arn) for right, action, arn in self._calls() if right in held),
        ]

    def tenant_statements(self, rights: Iterable[Right]) -> list[iam.PolicyStatement]:
        """List what it may do in the name of one tenant."""
        held = frozenset(rights)
        return [*self._items(held), *self._files(held), *self._tenant_keys(held)]

    def variables(self, rights: Iterable[Right]) -> dict[str, str]:
        """Name the environment variables a function with these rights gets."""
        held = frozenset(rights)
        return {name: value for name, value, opening in self._names() if held.intersection(opening)}

    def due(self) -> iam.PolicyStatement:
        """Allow asking over all tenants what is due, keys alone; for the sweep alone."""
        return _allow("dynamodb:Query", f"{self.storage.connections.table_arn}/index/{DUE_INDEX}")

    def _names(self) -> tuple[tuple[str, str, frozenset[Right]], ...]:
        """Variable, its value, and the rights of which any one brings it."""
        storage, secrets, parameters = self.storage, self.secrets, self.parameters
        fortnox, tokens = frozenset((Right.FORTNOX,)), frozenset((Right.TOKENS,))
        return (
            ("CONNECTIONS_TABLE", storage.connections.table_name, _CONNECTIONS),
            ("WORK_TABLE", storage.work.table_name, _WORK),
            ("LIMITS_TABLE", storage.limits.table_name, _LIMITS),
            ("CLIENT_ID", parameters.fortnox_client_id, _LIMITS),
            ("RATE_CEILING", parameters.rate_ceiling, _LIMITS),
            ("DATA_BUCKET", storage.data.bucket_name, _FILES),
            ("DATA_KEY", storage.key.key_arn, frozenset(_FOLDERS)),
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

    def _shared_items(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        table, opened = self.storage.connections, held & _SHARED_ITEMS.keys()
        for right in sorted(opened):
            actions, partitions = _SHARED_ITEMS[right]
            yield _table(actions, table, partitions)
        if Right.TOKENS in held:
            yield _table(("Query",), table, (_GRANTS,))
        if Right.LIMITS_WRITE in held:
            yield _allow(("dynamodb:GetItem", "dynamodb:UpdateItem"), self.storage.limits.table_arn)
        if opened or Right.LIMITS_WRITE in held:
            yield self._data_key("dynamodb", writes=True)

    def _items(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        """Open the tenant's partitions, and who else uses its Fortnox companies to those who end or make connections."""
        connections = (*_OWN, _GRANTS) if Right.GRANTS in held else _OWN
        if Right.CONNECTIONS_READ in held:
            yield _table(_READ, self.storage.connections, connections)
        if Right.CONNECTIONS_WRITE in held:
            yield _table(_WRITE, self.storage.connections, connections)
        if Right.WORK_READ in held:
            yield _table(_READ, self.storage.work, _OWN)
        if Right.WORK_WRITE in held:
            yield _table(_WRITE, self.storage.work, _OWN)

    def _files(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        """Open the tenant's folders. Who may not list a bucket is told that a missing file is forbidden, not that it is missing."""
        bucket = self.storage.data
        if held & _FILE_READERS:
            yield _allow("s3:ListBucket", bucket.bucket_arn)
        for right in sorted(held & _FOLDERS.keys()):
            actions = "s3:GetObject" if right in _FILE_READERS else ("s3:PutObject", "s3:AbortMultipartUpload")
            yield _allow(actions, bucket.arn_for_objects(_FOLDERS[right]))

    def _escrow(self) -> Iterator[iam.PolicyStatement]:
        bucket = self.storage.data
        kept = bucket.arn_for_objects("escrow/*")
        yield _allow(("s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion"), kept)
        yield _allow(("s3:ListBucket", "s3:ListBucketVersions"), bucket.bucket_arn)
        yield self._data_key("s3", writes=True)

    def _tenant_keys(self, held: frozenset[Right]) -> Iterator[iam.PolicyStatement]:
        tables, files = held & (_CONNECTIONS | _WORK), held & _FOLDERS.keys()
        if tables:
            yield self._data_key("dynamodb", writes=bool(tables - _READS))
        if files:
            own = {"kms:EncryptionContext:tenant": TENANT}
            yield self._data_key("s3", writes=bool(files - _READS), context=own)

    def _data_key(self, service: str, *, writes: bool, context: Mapping[str, str] | None = None) -> iam.PolicyStatement:
        """Open the key over tables and files, usable only through this service, never by itself, and in this context."""
        through = {"StringEquals": {"kms:ViaService": self._service(service), **(context or {})}}
        return _allow(_KEY_WRITE if writes else _KEY_READ, self.storage.key.key_arn, through)

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


def _table(actions: Iterable[str], table: dynamodb.Table, partitions: Iterable[str]) -> iam.PolicyStatement:
    """Open these partitions of a table; a call that names no partition is none of them."""
    keys = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    return _allow([f"dynamodb:{action}" for action in actions], table.table_arn, keys)


def _allow(
    actions: str | Iterable[str], resource: str, conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    listed = [actions] if isinstance(actions, str) else list(actions)
    return iam.PolicyStatement(actions=listed, resources=[resource], conditions=conditions)
