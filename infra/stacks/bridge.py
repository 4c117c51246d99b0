"""The stack: storage, secrets, API, workflows, functions and events, put together by THE TABLE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.entries import ENTRIES, Entry, Right
from infra.stacks.api import Api
from infra.stacks.events import Bus, Stream, Timetable
from infra.stacks.functions import Functions
from infra.stacks.parameters import Parameters
from infra.stacks.rights import Estate
from infra.stacks.secrets import Secrets
from infra.stacks.storage import Storage
from infra.stacks.workflows import Workflow

BROKER = "Broker"


class FortnoxBridge(cdk.Stack):
    """Everything there is. `root` is the project's folder; `layers` are built folders by name."""

    def __init__(self, scope: Construct, root: Path, parameters: Parameters, layers: Mapping[str, Path]) -> None:
        super().__init__(
            scope,
            "FortnoxBridge",
            description="Fortnox Bridge: connects a company's Fortnox books with the product that needs them",
            env=cdk.Environment(region=parameters.region),
            termination_protection=parameters.stage == "prod",
            analytics_reporting=False,
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        self._storage = Storage(self)
        self._api = Api(self, parameters, ENTRIES)
        self._workflows = [Workflow(self, root / "infra" / "workflows", name) for name in ("import", "export")]
        importing, exporting = self._workflows
        self._estate = Estate(
            parameters,
            self._storage,
            Secrets(self),
            public_url=self._api.url,
            import_machine=importing.machine.ref,
            export_machine=exporting.machine.ref,
            bus=Bus(self).bus,
        )
        self._stream = Stream(self, self._storage.connections)
        self._connect(self._functions(Functions(self, root / "functions", layers)))
        self._tell()

    def _functions(self, maker: Functions) -> dict[str, lambda_.Function]:
        """Make all functions by name; the broker first, for the others need its ARN."""
        made: dict[str, lambda_.Function] = {}
        estate = self._estate
        for entry in sorted(ENTRIES, key=lambda entry: Right.BROKER in entry.rights):
            if Right.BROKER in entry.rights:
                estate = replace(estate, broker=made[BROKER].function_arn)
            made[entry.name] = maker.make(entry, estate, self._stream)
        return made

    def _connect(self, functions: Mapping[str, lambda_.Function]) -> None:
        """Let each function be called by what THE TABLE says."""
        timetable = Timetable(self)
        for entry in ENTRIES:
            self._connect_one(entry, functions[entry.name], timetable)
        for workflow in self._workflows:
            steps = {entry.name: functions[entry.name] for entry in ENTRIES if entry.workflow == workflow.name}
            workflow.connect(steps)

    def _connect_one(self, entry: Entry, function: lambda_.Function, timetable: Timetable) -> None:
        if entry.routes or entry.open_routes:
            self._api.connect(entry, function)
        if entry.schedule:
            timetable.connect(entry, function)
        if entry.stream:
            self._stream.connect(entry, function)

    def _tell(self) -> None:
        told = {
            "ApiUrl": self._api.url,
            "ConnectionsTable": self._storage.connections.table_name,
            "WorkTable": self._storage.work.table_name,
            "LimitsTable": self._storage.limits.table_name,
            "DataBucket": self._storage.data.bucket_name,
            "ImportMachineArn": self._estate.import_machine,
            "ExportMachineArn": self._estate.export_machine,
            "ClientSecretArn": self._estate.secrets.client.ref,
            "EventBus": self._estate.bus.event_bus_name,
        }
        for name, value in told.items():
            cdk.CfnOutput(self, name, value=value)
