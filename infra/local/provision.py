"""The strict provisioner: one function per resource type that makes the resource in moto, or says why it makes nothing.

An unknown type, property or reference is an error that names it. Resources that exist (restored from the data folder) are
kept, so provisioning again after a restart changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local import provision_compute, provision_data, provision_http
from infra.local.aws import ACCOUNT, REGION
from infra.local.cfn import Resolver, Resource, TemplateError
from infra.local.deployment import Deployment
from infra.local.properties import Properties
from infra.local.site import Provision, Site

TYPES: Mapping[str, Provision] = {**provision_data.TYPES, **provision_compute.TYPES, **provision_http.TYPES}

IGNORED_TYPES: Mapping[str, str] = {
    "AWS::CDK::Metadata": "statistics for the CDK's makers",
    "AWS::CloudWatch::Alarm": "nobody is woken by a local run",
    "AWS::CloudWatch::Dashboard": "there are no metrics to show",
}
"""Types that are left out whole, each with the reason."""


def provision(template: Mapping[str, Any], site: Site, parameters: Mapping[str, str] | None = None) -> Deployment:
    """Make everything the template describes; the answer is what there is to serve."""
    resolver = Resolver(template, site_maker(site), pseudo(site.stack), parameters)
    resolver.make_all()
    provision_http.finish(site)
    site.deployment.outputs.update({name: str(value) for name, value in resolver.outputs().items()})
    return site.deployment


def pseudo(stack: str) -> dict[str, str]:
    """Give the AWS::* values of this machine's account."""
    return {
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/local",
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
    }


def site_maker(site: Site) -> Any:
    """Give the resolver's maker: it finds the type's provisioner and settles the property account."""

    def make(logical: str, kind: str, values: Mapping[str, Any]) -> Resource:
        if kind in IGNORED_TYPES:
            return Resource(f"ignored:{logical}")
        if kind not in TYPES:
            raise TemplateError(f"{logical}: the local stack does not know the resource type {kind}")
        with Properties(f"{logical} ({kind})", values) as properties:
            return TYPES[kind](logical, properties, site)

    return make
