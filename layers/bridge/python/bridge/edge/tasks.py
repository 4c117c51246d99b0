"""The workflow wall: one function is one state. What a person must correct leaves as `Refused`, which no workflow retries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bridge.jobs.job import JobKey
from bridge.problem import PROBLEMS, BridgeError, Problem, Refused

CLASSES: Mapping[str, str] = {
    "FortnoxUnavailable": "fortnox-unavailable",
    "FortnoxRateLimited": "rate-limited",
    "BrokerUnavailable": "fortnox-unavailable",
}
"""Exceptions that outlasted a workflow's retries -> what to tell the user."""


class task:  # noqa: N801 - reads as a word: with task(event) as key
    """Run one state: gives the job's key, and turns what went wrong into what the workflow understands."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._key = JobKey(event["tenant"], event["engagement"], event["job"])

    def __enter__(self) -> JobKey:
        return self._key

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, BridgeError) and not isinstance(error, Refused) and not error.passes:
            raise Refused(error.problem) from None


def failure(event: Mapping[str, Any]) -> Problem:
    """Read from a workflow's error what to tell the user. Foreign errors are `internal`; their text stays in the logs."""
    error = event.get("error", {})
    if error.get("Error") == "Refused":
        try:
            said = json.loads(json.loads(error["Cause"])["errorMessage"])
        except (KeyError, TypeError, ValueError):
            return Problem("internal")
        if said.get("code") in PROBLEMS:
            return Problem(said["code"], said.get("params", {}))
    code = CLASSES.get(str(error.get("Error")))
    return Problem(code) if code else Problem("internal")
