"""The HTTP API: its routes are those of THE TABLE, and all but the open ones ask for a token."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.entries import ENTRIES

Of = Callable[[str], dict[str, dict[str, Any]]]


def test_routes_are_those_of_the_table_each_led_to_its_function(resources: Of) -> None:
    integrations = resources("AWS::ApiGatewayV2::Integration")
    led = {}
    for route in resources("AWS::ApiGatewayV2::Route").values():
        name = route["Target"]["Fn::Join"][1][1]["Ref"]
        led[route["RouteKey"]] = integrations[name]["IntegrationUri"]["Fn::GetAtt"][0]
    assert led == {route: entry.name for entry in ENTRIES for route in (*entry.routes, *entry.open_routes)}


def test_every_route_but_the_open_ones_asks_for_a_token(resources: Of) -> None:
    asked = {route["RouteKey"]: route["AuthorizationType"] for route in resources("AWS::ApiGatewayV2::Route").values()}
    closed = {route: "JWT" for entry in ENTRIES for route in entry.routes}
    assert asked == closed | {route: "NONE" for entry in ENTRIES for route in entry.open_routes}
    for route in resources("AWS::ApiGatewayV2::Route").values():
        assert (route.get("AuthorizerId") == {"Ref": "ApiLogin"}) == (route["AuthorizationType"] == "JWT")


def test_the_authoriser_knows_one_issuer_and_one_audience(resources: Of) -> None:
    login = resources("AWS::ApiGatewayV2::Authorizer")["ApiLogin"]
    assert login["JwtConfiguration"] == {"Issuer": "https://login.example.com", "Audience": ["fortnox-bridge"]}
    assert login["IdentitySource"] == ["$request.header.Authorization"]


def test_the_access_log_holds_no_path_no_query_and_no_token(resources: Of) -> None:
    told = json.loads(resources("AWS::ApiGatewayV2::Stage")["ApiStage"]["AccessLogSettings"]["Format"])
    assert told["route"] == "$context.routeKey"
    for value in told.values():
        assert not any(word in value.lower() for word in ("path", "query", "claims", "header", "useragent"))


def test_requests_are_throttled(resources: Of) -> None:
    limits = resources("AWS::ApiGatewayV2::Stage")["ApiStage"]["DefaultRouteSettings"]
    assert limits == {"ThrottlingBurstLimit": 100, "ThrottlingRateLimit": 50}


def test_routes_that_anybody_may_post_to_bear_less_than_the_others(stack: Mapping[str, Any]) -> None:
    stage = stack["Resources"]["ApiStage"]
    limits = {"ThrottlingBurstLimit": 10, "ThrottlingRateLimit": 5}
    assert stage["Properties"]["RouteSettings"] == {
        "POST /api/v1/activations/lookup": limits,
        "POST /api/v1/activations/authorizations": limits,
    }
    made_before = {stack["Resources"][name]["Properties"]["RouteKey"] for name in stage["DependsOn"]}
    assert made_before == set(stage["Properties"]["RouteSettings"]), (
        "API Gateway refuses settings of a route not yet there"
    )


def test_browsers_may_call_from_the_console_only(resources: Of) -> None:
    cors = resources("AWS::ApiGatewayV2::Api")["Api"]["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://console.example.com"]
    assert "AllowCredentials" not in cors
    routes = [route for entry in ENTRIES for route in (*entry.routes, *entry.open_routes)]
    assert cors["AllowMethods"] == sorted({route.split()[0] for route in routes})
    assert {"accept-language", "authorization", "idempotency-key", "if-match", "x-request-id"} <= set(
        cors["AllowHeaders"]
    )
    assert {"content-language", "etag", "location", "retry-after"} <= set(cors["ExposeHeaders"])


def test_functions_behind_routes_let_this_api_in_and_nobody_else(resources: Of) -> None:
    permissions = resources("AWS::Lambda::Permission").values()
    opened = {
        one["FunctionName"]["Fn::GetAtt"][0]: one["SourceArn"]["Fn::Join"][1]
        for one in permissions
        if one["Principal"] == "apigateway.amazonaws.com"
    }
    assert set(opened) == {entry.name for entry in ENTRIES if entry.routes or entry.open_routes}
    assert all({"Ref": "Api"} in parts for parts in opened.values())


def test_functions_behind_routes_answer_before_the_api_gives_up() -> None:
    assert all(entry.timeout < 30 for entry in ENTRIES if entry.routes or entry.open_routes)
