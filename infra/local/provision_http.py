"""Provisioners of the HTTP API. moto has no part in it: `infra.local.front` serves what is gathered here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from infra.local.aws import REGION
from infra.local.cfn import Resource, TemplateError
from infra.local.deployment import Authorizer, Cors, Route
from infra.local.properties import Properties
from infra.local.provision_compute import function_of
from infra.local.site import Provision, Site

_TAGS = {"Tags": "tags are for the bill"}


def _api(logical: str, properties: Properties, site: Site) -> Resource:
    properties.expect("ProtocolType", only=["HTTP"])
    api = hashlib.sha256(f"{site.stack}/{logical}".encode()).hexdigest()[:10]
    name = properties.take("Name", logical)
    cors = properties.take("CorsConfiguration")
    properties.ignore(
        {
            **_TAGS,
            "Description": "shown in a console only",
            "DisableExecuteApiEndpoint": "there is one address, on loopback",
            "FailOnWarnings": "there is no OpenAPI import",
            "IpAddressType": "there is one address, on loopback",
        }
    )
    site.http.apis[api] = (name, None if cors is None else _cors(logical, cors))
    url = site.public_url or f"https://{api}.execute-api.{REGION}.amazonaws.com"
    return Resource(api, {"ApiId": api, "ApiEndpoint": url})


def _cors(owner: str, values: Mapping[str, Any]) -> Cors:
    with Properties(f"{owner}.CorsConfiguration", values) as cors:
        return Cors(
            origins=tuple(cors.take("AllowOrigins", [])),
            methods=tuple(cors.take("AllowMethods", [])),
            headers=tuple(header.lower() for header in cors.take("AllowHeaders", [])),
            exposed=tuple(cors.take("ExposeHeaders", [])),
            credentials=bool(cors.take("AllowCredentials", default=False)),
            max_age=cors.take("MaxAge"),
        )


def _stage(_: str, properties: Properties, __: Site) -> Resource:
    properties.need("ApiId")
    properties.expect("StageName", only=["$default"])
    properties.expect("AutoDeploy", only=[True])
    throttling = "one developer needs no throttling"
    properties.ignore(
        {
            **_TAGS,
            "AccessLogSettings": "a local run logs to the terminal",
            "DefaultRouteSettings": throttling,
            "Description": "shown in a console only",
            "RouteSettings": throttling,
        }
    )
    return Resource("$default")


def _integration(logical: str, properties: Properties, site: Site) -> Resource:
    properties.need("ApiId")
    properties.expect("IntegrationType", only=["AWS_PROXY"])
    properties.expect("PayloadFormatVersion", only=["2.0"])
    properties.expect("ConnectionType", only=["INTERNET"])
    properties.ignore({"IntegrationMethod": "functions are always called by POST", "Description": "shown only"})
    function = function_of(properties.need("IntegrationUri"))
    seconds = int(properties.take("TimeoutInMillis", 30_000)) / 1000
    site.http.integrations[logical] = (function, seconds)
    return Resource(logical)


def _authorizer(logical: str, properties: Properties, site: Site) -> Resource:
    properties.need("ApiId")
    properties.need("Name")
    properties.expect("AuthorizerType", only=["JWT"])
    properties.expect("IdentitySource", only=[["$request.header.Authorization"]])
    with properties.nested("JwtConfiguration") as jwt:
        issuer, audiences = jwt.need("Issuer"), tuple(jwt.need("Audience"))
    site.http.authorizers[logical] = Authorizer(site.issuer or issuer, audiences)
    return Resource(logical)


def _route(logical: str, properties: Properties, site: Site) -> Resource:
    kind = properties.take("AuthorizationType", "NONE")
    if kind not in {"NONE", "JWT"}:
        raise TemplateError(f"{logical}: the local stack does not know the authorization type {kind}")
    properties.ignore({"OperationName": "shown in a console only"})
    properties.expect("ApiKeyRequired", only=[False])
    site.http.routes.append(
        {
            "api": properties.need("ApiId"),
            "key": properties.need("RouteKey"),
            "target": properties.need("Target").removeprefix("integrations/"),
            "authorizer": properties.need("AuthorizerId") if kind == "JWT" else properties.take("AuthorizerId"),
            "secured": kind == "JWT",
            "scopes": tuple(properties.take("AuthorizationScopes", [])),
        }
    )
    return Resource(logical)


def finish(site: Site) -> None:
    """Put the routes together once every piece is known."""
    for api in site.http.apis:
        routes = [_whole(about, site) for about in site.http.routes if about["api"] == api]
        site.deployment.apis[api] = site.api(api, routes)


def _whole(about: Mapping[str, Any], site: Site) -> Route:
    function, seconds = site.http.integrations[about["target"]]
    authorizer = site.http.authorizers[about["authorizer"]] if about["secured"] else None
    return Route(about["key"], function, seconds, authorizer, about["scopes"])


TYPES: Mapping[str, Provision] = {
    "AWS::ApiGatewayV2::Api": _api,
    "AWS::ApiGatewayV2::Authorizer": _authorizer,
    "AWS::ApiGatewayV2::Integration": _integration,
    "AWS::ApiGatewayV2::Route": _route,
    "AWS::ApiGatewayV2::Stage": _stage,
}
