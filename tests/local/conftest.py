from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
DOOR = HERE / "toy_door"
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}
RETRY = [{"ErrorEquals": ["RateLimited"], "IntervalSeconds": 5, "MaxAttempts": 2, "BackoffRate": 2}]
MACHINE = {
    "StartAt": "Try",
    "States": {
        "Try": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "${Flaky}", "Payload.$": "$"},
            "TimeoutSeconds": 60,
            "Retry": RETRY,
            "ResultSelector": {"attempts.$": "$.Payload.attempts"},
            "ResultPath": "$.tried",
            "Catch": [{"ErrorEquals": ["Broken"], "ResultPath": "$.error", "Next": "Fail"}],
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "SecondsPath": "$.pause", "End": True},
        "Fail": {"Type": "Fail", "Error": "ToyFailed", "Cause": "The job tells why."},
    },
}


def _function(handler: str, timeout: int = 5) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Metadata": {"aws:asset:path": str(DOOR)},
        "Properties": {
            "Code": {"S3Bucket": "assets", "S3Key": "toy.zip"},
            "Handler": f"toy.{handler}",
            "Runtime": "python3.13",
            "Role": ROLE,
            "Timeout": timeout,
            "MemorySize": 256,
            "Environment": {"Variables": {"TABLE": {"Ref": "Table"}, "POWERTOOLS_SERVICE_NAME": handler}},
        },
    }


def _route(key: str, integration: str, *, login: bool) -> dict[str, Any]:
    security = {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": "Login"}} if login else {}
    target = {"Fn::Join": ["", ["integrations/", {"Ref": integration}]]}
    properties = {"ApiId": {"Ref": "Api"}, "RouteKey": key, "Target": target, **security}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


_TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "DeletionPolicy": "Retain",
    "UpdateReplacePolicy": "Retain",
    "Properties": {
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("PK", "SK")],
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "OLD_IMAGE"},
        "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    },
}
_FILTER = {"eventName": ["REMOVE"], "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}},
    ],
}


def _data() -> dict[str, Any]:
    return {
        "Table": _TABLE,
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}},
        "ClientSecret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Description": "toy"}},
        "Failed": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 1209600}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _TRUST}},
    }


def _running() -> dict[str, Any]:
    return {
        "Echo": _function("echo"),
        "Play": _function("play", timeout=2),
        "Flaky": _function("flaky"),
        "Record": _function("record"),
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "DefinitionString": json.dumps(MACHINE),
                "DefinitionSubstitutions": {"Flaky": {"Fn::GetAtt": ["Flaky", "Arn"]}},
                "RoleArn": ROLE,
                "StateMachineType": "STANDARD",
            },
        },
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                "FunctionName": {"Fn::GetAtt": ["Record", "Arn"]},
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": 10,
                "BisectBatchOnFunctionError": True,
                "MaximumRetryAttempts": 1,
                "FilterCriteria": {"Filters": [{"Pattern": json.dumps(_FILTER)}]},
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failed", "Arn"]}}},
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "ScheduleExpression": "rate(15 minutes)",
                "State": "ENABLED",
                "Targets": [{"Arn": {"Fn::GetAtt": ["Record", "Arn"]}, "Id": "Target0"}],
            },
        },
    }


def _http() -> dict[str, Any]:
    api = {"ApiId": {"Ref": "Api"}}
    integration = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"}
    return {
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "Toy", "ProtocolType": "HTTP"},
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {**api, "StageName": "$default", "AutoDeploy": True},
        },
        "Login": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                **api,
                "Name": "login",
                "AuthorizerType": "JWT",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {"Issuer": "https://login.example.com", "Audience": ["fortnox-bridge"]},
            },
        },
        "EchoIntegration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {**api, **integration, "IntegrationUri": {"Fn::GetAtt": ["Echo", "Arn"]}},
        },
        "OpenRoute": _route("GET /open/{thing}", "EchoIntegration", login=False),
        "LoginRoute": _route("POST /closed", "EchoIntegration", login=True),
    }


@pytest.fixture
def toy_template() -> dict[str, Any]:
    """A template as the CDK writes it, over the toy handlers."""
    return make_template()


def make_template() -> dict[str, Any]:
    resources = {**_data(), **_running(), **_http()}
    outputs = {"TableName": {"Value": {"Ref": "Table"}}, "Url": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}}
    return copy.deepcopy({"Description": "toy", "Resources": resources, "Outputs": outputs})


@pytest.fixture(scope="module")
def toy_maker() -> Callable[[], dict[str, Any]]:
    """Makes the toy template, for fixtures that live as long as a module."""
    return make_template


@pytest.fixture(scope="session")
def toy_door() -> Path:
    """The folder of the toy handlers."""
    return DOOR


@pytest.fixture(scope="session")
def samples() -> Path:
    """Stored events in the shape API Gateway sends them."""
    return HERE / "samples"
