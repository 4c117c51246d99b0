"""Names that stay: logical ids of our own, so that moving a construct never replaces a table or a key."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def keep_name(construct: IConstruct, name: str) -> None:
    """Give the resource of the construct that logical id in the template."""
    resource = construct.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    resource.override_logical_id(name)


def acknowledge(construct: IConstruct, *rules: str, because: str) -> None:
    """Answer findings of AwsSolutions on the construct and all below it, with the reason why they may stand."""
    for rule in rules:
        told = cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=because)
        cdk.Validations.of(construct).acknowledge(told)
