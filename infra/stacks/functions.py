"""One Lambda per line of THE TABLE, each with a role, a log and the variables of its own rights, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.entries import Entry, Right
from infra.stacks.events import Stream
from infra.stacks.names import acknowledge, keep_name
from infra.stacks.rights import TENANT, Estate

RUNTIME = lambda_.Runtime.PYTHON_3_13

ANSWERING = 4
"""Seconds of its time a function keeps to answer by itself, when the broker takes longer than that."""


class Functions(Construct):
    """Makes the functions; `layers` are the folders put under /opt, by the layer's name."""

    def __init__(self, scope: Construct, doors: Path, layers: Mapping[str, Path]) -> None:
        super().__init__(scope, "Functions")
        self._doors = doors
        self._layers = [self._layer(name, folder) for name, folder in layers.items()]
        acknowledge(self, "L1", because="One runtime, the one the layers are built and tested for: Python 3.13.")
        tenant = TENANT.replace("${", "<").replace("}", ">")  # as cdk-nag writes it
        folders = (f"raw/{tenant}", f"ledger/{tenant}", "escrow")
        opened = [f"IAM5[Resource::<Data.Arn>/{folder}/*]" for folder in folders]
        acknowledge(self, *opened, because="File names carry job ids: the tenant's folder is as narrow as it gets.")

    def _layer(self, name: str, folder: Path) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            f"{name.capitalize()}Layer",
            code=lambda_.Code.from_asset(str(folder)),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[RUNTIME],
        )

    def make(self, entry: Entry, estate: Estate, stream: Stream) -> lambda_.Function:
        """Make the entry's function."""
        log = logs.LogGroup(
            self,
            f"{entry.name}Log",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        keep_name(log, f"{entry.name}Log")
        statements = estate.statements(entry.rights)
        if entry.schedule:
            statements.append(estate.due())
        if entry.stream:
            statements.extend(_stream_rights(stream))
        role = self._role(entry, log, statements)
        function = lambda_.Function(
            self,
            entry.name,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(str(self._doors / entry.door), exclude=["**/__pycache__"]),
            handler=entry.handler,
            layers=self._layers,
            timeout=cdk.Duration.seconds(entry.timeout),
            memory_size=entry.memory,
            role=role,
            log_group=log,
            environment={**environment(entry, estate), "TENANT_ROLE": self._tenant_role(entry, role, estate).role_arn},
        )
        keep_name(function, entry.name)
        return function

    def _role(self, entry: Entry, log: logs.LogGroup, statements: Sequence[iam.PolicyStatement]) -> iam.Role:
        write_log = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log.log_group_arn]
        )
        policy = iam.PolicyDocument(statements=[write_log, *statements], minimize=True)
        role = iam.Role(
            self,
            f"{entry.name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"rights": policy},
        )
        keep_name(role, f"{entry.name}Role")
        if entry.stream:
            acknowledge(role, "IAM5[Resource::*]", because="Listing streams knows no resources; Lambda demands it.")
        return role

    def _tenant_role(self, entry: Entry, function: iam.Role, estate: Estate) -> iam.Role:
        """Make the role that the function takes in the name of one tenant. Nobody else can, nor without naming one."""
        named = {
            "StringLike": {"aws:RequestTag/tenant": "?*"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["tenant"]},
        }
        policy = iam.PolicyDocument(statements=estate.tenant_statements(entry.rights), minimize=True)
        role = iam.Role(
            self,
            f"{entry.name}TenantRole",
            assumed_by=iam.SessionTagsPrincipal(iam.ArnPrincipal(function.role_arn)).with_conditions(named),
            inline_policies={"rights": policy},
        )
        keep_name(role, f"{entry.name}TenantRole")
        return role


def environment(entry: Entry, estate: Estate) -> dict[str, str]:
    """Name the variables of the entry: those its rights need, and those of its kind."""
    parameters = estate.parameters
    values = {
        "STAGE": parameters.stage,
        "POWERTOOLS_SERVICE_NAME": entry.name,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        **estate.variables(entry.rights),
    }
    if Right.BROKER in entry.rights:
        values |= {"BROKER_SECONDS": str(entry.timeout - ANSWERING)}
    if entry.routes:
        values |= {"TENANT_CLAIM": parameters.tenant_claim, "ROLES_CLAIM": parameters.roles_claim}
    if entry.door == "export":
        values |= {"SETTLE_SECONDS": parameters.settle_seconds}
    if entry.door == "import":
        values |= {"DEFAULT_SERIES": parameters.default_series, "OBJECT_LIMIT": parameters.object_limit}
    if entry.door == "oauth_callback" or Right.TOKENS in entry.rights:
        values |= {"PUBLIC_URL": estate.public_url, "SERVICE_ACCOUNTS": parameters.service_accounts}
    if entry.door == "oauth_callback":
        values |= {"CONSOLE_URL": parameters.console_url}
    return values


def _stream_rights(stream: Stream) -> list[iam.PolicyStatement]:
    """Allow what the event source mapping does in the function's name."""
    reading = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    return [
        iam.PolicyStatement(actions=reading, resources=[stream.arn]),
        iam.PolicyStatement(actions=["dynamodb:ListStreams"], resources=["*"]),
        iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[stream.failed.queue_arn]),
    ]
