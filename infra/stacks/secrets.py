"""What must not leak: the client secret at Fortnox, and the keys over it, the tokens and the seals. Only the broker may use them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.stacks.names import acknowledge, keep_name


class Secrets(Construct):
    """The keys `TokensKey` and `SealsKey`, and the secret `ClientSecret`.

    The secret is made empty, never generated: the operator puts {"client_id", "client_secret"} once, and no later
    deployment can overwrite it.
    """

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Secrets")
        self.key = kms.Key(
            self,
            "TokensKey",
            description="Fortnox Bridge: tokens and client secret",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        keep_name(self.key, "TokensKey")
        self.seals = kms.Key(
            self,
            "SealsKey",
            description="Fortnox Bridge: which engagement belongs to which Fortnox company",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        keep_name(self.seals, "SealsKey")
        self.client = secretsmanager.CfnSecret(
            self,
            "ClientSecret",
            description='Fortnox integration: {"client_id": "...", "client_secret": "..."}',
            kms_key_id=self.key.key_arn,
        )
        self.client.override_logical_id("ClientSecret")
        self.client.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        acknowledge(
            self.client, "SMG4", because="Fortnox has no interface that changes a client secret; a person does."
        )
