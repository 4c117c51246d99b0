"""The HTTP API: explicit routes from THE TABLE, a JWT authoriser on all but the open ones, an access log without queries."""

from __future__ import annotations

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.entries import Entry
from infra.stacks.names import acknowledge, keep_name
from infra.stacks.parameters import Parameters

_ACCESS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "route": "$context.routeKey",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "authorizer": "$context.authorizer.error",
    "integration": "$context.integration.error",
}
"""No path and no query: the callback's query carries a code, and paths carry ids of customers."""

_SENT = [
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
]
_READ = ["apigw-requestid", "content-language", "etag", "location", "retry-after"]
"""Headers that pages of the allowed origins may send, and those they may read."""

_INVITED = {"ThrottlingBurstLimit": 10, "ThrottlingRateLimit": 5}
"""What a route bears that anybody may post to. People who were invited are few; whoever guesses is kept slow."""


class Api(Construct):
    """The API `Api`; `connect` leads routes to a function."""

    def __init__(self, scope: Construct, parameters: Parameters, entries: Sequence[Entry]) -> None:
        super().__init__(scope, "Api")
        routes = [route for entry in entries for route in (*entry.routes, *entry.open_routes)]
        self.api = apigateway.CfnApi(
            self,
            "Api",
            name="FortnoxBridge",
            protocol_type="HTTP",
            cors_configuration=apigateway.CfnApi.CorsProperty(
                allow_origins=parameters.origins,
                allow_methods=sorted({route.split(" ")[0] for route in routes}),
                allow_headers=_SENT,
                expose_headers=_READ,
                max_age=3600,
            ),
        )
        self.api.override_logical_id("Api")
        self.url = self.api.attr_api_endpoint
        self._limited = [route for entry in entries for route in entry.open_routes if route.startswith("POST ")]
        self._stage = self._deployed()
        self._authorizer = self._login(parameters)

    def _deployed(self) -> apigateway.CfnStage:
        log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        keep_name(log, "ApiLog")
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_ACCESS)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=100, throttling_rate_limit=50
            ),
            route_settings=dict.fromkeys(self._limited, _INVITED),
        )
        stage.override_logical_id("ApiStage")
        return stage

    def _login(self, parameters: Parameters) -> apigateway.CfnAuthorizer:
        authorizer = apigateway.CfnAuthorizer(
            self,
            "Login",
            api_id=self.api.ref,
            name="login",
            authorizer_type="JWT",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=apigateway.CfnAuthorizer.JWTConfigurationProperty(
                issuer=parameters.issuer, audience=[parameters.audience]
            ),
        )
        authorizer.override_logical_id("ApiLogin")
        return authorizer

    def connect(self, entry: Entry, function: lambda_.Function) -> None:
        """Lead the entry's routes to its function."""
        integration = apigateway.CfnIntegration(
            self,
            f"{entry.name}Integration",
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )
        integration.override_logical_id(f"{entry.name}Integration")
        for route in entry.routes:
            self._route(route, integration, open_to_all=False)
        for route in entry.open_routes:
            self._route(route, integration, open_to_all=True)
        self._permission(entry, function)

    def _route(self, key: str, integration: apigateway.CfnIntegration, *, open_to_all: bool) -> None:
        route = apigateway.CfnRoute(
            self,
            key.replace("/", ":"),
            api_id=self.api.ref,
            route_key=key,
            target=f"integrations/{integration.ref}",
            authorization_type="NONE" if open_to_all else "JWT",
            authorizer_id=None if open_to_all else self._authorizer.ref,
        )
        if key in self._limited:
            self._stage.add_resource_dependency(route)
        if open_to_all:
            because = "A single-use ticket, state or link of 256 bits stands in for a login; health tells nothing."
            acknowledge(route, "APIG4", because=because)

    def _permission(self, entry: Entry, function: lambda_.Function) -> None:
        source = cdk.Stack.of(self).format_arn(service="execute-api", resource=self.api.ref, resource_name="*")
        permission = lambda_.CfnPermission(
            self,
            f"{entry.name}Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=source,
        )
        permission.override_logical_id(f"{entry.name}Permission")
