from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra.local import provision
from infra.local.cfn import TemplateError
from infra.local.deployment import Deployment
from infra.local.expressions import BadExpression
from infra.local.properties import Properties, UnknownProperty
from infra.local.site import Site, asset_folder


class Missing(Exception):
    """There is no such thing yet."""


class Aws:
    """Answers every call as AWS does for something new; notes what was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.exceptions = self
        self.ResourceNotFoundException = Missing
        self.meta = self
        self.region_name = "eu-north-1"

    def __call__(self, _service: str) -> Aws:
        return self

    def describe_table(self, **_: Any) -> None:
        raise Missing

    def describe_secret(self, **_: Any) -> None:
        raise Missing

    def create_table(self, **asked: Any) -> dict[str, Any]:
        self.calls.append(("create_table", asked))
        arn = f"arn:aws:dynamodb:eu-north-1:1:table/{asked['TableName']}"
        return {"TableDescription": {**asked, "TableArn": arn, "LatestStreamArn": f"{arn}/stream/1"}}

    def describe_time_to_live(self, **_: Any) -> dict[str, Any]:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}

    def list_keys(self) -> dict[str, Any]:
        return {"Keys": []}

    def create_key(self, **_: Any) -> dict[str, Any]:
        return {"KeyMetadata": {"KeyId": "key"}}

    def create_secret(self, **_: Any) -> dict[str, Any]:
        return {"ARN": "arn:secret"}

    def create_queue(self, **_: Any) -> dict[str, Any]:
        return {"QueueUrl": "http://queue"}

    def __getattr__(self, name: str) -> Any:
        return lambda **asked: self.calls.append((name, asked))


def provisioned(template: dict[str, Any]) -> tuple[Deployment, Aws]:
    aws = Aws()
    site = Site("Toy", aws, partial(asset_folder, template), public_url="http://here")
    return provision.provision(template, site), aws


def test_the_toy_template_becomes_a_deployment(toy_template: dict[str, Any], toy_door: Path) -> None:
    made, aws = provisioned(toy_template)
    echo = made.functions["Toy-Echo"]
    assert (echo.folder, echo.handler, echo.timeout, echo.environment["TABLE"]) == (
        toy_door,
        "toy.echo",
        5,
        "Toy-Table",
    )
    assert made.tables == ["Toy-Table"]
    assert made.buckets == ["toy-bucket"]
    assert made.outputs == {"TableName": "Toy-Table", "Url": "http://here"}
    assert [(one.table, one.function, one.bisect) for one in made.streams] == [("Toy-Table", "Toy-Record", True)]
    assert [(one.expression, one.function) for one in made.schedules] == [("rate(15 minutes)", "Toy-Record")]
    (api,) = made.apis.values()
    assert [(route.key, route.function, route.authorizer is None) for route in api.routes] == [
        ("GET /open/{thing}", "Toy-Echo", True),
        ("POST /closed", "Toy-Echo", False),
    ]
    assert (
        "put_bucket_versioning",
        {"Bucket": "toy-bucket", "VersioningConfiguration": {"Status": "Enabled"}},
    ) in aws.calls


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("Table", "TableClass"),
        ("Bucket", "ReplicationConfiguration"),
        ("Key", "Origin"),
        ("ClientSecret", "ReplicaRegions"),
        ("Echo", "VpcConfig"),
        ("Role", "Colour"),
        ("Machine", "DefinitionS3Location"),
        ("Mapping", "TumblingWindowInSeconds"),
        ("Rule", "EventPattern"),
        ("Api", "RouteSelectionExpression"),
        ("Stage", "StageVariables"),
        ("Login", "EnableSimpleResponses"),
        ("EchoIntegration", "RequestParameters"),
        ("OpenRoute", "RequestModels"),
    ],
)
def test_an_unknown_property_fails_and_is_named(toy_template: dict[str, Any], resource: str, name: str) -> None:
    toy_template["Resources"][resource]["Properties"][name] = {"some": "thing"}
    with pytest.raises(UnknownProperty, match=name):
        provisioned(toy_template)


@pytest.mark.parametrize(
    ("resource", "path", "value", "named"),
    [
        ("Table", ("TimeToLiveSpecification", "Unit"), "days", "Unit"),
        ("Machine", ("StateMachineType",), "EXPRESS", "EXPRESS"),
        ("Api", ("ProtocolType",), "WEBSOCKET", "WEBSOCKET"),
        ("Stage", ("StageName",), "dev", "dev"),
        ("EchoIntegration", ("PayloadFormatVersion",), "1.0", "1.0"),
        ("Login", ("AuthorizerType",), "REQUEST", "REQUEST"),
        ("Login", ("JwtConfiguration", "Jwks"), "x", "Jwks"),
        ("LoginRoute", ("AuthorizationType",), "AWS_IAM", "AWS_IAM"),
        ("Mapping", ("EventSourceArn",), "arn:aws:sqs:eu-north-1:1:q", "sqs"),
        ("Mapping", ("DestinationConfig", "OnSuccess"), {}, "OnSuccess"),
        ("Key", ("MultiRegion",), True, "MultiRegion"),
    ],
)
def test_a_value_the_local_stack_does_not_do_is_refused(
    toy_template: dict[str, Any], resource: str, path: tuple[str, ...], value: Any, named: str
) -> None:
    place = toy_template["Resources"][resource]["Properties"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(TemplateError, match=named):
        provisioned(toy_template)


def test_an_unknown_resource_type_fails_and_is_named(toy_template: dict[str, Any]) -> None:
    toy_template["Resources"]["Topic"] = {"Type": "AWS::SNS::Topic", "Properties": {}}
    with pytest.raises(TemplateError, match=r"Topic: .*AWS::SNS::Topic"):
        provisioned(toy_template)


def test_types_that_are_left_out_have_a_reason(toy_template: dict[str, Any]) -> None:
    assert all(reason for reason in provision.IGNORED_TYPES.values())
    toy_template["Resources"]["Meta"] = {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "x"}}
    provisioned(toy_template)


def test_a_placeholder_without_a_substitution_fails_before_anything_runs(toy_template: dict[str, Any]) -> None:
    toy_template["Resources"]["Machine"]["Properties"]["DefinitionSubstitutions"] = {}
    with pytest.raises(TemplateError, match=r"\$\{Flaky\}"):
        provisioned(toy_template)


def test_a_bad_schedule_expression_fails_when_it_is_provisioned(toy_template: dict[str, Any]) -> None:
    toy_template["Resources"]["Rule"]["Properties"]["ScheduleExpression"] = "rate(15 minute)"
    with pytest.raises(BadExpression, match="15 minute"):
        provisioned(toy_template)


def test_a_function_without_a_code_folder_in_its_metadata_is_an_error(toy_template: dict[str, Any]) -> None:
    del toy_template["Resources"]["Echo"]["Metadata"]
    with pytest.raises(TemplateError, match="Echo"):
        provisioned(toy_template)


def test_a_missing_property_is_named() -> None:
    with pytest.raises(TemplateError, match="Thing: the property Size"):
        Properties("Thing", {}).need("Size")


def test_an_error_inside_the_account_is_not_hidden_by_an_unsettled_one() -> None:
    message = "first"
    with pytest.raises(ValueError, match=message), Properties("Thing", {"Left": 1}):
        raise ValueError(message)
