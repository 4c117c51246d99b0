"""boto3's clients, and the credentials by which they call in the name of one tenant."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from bridge.stores.failures import at_the_wall

SESSION = "fortnox-bridge"
"""Name of every session; whose it is, its tag says."""

_making = threading.Lock()
"""boto3's session makes one client at a time."""


def make(service: str, attempts: int, seconds: int, **credentials: str) -> Any:
    """Make a client that sends a call so often and waits so long; with the process's own credentials where none are given."""
    retries = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(retries=retries, connect_timeout=3, read_timeout=seconds)
    with _making:
        return boto3.client(service, config=config, **credentials)


def credentials(sts: Any, role: str, tenant: str) -> Mapping[str, str]:
    """Take the tenant role in the tenant's name, for an hour: AWS itself then holds the bearer to what is the tenant's."""
    tag = {"Key": "tenant", "Value": tenant}
    with at_the_wall():
        given = sts.assume_role(RoleArn=role, RoleSessionName=SESSION, Tags=[tag])["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
