"""What happens by itself: schedules, the stream of timers that ran out, and the bus on which others hear of it."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.entries import Entry
from infra.stacks.names import acknowledge, keep_name

TTL_REMOVAL = {
    "eventName": ["REMOVE"],
    "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
    "dynamodb": {"Keys": {"SK": {"S": ["TIMER"]}}},
}
"""A record of a timer that DynamoDB itself removed because its time was up; our own deletes do not match."""

SOURCE = "fortnox-bridge"
"""Source of every event on the bus."""


class Bus(Construct):
    """The bus `Events`: a host product puts rules on it for what it wants to hear of its connections."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Bus")
        self.bus = events.EventBus(
            self, "Events", event_bus_name="FortnoxBridge", description="Fortnox Bridge: what became of connections"
        )
        keep_name(self.bus, "Events")


class Timetable(Construct):
    """An EventBridge rule for each entry with a schedule. A rule needs no role: the function lets EventBridge in."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Timetable")

    def connect(self, entry: Entry, function: lambda_.Function) -> None:
        """Call the entry's function on its schedule, once for each part of the work."""
        shares = [{"part": part, "parts": entry.parts} for part in range(entry.parts)]
        rule = events.Rule(
            self,
            entry.name,
            schedule=events.Schedule.expression(entry.schedule),
            targets=[
                targets.LambdaFunction(function, event=events.RuleTargetInput.from_object(share)) for share in shares
            ],
        )
        keep_name(rule, f"{entry.name}Rule")


class Stream(Construct):
    """The stream of the connections table, and the queue for records that no attempt could deliver."""

    def __init__(self, scope: Construct, table: dynamodb.Table) -> None:
        super().__init__(scope, "Stream")
        assert table.table_stream_arn is not None
        self.arn = table.table_stream_arn
        self.failed = sqs.Queue(
            self,
            "Failed",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        keep_name(self.failed, "StreamFailed")
        acknowledge(self.failed, "SQS3", because="It is itself the queue for what failed.")

    def connect(self, entry: Entry, function: lambda_.Function) -> None:
        """Send the entry's function every timer that ran out; five attempts, halving the batch, then the queue."""
        mapping = lambda_.CfnEventSourceMapping(
            self,
            entry.name,
            event_source_arn=self.arn,
            function_name=function.function_arn,
            starting_position="TRIM_HORIZON",
            batch_size=10,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=5,
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(TTL_REMOVAL))]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.failed.queue_arn)
            ),
        )
        mapping.override_logical_id(f"{entry.name}Mapping")
