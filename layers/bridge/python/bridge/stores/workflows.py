"""Starting Step Functions executions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from bridge.jobs.job import JobKey, Work
from bridge.stores.failures import at_the_wall, code_of


class Workflows:
    """Implements `ports.Workflows`."""

    def __init__(self, client: Any, machines: Mapping[Work, str]) -> None:
        """`client` is boto3's for Step Functions, `machines` the ARN of the state machine of each kind of work."""
        self._client = client
        self._machines = machines

    def start(self, work: Work, key: JobKey) -> None:
        """Start the job's execution. It has the job's name, so a second start finds the first and is done."""
        state = {"tenant": key.tenant, "engagement": key.engagement, "job": key.id}
        try:
            with at_the_wall():
                self._client.start_execution(stateMachineArn=self._machines[work], name=key.id, input=json.dumps(state))
        except ClientError as error:
            if code_of(error) != "ExecutionAlreadyExists":
                raise
