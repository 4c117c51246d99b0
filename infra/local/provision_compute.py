"""Provisioners of what runs: functions, roles, workflows, stream mappings, schedules, log groups."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping

from infra.local import expressions
from infra.local.aws import ACCOUNT
from infra.local.cfn import Resource, TemplateError
from infra.local.deployment import Function, Role, Schedule, StreamMapping
from infra.local.properties import Properties
from infra.local.site import Provision, Site, arn

_TAGS = {"Tags": "tags are for the bill"}
_NO_RIGHTS = "what may call a function is not judged on one machine"
_OWN_POLICIES = "rights are judged by a role's own policies"
_NO_LOGS = "a local run logs to the terminal and to files"
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


def _role(logical: str, properties: Properties, site: Site) -> Resource:
    client = site.client("iam")
    name = site.name(logical, properties.take("RoleName"))
    trust = properties.need("AssumeRolePolicyDocument")
    client.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), Path=properties.take("Path", "/"))
    role = Role(f"arn:aws:iam::{ACCOUNT}:role/{name}", trust["Statement"])
    for policy in properties.take("Policies", []):
        document = policy["PolicyDocument"]
        client.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=json.dumps(document))
        role.statements.extend(document["Statement"])
    site.deployment.roles[role.arn] = role
    properties.ignore(
        {
            **_TAGS,
            "Description": "shown in a console only",
            "ManagedPolicyArns": _OWN_POLICIES,
            "MaxSessionDuration": "a session lasts as long as the stack",
            "PermissionsBoundary": _OWN_POLICIES,
        }
    )
    return Resource(name, {"Arn": role.arn, "RoleId": name})


def _policy(logical: str, properties: Properties, site: Site) -> Resource:
    """Put an inline policy. moto reads the document, so one that is malformed fails here as it would in AWS."""
    client = site.client("iam")
    name, document = properties.need("PolicyName"), properties.need("PolicyDocument")
    for role in properties.take("Roles", []):
        client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        site.deployment.roles[f"arn:aws:iam::{ACCOUNT}:role/{role}"].statements.extend(document["Statement"])
    return Resource(logical)


def _managed_policy(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("ManagedPolicyName"))
    document = json.dumps(properties.need("PolicyDocument"))
    made = site.client("iam").create_policy(PolicyName=name, PolicyDocument=document, Path=properties.take("Path", "/"))
    properties.ignore({**_TAGS, "Description": "shown in a console only", "Roles": _OWN_POLICIES})
    return Resource(made["Policy"]["Arn"], {"PolicyArn": made["Policy"]["Arn"]})


def _function(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("FunctionName"))
    with properties.nested("Environment") as environment:
        variables = environment.take("Variables", {})
    function = Function(
        name=name,
        folder=site.folder_of(logical),
        handler=properties.need("Handler"),
        timeout=int(properties.take("Timeout", 3)),
        memory=int(properties.take("MemorySize", 128)),
        runtime=properties.need("Runtime"),
        environment={key: str(value) for key, value in variables.items()},
        arn=arn("lambda", f"function:{name}"),
        concurrency=properties.take("ReservedConcurrentExecutions"),
        role=properties.need("Role"),
    )
    properties.ignore(_FUNCTION_REASONS)
    site.client("lambda").create_function(
        FunctionName=name,
        Handler=function.handler,
        Runtime=function.runtime,
        Role=function.role,
        Timeout=function.timeout,
        MemorySize=function.memory,
        Environment={"Variables": dict(function.environment)},
        Code={"ZipFile": _empty_zip()},
    )
    site.deployment.functions[name] = function
    return Resource(name, {"Arn": function.arn})


_FUNCTION_REASONS = {
    **_TAGS,
    "Architectures": "handlers run on this machine's processor",
    "Code": "handlers are loaded from their folder, so that a change is seen at once",
    "DeadLetterConfig": "a failed asynchronous invocation is logged",
    "Description": "shown in a console only",
    "EphemeralStorage": "this machine's own disk",
    "KmsKeyArn": "variables of local processes are not encrypted",
    "Layers": "the virtual environment has the same packages, from the same lock file",
    "LoggingConfig": _NO_LOGS,
    "RecursiveLoop": "nobody pays for a local loop",
    "RuntimeManagementConfig": "the Python of the virtual environment runs",
    "TracingConfig": "there is no X-Ray here",
}


def _empty_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", "")
    return buffer.getvalue()


def _layer(logical: str, properties: Properties, _: Site) -> Resource:
    reason = "the virtual environment has the same packages, from the same lock file"
    names = ("CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LayerName", "LicenseInfo")
    properties.ignore(dict.fromkeys(names, reason))
    return Resource(arn("lambda", f"layer:{logical}:1"))


def _permission(logical: str, properties: Properties, _: Site) -> Resource:
    properties.need("FunctionName")
    names = ("Action", "Principal", "SourceArn", "SourceAccount", "EventSourceToken")
    properties.ignore(dict.fromkeys(names, _NO_RIGHTS))
    return Resource(logical)


def _invoke_config(logical: str, properties: Properties, _: Site) -> Resource:
    properties.need("FunctionName")
    reason = "a failed asynchronous invocation is logged, not repeated"
    names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "Qualifier", "DestinationConfig")
    properties.ignore(dict.fromkeys(names, reason))
    return Resource(logical)


def _stream_mapping(logical: str, properties: Properties, site: Site) -> Resource:
    source = properties.need("EventSourceArn")
    if ":dynamodb:" not in source:
        raise TemplateError(f"{logical}: only DynamoDB streams are mapped to functions, not {source}")
    properties.expect("StartingPosition", only=["TRIM_HORIZON", "LATEST"])
    properties.expect("Enabled", only=[True])
    with properties.nested("FilterCriteria") as criteria:
        filters = tuple(json.loads(one["Pattern"]) for one in criteria.take("Filters", []))
    with properties.nested("DestinationConfig") as destination, destination.nested("OnFailure") as failed:
        queue = failed.take("Destination", "")
    types = properties.take("FunctionResponseTypes", [])
    properties.ignore(
        {
            **_TAGS,
            "MaximumBatchingWindowInSeconds": "records are delivered at the next tick",
            "MaximumRecordAgeInSeconds": "records are retried by count only",
            "ParallelizationFactor": "one batch at a time keeps the order",
        }
    )
    mapping = StreamMapping(
        table=source.split("/")[1],
        function=function_of(properties.need("FunctionName")),
        batch=int(properties.take("BatchSize", 100)),
        filters=filters,
        retries=int(properties.take("MaximumRetryAttempts", -1)),
        bisect=bool(properties.take("BisectBatchOnFunctionError", default=False)),
        partial="ReportBatchItemFailures" in types,
        failure_queue=queue,
    )
    site.deployment.streams.append(mapping)
    return Resource(logical)


def function_of(reference: str) -> str:
    """Give a function's name from its name, its ARN (with or without a qualifier) or API Gateway's invocation ARN."""
    plain = reference.removesuffix("/invocations").rsplit("/functions/", 1)[-1]
    return plain.split(":function:", 1)[1].split(":")[0] if ":function:" in plain else plain


def _log_group(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("LogGroupName"))
    names = ("DataProtectionPolicy", "DeletionProtectionEnabled", "KmsKeyId", "LogGroupClass", "RetentionInDays")
    properties.ignore({**_TAGS, **dict.fromkeys(names, _NO_LOGS)})
    return Resource(name, {"Arn": arn("logs", f"log-group:{name}:*")})


def _state_machine(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("StateMachineName"))
    properties.expect("StateMachineType", only=["STANDARD"])
    properties.ignore(
        {
            **_TAGS,
            "EncryptionConfiguration": "files on one's own disk are not encrypted again",
            "LoggingConfiguration": "the execution's history tells the same",
            "TracingConfiguration": "there is no X-Ray here",
        }
    )
    definition = _definition(logical, properties)
    role = properties.need("RoleArn")
    create = site.client("stepfunctions").create_state_machine
    site.later.append(lambda: create(name=name, definition=definition, roleArn=role))
    machine = arn("states", f"stateMachine:{name}")
    site.deployment.machines[name] = machine
    return Resource(machine, {"Arn": machine, "Name": name})


def _definition(logical: str, properties: Properties) -> str:
    """Give the definition as text, its substitutions made; one that is left over would fail at run time, so it fails now."""
    given = properties.take("Definition")
    text = json.dumps(given) if given is not None else str(properties.need("DefinitionString"))
    for name, value in properties.take("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    if left := sorted(set(_PLACEHOLDER.findall(text))):
        raise TemplateError(f"{logical}: the definition's placeholders {', '.join(left)} have no substitution")
    return text


def _scheduler_schedule(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("Name"))
    expression = properties.need("ScheduleExpression")
    timezone = properties.take("ScheduleExpressionTimezone", "UTC")
    with properties.nested("FlexibleTimeWindow") as window:
        window.ignore({"Mode": "one machine spreads no load", "MaximumWindowInMinutes": "one machine spreads no load"})
    with properties.nested("Target") as target:
        function, payload = function_of(target.need("Arn")), target.take("Input", "")
        retries = "a failed run waits for the next"
        target.ignore({"RoleArn": _NO_RIGHTS, "RetryPolicy": retries, "DeadLetterConfig": retries})
    properties.ignore({"Description": "shown in a console only", "GroupName": "one group", "KmsKeyArn": "no secrets"})
    if properties.take("State", "ENABLED") == "ENABLED":
        schedule = Schedule(name, expression, function, payload, timezone)
        expressions.parse(expression, timezone)
        site.deployment.schedules.append(schedule)
    return Resource(name, {"Arn": arn("scheduler", f"schedule/default/{name}")})


def _schedule_group(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("Name"))
    properties.ignore(_TAGS)
    return Resource(name, {"Arn": arn("scheduler", f"schedule-group/{name}")})


def _event_bus(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.need("Name"))
    properties.ignore({**_TAGS, "Description": "shown in a console only"})
    found = site.client("events").create_event_bus(Name=name)
    return Resource(name, {"Arn": found["EventBusArn"], "Name": name})


def _rule(logical: str, properties: Properties, site: Site) -> Resource:
    name = site.name(logical, properties.take("Name"))
    expression = properties.need("ScheduleExpression")  # a rule by event pattern is not known here
    expressions.parse(expression, "UTC")
    enabled = properties.take("State", "ENABLED") == "ENABLED"
    for about in properties.take("Targets", []):
        with Properties(f"{logical}.Targets", about) as target:
            function, payload = function_of(target.need("Arn")), target.take("Input", "")
            retries = "a failed run waits for the next"
            target.ignore({"Id": "targets are told apart by function", "RoleArn": _NO_RIGHTS})
            target.ignore({"RetryPolicy": retries, "DeadLetterConfig": retries})
        if enabled:
            site.deployment.schedules.append(Schedule(name, expression, function, payload, source="events"))
    properties.ignore({**_TAGS, "Description": "shown in a console only"})
    return Resource(name, {"Arn": arn("events", f"rule/{name}")})


TYPES: Mapping[str, Provision] = {
    "AWS::Events::EventBus": _event_bus,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::EventInvokeConfig": _invoke_config,
    "AWS::Lambda::EventSourceMapping": _stream_mapping,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::LayerVersion": _layer,
    "AWS::Lambda::Permission": _permission,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Scheduler::Schedule": _scheduler_schedule,
    "AWS::Scheduler::ScheduleGroup": _schedule_group,
    "AWS::StepFunctions::StateMachine": _state_machine,
}
