"""Where resources are provisioned: the stack's name, the clients of the local AWS, and what gathers the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.aws import ACCOUNT, REGION
from infra.local.cfn import Resource, TemplateError
from infra.local.deployment import Api, Authorizer, Cors, Deployment
from infra.local.properties import Properties


@dataclass(slots=True)
class HttpParts:
    """The pieces of HTTP APIs, kept until all are known and the routes can be put together."""

    apis: dict[str, tuple[str, Cors | None]] = field(default_factory=dict)
    integrations: dict[str, tuple[str, float]] = field(default_factory=dict)
    authorizers: dict[str, Authorizer] = field(default_factory=dict)
    routes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Site:
    """`folder_of` tells a function's code folder by its logical id.

    `issuer` replaces the template's token issuer, `public_url` the address AWS would have given the HTTP API.
    `later` is the work that takes long and that nobody needs at once: making the workflows.
    """

    stack: str
    client: Callable[[str], Any]
    folder_of: Callable[[str], Path]
    issuer: str | None = None
    public_url: str | None = None
    later: list[Callable[[], Any]] = field(default_factory=list)
    deployment: Deployment = field(default_factory=Deployment)
    http: HttpParts = field(default_factory=HttpParts)

    def name(self, logical: str, given: str | None) -> str:
        """Give the physical name: the template's, else one that is the same at every start."""
        return given or f"{self.stack}-{logical}"

    def api(self, api_id: str, routes: Any) -> Api:
        """Give the API of that id with its routes."""
        name, cors = self.http.apis[api_id]
        return Api(api_id, name, tuple(routes), cors)


Provision = Callable[[str, Properties, Site], Resource]
"""(logical id, properties, site) -> the resource, made or found."""


def asset_folder(template: Mapping[str, Any], logical: str) -> Path:
    """Give the code folder the CDK noted in the function's metadata (an absolute path where assets are not staged)."""
    metadata = template["Resources"][logical].get("Metadata", {})
    if "aws:asset:path" not in metadata:
        raise TemplateError(f"{logical}: its metadata names no code folder (aws:asset:path)")
    return Path(metadata["aws:asset:path"])


def arn(service: str, rest: str) -> str:
    """Give an ARN of this machine's account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"
