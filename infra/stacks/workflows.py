"""The state machines of infra/workflows, with the functions they call; each with a role and a log of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.stacks.names import acknowledge, keep_name

_LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)


class Workflow(Construct):
    """One Standard state machine, `ImportMachine` or `ExportMachine`; `connect` gives it its functions."""

    def __init__(self, scope: Construct, folder: Path, name: str) -> None:
        self.title = f"{name.capitalize()}Machine"
        super().__init__(scope, self.title)
        self.name = name
        self._rights = iam.PolicyDocument(
            statements=[iam.PolicyStatement(actions=list(_LOG_DELIVERY), resources=["*"])]
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            inline_policies={"workflow": self._rights},
        )
        keep_name(role, f"{self.title}Role")
        acknowledge(role, "IAM5[Resource::*]", because="The log delivery calls know no resources.")
        log = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        keep_name(log, f"{self.title}Log")
        self.machine = self._machine(json.loads((folder / f"{name}.asl.json").read_text()), role, log)
        acknowledge(
            self.machine, "SF2", because="The job's own steps tell what happened; X-Ray would need rights on *."
        )

    def _machine(
        self, definition: Mapping[str, object], role: iam.Role, log: logs.LogGroup
    ) -> stepfunctions.CfnStateMachine:
        machine = stepfunctions.CfnStateMachine(
            self,
            "Machine",
            role_arn=role.role_arn,
            state_machine_type="STANDARD",
            definition_string=json.dumps(definition, separators=(",", ":")),
            logging_configuration=stepfunctions.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=False,
                destinations=[
                    stepfunctions.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=stepfunctions.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                            log_group_arn=log.log_group_arn
                        )
                    )
                ],
            ),
        )
        machine.override_logical_id(self.title)
        return machine

    def connect(self, functions: Mapping[str, lambda_.Function]) -> None:
        """Put the functions in the places the definition names, and let the machine call them and nothing else."""
        arns = {name: function.function_arn for name, function in functions.items()}
        self.machine.definition_substitutions = arns
        self._rights.add_statements(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(arns.values()))
        )
