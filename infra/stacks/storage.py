"""What is kept: three tables by what they guard, one bucket, and the key over all of it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stacks.names import acknowledge, keep_name

_TEXT = dynamodb.AttributeType.STRING
_KEPT = cdk.RemovalPolicy.RETAIN

DUE_INDEX = "due"
"""The index over what is due: timers and leases, spread over a few partitions."""


class Storage(Construct):
    """Tables `Connections`, `Work` and `Limits`, the bucket `Data` and its key `DataKey`. All outlive the stack."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Storage")
        self.key = kms.Key(
            self,
            "DataKey",
            description="Fortnox Bridge: tables and files",
            enable_key_rotation=True,
            removal_policy=_KEPT,
        )
        keep_name(self.key, "DataKey")
        self.connections = self._table("Connections", stream=dynamodb.StreamViewType.OLD_IMAGE)
        self.connections.add_global_secondary_index(
            index_name=DUE_INDEX,
            partition_key=dynamodb.Attribute(name="duePk", type=_TEXT),
            sort_key=dynamodb.Attribute(name="dueAt", type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.work = self._table("Work")
        self.limits = self._table("Limits", kept=False)
        acknowledge(self.limits, "DDB3", because="Rate budgets live for seconds; an old copy of them is worth nothing.")
        self.data = self._bucket()

    def _table(self, name: str, *, kept: bool = True, stream: dynamodb.StreamViewType | None = None) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name="PK", type=_TEXT),
            sort_key=dynamodb.Attribute(name="SK", type=_TEXT),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            time_to_live_attribute="ttl",
            stream=stream,
            deletion_protection=kept,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=kept
            ),
            removal_policy=_KEPT if kept else cdk.RemovalPolicy.DESTROY,
        )
        keep_name(table, name)
        return table

    def _bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Data",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(id="unfinished", abort_incomplete_multipart_upload_after=cdk.Duration.days(1)),
                s3.LifecycleRule(id="uploads", prefix="uploads/", expiration=cdk.Duration.days(7)),
                s3.LifecycleRule(id="escrow", prefix="escrow/", expiration=cdk.Duration.days(45)),
                s3.LifecycleRule(id="replaced", noncurrent_version_expiration=cdk.Duration.days(30)),
            ],
            removal_policy=_KEPT,
        )
        keep_name(bucket, "Data")
        acknowledge(
            bucket, "S1", because="Only the functions' roles reach it; CloudTrail data events record them if wanted."
        )
        return bucket
